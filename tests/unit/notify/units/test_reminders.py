"""Who is reminded of what, on which days, and who reads it too."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.notice import CopyRule, Notice, ReminderPlan
from config.read_notice import load_notice
from config.text.output_mask import TextFilter, mask_name
from config.text.text_folding import fold_text
from config.units.roster import Unit
from ledger.results import Case, FormState, GapKind, Status
from notify.units.demands import FindErrors
from notify.units.reminders import Reminder, ReminderSources, build_reminders, is_planned
from notify.units.render_unit_mail import render_reminder
from store.stored_values import ObligationKey
from tests.builders.values.form_tables import NOTICE
from tests.builders.values.sample_digests import (
    DUE,
    ZONE,
    a_case,
    a_form,
    a_status,
    a_unit,
    gaps_of,
    roster_of,
)

DUE_DAY = DUE.date()
PLAN = ReminderPlan()


def planned(plan: ReminderPlan = PLAN, due: date = DUE_DAY, days: int = 30) -> list[str]:
    """The days on which a unit that owes something is written to."""
    start = due - timedelta(days=6)
    span = [start + timedelta(days=n) for n in range(days)]
    return [f"{day:%m-%d}" for day in span if is_planned(day, due, plan)]


def test_three_two_one_days_before_then_one_and_three_after_then_every_third_working_day() -> None:
    # The 23rd and 24th are a weekend. From the 29th to the 6th is holiday; the 7th and 8th, a weekend, are worked.
    assert planned() == ["09-22", "09-26", "09-28", "10-09", "10-12", "10-17"]


def test_nothing_is_sent_on_a_day_off_of_the_offices_own() -> None:
    plan = ReminderPlan(off=frozenset({date(2023, 9, 26)}))

    assert "09-26" not in planned(plan)
    assert "09-27" in planned(plan)


def test_a_year_that_the_calendar_does_not_know_falls_back_to_weekdays() -> None:
    assert planned(due=date(2030, 9, 25), days=14) == ["09-20", "09-23", "09-24", "09-26", "09-30"]


def test_a_plan_may_end_after_its_days() -> None:
    assert planned(ReminderPlan(before=(), after=(1,), every=0)) == ["09-26"]


def sent(
    *units: Any,
    plan: ReminderPlan = PLAN,
    cases: tuple[Case, ...] = (),
    day: int = 26,
    show_name: TextFilter = mask_name,
    find_errors: FindErrors = lambda key, show_name: (),
    **contact: Any,
) -> list[Reminder]:
    as_of = datetime(2023, 9, day, 9, tzinfo=ZONE)
    status: Status = a_status(*units, as_of=as_of)
    roster = {
        name: Unit(
            name=name, kind=unit.kind, stage=unit.stage, township=None, emails=("c@example.org",), **contact
        )
        for name, unit in roster_of(status).items()
    }
    notice = NOTICE.model_copy(update={"title": "2023年秋季学期", "reminders": plan})
    sources = ReminderSources(
        status=status,
        gaps=gaps_of(status),
        cases=cases,
        roster=roster,
        notice=notice,
        office="县教委",
        show_name=show_name,
        find_errors=find_errors,
    )
    return list(build_reminders(sources))


def only(status: Status, notice: Notice = NOTICE, **more: Any) -> Reminder:
    """The one reminder of a status without cases."""
    sources = ReminderSources(
        status=status,
        gaps=gaps_of(status),
        cases=(),
        roster=roster_of(status),
        notice=notice,
        office="县教委",
    )
    (one,) = build_reminders(replace(sources, **more))
    return one


def test_a_unit_is_told_only_of_what_it_owes_itself() -> None:
    owes = a_unit("西沱中学", a_form("附件2", FormState.RECEIVED), a_form("附件4", FormState.MISSING))
    done = a_unit("黄水中学", a_form("附件4", FormState.RECEIVED))

    (one,) = sent(owes, done)

    assert (one.unit, one.items, one.days_late) == ("西沱中学", ("附件4县内失学辍学台账还没有报",), 1)
    assert one.subject == "催报:西沱中学有1项未报(已过截止1天)"


def test_before_the_date_due_it_is_a_reminder_without_reproach() -> None:
    (one,) = sent(a_unit("西沱中学", a_form("附件4", FormState.PENDING)), day=22)

    assert one.subject == "提醒:西沱中学有1项未报(9月25日截止)"


def test_a_unit_whose_file_waits_for_a_person_is_not_accused() -> None:
    assert sent(a_unit("西沱中学", a_form("附件4", FormState.MISSING, under_review=1))) == []


def test_before_the_date_due_it_is_not_accused_either() -> None:
    assert sent(a_unit("西沱中学", a_form("附件4", FormState.PENDING, under_review=1)), day=22) == []


def test_what_waits_for_a_person_is_said_beside_what_is_owed() -> None:
    (one,) = sent(
        a_unit(
            "西沱中学", a_form("附件2", FormState.MISSING), a_form("附件4", FormState.MISSING, under_review=1)
        )
    )

    assert (one.items, one.waiting_forms) == (
        ("附件2县内就读情况摸排表还没有报",),
        ("附件4县内失学辍学台账",),
    )
    for said in render_reminder(one):
        assert "附件4县内失学辍学台账已来件\uff0c待核\uff0c不用重发" in said


def test_what_must_be_mended_is_said_in_words() -> None:
    (one,) = sent(a_unit("西沱中学", a_form("附件4", FormState.INCOMPLETE, errors=3)))

    assert one.items == ("附件4县内失学辍学台账身份证号校验位不对3处",)


def test_error_rows_are_named_three_causes_a_form_at_most() -> None:
    status = a_status(a_unit("西沱中学", a_form("附件4", FormState.INCOMPLETE, errors=9)))
    rows = [f"第{n}行:请改" for n in range(5, 10)]

    one = only(status, find_errors=lambda key, show_name: rows)

    assert one.items == (
        "附件4县内失学辍学台账身份证号校验位不对9处:第5行:请改;第6行:请改;第7行:请改;另有2类",
    )


def test_visits_that_are_due_stand_beside_what_is_owed_and_never_alone() -> None:
    child = a_case(next_visit_due=date(2023, 9, 20))

    (one,) = sent(a_unit("西沱中学", a_form("附件4", FormState.MISSING)), cases=(child,))
    assert one.visits[0].opening.startswith("有1名学生到了劝返时间")
    assert sent(a_unit("西沱中学", a_form("附件4", FormState.RECEIVED)), cases=(child,)) == []


def test_the_children_whose_visit_is_due_are_named_as_the_setting_allows() -> None:
    child = a_case(name="谭小样", next_visit_due=date(2023, 9, 20))
    owes = a_unit("西沱中学", a_form("附件4", FormState.MISSING))

    (masked,) = sent(owes, cases=(child,))
    assert masked.visits[0].items == ("谭**(七年级):第2次劝返应在9月20日前,已过6天",)
    (named,) = sent(owes, cases=(child,), show_name=str)
    assert named.visits[0].items[0].startswith("谭小样(七年级)")


def test_where_others_may_read_it_too_names_are_masked_whatever_the_setting() -> None:
    child = a_case(name="谭小样", next_visit_due=date(2023, 9, 20))
    told = []

    def find_errors(key: ObligationKey, show_name: TextFilter) -> list[str]:
        told.append(show_name("谭小样"))
        return []

    (one,) = sent(
        a_unit("西沱中学", a_form("附件4", FormState.INCOMPLETE, errors=1)),
        plan=ReminderPlan(copies=(CopyRule(from_day=30, to=("area@example.org",)),)),
        cases=(child,),
        show_name=str,
        find_errors=find_errors,
    )

    assert one.visits[0].items[0].startswith("谭**")
    assert told == ["谭**"]


def test_ten_children_are_named_and_the_rest_counted() -> None:
    children = tuple(a_case(case_id=f"c{n}", next_visit_due=date(2023, 9, 26)) for n in range(13))

    (one,) = sent(a_unit("西沱中学", a_form("附件4", FormState.MISSING)), cases=children)

    assert len(one.visits[0].items) == 11
    assert one.visits[0].items[-1] == "另有3名学生也到了劝返时间"
    assert one.visits[0].items[0].endswith("第2次劝返今天到期")


def test_a_correction_is_not_called_missing() -> None:
    (wrong,) = sent(a_unit("西沱中学", a_form("附件4", FormState.INCOMPLETE, errors=3)))
    (both,) = sent(
        a_unit(
            "西沱中学", a_form("附件2", FormState.MISSING), a_form("附件4", FormState.INCOMPLETE, errors=3)
        )
    )

    assert wrong.subject == "请更正:西沱中学有1项请更正(已过截止1天)"
    assert "已收到" in wrong.demands[0].opening
    assert both.subject == "催报:西沱中学有1项未报、1项请更正(已过截止1天)"
    assert "未报" not in "".join(render_reminder(wrong))


def test_a_proof_that_is_missing_is_neither_missing_nor_a_mistake() -> None:
    status = a_status(a_unit("西沱中学", a_form("附件4", FormState.INCOMPLETE, proof_owed=1)))
    gaps = [
        replace(gap, gap=GapKind.PROOF, detail="缺证明材料1份(谭小样):请补", names=("谭小样",))
        for gap in gaps_of(status)
    ]

    one = only(status, gaps=gaps)

    assert one.subject == "提醒:西沱中学有1项缺证明材料(已过截止1天)"
    assert one.items == ("附件4县内失学辍学台账缺证明材料1份(谭**),请补",)


def test_a_zero_report_is_asked_only_for_what_has_not_come_and_of_whom_nobody_knows_a_child() -> None:
    roll_only = a_unit(
        "西沱中学", a_form("附件2", FormState.MISSING), a_form("附件4", FormState.INCOMPLETE, errors=1)
    )
    missing = a_unit("西沱中学", a_form("附件4", FormState.MISSING))

    assert [one.zero_report_forms for one in sent(roll_only)] == [()]
    assert [one.zero_report_forms for one in sent(missing)] == [("附件4",)]
    assert [one.zero_report_forms for one in sent(missing, cases=(a_case(),))] == [()]


def paperless(form: str, **more: Any) -> Any:
    return a_form(form, FormState.RECEIVED, counted=True, paper_owed=True, **more)


NOTED = a_unit("黄水中学", paperless("附件4", paper_received_on=date(2023, 9, 25)))
"""A unit whose paper came: the office notes paper."""


def test_paper_that_is_missing_is_a_line_of_its_own_after_the_forms_in_the_one_mail() -> None:
    lacks = a_unit("西沱中学", a_form("附件2", FormState.MISSING), paperless("附件4"))

    (one,) = sent(lacks, NOTED)

    assert one.items == ("附件2县内就读情况摸排表还没有报", "附件4的纸质件")
    assert one.subject == "催报:西沱中学有1项未报(已过截止1天)"
    assert "已过" not in one.demands[-1].opening


def test_a_mail_of_paper_alone_has_no_reproach_no_day_and_no_copy() -> None:
    plan = ReminderPlan(copies=(CopyRule(from_day=1, zone=None, to=("leader@example.org",)),))

    (one,) = sent(a_unit("西沱中学", paperless("附件3"), paperless("附件4")), NOTED, plan=plan)

    assert (one.subject, one.items) == ("提醒:西沱中学还有纸质件请交来", ("附件3、附件4的纸质件",))
    assert one.copies == ()
    for said in render_reminder(one):
        assert not any(word in said for word in ("催报", "截止", "已过", "9月25日", "扣", "附上表格"))


def test_nobody_is_asked_for_paper_where_the_office_notes_none_or_before_it_is_due() -> None:
    assert sent(a_unit("西沱中学", paperless("附件4"))) == []
    assert sent(a_unit("西沱中学", paperless("附件4")), NOTED, day=22) == []


LATER = DUE + timedelta(days=2)


def test_the_hour_is_said_of_what_is_due_at_one() -> None:
    noon = DUE.astimezone(ZONE).replace(hour=12, minute=0, second=0)
    form = a_form("附件3", FormState.MISSING, due=noon)

    (late,), (before,) = sent(a_unit("西沱镇", form), day=28), sent(a_unit("西沱镇", form), day=22)

    assert "应于9月25日12:00前报送,已过3天" in late.forms[0].opening
    assert "请于9月25日12:00前报送" in before.forms[0].opening
    assert before.subject == "提醒:西沱镇有1项未报(9月25日12:00截止)"


def undated(state: FormState = FormState.MISSING) -> Any:
    return a_form("附件5", state, due=LATER, dated=False)


def test_the_day_is_said_only_of_forms_that_have_one() -> None:
    (one,) = sent(a_unit("西沱镇", a_form("附件3", FormState.MISSING), undated()), day=28)

    dated, later = one.demands
    assert (dated.items, dated.days_late, later.items, later.due) == (
        ("附件3县外失学辍学台账还没有报",),
        3,
        ("附件5劝返登记表还没有报",),
        None,
    )
    assert "9月25日前报送,已过3天" in dated.opening
    assert "已过" not in later.opening
    assert one.subject == "催报:西沱镇有2项未报(其中1项已过截止3天)"


def test_paper_and_a_form_without_a_day_are_no_reproach() -> None:
    (one,) = sent(a_unit("西沱镇", paperless("附件3"), undated()), NOTED, day=28)

    assert one.subject == "提醒:西沱镇有1项请报送"
    assert one.items == ("附件5劝返登记表还没有报", "附件3的纸质件")
    for said in render_reminder(one):
        assert not any(word in said for word in ("催报", "截止", "已过", "9月25日", "扣"))


def test_forms_with_different_days_stand_under_their_own() -> None:
    extended = a_form("附件4", FormState.PENDING, due=DUE + timedelta(days=5))

    (one,) = sent(a_unit("西沱中学", a_form("附件2", FormState.MISSING), extended), day=28)

    assert [(each.items, each.days_late) for each in one.demands] == [
        (("附件2县内就读情况摸排表还没有报",), 3),
        (("附件4县内失学辍学台账还没有报",), 0),
    ]


@pytest.mark.parametrize(("day", "copies"), [(26, ()), (28, ("zone@example.org",))])
def test_who_is_in_copy_depends_on_the_days_and_the_zone(day: int, copies: tuple[str, ...]) -> None:
    rungs = (
        CopyRule(from_day=3, zone="西沱责任区", to=("zone@example.org",)),
        CopyRule(from_day=1, zone="别的", to=("x@example.org",)),
    )

    (one,) = sent(
        a_unit("西沱中学", a_form("附件4", FormState.MISSING)),
        plan=ReminderPlan(copies=rungs),
        day=day,
        area="西沱责任区",
    )

    assert one.copies == copies


def test_nobody_is_in_copy_until_the_office_says_so() -> None:
    (one,) = sent(a_unit("西沱中学", a_form("附件4", FormState.MISSING)), day=28)

    assert one.copies == ()


def test_what_is_to_be_reported_even_without_children_is_in_the_notices_words() -> None:
    def text(file: str, *forms: str) -> str:
        status = a_status(a_unit("石桥中学", *(a_form(key, FormState.MISSING) for key in forms)))
        one = only(status, load_notice(Path(file)))
        page, plain = render_reminder(one)
        for said in ("附件4也要", "延缓入学"):
            assert (said in page) is (said in plain)
        return plain

    assert "没有失学、辍学、休学、延缓入学学生的,附件4也要报零报告" in fold_text(
        text("2023-autumn.toml", "附件2", "附件4")
    )
    assert "零报告" not in text("2023-autumn.toml", "附件2")  # a kindergarten sends no 附件4
    assert "没有辍学、疑似辍学、劝返中、免学、缓学、病休学生的,表2也要报零报告" in fold_text(
        text("2024-shiqiao.toml", "表2")
    )
