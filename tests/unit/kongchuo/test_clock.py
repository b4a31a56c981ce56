from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.errors import ConfigError
from kongchuo.clock import parse_as_of, parse_since

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2023-09-25", "2023-09-25T23:59:59+08:00"),
        ("20230925", "2023-09-25T23:59:59+08:00"),
        ("2023-09-25T18:00", "2023-09-25T18:00:00+08:00"),
        ("2023-09-25 18:00:30", "2023-09-25T18:00:30+08:00"),
        ("2023-09-25T10:00:00Z", "2023-09-25T10:00:00+00:00"),
        ("2023.9.25", "2023-09-25T23:59:59+08:00"),
        ("2023/09/25", "2023-09-25T23:59:59+08:00"),
        ("2023年9月25日", "2023-09-25T23:59:59+08:00"),
        ("2023年 9月 25日", "2023-09-25T23:59:59+08:00"),
    ],
)
def test_as_of_is_read_in_the_zone_of_the_office(text: str, meant: str) -> None:
    assert parse_as_of(text, ZONE).isoformat(timespec="seconds") == meant


def test_without_as_of_it_is_now() -> None:
    assert abs((parse_as_of(None, ZONE) - datetime.now(ZONE)).total_seconds()) < 5


@pytest.mark.parametrize("text", ["2023-13-01", "2023.2.30", "下周", "25日", ""])
def test_what_is_no_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match="2023-09-25"):
        parse_as_of(text, ZONE)


def test_since_means_the_start_of_the_day() -> None:
    assert parse_since("2023-09-25", ZONE).isoformat() == "2023-09-25T00:00:00+08:00"


@pytest.mark.parametrize("text", ["下周", "2023-09-25后面还有字"])
def test_since_must_be_a_date(text: str) -> None:
    with pytest.raises(ConfigError, match="2023-09-25"):
        parse_since(text, ZONE)


def test_a_date_typed_in_full_width_is_that_date():
    wide = "\uff12\uff10\uff12\uff13\uff0d\uff10\uff19\uff0d\uff12\uff15 "

    assert parse_as_of(wide, ZONE) == parse_as_of("2023-09-25", ZONE)
    assert parse_since(wide, ZONE) == parse_since("2023-09-25", ZONE)


@pytest.mark.parametrize(("text", "days"), [("今天", 0), ("昨天", 1), ("前天", 2)])
def test_a_day_may_be_named_from_today(text: str, days: int) -> None:
    today = datetime.now(ZONE).date()

    assert (today - parse_as_of(text, ZONE).date()).days == days
    assert (today - parse_since(text, ZONE).date()).days == days


def test_a_day_without_a_year_is_the_last_one_that_there_was() -> None:
    today = datetime.now(ZONE).date()
    tomorrow = today + timedelta(days=1)

    assert parse_as_of(f"{today.month}月{today.day}日", ZONE).date() == today
    assert parse_as_of(f"{tomorrow.month}月{tomorrow.day}日", ZONE).date() < today
