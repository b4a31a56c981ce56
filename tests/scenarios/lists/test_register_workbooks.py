"""The registers that an office hands on: who is in 适龄, and that the review adds up."""

from io import BytesIO

from openpyxl import load_workbook

from config.text.masking import mask_id
from config.text.output_mask import OutputMask
from config.units.roster import Roster
from ledger.assessment import Judgements, assess
from ledger.lists.rolls import build_care_lists, map_rows_to_cases
from notify.reports.register_workbooks import RegisterSources, build_register_workbooks, list_children_of_age
from tests.builders.counties.scenario_county import NOTICE, UNITS, ScenarioCounty, a_child


def sources(county: ScenarioCounty, on: str = "2023-10-10") -> RegisterSources:
    snapshot = county.snapshot_at(on)
    judgements = Judgements(snapshot)
    return RegisterSources(
        assessment=assess(snapshot),
        rolls=snapshot.rolls.rows,
        care_lists=build_care_lists(snapshot),
        case_by_roll_record=map_rows_to_cases(judgements.students, judgements.enrolment),
        notice=NOTICE,
        roster=Roster(UNITS),
        office="县教委",
        mask=OutputMask(),
    )


def told(county: ScenarioCounty, on: str = "2023-10-10") -> list[tuple[str, object, str]]:
    return [
        (one.unit, one.values["name"], one.situation) for one in list_children_of_age(sources(county, on))
    ]


def review(county: ScenarioCounty, on: str = "2023-10-10") -> dict[str, dict[str, object]]:
    """By unit, the row of the quarterly review."""
    sheet = load_workbook(
        BytesIO(build_register_workbooks(sources(county, on))["季度核查表.xlsx"])
    ).worksheets[0]
    head, *rows = list(sheet.iter_rows(min_row=3, values_only=True))
    return {str(row[1]): dict(zip(map(str, head), row, strict=True)) for row in rows if row[1]}


def test_children_too_young_or_too_old_are_left_out(county):
    of_age, young, old = a_child("甲一"), a_child("乙一", born="20180304"), a_child("丙一", born="20050304")
    county.add_submission("西沱中学", "附件2", *(child.enrolled_row() for child in (of_age, young, old)))

    assert told(county) == [("西沱中学", "甲一", "在校")]


def test_a_child_out_of_school_whom_no_roll_shows_is_of_age_too(county):
    county.add_submission("西沱中学", "附件2", a_child("甲一").enrolled_row())
    county.add_submission("西沱中学", "附件4", a_child("甲二").out_row())

    assert told(county) == [("西沱中学", "甲一", "在校"), ("西沱中学", "甲二", "辍学\uff08未返校\uff09")]


def test_a_child_stands_once_though_a_roll_and_a_case_tell_of_it(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission("西沱中学", "附件2", child.enrolled_row(), on="2023-10-09")

    assert told(county) == [("西沱中学", "甲一", "在校")]


def test_who_is_no_longer_of_age_does_not_come_in_by_its_case(county):
    county.add_submission("西沱中学", "附件4", a_child("丙一", born="20050304").out_row())

    assert told(county) == []


def test_what_a_roll_says_of_a_child_stands(county):
    county.add_submission("西沱中学", "附件2", a_child("甲一").enrolled_row(study_status="未到校"))

    assert told(county) == [("西沱中学", "甲一", "未到校")]
    assert review(county)["西沱中学"]["适龄在读"] == 0


def test_the_review_counts_each_unit_and_adds_them_up(county):
    out, leave = a_child("甲一"), a_child("甲二")
    county.add_submission(
        "西沱中学", "附件2", a_child("甲三").enrolled_row(), a_child("乙一", born="20050304").enrolled_row()
    )
    county.add_submission("西沱中学", "附件4", out.out_row(), leave.out_row("休学"))
    county.add_submission("西沱镇", "附件1", a_child("丁一").enrolled_row())
    county.add_submission("西沱中学", "附件6", out.visits_row("2023-09-21", "2023-09-26"), on="2023-09-27")

    found = review(county)

    wanted = {
        "在册人数": 2, "适龄": 3, "适龄在读": 1, "失学": 0, "辍学": 1, "休学": 1, "延缓入学": 0, "未返校": 2, "已返校": 0,
        "疑似": 0, "劝返次数": 2, "劝返逾期": 1,
    }  # fmt: skip
    assert {key: found["西沱中学"][key] for key in wanted} == wanted
    for key in wanted:
        assert found["合计"][key] == sum(int(str(row[key])) for unit, row in found.items() if unit != "合计")


def test_the_same_store_gives_the_same_bytes(county):
    county.add_submission("西沱中学", "附件2", a_child("甲三").enrolled_row())
    county.add_submission("西沱中学", "附件4", a_child("甲一").out_row())

    assert build_register_workbooks(sources(county)) == build_register_workbooks(sources(county))


def test_a_suspected_child_stands_in_its_ledger_with_where_it_was_seen_last(county):
    stay, gone = [a_child(f"甲{n}") for n in "一二三四"], a_child("乙一")
    county.add_submission("西沱中学", "附件2", *(c.enrolled_row() for c in (*stay, gone)), on="2023-09-20")
    county.add_submission("西沱中学", "附件2", *(c.enrolled_row() for c in stay), on="2023-10-08")

    sheet = load_workbook(
        BytesIO(build_register_workbooks(sources(county))["疑似辍学学生台账.xlsx"])
    ).worksheets[0]

    (row,) = list(sheet.iter_rows(min_row=4, values_only=True))
    assert row[:5] == (
        1,
        "乙一",
        mask_id(gone.number),
        "西沱中学",
        "西沱中学附件2第9行\uff082023-09-20\uff09",
    )


def test_the_lists_to_care_for_are_a_workbook_of_their_own(county):
    at_home = a_child("甲一")
    county.add_submission(
        "西沱中学",
        "附件2",
        at_home.enrolled_row(attendance_mode="送教上门", disability="肢体一级"),
        a_child("甲二").enrolled_row(household_category="脱贫户、低保户"),
        a_child("甲三").enrolled_row(),
    )

    sheet = load_workbook(BytesIO(build_register_workbooks(sources(county))["重点学生名单.xlsx"])).worksheets[
        0
    ]

    rows = [row[1:4] for row in sheet.iter_rows(min_row=4, values_only=True) if row[1]]
    assert rows[0] == ("送教上门", "甲一", mask_id(at_home.number))
    assert [row[:2] for row in rows] == [("送教上门", "甲一"), ("结对帮扶", "甲二")]
