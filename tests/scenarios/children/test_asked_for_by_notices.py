"""What other notices ask for: days of absence before 疑似, and proofs of being in school outside that end on a day."""

from datetime import date

import pytest

from config.notice import Notice
from config.notice.rhythm import Rhythm
from ledger.results import CaseState, FormState, GapKind
from tests.builders.counties.scenario_county import NOTICE, ScenarioCounty, a_child, reading_with

FIRST, SECOND = a_child("甲一明", serial=101), a_child("乙二亮", serial=103)


def test_a_child_that_a_roll_leaves_out_is_suspected_after_so_many_days(county: ScenarioCounty) -> None:
    others = [a_child(f"丙{number}", serial=number).enrolled_row() for number in range(110, 118)]
    county.notice = reading_with(persuasion={"absent_days": 3})
    county.add_submission("西沱镇小学", "附件2", FIRST.enrolled_row(), *others, on="2023-09-05")
    county.add_submission("西沱镇小学", "附件2", *others, on="2023-09-14")  # a Thursday

    suspected = {day: [case.name for case in county.suspected(day)] for day in ("2023-09-17", "2023-09-18")}

    assert suspected == {"2023-09-17": [], "2023-09-18": ["甲一明"]}


def test_each_child_in_school_outside_owes_a_proof_that_ends_on_a_day(county: ScenarioCounty) -> None:
    outside = {
        "key": "附件1",
        "proof_every": True,
        "proof_until": date(2023, 10, 31),
        "proof_words": ["在读"],
    }
    county.notice = reading_with(forms=[outside])
    county.add_submission("西沱镇", "附件1", FIRST.enrolled_row(), SECOND.enrolled_row(), on="2023-09-20")
    county.add_proofs("西沱镇", "附件1", "甲一明在读证明.jpg", on="2023-09-21")
    county.add_proofs("西沱镇", "附件1", "乙二亮在读证明.jpg", on="2023-11-02")

    then, over, renewed = (
        county.form("西沱镇", "附件1", day) for day in ("2023-09-22", "2023-11-01", "2023-11-03")
    )
    (gap,) = [
        gap for gap in county.gaps("西沱镇", "2023-11-03") if gap.form == "附件1" and gap.gap is GapKind.PROOF
    ]

    assert [(one.proof_owed, one.proof_received) for one in (then, over, renewed)] == [(2, 1), (2, 0), (2, 1)]
    assert renewed.state is FormState.INCOMPLETE
    assert gap.names == ("甲一明",)


def test_a_row_says_until_when_its_proof_is_good(county: ScenarioCounty) -> None:
    county.notice = reading_with(forms=[{"key": "附件1", "proof_every": True}])
    row = FIRST.enrolled_row(until="2023-10-15")
    county.add_submission("西沱镇", "附件1", row, on="2023-09-20", proofs=["甲一明在读证明.jpg"])

    assert county.form("西沱镇", "附件1", "2023-10-15").proof_received == 1
    assert county.form("西沱镇", "附件1", "2023-10-16").proof_received == 0


ABSENCES = {
    "key": "缺勤表",
    "title": "每日缺勤学生名单",
    "title_patterns": ["缺勤学生"],
    "role": "register",
    "senders": ["school"],
    "rhythm": Rhythm(every="day").model_dump(),
    "nil_allowed": True,
    "fields": ["name", "id_number", "since", "absent_days"],
}


def notice_with_absences() -> Notice:
    """Suspects after three school days; 附件4 has statuses, the daily list of absent children has none."""
    tables = NOTICE.model_dump()
    tables["forms"] = [*tables["forms"], ABSENCES]
    tables["vocabularies"]["status"]["values"]["疑似辍学"] = ()
    tables["vocabularies"]["status"]["meanings"]["疑似辍学"] = "suspected"
    tables["persuasion"] |= {"statuses": (), "absent_days": 3}
    return Notice.model_validate(tables)


@pytest.fixture
def absences(county: ScenarioCounty) -> ScenarioCounty:
    county.notice = notice_with_absences()
    return county


DAYS = (
    "2023-09-14",
    "2023-09-15",
    "2023-09-17",
    "2023-09-18",
    "2023-09-28",
)  # the 16th and 17th are a weekend


def cases_by_day(county: ScenarioCounty, *days: str) -> list[int]:
    return [len(county.cases(day)) for day in days]


@pytest.mark.parametrize("told", [{"since": "2023-09-14"}, {"absent_days": 1}])
@pytest.mark.parametrize("form", ["附件4", "缺勤表"])
def test_a_register_s_child_is_suspected_after_so_many_days_without_another_mail(
    absences: ScenarioCounty, told: dict[str, object], form: str
) -> None:
    row = (
        FIRST.out_row("疑似辍学", **told)
        if form == "附件4"
        else {"name": FIRST.name, "id_number": FIRST.number, **told}
    )
    absences.add_submission(
        "西沱中学", form, row, on="2023-09-14", period="2023-09-14" if form == "缺勤表" else None
    )

    assert cases_by_day(absences, *DAYS) == [0, 0, 0, 1, 1]
    assert absences.suspected("2023-09-28") == []
    assert absences.only_case("2023-09-18").state is CaseState.OPEN


def test_days_that_are_enough_when_told_open_a_case_at_once(absences: ScenarioCounty) -> None:
    absences.add_submission("西沱中学", "附件4", FIRST.out_row("疑似辍学", absent_days=3), on="2023-09-14")
    absences.add_submission(
        "西沱中学", "附件4", SECOND.out_row("疑似辍学", since="2023-09-12"), on="2023-09-14"
    )

    assert cases_by_day(absences, "2023-09-14") == [2]


def test_who_is_out_of_school_or_of_whom_no_days_are_told_is_a_case_at_once(absences: ScenarioCounty) -> None:
    absences.add_submission("西沱中学", "附件4", FIRST.out_row("辍学", since="2023-09-14"), on="2023-09-14")
    absences.add_submission("黄水中学", "附件4", SECOND.out_row("疑似辍学"), on="2023-09-14")

    assert cases_by_day(absences, "2023-09-14") == [2]


def test_a_list_of_whom_each_row_says_that_it_is_out_of_school_waits_for_no_days(
    absences: ScenarioCounty,
) -> None:
    row: dict[str, object] = {
        "name": FIRST.name,
        "id_number": FIRST.number,
        "since": "2023-09-14",
        "status": "辍学",
    }
    absences.add_submission("西沱中学", "缺勤表", row, on="2023-09-14", period="2023-09-14")

    assert cases_by_day(absences, "2023-09-14") == [1]


def test_a_child_that_the_next_day_s_list_leaves_out_was_there_again(absences: ScenarioCounty) -> None:
    row: dict[str, object] = {"name": FIRST.name, "id_number": FIRST.number, "since": "2023-09-13"}
    absences.add_submission("西沱中学", "缺勤表", row, on="2023-09-14", period="2023-09-14")
    absences.add_submission("西沱中学", "缺勤表", nil=True, on="2023-09-15", period="2023-09-15")

    assert cases_by_day(absences, *DAYS) == [0, 0, 0, 0, 0]
    assert absences.suspected("2023-10-20") == []


def test_a_list_that_comes_when_the_days_are_over_ends_no_case(absences: ScenarioCounty) -> None:
    row: dict[str, object] = {"name": FIRST.name, "id_number": FIRST.number, "since": "2023-09-14"}
    absences.add_submission("西沱中学", "缺勤表", row, on="2023-09-14", period="2023-09-14")
    absences.add_submission("西沱中学", "缺勤表", nil=True, on="2023-09-20", period="2023-09-15")

    assert cases_by_day(absences, *DAYS) == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("every", ["week", "month"])
def test_a_list_of_a_week_or_longer_that_leaves_a_child_out_says_nothing_of_it(
    county: ScenarioCounty, every: str
) -> None:
    tables = notice_with_absences().model_dump()
    tables["forms"] = [*tables["forms"][:-1], ABSENCES | {"rhythm": {"every": every}}]
    tables["persuasion"] |= {"absent_days": 8}
    county.notice = Notice.model_validate(tables)
    row: dict[str, object] = {"name": FIRST.name, "id_number": FIRST.number, "since": "2023-09-14"}
    weeks = ("2023-W37", "2023-W38") if every == "week" else ("2023-09", "2023-10")
    county.add_submission("西沱中学", "缺勤表", row, on="2023-09-15", period=weeks[0])
    county.add_submission("西沱中学", "缺勤表", nil=True, on="2023-09-18", period=weeks[1])

    assert cases_by_day(county, "2023-09-24", "2023-09-25") == [0, 1]


def test_a_child_that_the_next_day_s_list_names_again_goes_on_being_absent(absences: ScenarioCounty) -> None:
    for day in ("2023-09-14", "2023-09-15"):
        row: dict[str, object] = {
            "name": FIRST.name,
            "id_number": FIRST.number,
            "absent_days": int(day[-2:]) - 13,
        }
        absences.add_submission("西沱中学", "缺勤表", row, on=day, period=day)

    assert cases_by_day(absences, *DAYS) == [0, 0, 0, 1, 1]


def test_without_days_in_the_notice_a_suspected_child_is_a_case_at_once(county: ScenarioCounty) -> None:
    tables = notice_with_absences().model_dump()
    tables["persuasion"]["absent_days"] = None
    county.notice = Notice.model_validate(tables)
    county.add_submission("西沱中学", "附件4", FIRST.out_row("疑似辍学", since="2023-09-14"), on="2023-09-14")

    assert cases_by_day(county, "2023-09-14") == [1]
