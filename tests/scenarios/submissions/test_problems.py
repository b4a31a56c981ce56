"""Problems that only the ledger finds: between versions, and between a form and its proof documents."""

from ledger.assessment import Judgements
from tests.builders.counties.scenario_county import ScenarioCounty, a_child


def codes(county: ScenarioCounty, unit: str, on: str = "2023-10-21") -> list[str]:
    problems = Judgements(county.snapshot_at(on)).problems
    return [problem.code for problem in problems if problem.unit == unit]


def test_a_roll_that_lost_a_third_of_its_rows_is_asked_about(county):
    children = [a_child(f"甲{n}").enrolled_row() for n in "一二三四五六"]
    county.add_submission("西沱镇小学", "附件2", *children, on="2023-09-20")
    county.add_submission("西沱镇小学", "附件2", *children[:4], on="2023-10-20")

    assert codes(county, "西沱镇小学", "2023-10-01") == []
    assert codes(county, "西沱镇小学") == ["rows-dropped"]
    assert county.form("西沱镇小学", "附件2", "2023-10-21").warnings == 1


def test_a_roll_that_lost_one_of_six_is_not(county):
    children = [a_child(f"甲{n}").enrolled_row() for n in "一二三四五六"]
    county.add_submission("西沱镇小学", "附件2", *children, on="2023-09-20")
    county.add_submission("西沱镇小学", "附件2", *children[:5], on="2023-10-20")

    assert codes(county, "西沱镇小学") == []


def test_a_child_who_stood_twice_and_now_once_is_not_a_row_that_was_dropped(county):
    children = [a_child(f"甲{n}").out_row("休学") for n in "一二三"]
    twice = [children[0], *children]
    county.add_submission("西沱中学", "附件4", *twice, on="2023-09-20", problems=["duplicate-in-file"])
    county.add_submission("西沱中学", "附件4", *children, on="2023-09-22")

    assert "rows-dropped" not in codes(county, "西沱中学")


def test_a_proof_that_names_nobody_settles_its_mails_form_and_is_for_a_person_to_look_at(county):
    county.add_submission("西沱中学", "附件4", a_child("甲一").out_row("休学"), proofs=["证明.jpg"])

    assert county.form("西沱中学", "附件4").proof_received == 1
    assert codes(county, "西沱中学") == ["proof-unnamed"]


def test_a_proof_that_names_its_child_is_not_asked_about(county):
    county.add_submission("西沱中学", "附件4", a_child("甲一").out_row("休学"), proofs=["甲一证明.jpg"])

    assert codes(county, "西沱中学") == []
