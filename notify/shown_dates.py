"""Days and instants as our mails and workbooks write them."""

from datetime import date, datetime


def format_day(day: date) -> str:
    """9月26日"""
    return f"{day.month}月{day.day}日"


def format_full_day(day: date) -> str:
    """2023年9月26日"""
    return f"{day.year}年{format_day(day)}"


def format_minute(instant: datetime) -> str:
    """9月26日 08:05"""
    return f"{format_day(instant)} {instant:%H:%M}"
