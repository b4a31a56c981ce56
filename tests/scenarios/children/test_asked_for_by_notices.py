"""What other notices ask for: days of absence before 疑似, and proofs of being in school outside that end on a day."""

from datetime import date

from ledger.results import FormState, GapKind
from tests.builders.scenario_county import ScenarioCounty, a_child, reading_with

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
