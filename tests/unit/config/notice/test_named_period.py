"""Which period a file speaks of."""

from datetime import date, datetime

import pytest

from config.notice.named_period import find_period, named_period
from config.notice.rhythm import Rhythm, dated_periods

OPENED = date(2023, 9, 1)
UNTIL = date(2024, 1, 20)
MONTHS = tuple(Rhythm(every="month", on=25).periods(OPENED, UNTIL))
WEEKS = tuple(Rhythm(every="week", on=5).periods(OPENED, UNTIL))
QUARTERS = tuple(Rhythm(every="quarter", on=25).periods(OPENED, UNTIL))
DATES = tuple(dated_periods((datetime(2023, 9, 25, 12), datetime(2023, 10, 25, 12)), OPENED))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("石溪县2023年10月疑似辍学学生月报", "2023-10"),
        ("十月份辍学台账", "2023-10"),
        ("9月 西沱镇小学.xlsx", "2023-09"),
        ("2024年1月月报", "2024-01"),
        ("十二月报表", "2023-12"),
        ("\uff12\uff10\uff12\uff13年\uff11\uff11月报表", "2023-11"),
    ],
)
def test_a_month(text, key):
    period = named_period(text, MONTHS)

    assert period is not None
    assert period.key == key


@pytest.mark.parametrize(
    "text", ["辍学学生台账", "填报时间:2023年10月8日", "9月和10月台账", "2022年10月", "2023年秋季学期"]
)
def test_no_month(text):
    assert named_period(text, MONTHS) is None


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("第2周零报告", date(2023, 9, 4)),
        ("第三周周报", date(2023, 9, 11)),
        ("10月9日-10月13日周报", date(2023, 10, 9)),
    ],
)
def test_a_week(text, begins):
    period = named_period(text, WEEKS)

    assert period is not None
    assert period.begins == begins


def test_a_quarter_and_a_day_of_a_list():
    quarter, listed = named_period("第四季度统计表", QUARTERS), named_period("10月辍学名单", DATES)

    assert quarter is not None
    assert quarter.key == "2023-Q4"
    assert listed is not None
    assert listed.key == "2023-10-25"


def test_the_day_decides_where_no_text_does():
    assert find_period(["台账"], date(2023, 10, 2), MONTHS) == MONTHS[1]
    assert find_period(["9月台账"], date(2023, 10, 2), MONTHS) == MONTHS[0]
    assert find_period([], date(2023, 8, 30), MONTHS) == MONTHS[0]
    assert find_period([], date(2023, 8, 30), ()) is None
