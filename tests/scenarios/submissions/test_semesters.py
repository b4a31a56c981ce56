"""Two notices side by side: each asks for its own forms; a child's case belongs to neither."""

from datetime import date

import pytest

from config.errors import ConfigError
from config.notices_in_force import NoticesInForce
from ledger.results import CaseState, FormState
from tests.builders.counties.scenario_county import NOTICE, SPRING, a_child, reading_with


def test_mail_answers_the_notice_in_force_when_it_came():
    both = NoticesInForce(SPRING, (NOTICE,))

    assert [both.for_day(date.fromisoformat(day)).id for day in ("2023-08-30", "2024-02-18", "2024-02-19")] == [
        "2023-autumn", "2023-autumn", "2024-spring",
    ]  # fmt: skip


def test_two_notices_of_one_name_are_refused():
    with pytest.raises(ConfigError, match="2023-autumn"):
        NoticesInForce(NOTICE, (NOTICE,))


@pytest.mark.parametrize(
    ("changed", "last"),
    [({}, "2024-01"), ({"office": "别的县教育局"}, "2024-10"), ({"closed": date(2023, 11, 30)}, "2023-11")],
)
def test_periods_end_where_the_next_notice_of_the_same_office_begins(changed: dict[str, object], last: str):
    monthly = {"key": "附件4", "due": None, "rhythm": {"every": "month", "on": 25}}
    autumn = reading_with(**changed, forms=[monthly])

    first = NoticesInForce(SPRING, (autumn,)).others[0]

    assert first.all_periods["附件4"][-1].key == last


def test_a_notice_that_closes_before_it_opens_is_refused():
    with pytest.raises(ValueError, match="closed“2023-08-01”早于 opened“2023-09-01”"):
        reading_with(closed=date(2023, 8, 1))


def test_what_came_in_autumn_is_not_received_in_spring(county):
    county.add_submission("西沱镇", "附件3", nil=True, on="2023-09-20")

    assert county.form("西沱镇", "附件3", "2023-09-26").state is FormState.RECEIVED
    assert county.form("西沱镇", "附件3", "2024-03-16").state is FormState.MISSING


def test_a_case_lives_on_from_one_semester_to_the_next(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
    county.add_submission("西沱中学", "附件4", nil=True, on="2024-03-10")

    case = county.only_case("2024-03-16")

    assert (case.state, case.opened_on) == (CaseState.OPEN, county.only_case("2023-09-26").opened_on)


def test_a_child_of_last_semesters_case_back_on_this_semesters_roll_has_returned(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
    county.add_submission("西沱中学", "附件2", child.enrolled_row(), on="2024-03-10")

    assert county.only_case("2024-03-16").state is CaseState.RETURNED


def test_who_was_on_last_semesters_roll_and_is_on_none_now_is_suspected(county):
    children = [a_child(f"甲{n}") for n in "一二三四五六七八"]
    county.add_submission(
        "西沱中学", "附件2", *(c.enrolled_row(grade="七年级") for c in children), on="2023-09-20"
    )
    county.add_submission(
        "西沱中学", "附件2", *(c.enrolled_row(grade="七年级") for c in children[:3]), on="2024-03-10"
    )
    assert len(county.suspected("2024-03-16")) == 5

    county.add_submission(
        "黄水中学", "附件2", *(c.enrolled_row(grade="七年级") for c in children[3:]), on="2024-03-11"
    )
    assert county.suspected("2024-03-16") == []


def test_last_semesters_proof_still_excuses(county):
    county.add_submission(
        "西沱中学", "附件4", a_child("甲一").out_row("休学"), proofs=["甲一休学证明.jpg"], on="2023-09-20"
    )
    county.add_submission("西沱中学", "附件4", nil=True, on="2024-03-10")

    assert county.only_case("2024-03-16").state is CaseState.EXCUSED
