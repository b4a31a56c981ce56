from dataclasses import replace
from datetime import timedelta

from ledger.children.student_keys import case_id
from ledger.children.students import link_students
from store.stored_values import StoredDecision
from tests.builders.values.stored_submissions import FIRST_ARRIVAL, a_row

ONE, OTHER = "509999201203041014", "509999201304051014"


def a_child(record_id, **values):
    return a_row(record_id, name="甲一", **values)


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
