"""The rolls: students, those who came and left, and those to care for."""

from config.notice.rhythm import Rhythm
from ledger.assessment import Judgements
from ledger.lists.rolls import RollLine, added_up, build_rolls, map_rows_to_cases
from tests.builders.counties.scenario_county import ScenarioCounty, a_child, reading_with


def the_line(county: ScenarioCounty, on: str, unit: str = "西沱中学") -> RollLine:
    (line,) = build_rolls(county.snapshot_at(on), unit).lines
    return line


def test_a_first_roll_is_compared_with_nothing(county):
    county.add_submission("西沱中学", "附件2", a_child("甲一").enrolled_row(grade="七年级", boarding=True))

    line = the_line(county, "2023-09-21")

    assert (line.total, line.grades, line.boarding, line.compared_with) == (1, {"七年级": 1}, 1, None)


def test_who_came_and_who_left_is_told_against_the_filing_before(county):
    stays, leaves, comes = [a_child(f"甲{n}") for n in "一二三四"], a_child("乙一"), a_child("丙一")
    county.add_submission("西沱中学", "附件2", *(c.enrolled_row() for c in (*stays, leaves)), on="2023-09-20")
    county.add_submission("西沱中学", "附件2", *(c.enrolled_row() for c in (*stays, comes)), on="2023-10-20")

    line = the_line(county, "2023-10-21")

    assert [student.name for student in line.came] == ["丙一"]
    assert [student.name for student in line.left] == ["乙一"]
    assert str(line.compared_with) == "2023-09-20"


def test_a_partial_list_takes_nobody_off_the_roll(county):
    county.add_submission(
        "西沱中学", "附件2", *(a_child(f"甲{n}").enrolled_row() for n in "一二三四"), on="2023-09-20"
    )
    county.add_submission("西沱中学", "附件2", a_child("丙一").enrolled_row(), on="2023-10-20")

    line = the_line(county, "2023-10-21")

    assert (line.total, [s.name for s in line.came], line.left) == (5, ["丙一"], ())


def test_the_roll_of_one_period_is_compared_with_the_one_before(county):
    county.notice = reading_with(
        forms=[{"key": "附件2", "due": None, "rhythm": Rhythm(every="month").model_dump()}]
    )
    stays = [a_child(f"甲{n}").enrolled_row() for n in "一二三四"]
    for month, name in ((9, "乙一"), (10, "丙一"), (11, "丁一")):
        day, rows = f"2023-{month:02}-20", [*stays, a_child(name).enrolled_row()]
        county.add_submission("西沱中学", "附件2", *rows, on=day, period=day[:7])

    snapshot = county.snapshot_at("2023-11-21")
    (october,) = build_rolls(snapshot, "西沱中学", {"2023-10"}).lines
    (newest,) = build_rolls(snapshot, "西沱中学").lines

    assert ([s.name for s in october.came], [s.name for s in october.left]) == (["丙一"], ["乙一"])
    assert [s.name for s in newest.came] == ["丁一"]
    assert build_rolls(snapshot, "西沱中学", {"2023-12"}).lines == ()


def test_the_lists_are_by_way_of_schooling_and_by_household(county):
    county.add_submission(
        "西沱中学", "附件2",
        a_child("甲一").enrolled_row(attendance_mode="送教上门", disability="肢体一级"),
        a_child("甲二").enrolled_row(attendance_mode="随班就读"),
        a_child("甲三").enrolled_row(household_category="脱贫户、低保户"),
        a_child("甲四").enrolled_row(household_category="一般户"),
    )  # fmt: skip

    found = build_rolls(county.snapshot_at("2023-09-21"))

    assert {name: [s.name for s in own] for name, own in found.lists.items()} == {
        "送教上门": ["甲一"],
        "随班就读": ["甲二"],
        "结对帮扶": ["甲三"],
    }
    assert found.lists["结对帮扶"][0].detail == "脱贫户、低保户"
    assert found.lines[0].households == {"低保户": 1, "脱贫户": 1, "一般户": 1, "未填": 2}


def test_grades_stand_as_children_go_through_them(county):
    rows = [
        a_child(f"甲{n}").enrolled_row(grade=g)
        for n, g in zip("一二三", ("九年级", "大班", "一年级"), strict=True)
    ]
    county.add_submission("西沱镇", "附件1", *rows)

    assert list(the_line(county, "2023-09-21", "西沱镇").grades) == ["大班", "一年级", "九年级"]


def test_a_mended_number_is_nobody_who_came_or_left(county):
    stays = [a_child(f"甲{n}") for n in "一二三四五"]
    wrong, right = a_child("乙一", serial=523), a_child("乙一", serial=525)
    county.add_submission(
        "西沱中学",
        "附件2",
        wrong.enrolled_row(guardian="乙父"),
        *(c.enrolled_row() for c in stays),
        on="2023-09-20",
    )
    county.add_submission(
        "西沱中学",
        "附件2",
        right.enrolled_row(guardian="乙父"),
        *(c.enrolled_row() for c in stays),
        on="2023-10-20",
    )

    line = the_line(county, "2023-10-21")

    assert (line.came, line.left) == ((), ())


def test_vocational_grades_stand_in_order_after_the_senior_ones(county):
    grades = ("中职二年级", "高三", "中职一年级", "九年级")
    rows = [a_child(f"甲{n}").enrolled_row(grade=g) for n, g in zip("一二三四", grades, strict=True)]
    county.add_submission("西沱镇", "附件1", *rows)

    line = the_line(county, "2023-09-21", "西沱镇")

    assert list(line.grades) == ["九年级", "高三", "中职一年级", "中职二年级"]


def test_rolls_are_added_up_in_the_same_order():
    assert list(added_up([{"九年级": 1, "未填": 2}, {"大班": 3, "九年级": 1}]).items()) == [
        ("大班", 3),
        ("九年级", 2),
        ("未填", 2),
    ]


def test_a_roll_row_is_known_by_the_case_of_its_child(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission("黄水中学", "附件2", child.enrolled_row(), a_child("乙一").enrolled_row())

    snapshot = county.snapshot_at("2023-09-26")

    (row,) = [row for row in snapshot.rolls.rows if row.values["name"] == "甲一"]
    judgements = Judgements(snapshot)
    rows_to_cases = map_rows_to_cases(judgements.students, judgements.enrolment)
    assert rows_to_cases == {row.record_id: county.only_case().case_id}


def test_a_mended_check_digit_makes_nobody_a_suspect(county):
    right = a_child("乙一", serial=123)
    wrong = {"name": "乙一", "id_number": right.number[:-1] + "0", "guardian": "乙父", "study_status": "在校"}
    county.add_submission(
        "西沱镇",
        "附件1",
        wrong,
        *(a_child(f"甲{n}").enrolled_row() for n in "一二三"),
        on="2023-09-20",
        problems=["id-checksum"],
    )
    county.add_submission(
        "西沱镇", "附件1", {**wrong, "id_number": right.number},
        *(row.values for row in county.snapshot_at("2023-09-21").rolls.rows if row.values["name"] != "乙一"), on="2023-09-21",
    )  # fmt: skip

    assert county.suspected("2023-09-30") == []
