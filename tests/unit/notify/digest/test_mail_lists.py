"""The lists below the day's items: each thing once, short enough for a telephone, and nobody left out silently."""

import io
from datetime import date

import openpyxl

from ledger.lists.past_figures import PastDifference, Since
from ledger.questions.open_questions import NumberedQuestion, Question
from ledger.results import CaseState, Finding, FormState, GapKind
from notify.digest.digest_workbook import render_workbook
from notify.digest.mail_lists import MOST_LINES, MailList, build_mail_lists, build_question_lists
from notify.digest.render_digest import render_digest_html, render_digest_text
from store.stored_values import ObligationKey, QuestionKey
from tests.builders.values.sample_digests import (
    AS_OF,
    a_case,
    a_file,
    a_form,
    a_status,
    a_unit,
    digest_of,
    gaps_of,
)


def schools(count: int, form: str = "附件2") -> list[object]:
    return [a_unit(f"样例{n:03}小学", a_form(form, FormState.MISSING)) for n in range(count)]


def a_finding(number: int, **more: object) -> Finding:
    values: dict[str, object] = {
        "finding_id": f"f{number}", "code": "leave-without-end", "severity": "warning", "name": f"谭{number}",
        "id_number": None, "units": ("西沱中学",), "records": (),
        "message": f"休学没有写截止时间,按2024-03-0{number}期满处理:请西沱中学补填截止时间",
    }  # fmt: skip
    return Finding(**{**values, **more})  # type: ignore[arg-type]


def a_list(lists: tuple[MailList, ...], word: str) -> MailList:
    return next(one for one in lists if one.title.startswith(word))


def test_a_unit_that_is_phoned_stands_in_no_list_below() -> None:
    digest = digest_of(a_status(*schools(30)))  # type: ignore[arg-type]

    (missing,) = (one for one in build_mail_lists(digest) if one.title.startswith("未报"))
    phoned = {item.who for section in digest.action_items for item in section.action_items}

    assert missing.title == "未报:30家单位,30项"
    assert not phoned & {line.who for line in missing.lines}
    assert "上面已列15家,其余15家" in missing.lead


def test_every_unit_that_has_not_sent_is_named_somewhere() -> None:
    digest = digest_of(a_status(*schools(90)))  # type: ignore[arg-type]

    for said in (render_digest_html(digest), render_digest_text(digest)):
        assert all(f"样例{n:03}小学" in said for n in range(90))


def test_a_list_that_is_one_line_too_long_is_shown_whole() -> None:
    def lines(count: int) -> int:
        cases = tuple(
            a_case(case_id=f"c{n}", next_visit_due=None, days_overdue=0, visits=()) for n in range(count)
        )
        return len(a_list(build_mail_lists(digest_of(a_status(), cases=cases)), "未返校个案").lines)

    assert lines(MOST_LINES + 1) == MOST_LINES + 1
    assert lines(MOST_LINES + 2) == MOST_LINES


def test_a_child_is_one_line_with_class_next_step_and_whom_to_call() -> None:
    case = a_case(
        days_overdue=0, next_visit_due=None, details={"grade": "七年级", "class_name": "2班"}, doubts=("疑似已在黄水中学就读(谭小样)",)
    )  # fmt: skip
    status = a_status(a_unit("西沱中学", a_form("附件2", FormState.RECEIVED)))

    (line,) = a_list(build_mail_lists(digest_of(status, cases=(case,))), "未返校个案").lines

    assert line.who == "谭** 七年级2班 辍学"
    assert line.what == "疑似已在黄水中学就读(谭**);核实去向，补交证明材料"
    assert (line.note, line.phone) == ("西沱中学 马老师", "023-73330000")


def test_findings_of_one_kind_and_unit_are_one_line_with_their_children() -> None:
    findings = (a_finding(1), a_finding(2), a_finding(3, units=("黄水中学",)))

    lines = a_list(build_mail_lists(digest_of(a_status(), findings=findings)), "比对发现").lines

    assert sorted((line.who, line.what) for line in lines) == [
        ("没有写明截止时间 西沱中学2处", "谭*、谭*:请西沱中学补填截止时间"),
        ("没有写明截止时间 谭*", "休学没有写截止时间,按2024-03-03期满处理:请西沱中学补填截止时间"),
    ]


def test_a_finding_that_only_repeats_a_gap_stays_in_the_workbook() -> None:
    status = a_status(a_unit("西沱中学", a_form("附件6", FormState.MISSING)))
    (gap,) = gaps_of(status)
    repeated = a_finding(
        1, code="persuasion-form-missing", message="附件6里没有这名学生", asks_for=ObligationKey("西沱中学", "附件6")
    )  # fmt: skip
    told = a_finding(2)

    digest = digest_of(status, findings=(repeated, told))

    assert gap.gap is GapKind.MISSING
    assert {one.finding_id for one in digest.findings} == {"f1", "f2"}
    assert a_list(build_mail_lists(digest), "比对发现").title == "比对发现:1处"
    assert "附件6里没有这名学生" not in render_digest_text(digest)


def test_files_that_are_asked_about_above_are_not_listed_again() -> None:
    files = tuple(a_file(file_id=f"f{n}", path=(f"甲{n}.xlsx",)) for n in range(20))

    digest = digest_of(a_status(), files=files)
    (waiting,) = build_question_lists(digest)
    asked = {item.who for section in digest.action_items for item in section.action_items}

    assert waiting.title == "需要您判断:文件20份"
    assert len(asked) == 15
    assert not asked & {line.who for line in waiting.lines}


def test_lists_of_nothing_vanish() -> None:
    status = a_status(a_unit("西沱镇", a_form("附件1", FormState.RECEIVED)))

    assert build_mail_lists(digest_of(status)) == build_question_lists(digest_of(status)) == ()


def test_no_command_line_stands_in_the_mail() -> None:
    same = a_finding(
        1, code="maybe-same", pair=("a", "b"),
        message="可能是同一人,请核实。是:kongchuo case merge a b --why 理由;不是:kongchuo case split a b --why 理由",
    )  # fmt: skip
    suspected = a_case(case_id="s", state=CaseState.SUSPECTED, details={"last_seen": "西沱镇附件1第5行"})
    digest = digest_of(
        a_status(*schools(3)),  # type: ignore[arg-type]
        cases=(a_case(),),
        suspected=(suspected,),
        files=(a_file(),),
        findings=(same,),
    )

    for said in (render_digest_html(digest), render_digest_text(digest)):
        assert "可能是同一人" in said
        assert "kongchuo" not in said


def test_what_changed_against_a_unit_s_own_past_is_one_line_with_both_numbers() -> None:
    status = a_status(a_unit("西沱中学", a_form("附件2", FormState.RECEIVED)))
    past = PastDifference(
        unit="西沱中学", form="附件2", figure="寄宿", now=240, before=312, since=Since.LAST_FILING, day=date(2023, 9, 20),
        came=AS_OF,
    )  # fmt: skip
    digest = digest_of(status, past=(past,))

    (line,) = a_list(build_mail_lists(digest), "与以往相比").lines

    assert (line.who, line.phone) == ("西沱中学", "023-73330000")
    assert line.what == "附件2“寄宿”312人 → 240人(与上次9月20日比)"
    sheet = openpyxl.load_workbook(io.BytesIO(render_workbook(digest)))["与以往比"]
    assert [cell.value for cell in sheet[2]][:6] == ["西沱中学", "附件2", "寄宿", 312, 240, -72]


def test_an_address_that_mail_does_not_reach_is_asked_about_with_whom_to_call() -> None:
    asked = Question(
        key=QuestionKey("address", "gone@example.org"), about="西沱中学的邮箱 gone@example.org", unit="西沱中学",
        sentence="信没有送到(退信:550 no such user):请向单位问明现在的邮箱,更正名册", stakes="",
    )  # fmt: skip
    digest = digest_of(
        a_status(a_unit("西沱中学", a_form("附件2", FormState.RECEIVED))),
        asked=(NumberedQuestion(12, asked),),
    )

    one = a_list(build_question_lists(digest), "收不到信的邮箱:1个")

    (line,) = one.lines
    assert (line.label, line.phone) == ("问12", "023-73330000")
    assert (line.who, line.what) == (asked.about, "信没有送到(退信:550 no such user)")
    assert not digest.is_clean
    assert all(
        "gone@example.org" in said for said in (render_digest_html(digest), render_digest_text(digest))
    )
