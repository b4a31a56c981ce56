"""What a unit's form is filled with: its own rows that count, and nobody else's."""

from pathlib import Path

import pytest

from notify.forms.form_plan import visits_of
from notify.forms.rows_to_fill import find_rows_to_fill
from store import Store
from tests.builders.counties.scenario_county import NOTICE, ScenarioCounty, a_child, address_of

REGISTER, RECORD = NOTICE.form("附件4"), NOTICE.form("附件6")
ONE, TWO = a_child("甲一"), a_child("乙二", "20110505")


@pytest.fixture
def county(tmp_path: Path):
    store = Store.open(f"sqlite:///{tmp_path / 'k.db'}", tmp_path / "archive")
    yield ScenarioCounty(store)
    store.close()


def names(rows) -> list[str]:
    return [str(values["name"]) for values in rows]


def test_a_unit_gets_its_own_last_rows(county: ScenarioCounty):
    county.add_submission("西沱中学", "附件4", ONE.out_row(remark="一"), on="2023-09-20")
    county.add_submission("西沱中学", "附件4", ONE.out_row(remark="二"), on="2023-09-22")
    county.add_submission("黄水中学", "附件4", TWO.out_row(), on="2023-09-22")
    snapshot = county.snapshot_at("2023-09-26")

    (row,) = find_rows_to_fill(snapshot, REGISTER, "西沱中学")
    assert (row["id_number"], row["remark"]) == (ONE.number, "二")
    assert names(find_rows_to_fill(snapshot, REGISTER, "黄水中学")) == ["乙二"]
    assert find_rows_to_fill(snapshot, REGISTER, "西沱镇小学") == []


def test_a_record_of_visits_holds_the_registers_children_with_their_visits(county: ScenarioCounty):
    visit = {
        "number": 1,
        "date": "2023-09-11",
        "place": None,
        "people": None,
        "content": "家访",
        "result": "未返校",
    }
    county.add_submission(
        "西沱中学", "附件4",
        ONE.out_row(visits=[visit], household_township="西沱镇", household_village="南坪村"),
        TWO.out_row("休学"),
        on="2023-09-20",
    )  # fmt: skip
    county.add_submission("西沱中学", "附件6", ONE.visits_row("2023-09-16"), on="2023-09-21")

    (row,) = find_rows_to_fill(county.snapshot_at("2023-09-26"), RECORD, "西沱中学")
    assert (row["name"], row["household_address"]) == ("甲一", "西沱镇南坪村")
    assert [each["date"] for each in visits_of(row)] == ["2023-09-11", "2023-09-16"]


def test_a_child_who_left_the_list_stays_in_the_record(county: ScenarioCounty):
    county.add_submission("西沱中学", "附件4", ONE.out_row(), TWO.out_row(), on="2023-09-20")
    county.add_submission("西沱中学", "附件4", TWO.out_row(), on="2023-09-24")

    rows = find_rows_to_fill(county.snapshot_at("2023-09-26"), RECORD, "西沱中学")
    assert names(rows) == ["甲一", "乙二"]


def test_rows_of_an_unproven_sender_are_sent_to_nobody(county: ScenarioCounty):
    county.add_submission("西沱中学", "附件4", ONE.out_row(), on="2023-09-20", sent_by=address_of("黄水中学"))

    assert find_rows_to_fill(county.snapshot_at("2023-09-26"), REGISTER, "西沱中学") == []
