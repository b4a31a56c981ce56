"""What looks like a number of a person is told from dates, telephones, and longer runs of digits."""

import pytest

from config.text.masking import mask_quoted
from notify.mail.numbers_in_text import find_masked_ids, find_whole_ids

NUMBER = "500240201203040012"


@pytest.mark.parametrize(
    "text",
    [NUMBER, f"G{NUMBER}", "500240 20120304 0012", "500240-2012-0304-0012", "身份证" + NUMBER, NUMBER + "。"],
)
def test_an_identity_number_is_found_however_it_is_written(text: str) -> None:
    assert find_whole_ids(text) == {NUMBER}
    assert find_whole_ids(mask_quoted(text)) == set()


@pytest.mark.parametrize(
    "text",
    [
        "0237333222 2023-10-10",
        "159233 20120304 0013",
        "15923332222 20231001",
        f"1{NUMBER}",
        f"{NUMBER}7",
        f"{NUMBER}ab",
    ],
)
def test_a_telephone_beside_a_date_and_longer_runs_are_none(text: str) -> None:
    assert find_whole_ids(text) == set()


def test_masked_numbers_are_found() -> None:
    assert find_masked_ids("谭** 500240********001x") == {"500240********001X"}
