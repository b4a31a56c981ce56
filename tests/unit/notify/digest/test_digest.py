"""Every number of the digest, against hand-made judgements."""

from datetime import date, datetime, timedelta

import pytest

from config.text.output_mask import mask_name
from ledger.results import STATUS_MISSING, CaseState, FormState, Visit
from ledger.senders import Standing
from ledger.submissions.unconfirmed_mail import UnconfirmedMail
from notify.form_labels import format_forms
from notify.obligation_lines import format_percent
from tests.builders.values.sample_digests import (
    AS_OF,
    DUE,
    ID,
    NAME,
    ZONE,
    a_busy_county,
    a_case,
    a_file,
    a_form,
    a_problem,
    a_status,
    a_unit,
    digest_of,
)

RECEIVED, MISSING, INCOMPLETE = FormState.RECEIVED, FormState.MISSING, FormState.INCOMPLETE


def test_expected_is_the_sum_of_on_time_late_incomplete_and_missing() -> None:
    numbers = a_busy_county().numbers

    assert numbers.expected == numbers.on_time + numbers.late + numbers.incomplete + numbers.missing
    assert numbers.missing == numbers.silent + numbers.under_review
    assert min(numbers.on_time, numbers.late, numbers.incomplete, numbers.silent, numbers.under_review) > 0


def test_each_headline_number_is_the_length_of_the_list_it_counts() -> None:
    digest = a_busy_county()

    assert sum(line.obligation_count for line in digest.missing) == digest.numbers.silent
    assert sum(line.obligation_count for line in digest.under_review) == digest.numbers.under_review
    assert sum(line.obligation_count for line in digest.late) == digest.numbers.late
    assert sum(line.obligation_count for line in digest.incomplete) == digest.numbers.incomplete
    assert sum(one.expected for _, one in digest.by_form) == digest.numbers.expected
    assert sum(one.silent for _, one in digest.by_group) == digest.numbers.silent


def test_headline_says_how_many_days_after_the_date_due() -> None:
    assert a_busy_county().headline == "石柱县控辍保学简报 · 9月26日(截止9月25日后第1天)"


@pytest.mark.parametrize(
    ("day", "phase"), [(20, "距截止9月25日还有5天"), (25, "今天截止"), (27, "截止9月25日后第2天")]
)
def test_phase_follows_the_day(day: int, phase: str) -> None:
    status = a_status(a_unit("西沱镇"), as_of=datetime(2023, 9, day, 8, tzinfo=ZONE))

    assert digest_of(status).phase == phase


@pytest.mark.parametrize(
    ("hour", "phase"),
    [
        (8, "今天12:00截止"),
        (13, "今天12:00已截止"),
        (-16, "距截止9月25日12:00还有1天"),
        (32, "截止9月25日12:00后第1天"),
    ],
)
def test_the_hour_of_the_date_due_is_said_where_it_has_one(hour: int, phase: str) -> None:
    as_of = datetime(2023, 9, 25, tzinfo=ZONE) + timedelta(hours=hour)
    pending = a_form("附件1", FormState.PENDING, due=datetime(2023, 9, 25, 12, tzinfo=ZONE))
    status = a_status(a_unit("西沱镇", pending, kind="township"), as_of=as_of)
    digest = digest_of(status, due=datetime(2023, 9, 25, 12, tzinfo=ZONE))

    assert digest.phase == phase
    if hour < 12:
        assert "请于9月25日12:00前报送" in digest.group_message


def test_a_unit_missing_two_forms_is_one_line() -> None:
    status = a_status(a_unit("西沱镇", a_form("附件1", MISSING), a_form("附件3", MISSING), kind="township"))

    (line,) = digest_of(status).missing

    assert (line.unit, line.forms, line.days_late, line.obligation_count) == ("西沱镇", "附件1、3", 1, 2)
    assert (line.contact, line.phone) == ("马老师", "023-73330000")


def test_what_awaits_a_person_is_never_called_missing() -> None:
    status = a_status(
        a_unit("西沱镇", a_form("附件1", MISSING, under_review=1), a_form("附件3", MISSING), kind="township")
    )

    digest = digest_of(status)

    assert [(line.unit, line.forms) for line in digest.missing] == [("西沱镇", "附件3")]
    assert [(line.unit, line.forms) for line in digest.under_review] == [("西沱镇", "附件1 来件1份")]
    assert "附件3：西沱镇" in digest.group_message
    assert "附件1" not in digest.group_message


def test_townships_come_first_then_compulsory_schools_then_kindergartens() -> None:
    names = ["县职教中心", "样例幼儿园", "样例小学"]
    status = a_status(
        *(a_unit(name, a_form("附件2", MISSING)) for name in names),
        a_unit("西沱镇", a_form("附件1", MISSING), kind="township"),
    )

    assert [line.unit for line in digest_of(status).missing] == [
        "西沱镇",
        "样例小学",
        "样例幼儿园",
        "县职教中心",
    ]


def test_before_the_date_due_nothing_is_missing_and_everything_owed_is_counted() -> None:
    early = datetime(2023, 9, 20, 8, tzinfo=ZONE)
    status = a_status(
        a_unit("西沱镇", a_form("附件1", RECEIVED), a_form("附件3", FormState.PENDING), kind="township"),
        as_of=early,
    )

    digest = digest_of(status)

    assert (digest.numbers.expected, digest.numbers.received, digest.numbers.pending) == (2, 1, 1)
    assert digest.missing == ()
    assert digest.pending == ()
    assert digest.group_message == ""
    assert not digest.is_clean


def test_in_the_last_three_days_those_who_have_not_sent_are_reminded() -> None:
    status = a_status(
        a_unit("西沱镇", a_form("附件3", FormState.PENDING), kind="township"), as_of=DUE - timedelta(days=3)
    )

    digest = digest_of(status)

    assert [line.unit for line in digest.pending] == ["西沱镇"]
    assert digest.group_message.startswith("【提醒】")


def test_a_form_due_later_is_counted_apart() -> None:
    later = DUE + timedelta(days=30)
    status = a_status(
        a_unit("西沱镇", a_form("附件1", MISSING), a_form("附件3", RECEIVED, due=later), kind="township")
    )

    digest = digest_of(status)

    assert (digest.numbers.expected, digest.not_yet_due.expected, digest.not_yet_due.received) == (1, 1, 1)


def test_what_was_sent_without_being_owed_is_shown_and_not_counted() -> None:
    status = a_status(a_unit("样例幼儿园", a_form("附件4", FormState.NOT_OWED, versions=1)))

    digest = digest_of(status)

    assert digest.numbers.expected == 0
    assert digest.numbers.on_time_rate == "–"
    assert digest.obligations[0].label == "多报"


def test_deduction_candidates_show_both_ways_of_counting() -> None:
    status = a_status(
        a_unit("西沱镇", a_form("附件1", MISSING), a_form("附件3", RECEIVED, late=True), kind="township"),
        a_unit("样例小学", a_form("附件2", MISSING)),
    )

    line, _ = digest_of(status).deductions

    assert (line.unit, line.counted, line.per_due_date, line.per_form) == ("西沱镇", "0.1", "0.1", "0.2")
    assert line.basis == "迟报附件3；未报附件1"


def test_R29_a_late_school_is_a_candidate_without_a_figure() -> None:
    status = a_status(a_unit("样例小学", a_form("附件2", MISSING)))

    (line,) = digest_of(status).deductions

    assert (line.counted, line.per_due_date, line.per_form) == ("", "", "")
    assert line.note == "相应分值由县教委核定"


def test_cases_are_masked_and_sorted_by_household_and_overdue() -> None:
    poor = a_case(
        case_id="c2", name="马样", days_overdue=1, is_watched=True, details={"household_category": "脱贫户"}
    )
    gone = a_case(case_id="c3", state=CaseState.RETURNED)

    first, second = digest_of(a_status(), cases=(a_case(), poor, gone)).cases

    assert (first.shown_name, second.shown_name) == ("马*", "谭**")
    assert second.masked_id != ID
    assert (second.visit_label, second.days_overdue) == ("第2次劝返", 9)
    assert second.next_step == "今日入户劝返(第2次)"


def test_after_the_third_visit_the_next_step_is_to_file() -> None:
    visits = tuple(Visit(number=n, date=date(2023, 9, n), result="未返校") for n in (1, 6, 11))
    case = a_case(visits=visits, escalation="owed", next_visit_due=date(2023, 9, 30), days_overdue=0)

    (line,) = digest_of(a_status(), cases=(case,)).cases

    assert line.next_step == "补报劝返登记表和劝返证明；9月30日前第4次劝返"


def test_after_leave_the_next_step_is_that_of_the_leave() -> None:
    case = a_case(status="休学", next_visit_due=None, escalation="none", after_leave="请核实是否复学")

    (line,) = digest_of(a_status(), cases=(case,)).cases

    assert line.next_step == "请核实是否复学"


def test_a_file_says_what_its_sender_can_do_once() -> None:
    locked = a_file(reason="文件有密码,打不开", reason_code="encrypted")
    told = a_file(file_id="z", reason="文件已损坏,打不开:请对方用WPS打开另存后重发", reason_code="unreadable")

    first, second = digest_of(a_status(), files=(locked, told)).files

    assert first.what == "文件有密码,打不开;请来件单位去掉密码后重发"
    assert second.what == "文件已损坏,打不开:请对方用WPS打开另存后重发"


def test_problems_are_masked_in_value_and_message() -> None:
    (line,) = digest_of(a_status(), problems=(a_problem(),)).problems

    assert ID not in line.value + line.message


def test_the_paragraph_for_the_group_names_units_only() -> None:
    status = a_status(a_unit("西沱镇", a_form("附件1", MISSING), kind="township"))

    digest = digest_of(status, cases=(a_case(responsible_unit="西沱镇"),))

    assert digest.group_message == (
        "【催报】截至9月26日8时，以下单位尚未报送：\n附件1：西沱镇\n请尽快报送，有特殊情况请说明。"
    )
    assert NAME not in digest.group_message


def test_the_paragraph_for_the_group_names_no_form_that_tells_of_a_child() -> None:
    status = a_status(
        a_unit("西沱镇", a_form("附件1", MISSING), a_form("附件5", MISSING), kind="township"),
        a_unit("样例小学", a_form("附件4", RECEIVED), a_form("附件6", INCOMPLETE)),
    )

    digest = digest_of(status)

    assert "附件5" not in digest.group_message
    assert "样例小学" not in digest.group_message


def test_a_county_without_open_ends_is_clean() -> None:
    status = a_status(a_unit("西沱镇", a_form("附件1", RECEIVED), kind="township"))

    digest = digest_of(status)

    assert digest.is_clean
    assert digest.subject == "石柱县控辍保学简报 9月26日:无待办事项"
    assert not digest_of(status, cases=(a_case(),)).is_clean


def test_the_subject_names_what_asks_for_action() -> None:
    assert a_busy_county(AS_OF).subject.startswith("石柱县控辍保学简报 9月26日:未报56 待核2 不完整6 未返校4")


@pytest.mark.parametrize(
    ("name", "masked"),
    [("谭小样", "谭**"), ("谭样", "谭*"), ("欧阳样样", "欧**"), ("", "\uff08无姓名\uff09")],
)
def test_names_keep_their_first_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(0, 0, "–"), (459, 459, "100%"), (2999, 3000, "99.9%"), (401, 459, "87.4%")]
)
def test_a_hundred_percent_is_said_only_when_nothing_is_left(part: int, whole: int, said: str) -> None:
    assert format_percent(part, whole) == said


def test_forms_are_written_short() -> None:
    assert format_forms(["附件1", "附件3"]) == "附件1、3"


def test_a_case_says_why_it_is_still_open() -> None:
    def why(**more: object) -> str:
        (line,) = digest_of(a_status(), cases=(a_case(**more),)).cases
        return line.why_open

    assert why(doubts=("疑似已在黄水中学就读(谭小样),请核实",)) == "疑似已在黄水中学就读(谭**),请核实"
    assert why(settling_remark="已于9月20日返校") == "备注写“已于9月20日返校”,请核实"
    assert why(status="休学", on_leave=True, visits=()) == "休学没有有效的证明材料"
    assert why(status=STATUS_MISSING) == "报表没有填类别,请核实后补填"
    assert why(visits=()) == "还没有劝返记录,没有在校名册或返校证明"
    assert why() == "已劝返1次未返校,没有在校名册或返校证明"


def test_mail_of_an_unproven_sender_is_no_gap_and_is_one_thing_to_decide() -> None:
    status = a_status(
        a_unit("西沱镇", a_form("附件1", FormState.UNCONFIRMED, unconfirmed=2), kind="township")
    )
    mail = UnconfirmedMail(
        address="23@example.net",
        unit="西沱镇",
        standing=Standing.UNKNOWN,
        forms=("附件1",),
        records=3,
        proof_documents=0,
        file_ids=("f1", "f2"),
        last_received_at=DUE,
    )

    digest = digest_of(status, unconfirmed=(mail,))

    assert (digest.numbers.expected, digest.numbers.unconfirmed, digest.numbers.missing) == (1, 1, 0)
    assert "来源未核实1" in digest.sum_line
    assert not digest.is_clean
    (line,) = digest.unconfirmed
    assert line.what == "以西沱镇名义报送附件1(2份文件、3行)"
    (section,) = digest.action_items
    assert [item.key for item in section.action_items] == [line.key]
    assert not digest.group_message or "西沱镇" not in digest.group_message


def test_a_mail_that_failed_its_checks_says_what_it_holds() -> None:
    mail = UnconfirmedMail(
        address="unit@example.org",
        unit="西沱镇",
        standing=Standing.FAILED,
        forms=(),
        records=0,
        proof_documents=2,
        file_ids=("f1", "f2"),
        last_received_at=DUE,
    )

    (line,) = digest_of(a_status(), unconfirmed=(mail,)).unconfirmed

    assert line.what == "以西沱镇名义报送材料(2份文件、证明材料2份)"
