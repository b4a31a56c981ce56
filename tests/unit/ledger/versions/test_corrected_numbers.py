"""Whose row it is stays the same when a later version mends the number."""

import pytest

from ledger.versions.corrected_numbers import RowIdentity, map_corrected_keys

ONE, OTHER = "509999201203041231", "509999201203041258"


def a_child(key: str, name: str = "甲一", **more: str) -> RowIdentity:
    return RowIdentity(key=key, name=name, **more)


def test_a_wrong_number_that_was_mended_leaves_one_child() -> None:
    assert map_corrected_keys([[a_child("甲一|")], [a_child(ONE)]]) == {ONE: "甲一|"}


def test_a_number_that_was_damaged_later_leaves_one_child() -> None:
    assert map_corrected_keys([[a_child(ONE)], [a_child("甲一|2012-03-04", birth="2012-03-04")]]) == {
        "甲一|2012-03-04": ONE
    }


def test_a_child_mended_twice_keeps_its_first_key() -> None:
    found = map_corrected_keys(
        [[a_child("甲一|")], [a_child("甲一|2012-03-04", birth="2012-03-04")], [a_child(ONE)]]
    )

    assert found == {"甲一|2012-03-04": "甲一|", ONE: "甲一|"}


def test_the_old_version_sent_again_is_still_the_same_child() -> None:
    found = map_corrected_keys([[a_child("甲一|")], [a_child(ONE)], [a_child("甲一|")]])

    assert {found.get(key, key) for key in ("甲一|", ONE)} == {"甲一|"}


def test_a_child_that_the_version_between_leaves_out_is_found_again() -> None:
    assert map_corrected_keys([[a_child("甲一|")], [a_child(OTHER, "乙二")], [a_child(ONE)]]) == {
        ONE: "甲一|"
    }


def test_namesakes_in_one_version_are_never_joined() -> None:
    assert map_corrected_keys([[a_child("甲一|"), a_child(OTHER)], [a_child(ONE)]]) == {}
    assert map_corrected_keys([[a_child("甲一|")], [a_child(ONE), a_child(OTHER)]]) == {}


def test_other_names_are_other_children() -> None:
    assert map_corrected_keys([[a_child("甲一|")], [a_child(ONE, "乙二")]]) == {}


def test_another_birth_date_is_another_child_unless_the_guardian_is_the_same() -> None:
    then = a_child("甲一|2012-03-04", birth="2012-03-04", guardian="甲父")

    assert map_corrected_keys([[then], [a_child(ONE, birth="2013-05-06", guardian="丙某")]]) == {}
    assert map_corrected_keys([[then], [a_child(ONE, birth="2013-05-06", guardian="甲父")]]) == {
        ONE: "甲一|2012-03-04"
    }


@pytest.mark.parametrize(("guardian", "joined"), [("甲父", True), ("丙某", False), ("", False)])
def test_two_sound_numbers_are_one_child_only_with_the_same_guardian(guardian: str, joined: bool) -> None:
    found = map_corrected_keys([[a_child(ONE, guardian="甲父")], [a_child(OTHER, guardian=guardian)]])

    assert found == ({OTHER: ONE} if joined else {})


def test_a_row_filled_with_an_earlier_one_is_its_child_whatever_birth_date_it_has_now() -> None:
    then = a_child("甲一|2012-03-04", birth="2012-03-04", row_id="a-0")
    now = a_child("甲一|2013-05-06", birth="2013-05-06")

    assert map_corrected_keys([[then], [now]]) == {}
    marked = a_child("甲一|2013-05-06", birth="2013-05-06", mark="a-0")
    assert map_corrected_keys([[then], [marked]]) == {"甲一|2013-05-06": "甲一|2012-03-04"}


def test_a_namesake_of_another_family_written_over_a_row_is_another_child() -> None:
    then = a_child("甲一|2012-03-04", birth="2012-03-04", guardian="甲父", row_id="a-0")
    now = a_child("甲一|2013-05-06", birth="2013-05-06", guardian="丙某", mark="a-0")

    assert map_corrected_keys([[then], [now]]) == {}
