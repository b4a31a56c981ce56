"""Two more counties, each a notice and a roster alone, brought in whole: what comes out must be their truth."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders.counties.shiqiao import make_shiqiao
from tests.builders.counties.songping import make_songping
from tests.builders.counties.story import ExpectedCase, OtherCounty, Report
from tests.builders.counties.yunling import make_yunling
from tests.builders.offices.installed_office import InstalledOffice, write_mails

COUNTIES: dict[str, Callable[[int], OtherCounty]] = {
    "云岭县": make_yunling,
    "石桥县": make_shiqiao,
    "松坪县": make_songping,
}

OF_THE_BASE = {
    "云岭县教育局基础教育股": ("延缓入学",),
    "石桥县教育体育局教育股": ("延缓入学",),
    "松坪县教育局": ("延缓入学", "辍学"),
}
"""By office, words of the base that its own notice does not have."""


@pytest.fixture(scope="module", params=COUNTIES)
def county(request: pytest.FixtureRequest) -> OtherCounty:
    return COUNTIES[request.param](1)


@pytest.fixture(scope="module")
def office(county: OtherCounty, tmp_path_factory: pytest.TempPathFactory) -> InstalledOffice:
    folder = tmp_path_factory.mktemp("county")
    write_mails(folder / "mail", county.mails)
    (folder / "units.csv").write_text(county.units_csv(), "utf-8")
    (folder / "kongchuo.toml").write_text(
        f"""
[office]
name = "{county.office}"
recipients = ["office@example.org"]

[notice]
file = "{county.notice}"
roster = "units.csv"

[[mailbox]]
maildir = "mail"
""",
        "utf-8",
    )
    office = InstalledOffice(folder)
    office.ask("poll")
    return office


def as_of(county: OtherCounty, office: InstalledOffice, *question: str):
    return office.ask(*question, "--as-of", county.as_of.isoformat())


def test_every_file_is_recorded(county, office):
    files = office.ask("files")

    assert len(files) == county.truth.files
    assert {file["disposition"] for file in files} <= {"recorded", "evidence"}


def test_every_period_of_every_form_is_in_its_true_state(county, office):
    told = {
        (unit["unit"], form["form"], form.get("period") or ""): Report(
            form["state"], form["late"], form["nil"]
        )
        for unit in as_of(county, office, "status")["units"]
        for form in unit["forms"]
        if form["owed"]
    }

    assert told == county.truth.reports


def test_late_and_missing_forms_are_gaps_of_their_period(county, office):
    gaps = as_of(county, office, "gaps")
    told = {
        (gap["unit"], gap["form"], gap.get("period") or "", gap["gap"])
        for gap in gaps
        if gap["gap"] in ("late", "missing")
    }
    true = {(*key, "missing") for key, report in county.truth.reports.items() if report.state == "missing"}
    true |= {(*key, "late") for key, report in county.truth.reports.items() if report.late}

    assert told == true


def test_every_child_out_of_school_is_a_case_in_its_true_state(county, office):
    told = {
        case["id_number"]: ExpectedCase(
            case["state"], case["status"], case["responsible_unit"], case["escalation"]
        )
        for case in as_of(county, office, "cases", "--all", "--reveal", "--why", "核对")
    }

    assert told == county.truth.cases


def test_who_is_found_nowhere_is_suspected_by_the_list_that_tells(county, office):
    told = {
        case["id_number"]: {origin["form"] for origin in case["origins"]}
        for case in as_of(county, office, "cases", "--suspected", "--reveal", "--why", "核对")
    }

    assert told == {number: {form} for number, form in county.truth.suspected.items()}


def test_numbers_that_contradict_the_rows_are_found(county, office):
    told = {
        (finding["units"][0], unit.name)
        for finding in as_of(county, office, "crosscheck")
        for unit in county.units
        if finding["code"] == "counts-disagree" and f"写{unit.name}" in finding["message"]
    }

    assert told == county.truth.doubtful_counts


def test_the_digest_is_in_this_county_s_words(county, office, tmp_path: Path):
    code, _, err = office.run("digest", "--out", str(tmp_path), "--as-of", county.as_of.isoformat())
    assert code == 0, err
    page = (tmp_path / "digest.html").read_text("utf-8")

    strange = {"石柱", "附件7", "失学", *OF_THE_BASE[county.office]}
    assert [word for word in sorted(strange) if word in page] == []
