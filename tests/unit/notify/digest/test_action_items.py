"""What is asked of the officer today: never more than fifteen, the rest counted."""

from datetime import date

from ledger.results import CaseState, Finding, FormState
from notify.digest.action_items import MOST_ACTION_ITEMS, ActionItemSection
from tests.builders.values.sample_digests import (
    a_busy_county,
    a_case,
    a_file,
    a_form,
    a_status,
    a_unit,
    digest_of,
)


def section(found: tuple[ActionItemSection, ...], word: str) -> ActionItemSection:
    return next(one for one in found if word in one.title)


def schools(count: int) -> list[object]:
    return [a_unit(f"样例{n}小学", a_form("附件2", FormState.MISSING)) for n in range(count)]


def test_never_more_than_fifteen_and_the_rest_is_counted() -> None:
    cases = tuple(a_case(case_id=f"c{n}") for n in range(30))
    files = tuple(a_file(file_id=f"f{n}") for n in range(30))

    action_items = digest_of(a_status(*schools(30)), cases=cases, files=files).action_items  # type: ignore[arg-type]

    assert sum(len(one.action_items) for one in action_items) == MOST_ACTION_ITEMS == 15
    assert [one.total for one in action_items] == [30, 30, 30]
    assert all(one.remaining == one.total - len(one.action_items) for one in action_items)


def test_what_one_kind_leaves_the_others_take() -> None:
    action_items = digest_of(a_status(*schools(30))).action_items  # type: ignore[arg-type]

    assert [len(one.action_items) for one in action_items] == [15]


def test_a_unit_that_has_a_child_out_and_no_persuasion_form_is_phoned_first() -> None:
    twice = a_unit("甲小学", a_form("附件2", FormState.MISSING), a_form("附件4", FormState.MISSING))
    child = a_unit("乙小学", a_form("附件6", FormState.MISSING))

    calls = section(digest_of(a_status(twice, child)).action_items, "打电话")

    assert [item.who for item in calls.action_items] == ["乙小学", "甲小学"]
    assert "未报劝返" in calls.action_items[0].note


def test_a_child_whose_visit_is_due_later_is_not_asked_about_today() -> None:
    later = a_case(next_visit_due=date(2023, 9, 29), days_overdue=0)

    assert digest_of(a_status(), cases=(later,)).action_items == ()


def test_a_suspected_child_is_asked_of_the_unit_that_saw_it_last() -> None:
    gone = a_case(state=CaseState.SUSPECTED, details={"last_seen": "西沱镇附件1第5行"})

    (item,) = section(digest_of(a_status(), suspected=(gone,)).action_items, "疑似").action_items

    assert item.what == "请问西沱中学去向"
    assert "附件1第5行" in item.note


def test_a_file_brings_its_sender_and_subject_and_a_proposal_both_names() -> None:
    same = Finding(
        finding_id="x", code="maybe-same", severity="warning", name="谭小样", id_number=None,
        units=("西沱中学", "黄水中学"), records=(), message="可能是同一人",
    )  # fmt: skip

    (file, proposal) = section(
        digest_of(a_status(), files=(a_file(),), findings=(same,)).action_items, "判断"
    ).action_items

    assert file.source == "clerk@example.org · 主题\uff1a材料"
    assert proposal.who == "谭**\uff08西沱中学、黄水中学\uff09"


def test_sections_without_content_vanish_and_a_busy_day_has_them_in_order() -> None:
    titles = [one.title for one in a_busy_county().action_items]

    assert [title[:4] for title in titles] == ["今天要打", "今天要走", "只差一步", "需要您判"]
