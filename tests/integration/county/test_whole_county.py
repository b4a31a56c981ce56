"""A county whose truth is known, brought in whole: what comes out must be that truth, nothing else."""

from collections import Counter

import pytest

from kongchuo.demo.county import AS_OF, County, make_county
from tests.builders.offices.installed_office import InstalledOffice, write_mails, write_office

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module", params=SEEDS)
def county(request: pytest.FixtureRequest) -> County:
    return make_county(request.param, schools=26, mails=150, rows=3_000)


@pytest.fixture(scope="module")
def office(county: County, tmp_path_factory: pytest.TempPathFactory) -> InstalledOffice:
    folder = tmp_path_factory.mktemp("county")
    office = write_office(folder, county, f'maildir = "{write_mails(folder / "mail", county.mails)}"')
    office.ask("poll")
    return office


def as_of(office: InstalledOffice, *question: str):
    return office.ask(*question, "--as-of", AS_OF.isoformat())


def test_every_obligation_is_in_its_true_state(county, office):
    told = {
        (unit["unit"], form["form"]): form["state"]
        for unit in as_of(office, "status")["units"]
        for form in unit["forms"]
        if form["owed"]
    }

    assert told == {key: state.value for key, state in county.truth.states.items()}


def test_lateness_and_zero_reports_are_true(county, office):
    forms = [(unit["unit"], form) for unit in as_of(office, "status")["units"] for form in unit["forms"]]

    assert {(unit, form["form"]) for unit, form in forms if form["late"]} == county.truth.late
    assert {(unit, form["form"]) for unit, form in forms if form["nil"]} == county.truth.nil


def test_the_gaps_are_the_true_ones(county, office):
    told = Counter((gap["unit"], gap["form"], gap["gap"]) for gap in as_of(office, "gaps"))

    assert told == Counter((unit, form, kind.value) for unit, form, kind in county.truth.gaps)


def test_every_child_out_of_school_is_a_case_in_its_true_state(county, office):
    told = {
        case["id_number"]: case["state"]
        for case in as_of(office, "cases", "--all", "--reveal", "--why", "核对")
    }

    assert told == county.truth.cases


@pytest.mark.parametrize("form", ["附件1", "附件2", "附件3", "附件4"])
def test_every_row_of_a_clean_sheet_comes_out_exactly(county, office, form):
    told = {
        (row["unit"], row["seq"]): row
        for row in as_of(office, "records", "--form", form, "--reveal", "--why", "核对")
    }
    true = {(row.unit, row.values["seq"]): row for row in county.truth.records if row.form == form}

    assert told.keys() == true.keys()
    for key, row in true.items():
        assert {name: told[key][name] for name in row.values} == row.values
        assert bool(told[key]["problems"]) != row.clean


def test_what_is_no_report_is_counted_as_such(county, office):
    counted = Counter(file["disposition"] for file in office.ask("files"))

    assert counted["duplicate"] == county.truth.duplicates
    assert counted["quarantined"] == county.truth.quarantined
    assert counted["ignored"] == county.truth.ignored
