"""Which submissions one file makes."""

from dataclasses import replace
from datetime import date

from config.records.record import Record
from config.records.row_block import RowBlock
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster, Unit
from ingest.context import IngestContext
from ingest.drafting.draft_submissions import draft_submissions
from parsers.records import ParsedForm
from store.blocks import open_block
from tests.builders.values.form_tables import NOTICE

CENTRAL = Unit(name="西沱镇小学", kind="school", stage="小学", township="西沱镇")
POINT = Unit(name="青龙教学点", kind="school", stage="教学点", township="西沱镇")
ELSEWHERE = Unit(name="红井教学点", kind="school", stage="教学点", township="黄水镇")
TOWNS = tuple(Unit(name=name, kind="township", stage=None, township=None) for name in ("西沱镇", "黄水镇"))


def filed(*units: Unit, schools: list[str]) -> dict[str, list[int]]:
    """By unit, the rows that it filed in a table of the central school whose school column says this."""
    roster = Roster((*TOWNS, *units))
    context = IngestContext(
        notice=NOTICE, roster=roster, names=UnitNames(roster, NOTICE), assignments={}, learned_senders={}
    )
    records = tuple(
        Record(sheet="Sheet1", row=row, values={"name": "甲", "school": school}, problems=())
        for row, school in enumerate(schools, 1)
    )
    reading = ParsedForm(
        form="附件2",
        title="",
        stated_unit=None,
        sheet="Sheet1",
        unit_values=(),
        nil=False,
        rows=RowBlock.of(records),
    )
    found = draft_submissions([(CENTRAL, reading)], (), date(2023, 9, 24), context)
    return {each.unit: open_block(each.block).rows for each in found}


def test_a_teaching_point_that_reports_for_itself_gets_its_rows_from_its_central_school():
    found = filed(CENTRAL, POINT, schools=["西沱镇小学", "青龙教学点", "西沱镇小学"])

    assert found == {"西沱镇小学": [1, 3], "青龙教学点": [2]}


def test_one_whose_parent_reports_for_it_stays_in_the_parents_form():
    child = replace(POINT, parent="西沱镇小学")

    assert filed(CENTRAL, child, schools=["西沱镇小学", "青龙教学点"]) == {"西沱镇小学": [1, 2]}


def test_one_of_another_township_is_asked_about_and_not_moved():
    assert filed(CENTRAL, ELSEWHERE, schools=["西沱镇小学", "红井教学点"]) == {"西沱镇小学": [1, 2]}


def test_a_table_of_teaching_points_alone_files_nothing_for_the_central_school():
    assert filed(CENTRAL, POINT, schools=["青龙教学点"]) == {"青龙教学点": [1]}
