from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.children.students import case_id, group_by_student, last_statement, link_students, names_in
from store.stored_values import StoredDecision
from tests.builders.stored_submissions import FIRST_ARRIVAL, a_row

ONE, OTHER = "509999201203041014", "509999201304051014"
STATUSES = frozenset({"失学", "辍学", "休学", "延缓入学"})


def grouped(*rows):
    return [[row.record_id for row in own] for _, own in group_by_student(rows)]


def a_child(record_id, **values):
    return a_row(record_id, name="甲一", **values)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("李明华诊断证明.jpg", {"李明华"}),
        ("李明诊断证明.jpg", {"李明"}),
        ("李明、李明华.zip", {"李明", "李明华"}),
        ("李明华李明华", {"李明华"}),
        ("王五.jpg", set()),
        ("IMG_1.jpg", set()),
    ],
)
def test_a_short_name_is_not_read_out_of_a_longer_one(text, found):
    assert names_in(text, ["李明", "李明华"]) == found


def test_a_name_of_one_character_names_nobody():
    assert names_in("李明华证明.jpg", ["李", ""]) == frozenset()


def test_one_number_is_one_child_whatever_the_name():
    assert grouped(a_row("a-0", name="甲一", id_number=ONE), a_row("b-0", name="甲乙", id_number=ONE)) == [
        ["a-0", "b-0"]
    ]


def test_two_numbers_are_two_children_of_the_same_name():
    assert grouped(a_child("a-0", id_number=ONE), a_child("b-0", id_number=OTHER)) == [["a-0"], ["b-0"]]


def test_a_row_without_a_number_joins_the_only_child_of_its_name():
    assert grouped(a_child("a-0"), a_child("b-0", id_number=ONE, birth_date="2012-03-04")) == [["a-0", "b-0"]]


@pytest.mark.parametrize(
    ("birth", "joined"), [("2012-03", True), ("2012-03-04", True), ("2013-04-05", False)]
)
def test_it_joins_only_where_the_birth_dates_agree(birth, joined):
    rows = a_child("a-0", id_number=ONE, birth_date="2012-03-04"), a_child("b-0", birth_date=birth)

    assert (len(grouped(*rows)) == 1) is joined


def test_it_joins_nobody_where_two_have_the_name():
    rows = a_child("a-0", id_number=ONE), a_child("b-0", id_number=OTHER), a_child("c-0")

    assert grouped(*rows) == [["a-0"], ["b-0"], ["c-0"]]


def test_rows_without_name_and_number_are_never_put_together():
    assert grouped(a_row("a-0"), a_row("b-0")) == [["a-0"], ["b-0"]]


@pytest.mark.parametrize("newest", [None, "", "在外"])
def test_a_blank_or_unknown_status_takes_back_nothing(newest):
    rows = [a_child("a-0", status="辍学"), a_child("b-0", status=newest)]

    assert last_statement(rows, STATUSES).record_id == "a-0"


def test_the_newest_known_status_counts():
    rows = [a_child("a-0", status="辍学"), a_child("b-0", status="休学")]

    assert last_statement(rows, STATUSES).record_id == "b-0"
    assert last_statement([a_child("a-0")], STATUSES) is None


def test_a_number_copied_onto_another_child_makes_no_one_of_two():
    one = a_row("a-0", name="甲一", birth_date="2012-03-04", id_number=ONE)
    other = a_row("b-0", name="乙二", birth_date="2013-04-05", id_number=ONE)

    assert grouped(one, other) == [["a-0"], ["b-0"]]


HOME = {"birth_date": "2012-03-04", "guardian": "甲父", "guardian_phone": "13800000001"}


def in_unit(row, unit, day=0, **changes):
    return replace(row, unit=unit, received_at=row.received_at + timedelta(days=day), **changes)


def children(*rows, decisions=()):
    """The row ids of each child, its parts in brackets of their own."""
    found = link_students(rows, decisions).all
    return [[[row.record_id for row in part.rows] for part in child.parts] for child in found]


def a_decision(kind, subject, detail):
    return StoredDecision(id=1, kind=kind, subject=subject, detail=detail, why="", who="", at=FIRST_ARRIVAL)


def test_two_units_that_tell_of_one_family_s_child_tell_of_one_child():
    town = in_unit(a_child("a-0", **HOME), "西沱镇")
    school = in_unit(a_child("b-0", id_number=ONE, **HOME), "西沱中学", 1)

    assert children(town, school) == [[["a-0", "b-0"]]]


def test_a_namesake_of_another_family_is_another_child():
    town = in_unit(a_child("a-0", **HOME), "西沱镇")
    school = in_unit(a_child("b-0", id_number=ONE, birth_date="2012-03-04", guardian="乙父"), "西沱中学", 1)

    assert children(town, school) == [[["a-0"]], [["b-0"]]]


def test_a_slip_in_the_number_makes_one_child_of_two_parts():
    town = in_unit(a_child("a-0", id_number=ONE[:17] + "9"), "西沱镇", problems=("id-checksum",))
    town = replace(town, values=town.values | {"birth_date": "2012-03-04"})
    school = in_unit(a_child("b-0", id_number=ONE, birth_date="2012-03-04"), "西沱中学", 1)

    (child,) = link_students((town, school), ()).all

    assert len(child.parts) == 2
    assert "差一位" in child.links[0].sentence
    assert child.key == ONE


def test_two_children_listed_side_by_side_are_two_though_all_but_the_number_agrees():
    one, other = in_unit(a_child("a-0", **HOME), "西沱镇"), in_unit(a_child("a-1", **HOME), "黄水镇")

    assert children(one, other) == [[["a-0"]], [["a-1"]]]


def test_what_a_person_joined_is_one_and_what_a_person_set_apart_stays_apart_for_ever():
    one, other = a_row("a-0", name="甲一", id_number=ONE), a_row("b-0", name="乙二", id_number=OTHER)
    joined = a_decision("merge", case_id(ONE), case_id(OTHER))
    apart = a_decision("split", case_id(ONE), "b")

    assert children(one, other, decisions=[joined]) == [[["a-0", "b-0"]]]
    assert children(one, other, decisions=[joined, apart]) == [[["a-0"]], [["b-0"]]]
    assert children(one, other, decisions=[joined, apart, joined]) == [[["a-0", "b-0"]]]


def test_a_filing_set_apart_from_one_number_is_a_child_of_its_own():
    one, other = a_child("a-0", id_number=ONE), a_child("b-0", id_number=ONE)

    assert children(one, other, decisions=[a_decision("split", case_id(ONE), "b")]) == [[["a-0"]], [["b-0"]]]
