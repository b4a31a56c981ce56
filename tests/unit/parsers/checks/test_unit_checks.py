"""What a row says against its unit and its day."""

from datetime import date

import pytest

from config.notice import CheckName, FormSpec
from config.records.record import Json, Record
from config.records.row_block import RowBlock
from parsers.checks.unit_checks import UNIT_CHECKS, SentForm, UnitChecks
from tests.builders.values.form_tables import NAMES, NOTICE, ROSTER

FAULTY: list[tuple[CheckName, str, str, dict[str, Json], str]] = [
    ("unit", "附件4", "西沱中学", {"previous_school": "黄水中学"}, "unit-mismatch"),
    ("region", "附件4", "西沱中学", {"previous_school": "湖北省利川市第一中学"}, "scope-mismatch"),
    ("region", "附件3", "西沱镇", {"previous_school": "西沱中学"}, "scope-mismatch"),
    ("region", "附件3", "西沱镇", {"school_region": "县内", "previous_school": "一中"}, "scope-mismatch"),
    ("future-date", "附件4", "西沱中学", {"since": "2023-10-01"}, "date-future"),
]


def codes(form: FormSpec, unit: str, values: dict[str, Json]) -> list[str]:
    sender = ROSTER.get(unit)
    assert sender is not None
    sent = SentForm(form=form, unit=sender, names=NAMES, notice=NOTICE, received_on=date(2023, 9, 20))
    rows = RowBlock.of([Record(sheet="Sheet1", row=5, values=values)])
    return [p.code for p in UnitChecks(sent).check_rows(rows).get(0, [])]


@pytest.mark.parametrize(("name", "key", "unit", "values", "code"), FAULTY)
def test_a_check_finds_its_fault_alone_and_only_where_it_is_listed(
    name: CheckName, key: str, unit: str, values: dict[str, Json], code: str
):
    form = NOTICE.form(key)
    others = [spec.name for spec in UNIT_CHECKS if spec.name != name]

    assert codes(form, unit, values) == [code]
    assert codes(form.model_copy(update={"checks": (name,)}), unit, values) == [code]
    assert codes(form.model_copy(update={"checks": tuple(others)}), unit, values) == []


@pytest.mark.parametrize(
    ("key", "unit", "values"),
    [
        ("附件4", "西沱中学", {"previous_school": "西沱中学", "since": "2023-09-20"}),
        ("附件3", "西沱镇", {"school_region": "县外", "previous_school": "石柱路小学"}),
        ("附件3", "西沱镇", {"school_region": "湖北省利川市", "previous_school": "利川市第一中学"}),
    ],
)
def test_nothing_is_wrong_with_a_sound_row(key: str, unit: str, values: dict[str, Json]):
    assert codes(NOTICE.form(key), unit, values) == []
