"""What is held of one child is that child's alone, also where another bears the name or a longer one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.errors import ConfigError
from kongchuo.office import open_office
from kongchuo.usecases.retention.held_of_child import find_held
from ledger.assessment import Judgements
from tests.builders.counties.scenario_county import ScenarioCounty, a_child
from tests.builders.offices.office_folder import an_office

SCHOOL, TOWN = "西沱镇小学", "西沱镇"
CHILD, NAMESAKE = a_child("谭小雨", born="20120101"), a_child("谭小雨", born="20120505")
LONGER = a_child("谭小雨雨", born="20120606")
NOW = datetime.now(UTC)


def _without_number(row: dict[str, object]) -> dict[str, object]:
    return {**row, "id_number": None}


def test_a_name_that_another_child_without_a_number_bears_is_refused(tmp_path: Path) -> None:
    with open_office(an_office(tmp_path)) as office:
        county = ScenarioCounty(office.store)
        county.add_submission(SCHOOL, "附件2", CHILD.enrolled_row(), on="2023-09-21")
        county.add_submission(TOWN, "附件1", _without_number(NAMESAKE.enrolled_row()), on="2023-09-22")

        with pytest.raises(ConfigError, match="不止一人"):
            find_held(office, CHILD.name, NOW)
        assert {row.unit for row in find_held(office, CHILD.number, NOW).rows} == {SCHOOL}


def test_a_number_that_was_copied_from_another_child_is_refused(tmp_path: Path) -> None:
    other = a_child("向大山", born="20130707")
    with open_office(an_office(tmp_path)) as office:
        county = ScenarioCounty(office.store)
        county.add_submission(SCHOOL, "附件2", CHILD.enrolled_row(), on="2023-09-21")
        copied = {**other.enrolled_row(), "id_number": CHILD.number, "birth_date": "2013-07-07"}
        county.add_submission(TOWN, "附件1", copied, on="2023-09-22")

        with pytest.raises(ConfigError, match="不止一人"):
            find_held(office, CHILD.number, NOW)


def test_a_case_without_a_number_has_no_row_of_a_namesake(tmp_path: Path) -> None:
    with open_office(an_office(tmp_path)) as office:
        county = ScenarioCounty(office.store)
        county.add_submission(SCHOOL, "附件2", CHILD.enrolled_row(), on="2023-09-21")
        county.add_submission(TOWN, "附件3", _without_number(NAMESAKE.out_row()), on="2023-09-22")
        [case] = Judgements(office.snapshot_at(NOW)).cases

        held = find_held(office, case.case_id, NOW)

        assert {row.unit for row in held.rows} == {TOWN}
        assert CHILD.number not in held.numbers


def test_a_proof_of_a_longer_name_is_another_childs(tmp_path: Path) -> None:
    with open_office(an_office(tmp_path)) as office:
        county = ScenarioCounty(office.store)
        county.add_submission(
            SCHOOL, "附件2", CHILD.enrolled_row(), on="2023-09-21", proofs=["谭小雨休学证明.jpg"]
        )
        county.add_submission(
            SCHOOL, "附件2", LONGER.enrolled_row(), on="2023-09-22", proofs=["谭小雨雨休学证明.jpg"]
        )

        held = find_held(office, CHILD.name, NOW)

        assert [file.path[-1] for file in held.files if file.path[-1].endswith(".jpg")] == [
            "谭小雨休学证明.jpg"
        ]
