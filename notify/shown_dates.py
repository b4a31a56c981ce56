"""Days and instants as our mails and workbooks write them."""

from datetime import date, datetime

from config.notice.rhythm import due_in_words


def format_day(day: date) -> str:
    """Returns a day such as 9月26日."""
    return f"{day.month}月{day.day}日"


def format_due(due: date | datetime) -> str:
    """Returns a due date such as 9月25日, or 9月25日12:00 if it has an hour."""
    return due_in_words(due) if isinstance(due, datetime) else format_day(due)


def format_full_day(day: date) -> str:
    """Returns a day such as 2023年9月26日."""
    return f"{day.year}年{format_day(day)}"


def format_minute(instant: datetime) -> str:
    """Returns an instant such as 9月26日 08:05."""
    return f"{format_day(instant)} {instant:%H:%M}"
