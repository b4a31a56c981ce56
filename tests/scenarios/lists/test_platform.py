"""三统一: the platform's numbers beside ours."""

import orjson

from config.units.roster import Roster
from ledger.assessment import assess
from ledger.lists.platform import (
    PLATFORM_CHILDREN,
    PLATFORM_NUMBERS,
    PlatformComparison,
    compare_numbers,
    listed_children,
    numbers_subject,
    typed_numbers,
)
from ledger.lists.platform_children import ChildDifference, compare_children
from tests.builders.counties.scenario_county import NOTICE, UNITS, ScenarioCounty, a_child

MONTH = "2023-10"


def enter_numbers(county: ScenarioCounty, unit: str, on: str, **numbers: int) -> None:
    county.add_decision(
        PLATFORM_NUMBERS, numbers_subject(MONTH, unit), "平台", on, orjson.dumps(numbers).decode()
    )


def compare_counts(county: ScenarioCounty, on: str = "2023-10-31") -> PlatformComparison:
    snapshot = county.snapshot_at(on)
    assessment = assess(snapshot)
    numbers = typed_numbers(snapshot.decisions, MONTH)
    out_statuses = NOTICE.persuasion.statuses
    return compare_numbers(
        numbers, Roster(UNITS), {"西沱中学": 5}, assessment.cases, assessment.suspected, out_statuses
    )


def differing_counts(county: ScenarioCounty, on: str = "2023-10-31") -> list[tuple[str, str, int, int]]:
    return [(one.unit, one.what, one.platform, one.ours) for one in compare_counts(county, on).differences]


def enter_children(county: ScenarioCounty, *children: tuple[str, str, str]) -> None:
    rows = [{"name": name, "id_number": number, "unit": unit} for name, number, unit in children]
    county.add_decision(PLATFORM_CHILDREN, MONTH, "平台", "2023-10-30", orjson.dumps(rows).decode())


def differing_children(county: ScenarioCounty) -> list[ChildDifference]:
    snapshot = county.snapshot_at("2023-10-31")
    assessment = assess(snapshot)
    platform_children = listed_children(snapshot.decisions, MONTH)
    assert platform_children is not None
    return list(
        compare_children(
            platform_children, assessment.cases, assessment.suspected, snapshot.rolls.rows, NOTICE
        )
    )


def only(found: list[ChildDifference]) -> list[tuple[str, str, str]]:
    return [(one.name, one.only_in, one.note) for one in found]


def test_each_number_that_was_typed_in_stands_beside_ours(county):
    county.add_submission("西沱中学", "附件4", a_child("甲一").out_row(), a_child("甲二").out_row())
    enter_numbers(county, "西沱中学", "2023-10-30", enrolled=6, out=1)

    assert differing_counts(county) == [("西沱中学", "enrolled", 6, 5), ("西沱中学", "out", 1, 2)]


def test_what_is_typed_in_last_counts_and_the_rest_stays(county):
    enter_numbers(county, "西沱中学", "2023-10-29", enrolled=6, out=1)
    enter_numbers(county, "西沱中学", "2023-10-30", out=0)

    assert differing_counts(county) == [("西沱中学", "enrolled", 6, 5), ("西沱中学", "out", 0, 0)]


def test_another_month_is_another_matter(county):
    county.add_decision(
        PLATFORM_NUMBERS, numbers_subject("2023-09", "西沱中学"), "平台", "2023-09-30", '{"out": 3}'
    )

    assert differing_counts(county) == []


def test_a_child_on_sick_leave_is_not_out_of_school_as_the_platform_counts(county):
    county.add_submission("西沱中学", "附件4", a_child("甲一").out_row(), a_child("甲二").out_row("休学"))
    enter_numbers(county, "西沱中学", "2023-10-30", out=1)

    assert differing_counts(county) == [("西沱中学", "out", 1, 1)]


def test_units_whose_numbers_nobody_typed_are_named(county):
    county.add_submission("西沱镇", "附件3", a_child("甲一").out_row())
    enter_numbers(county, "西沱中学", "2023-10-30", enrolled=5)

    assert compare_counts(county).not_typed == ("西沱镇",)


def test_children_whom_only_one_side_knows_are_named(county):
    here, both = a_child("甲一"), a_child("甲二")
    county.add_submission("西沱中学", "附件4", here.out_row(), both.out_row())
    enter_children(county, ("甲二", both.number, ""), ("丙一", "509999201203049999", "某校"))

    assert differing_children(county) == [
        ChildDifference(
            name="甲一", id_number=here.number, unit="西沱中学", only_in="ours", note="平台名单里没有"
        ),
        ChildDifference(
            name="丙一", id_number="509999201203049999", unit="某校", only_in="platform", note="这里没有记录"
        ),
    ]


def test_a_slip_in_a_number_is_one_line_and_not_two_children(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    slipped = child.number[:-1] + ("1" if child.number[-1] != "1" else "2")
    enter_children(county, ("甲一", slipped, "西沱中学"))

    (one,) = differing_children(county)

    assert (one.name, one.only_in) == ("甲一", "both")
    assert "身份证号差一位" in one.note


def test_a_slip_that_makes_a_thirteenth_month_is_one_line_too(county):
    child = a_child("甲一", born="20120304")
    county.add_submission("西沱中学", "附件4", child.out_row())
    enter_children(county, ("甲一", child.number[:10] + "1" + child.number[11:], "西沱中学"))

    (one,) = differing_children(county)

    assert (one.name, one.only_in) == ("甲一", "both")


def test_one_number_under_two_names_is_one_line(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    enter_children(county, ("甲乙", child.number, "西沱中学"))

    (one,) = differing_children(county)

    assert one.only_in == "both"
    assert "姓名不同(甲乙/甲一)" in one.note


def test_a_child_of_the_platform_who_is_in_school_here_is_shown_with_the_roll(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件2", child.enrolled_row())
    enter_children(county, ("甲一", child.number, "西沱镇"))

    assert only(differing_children(county)) == [("甲一", "platform", "这里在册:西沱中学附件2第5行")]


def test_a_child_of_the_platform_whose_case_is_closed_is_shown_with_its_end(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission("西沱中学", "附件2", child.enrolled_row(), on="2023-10-10")
    enter_children(county, ("甲一", child.number, "西沱中学"))

    (one,) = differing_children(county)

    assert one.only_in == "platform"
    assert one.note.startswith("这里已结案:已返校(西沱中学,")


def test_a_child_without_a_number_is_compared_by_name_as_a_question(county):
    county.add_submission("西沱中学", "附件4", a_child("甲一").out_row())
    enter_children(county, ("甲一", "", "西沱中学"))

    assert only(differing_children(county)) == [
        ("甲一", "ours", "平台有同名的:请核对是否一人"),
        ("甲一", "platform", "这里有同名的:请核对是否一人"),
    ]


def test_a_child_whom_the_platform_lists_twice_counts_once(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    enter_children(county, ("甲一", child.number, "西沱中学"), ("甲一", child.number, "西沱镇"))

    assert differing_children(county) == []


def test_an_empty_list_says_that_the_platform_has_nobody_out_of_school(county):
    county.add_submission("西沱中学", "附件4", a_child("甲一").out_row())
    enter_children(county)

    assert [one.only_in for one in differing_children(county)] == ["ours"]


def test_without_a_list_there_is_nothing_to_compare(county):
    assert listed_children(county.snapshot_at("2023-10-31").decisions, MONTH) is None
