"""Lists that others made: each child is looked for, and who is found nowhere is pursued."""

from dataclasses import replace

import pytest

from config.units.roster import Unit
from ledger.assessment import Judgements
from ledger.lists.clearing import ClearedChild, clear_list
from ledger.lists.handed_lists import HANDED_LIST, ListEntry, write_entries
from ledger.lists.listed_children import Place
from ledger.results import CaseState, ListedChild
from tests.builders.counties.scenario_county import (
    NOTICE,
    UNITS,
    Child,
    ScenarioCounty,
    a_child,
    address_of,
    reading_with,
)

DISABLED = {
    "key": "残疾儿童名单",
    "title": "适龄残疾儿童名单",
    "title_patterns": ["残疾儿童"],
    "role": "compare",
    "senders": ["department"],
    "fields": ["name", "id_number", "household_township", "disability"],
}
DISABLED_FEDERATION = Unit(
    name="县残联", kind="department", stage=None, township=None, emails=(address_of("县残联").author,)
)


@pytest.fixture
def county_with_list(county: ScenarioCounty) -> ScenarioCounty:
    """A county whose notice asks 残联 for a list."""
    forms = [*(form.model_dump() for form in NOTICE.forms), DISABLED]
    notice = NOTICE.model_validate(NOTICE.model_dump() | {"forms": forms})
    return replace(county, notice=notice, units=(*UNITS, DISABLED_FEDERATION))


def listed(*children: Child, unit: str = "西沱镇") -> dict[str, ListedChild]:
    return {
        str(index): ListedChild(name=child.name, id_number=child.number, unit=unit)
        for index, child in enumerate(children)
    }


def cleared(county: ScenarioCounty, *children: Child, on: str = "2023-10-20") -> list[ClearedChild]:
    judgements = Judgements(county.snapshot_at(on)).across_notices
    result = clear_list(
        listed(*children),
        (*judgements.cases, *judgements.suspected),
        judgements.snapshot.rolls.rows,
        judgements.snapshot.proof_documents,
        county.notice,
        frozenset().union(*(proofs.rows_without for proofs in judgements.proofs.values())),
    )
    return list(result.values())


def hand_down(county: ScenarioCounty, *children: Child, on: str = "2023-10-10") -> None:
    entries = [
        ListEntry(child=child, list_name="省下发名单", row=number, submission_id="", told_on=None)  # type: ignore[arg-type]
        for number, child in enumerate(listed(*children).values(), 3)
    ]
    county.add_decision(HANDED_LIST, "省下发名单", "下发名单", on, write_entries(entries))


def test_a_child_on_a_roll_is_cleared_by_its_row(county):
    child = a_child()
    county.add_submission("西沱中学", "附件2", child.enrolled_row(school="西沱中学", grade="七年级"))

    (found,) = cleared(county, child)

    assert (found.result, found.unit, found.progress) == ("在校", "西沱中学", "已核清")
    assert "西沱中学附件2第5行" in found.evidence
    assert "西沱中学七年级" in found.evidence


def test_a_child_with_an_open_case_is_being_pursued_even_if_a_roll_lists_it(county):
    child = a_child()
    county.add_submission("西沱中学", "附件2", child.enrolled_row(), on="2023-09-10")
    county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")

    (found,) = cleared(county, child)

    assert (found.result, found.progress, found.place) == ("辍学,未返校", "还要劝返", Place.OPEN)


def test_a_closed_case_tells_by_what_it_was_closed_and_with_which_proofs(county):
    child = a_child()
    county.add_submission(
        "西沱中学", "附件4", child.out_row("休学", until="2024-01-31"), proofs=("甲一休学证明.jpg",)
    )

    (found,) = cleared(county, child)

    assert (found.result, found.progress) == ("已批准或安置", "已核清")
    assert "甲一休学证明.jpg" in found.evidence
    assert [proof.unit for proof in found.proofs] == ["西沱中学"]


def test_who_is_found_nowhere_waits_and_who_is_not_of_age_does_not(county):
    nowhere, old, namesake = a_child("乙二"), a_child("丙三", born="20010101"), a_child("甲一")
    county.add_submission("西沱中学", "附件2", a_child("甲一").enrolled_row(birth_date="2012-03-04"))

    places = [one.place for one in cleared(county, nowhere, old, namesake)]

    assert places == [Place.NOWHERE, Place.NOT_OF_AGE, Place.ALIKE]


def test_a_child_whose_proof_of_being_in_school_is_owed_is_not_cleared(county):
    child = a_child("甲一明")
    county.notice = reading_with(forms=[{"key": "附件1", "proof_every": True}])
    county.add_submission("西沱镇", "附件1", child.enrolled_row(until="2023-10-15"), on="2023-09-20")

    (before,) = cleared(county, child, on="2023-09-21")
    county.add_proofs("西沱镇", "附件1", "甲一明在读证明.jpg", on="2023-09-22")
    (proven,), (over,) = (cleared(county, child, on=day) for day in ("2023-10-15", "2023-10-16"))

    assert [one.progress for one in (before, proven, over)] == ["待补证明", "已核清", "待补证明"]
    assert before.evidence.endswith("还没有有效的证明材料")


def test_a_list_without_numbers_finds_by_name_birth_date_and_township_and_else_says_who_is_of_that_name(
    county,
):
    child = a_child("甲一明")
    row = child.enrolled_row(birth_date="2012-03-04", household_township="西沱镇")
    county.add_submission("西沱中学", "附件2", row)
    named = {
        "by all": ListedChild(name="甲一明", id_number="", unit="西沱镇", birth="2012-03-04"),
        "by birth date": ListedChild(name="甲一明", id_number="", unit="", birth="2012-03-04"),
        "by name": ListedChild(name="甲一明", id_number="", unit=""),
    }
    judgements = Judgements(county.snapshot_at("2023-10-20")).across_notices

    found = {
        key: clear_list({key: one}, judgements.cases, judgements.snapshot.rolls.rows, (), county.notice)[key]
        for key, one in named.items()
    }

    assert [one.place for one in found.values()] == [Place.ON_ROLL, Place.ALIKE, Place.ALIKE]
    assert (found["by name"].progress, found["by name"].evidence) == ("待核实", "西沱中学附件2第5行")


def test_a_slip_in_the_number_is_no_other_child(county):
    child = a_child()
    wrong = Child(child.name, child.number[:-2] + str((int(child.number[-2]) + 1) % 10) + child.number[-1])
    county.add_submission("西沱中学", "附件2", child.enrolled_row())

    (found,) = cleared(county, wrong)

    assert found.place is Place.ON_ROLL


def test_a_departments_list_makes_those_who_are_nowhere_suspects_with_the_list_as_origin(county_with_list):
    present, out, nowhere = a_child("甲一"), a_child("乙二"), a_child("丙三")
    county_with_list.add_submission("西沱中学", "附件2", present.enrolled_row())
    county_with_list.add_submission("西沱中学", "附件4", out.out_row())
    rows = [
        {"name": child.name, "id_number": child.number, "household_township": "西沱镇"}
        for child in (present, out, nowhere)
    ]
    county_with_list.add_submission("县残联", DISABLED["key"], *rows, on="2023-09-22")

    (suspect,) = county_with_list.suspected()

    assert (suspect.name, suspect.state, suspect.responsible_unit) == ("丙三", CaseState.SUSPECTED, "西沱镇")
    assert [(one.form, one.words) for one in suspect.origins] == [
        (DISABLED["key"], "县残联残疾儿童名单第7行")
    ]


def test_a_departments_list_shows_nobody_in_school(county_with_list):
    child = a_child()
    county_with_list.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
    row = {"name": child.name, "id_number": child.number, "household_township": "西沱镇"}
    county_with_list.add_submission("县残联", DISABLED["key"], row, on="2023-10-02")

    assert county_with_list.only_case("2023-10-20").state is CaseState.OPEN
    assert county_with_list.suspected() == []


def test_a_list_that_is_sent_again_without_a_child_makes_no_suspect_of_it(county_with_list):
    rows = [
        {"name": child.name, "id_number": child.number, "household_township": "西沱镇"}
        for child in (a_child("甲一"), a_child("乙二"), a_child("丙三"))
    ]
    for row in rows:
        county_with_list.add_submission("西沱中学", "附件2", row | {"study_status": "在校"})
    county_with_list.add_submission("县残联", DISABLED["key"], *rows, on="2023-09-20")
    county_with_list.add_submission("县残联", DISABLED["key"], *rows[:2], on="2023-10-02")

    assert county_with_list.suspected() == []


def test_a_list_handed_down_keeps_its_suspects_until_they_are_found(county):
    nowhere = a_child("丙三")
    hand_down(county, nowhere)

    assert [case.name for case in county.suspected()] == ["丙三"]
    assert county.suspected("2023-10-09") == []

    county.add_submission("黄水中学", "附件2", nowhere.enrolled_row(), on="2023-10-12")

    assert county.suspected() == []


def test_a_person_may_account_for_a_listed_child(county):
    hand_down(county, a_child("丙三"))
    (suspect,) = county.suspected()

    county.add_decision("close", suspect.case_id, "已随父母出国", "2023-10-12", "moved")

    assert county.suspected() == []


def test_a_child_on_two_lists_and_on_a_roll_is_in_school(county_with_list):
    child = a_child()
    county_with_list.add_submission("西沱中学", "附件2", child.enrolled_row())
    row = {"name": child.name, "id_number": child.number, "household_township": "西沱镇"}
    county_with_list.add_submission("县残联", DISABLED["key"], row, on="2023-09-22")
    hand_down(county_with_list, child)

    assert county_with_list.suspected() == []
    assert [one.place for one in cleared(county_with_list, child, child)] == [Place.ON_ROLL, Place.ON_ROLL]


def test_a_child_on_two_lists_and_nowhere_else_is_one_suspect(county_with_list):
    child = a_child()
    row = {"name": child.name, "id_number": child.number, "household_township": "西沱"}
    county_with_list.add_submission("县残联", DISABLED["key"], row, on="2023-09-22")
    hand_down(county_with_list, child)

    (suspect,) = county_with_list.suspected()

    assert (suspect.opened_on.isoformat(), suspect.responsible_unit) == ("2023-09-22", "西沱镇")
