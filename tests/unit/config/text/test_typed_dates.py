"""Days as people type them."""

import pytest

from config.text.typed_dates import suggest_date


@pytest.mark.parametrize(
    "typed",
    ["2023-9-5", "2023.9.5", "2023/09/05", "2023年9月5日", "2023 年 9 月 5 日", "20230905", '"2023-9-5"'],
)
def test_a_day_is_recognised(typed: str) -> None:
    assert suggest_date(typed) == "2023-09-05"


@pytest.mark.parametrize("typed", ["9月5日", "2023-13-05", "2023-02-30", "1234567", "2023", "每月25日"])
def test_what_is_no_whole_day_is_none(typed: str) -> None:
    assert suggest_date(typed) is None
