import re
from datetime import date, datetime

import pytest

from parsers.fields.dates import find_dates, split_period, to_iso_date


@pytest.mark.parametrize(
    ("cell", "iso"),
    [
        ("2023-9-5", "2023-09-05"),
        ("2023/9/5", "2023-09-05"),
        ("2023.9.5", "2023-09-05"),
        ("2023.09", "2023-09"),
        ("2023年9月", "2023-09"),
        ("2023年9月5日", "2023-09-05"),
        ("2023 年 9 月 5 日", "2023-09-05"),
        ("20230905", "2023-09-05"),
        ("202309", "2023-09"),
        ("23.9.5", "2023-09-05"),
        ("9月5日", "2023-09-05"),
        ("9.5", "2023-09-05"),
        ("2023.9.5上午", "2023-09-05"),
        ("2023-09-05 00:00:00", "2023-09-05"),
        ("九月五日", "2023-09-05"),
        ("二〇二三年九月五日", "2023-09-05"),
        ("二○二三年十二月二十五日", "2023-12-25"),
        ("2023年9月5日—9月8日", "2023-09-05"),
        (45194, "2023-09-25"),
        ("45194", "2023-09-25"),
        (45194.5, "2023-09-25"),
        (20230905, "2023-09-05"),
        (201109, "2011-09"),
        (2023.09, "2023-09"),
        (2023.12, "2023-12"),
        (date(2011, 3, 4), "2011-03-04"),
        (datetime(2011, 3, 4, 8, 30), "2011-03-04"),
    ],
)
def test_a_date_is_read_however_it_is_written(cell, iso):
    assert to_iso_date(cell, 2023) == iso


@pytest.mark.parametrize(
    "cell", ["开学初", "上学期", "2023年9月31日", "2023.13.1", "6.8.8", "9/5/10", 2023.1, True, None, 7]
)
def test_what_is_no_date_or_could_be_two_is_not_guessed(cell):
    assert to_iso_date(cell, 2023) is None


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2023.9.5—2024.1.20", ("2023-09-05", "2024-01-20")),
        ("2023年9月至2024年7月", ("2023-09", "2024-07")),
        ("2023年9月1日-12月31日", ("2023-09-01", "2023-12-31")),
        ("2023年9月1日", ("2023-09-01", None)),
        ("2023.9.1 2024.8.31", ("2023-09-01", "2024-08-31")),
        ("2023.9.1\n2024.8.31", ("2023-09-01", "2024-08-31")),
        ("不详", (None, None)),
    ],
)
def test_a_period_has_two_ends(text, period):
    assert split_period(text, 2023) == period


def test_days_in_a_row_share_the_month_before_them():
    assert [d.iso for d in find_dates("9月5日、10日、15日各劝返一次", 2023)] == [
        "2023-09-05",
        "2023-09-10",
        "2023-09-15",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "九月二十三日家访",
        "先电话,二〇二三年十月五日上门",
        "九月二十三日、三十日各一次",
        "2023年9月23日家访",
        "十二月十日至十五日",
    ],
)
def test_a_date_in_numerals_stands_where_it_was_written(text):
    written = re.findall("[0-9〇一二三四五六七八九十年月]+日", text)
    assert [text[found.start : found.end] for found in find_dates(text, 2023)] == written


@pytest.mark.parametrize("mark", "、,·:;~*|'^ /.-")
def test_any_single_mark_between_three_fitting_numbers_is_a_date(mark):
    assert to_iso_date(f"2023{mark}9{mark}5", 2023) == "2023-09-05"


@pytest.mark.parametrize("text", ["2023、13、5", "2023,9;5", "9、12、17"])
def test_other_numbers_with_marks_between_them_are_not(text):
    assert len(to_iso_date(text, 2023) or "") != 10
