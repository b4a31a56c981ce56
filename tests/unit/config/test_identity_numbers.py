import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from config.identity_numbers import (
    are_valid_numbers,
    check_digit,
    is_valid_number,
    read_identity,
    valid_id_number,
)


def whole(first17: str) -> str:
    return first17 + check_digit(first17)


GOOD = whole("50999920120304123")


def test_the_standard_s_own_example_has_its_check_digit():
    assert check_digit("11010519491231002") == "X"  # GB 11643-1999, annex


@pytest.mark.parametrize(
    "cell",
    [
        GOOD,
        f"'{GOOD}",
        f" {GOOD[:6]} {GOOD[6:14]} {GOOD[14:]} ",
        f"\u200b{GOOD}",
        f"身份证号:{GOOD}",
        GOOD + "\n",
        int(GOOD) if GOOD.isdigit() else GOOD,
    ],
)
def test_a_good_number_is_freed_of_what_clings_to_it(cell):
    assert read_identity(cell).number == GOOD
    assert read_identity(cell).fault is None


def test_a_small_x_a_full_width_one_and_a_star_are_the_check_character():
    first17 = next(
        f"5099992012030{n:04}" for n in range(1000, 9999) if check_digit(f"5099992012030{n:04}") == "X"
    )

    assert {read_identity(first17 + mark).number for mark in "xX×*X"} == {first17 + "X"}


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        (None, "id-missing"),
        ("", "id-missing"),
        ("未上户口", "id-missing"),
        (GOOD[:17], "id-length"),
        (GOOD + "1", "id-length"),
        (GOOD[:17] + ("0" if GOOD[17] != "0" else "1"), "id-checksum"),
        (whole("50999920121304123"), "id-checksum"),
        (5.0999920120304122e17, "id-precision"),
        ("5.09999E+17", "id-precision"),
        (GOOD[:15] + "000", "id-precision"),
    ],
)
def test_each_fault_has_its_code(cell, fault):
    assert read_identity(cell).fault == fault


def test_birth_and_sex_stand_in_the_number():
    identity = read_identity(GOOD)

    assert (identity.birth_date, identity.sex) == ("2012-03-04", "男")


def test_the_register_number_stands_in_for_a_number_that_lost_its_digits():
    values = {"name": "甲一", "id_number": GOOD[:15] + "000", "student_number": f"G{GOOD}"}

    assert valid_id_number(values, ["id-precision"]) == GOOD
    assert valid_id_number(values | {"student_number": "G123"}, ["id-precision"]) is None


@given(st.text("0123456789", min_size=17, max_size=17), st.sampled_from("0123456789X"))
def test_check_characters_are_those_of_python_stdnum(first17: str, last: str):
    expected = ric.calc_check_digit(first17 + last)

    assert check_digit(first17) == expected


EIGHT_DIGITS = st.text("0123456789", min_size=8, max_size=8)


@given(
    st.dates().map(lambda day: day.strftime("%Y%m%d").zfill(8)) | EIGHT_DIGITS,
    st.text("0123456789", min_size=3, max_size=3),
    st.booleans(),
)
def test_a_number_is_valid_where_python_stdnum_says_so(birth: str, rest: str, is_sound: bool):
    first17 = "110101" + birth + rest  # a place of all years: places are not looked up here
    number = first17 + (check_digit(first17) if is_sound else "5")
    try:
        ric.get_birth_date(number)
        has_date = True
    except ValidationError:
        has_date = False

    assert is_valid_number(number) == (has_date and number[17] == ric.calc_check_digit(number))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["20120304", "20230229", "00000101", "20121301"]),
            st.integers(0, 999),
            st.integers(0, 40),
        )
    ),
    st.booleans(),
)
def test_numbers_are_valid_together_where_each_is(parts: list[tuple[str, int, int]], all_sound: bool):
    numbers = []
    for birth, serial, check in parts:
        first17 = f"110101{'20120304' if all_sound else birth}{serial:03}"
        sound = all_sound or check > 10
        numbers.append(first17 + (check_digit(first17) if sound else "0123456789X"[check]))

    assert are_valid_numbers(numbers) == all(map(is_valid_number, numbers))
    assert not all_sound or are_valid_numbers(numbers)
