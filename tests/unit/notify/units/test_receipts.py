"""Whom a receipt may go to, and what it says."""

from datetime import date
from typing import Any

import pytest

from notify.units.grouped_problems import ProblemChanges, ProblemGroup
from notify.units.receipt_states import ReceiptState
from notify.units.receipts import Receipt, ReceivedForm, UnreadFile, may_answer
from notify.units.render_unit_mail import render_receipt
from tests.builders.values.sample_digests import AS_OF


def a_form(**more: Any) -> ReceivedForm:
    values: dict[str, Any] = {
        "unit": "西沱中学", "form": "附件4", "records": 12, "nil": False, "problem_groups": (), "problem_changes": None,
        "proof_missing": 0, "late": False,
    }  # fmt: skip
    return ReceivedForm(**{**values, **more})


def a_cause(number: int, count: int = 1, is_error: bool = True) -> ProblemGroup:
    return ProblemGroup(
        code=f"c{number}",
        is_error=is_error,
        count=count,
        first="第5行",
        last="第9行",
        message=f"毛病{number}:请改",
    )


def a_receipt(*received: ReceivedForm, **more: Any) -> Receipt:
    return Receipt(
        office="县教委", notice="2023年秋季学期", sent_at=AS_OF, received=received, **{"unread": (), **more}
    )


@pytest.mark.parametrize(
    ("sender", "units", "known", "automatic", "may"),
    [
        ("clerk@example.org", ["西沱中学"], ["西沱中学"], False, True),
        ("Clerk@Example.org", [], ["西沱中学"], False, True),
        ("clerk@example.org", ["西沱中学"], ["黄水中学"], False, False),
        ("clerk@example.org", [], [], False, False),
        ("clerk@example.org", ["西沱中学"], ["西沱中学"], True, False),
        ("OFFICE@example.org", ["西沱中学"], ["西沱中学"], False, False),
        ("", ["西沱中学"], ["西沱中学"], False, False),
    ],
)
def test_only_a_known_clerk_of_the_unit_is_answered(
    sender: str, units: list[str], known: list[str], automatic: bool, may: bool
) -> None:
    assert may_answer(sender, units, known, ["office@example.org"], automatic=automatic) is may


def test_the_subject_says_what_is_to_be_done() -> None:
    locked = UnreadFile(name="a.zip", reason="加了密码", code="encrypted")

    assert a_receipt(a_form()).subject == "回执:西沱中学附件4已收到"
    wrong = a_form(problem_groups=(a_cause(1, 3),))
    assert a_receipt(wrong).subject == "回执:西沱中学附件4已收到,但有3处请更正"
    assert a_receipt(unread=(locked,)).subject == "回执:1份文件没有读出,请重发"
    assert a_receipt(wrong, unread=(locked,)).subject == (
        "回执:西沱中学附件4已收到,但有3处请更正,另有1份文件没有读出,请重发"
    )
    assert a_receipt(proof_documents=2).subject == "回执:证明材料2份已收到"


def test_a_proof_that_is_missing_is_no_mistake() -> None:
    found = a_receipt(a_form(proof_missing=2))

    assert found.subject == "回执:西沱中学附件4已收到,还缺证明材料2份"
    assert found.received[0].heading == "西沱中学附件4:已收到,12人,还缺证明材料2份"
    for said in render_receipt(found):
        assert "更正" not in said


def test_content_that_was_not_read_is_said_where_there_is_no_mistake() -> None:
    left = ProblemGroup(code="left-over", is_error=False, count=1, first="", last="", message="A9:请核对")

    assert a_receipt(a_form(problem_groups=(left,))).subject == "回执:西沱中学附件4已收到,但部分读不出"
    both = a_form(problem_groups=(a_cause(1), left))
    assert both.state is ReceiptState.TO_MEND


def test_what_is_asked_for_has_a_day_and_the_offices_telephone() -> None:
    when_and_where = {"mend_by": date(2023, 9, 28), "phone": "023-73332000"}
    asking = render_receipt(a_receipt(a_form(problem_groups=(a_cause(1),)), **when_and_where))
    settled = render_receipt(a_receipt(a_form(), **when_and_where))

    for said in asking:
        assert "请于9月28日前办好" in said
        assert "023-73332000" in said
    for said in settled:
        assert "9月28日前" not in said
    assert "电话" not in render_receipt(a_receipt(a_form()))[1]


def test_zero_reporters_are_thanked() -> None:
    _, text = render_receipt(a_receipt(a_form(nil=True, records=0)))

    assert "零报告已登记\uff0c谢谢按要求报送" in text


def test_a_zero_report_in_words_is_asked_for_the_form_and_not_thanked_for_it() -> None:
    one = a_form(nil=True, records=0, asks=("零报告只写在邮件里:请补报表",))
    page, text = render_receipt(a_receipt(one))

    assert a_receipt(one).subject == "回执:西沱中学附件4已收到,还有1件事请办"
    assert "请补报表" in text
    assert "请补报表" in page
    assert "谢谢" not in text
    assert "没有发现错误" not in text


def test_nobody_is_thanked_for_what_must_be_mended() -> None:
    assert a_receipt(a_form(nil=True), a_form(problem_groups=(a_cause(1),))).thanks == ""


def test_ten_lines_at_most_and_the_rest_is_counted() -> None:
    found = a_receipt(
        a_form(problem_groups=tuple(a_cause(n) for n in range(8))),
        a_form(problem_groups=tuple(a_cause(n) for n in range(8))),
    )

    assert [(len(form.groups), form.remaining) for form in found.forms] == [(8, 0), (2, 6)]
    page, text = render_receipt(found)
    for said in (page, text):
        assert said.count("毛病") == 10
        assert "还有6类问题" in said


def test_a_resubmission_is_answered_by_what_changed() -> None:
    _, text = render_receipt(a_receipt(a_form(problem_changes=ProblemChanges(fixed=5, remaining=2, new=1))))

    assert "与上次相比\uff1a已改好5处\uff0c仍有2处\uff0c新出现1处" in text


def test_a_file_that_could_not_be_read_says_what_the_clerk_is_to_do() -> None:
    locked = UnreadFile(
        name="<b>a.zip", reason="压缩包加了密码,打不开:请对方去掉密码后重发", code="encrypted"
    )

    page, text = render_receipt(a_receipt(a_form(), unread=(locked,)))

    assert "压缩包加了密码\uff0c打不开\uff0c请去掉密码后重发。" in text
    assert "请对方" not in text
    assert "&lt;b&gt;a.zip" in page


def test_a_file_that_only_the_office_can_place_is_not_asked_for_again() -> None:
    unplaced = UnreadFile(
        name="附件4.xlsx", reason="看不出是哪个单位报的:请用 assign 指定", code="unknown-unit"
    )
    found = a_receipt(unread=(unplaced,))

    assert found.subject == "回执:1份文件待人工核对"
    assert "看不出是哪个单位报的\uff0c我们会人工核对\uff0c不用重发。" in render_receipt(found)[1]


def test_what_the_attachments_are_for_is_said() -> None:
    _, marked_workbooks = render_receipt(a_receipt(a_form(problem_groups=(a_cause(1),)), marked_workbooks=1))
    _, problem_lists = render_receipt(a_receipt(a_form(problem_groups=(a_cause(1),)), problem_lists=1))
    _, nothing = render_receipt(a_receipt(a_form()))

    assert ("标红" in marked_workbooks, "需更正清单" in marked_workbooks) == (True, False)
    assert ("标红" in problem_lists, "需更正清单" in problem_lists) == (False, True)
    assert "附件“" not in nothing
