"""A unit's figures against its own past: a rise or fall beyond the bounds is told once, with both numbers."""

from ledger.lists.past_figures import Since, compare_with_past
from tests.builders.counties.scenario_county import ScenarioCounty, a_child, reading_with

CLASS = [a_child(f"甲{n}") for n in "一二三四五六七八九十"]
OTHERS = [a_child(f"乙{n}") for n in "一二三四五六七八九十"]


def told(county: ScenarioCounty, on: str) -> list[tuple[str, int, int, Since, str]]:
    return [
        (one.figure, one.before, one.now, one.since, str(one.day))
        for one in compare_with_past(county.snapshot_at(on))
    ]


def file_roll(county: ScenarioCounty, children: list[object], on: str, **values: object) -> None:
    rows = [child.enrolled_row(**values) for child in children]  # type: ignore[attr-defined]
    county.add_submission("西沱中学", "附件2", *rows, on=on)


def test_a_first_filing_has_no_past(county):
    file_roll(county, CLASS, "2023-09-20")

    assert told(county, "2023-09-21") == []


def test_a_roll_that_grew_by_half_is_told_with_both_numbers(county):
    file_roll(county, CLASS, "2023-09-20")
    file_roll(county, [*CLASS, *OTHERS[:5]], "2023-10-20")

    assert told(county, "2023-10-21") == [("在册", 10, 15, Since.LAST_FILING, "2023-09-20")]


def test_a_roll_that_shrank_is_asked_as_rows_that_were_dropped_and_not_twice(county):
    file_roll(county, [*CLASS, *OTHERS], "2023-09-20")
    file_roll(county, [*CLASS, *OTHERS[:4]], "2023-10-20")

    assert told(county, "2023-10-21") == []


def test_boarders_who_are_none_any_more_are_told(county):
    file_roll(county, CLASS, "2023-09-20", boarding=True)
    file_roll(county, CLASS, "2023-10-20", boarding=False)

    assert told(county, "2023-10-21") == [("寄宿", 10, 0, Since.LAST_FILING, "2023-09-20")]


def test_a_change_of_few_children_is_none(county):
    file_roll(county, CLASS, "2023-09-20")
    file_roll(county, [*CLASS, *OTHERS[:4]], "2023-10-20")

    assert told(county, "2023-10-21") == []


def test_the_bounds_are_readings_of_the_notice(county):
    county.notice = reading_with(readings={"past_share": 0.2, "past_least": 2})
    file_roll(county, CLASS, "2023-09-20")
    file_roll(county, [*CLASS, *OTHERS[:4]], "2023-10-20")

    assert told(county, "2023-10-21") == [("在册", 10, 14, Since.LAST_FILING, "2023-09-20")]


def test_without_another_filing_the_year_before_is_the_past(county):
    file_roll(county, CLASS, "2022-09-20")
    file_roll(county, [*CLASS, *OTHERS], "2023-10-20")

    assert told(county, "2023-10-21") == [("在册", 10, 20, Since.LAST_FILING, "2022-09-20")]
    file_roll(county, [*CLASS, *OTHERS], "2023-10-22")
    assert told(county, "2023-10-23") == [("在册", 10, 20, Since.LAST_YEAR, "2022-10-23")]


def test_children_out_of_school_are_compared_too(county):
    rows = [child.out_row() for child in CLASS]
    county.add_submission("西沱镇", "附件3", rows[0], on="2023-09-20")
    county.add_submission("西沱镇", "附件3", *rows, on="2023-10-20")

    assert told(county, "2023-10-21") == [("失学、辍学", 1, 10, Since.LAST_FILING, "2023-09-20")]
