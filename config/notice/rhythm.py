"""Defines how often a form is owed, and computes its periods, each with its own due instant.

A notice writes a rhythm in words (``due = "每月25日"``, ``"每周五"``, ``"每季度末月25日"``, ``"每日"``), as a table
(``rhythm = { every = "week", on = 5 }``), or as a list of days.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Every = Literal["day", "week", "month", "quarter", "semester"]

_WEEKDAYS = "一二三四五六日"
_AT = "(?P<hour>[0-9]{1,2})[:时点](?P<minute>[0-9]{1,2})?分?"
_SPOKEN = re.compile(
    "每(?:个)?(?P<every>日|天|周|星期|月|季度|季|学期)(?P<on>.*?)(?:前)?(?:" + _AT + ")?(?:前)?"
)
_FOLLOWING = re.compile("(?<=每月)次月|(?<=每周)(?:次|下)周|(?<=前)报上[个一]?[月周]$")
_ON_NEXT_WORKDAY = re.compile("[(,、]?遇?(?:法定)?节?假日顺延[)]?$")
_UNITS: dict[str, Every] = {
    "日": "day", "天": "day", "周": "week", "星期": "week", "月": "month", "季度": "quarter", "季": "quarter", "学期": "semester",
}  # fmt: skip
_LAST_SECOND = time(23, 59, 59)
_LONGEST_MONTH = 31
_END = {"底": 31, "末": 31, "月底": 31, "月末": 31, "最后一天": 31, "末月底": 31, "末月末": 31}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period of a rhythm: ``begins`` and ``ends`` are its first and last day, ``due`` is office time.

    ``key`` is written into the store and into answers: ``2023-10``, ``2023-W41``, ``2023-Q4``, ``2023-10-09``.
    """

    begins: date
    ends: date
    due: datetime
    key: str

    @property
    def words(self) -> str:
        """The period in Chinese words: 2023年10月, 10月9日至15日, 2023年第4季度, 9月25日 of a list of days."""
        first, last = self.begins, self.ends
        if "-Q" in self.key:
            return f"{first.year}年第{(first.month + 2) // 3}季度"
        if first == last:
            return f"{first.month}月{first.day}日"
        if len(self.key) == len("2023-10"):
            return f"{first.year}年{first.month}月"
        if self.is_listed:
            return f"{self.due.month}月{self.due.day}日"
        return span_in_words(first, last)

    @property
    def is_listed(self) -> bool:
        """Returns whether the period comes from a list of due days; it is then named by its day."""
        return self.begins != self.ends and self.key == self.due.date().isoformat()


def span_in_words(first: date, last: date) -> str:
    """Returns a span of days in Chinese words: 10月9日至15日."""
    month = "" if first.month == last.month else f"{last.month}月"
    return f"{first.month}月{first.day}日至{month}{last.day}日"


def title_in(form: str, period: Period | None) -> str:
    """Returns a form's key for people, with its period if it has one: 附件1(2023年10月)."""
    return form if period is None else f"{form}({period.words})"


class Rhythm(BaseModel):
    """How often a form is owed, from the notice's first day on.

    ``on`` is the day on which it is due: of the week (1 is Monday), of the month, or of a quarter's last month. In a month that
    is shorter, it is due on the last day. Without ``on``, it is due on the period's last day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    every: Every
    on: int | None = Field(None, ge=1, le=31)
    at: time | None = None
    """The time of day; by default the whole day is in time."""
    following: bool = False
    """Whether it is due in the next week, month or quarter (次月5日前报上月), in which ``on`` is then a day."""
    workdays: bool = False
    """Whether days off are left out: a daily form is not owed on them, and other forms are due on the next working day."""

    @model_validator(mode="after")
    def _check_day(self) -> Self:
        if self.on is not None and self.every == "week" and self.on > len(_WEEKDAYS):
            raise ValueError(f"on“{self.on}”不是星期几:请写 1(周一)至 7(周日)")
        if self.on is not None and self.every in ("day", "semester"):
            raise ValueError(f"every“{self.every}”不用写 on:请删去 on")
        return self

    def periods(
        self, opened: date, until: date, is_workday: Callable[[date], bool] = lambda day: True
    ) -> Iterator[Period]:
        """Returns the periods that begin by ``until``; the first is the one that contains ``opened``.

        A period that was due before ``opened`` is left out.
        """
        begins, ends = self._bounds(opened)
        while begins <= until:
            following = self._bounds(ends + timedelta(days=1))
            due_on = self._due_day(*(following if self.following else (begins, ends)))
            while self.workdays and not is_workday(due_on):
                due_on += timedelta(days=1)
            if due_on >= opened and not (self.workdays and self.every == "day" and not is_workday(begins)):
                yield Period(begins=begins, ends=ends, due=end_of(due_on, self.at), key=self._key(begins))
            if self.every == "semester":
                return
            begins, ends = following

    def _bounds(self, day: date) -> tuple[date, date]:
        match self.every:
            case "day":
                return day, day
            case "week":
                monday = day - timedelta(days=day.weekday())
                return monday, monday + timedelta(days=6)
            case "month":
                return day.replace(day=1), _last_of_month(day)
            case "quarter":
                first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
                return first, _last_of_month(first.replace(month=first.month + 2))
            case "semester":
                return day, day + timedelta(days=150)

    def _due_day(self, begins: date, ends: date) -> date:
        if self.on is None or self.every == "day":
            return ends
        if self.every == "week":
            return begins + timedelta(days=min(self.on, 7) - 1)
        return ends.replace(day=min(self.on, _last_of_month(ends).day))

    def _key(self, begins: date) -> str:
        match self.every:
            case "week":
                year, week, _ = begins.isocalendar()
                return f"{year}-W{week:02d}"
            case "month":
                return f"{begins:%Y-%m}"
            case "quarter":
                return f"{begins.year}-Q{(begins.month + 2) // 3}"
            case "day" | "semester":
                return begins.isoformat()


def read_spoken_rhythm(text: str) -> Rhythm | None:
    """Returns the rhythm that a notice writes in words, or None where the text is not one."""
    words = text.replace(" ", "")
    plain = _ON_NEXT_WORKDAY.sub("", words.replace("每个工作日", "每日").replace("每工作日", "每日"))
    match = _SPOKEN.fullmatch(_FOLLOWING.sub("", plain))
    if match is None:
        return None
    every = _UNITS[match["every"]]
    on = _read_day(match["on"], every)
    if on is None and match["on"]:
        return None
    hour, minute = int(match["hour"] or 0), int(match["minute"] or 0)
    if hour > _LAST_SECOND.hour or minute > _LAST_SECOND.minute:
        return None
    at = time(hour, minute) if match["hour"] else None
    following = _FOLLOWING.search(plain) is not None
    return Rhythm(every=every, on=on, at=at, following=following, workdays=plain != words)


def _read_day(text: str, every: Every) -> int | None:
    if every == "week":
        weekday = text.removeprefix("星期").removeprefix("周").replace("天", "日")
        if weekday in [*_WEEKDAYS]:
            return _WEEKDAYS.index(weekday) + 1
        return int(weekday) if re.fullmatch("[1-7]", weekday) else None
    if text in _END:
        return 31
    match = re.fullmatch("(?:末月|最后一?个?月)?([0-9]{1,2})[日号]?", text)
    day = int(match[1]) if match else 0
    return day if 1 <= day <= _LONGEST_MONTH else None


def dated_periods(dues: tuple[datetime, ...], opened: date) -> Iterator[Period]:
    """Returns one period for each due day; it begins on the day after the one before."""
    begins = opened
    for due in sorted(dues):
        ends = max(due.date(), begins)
        yield Period(begins=begins, ends=ends, due=due, key=due.date().isoformat())
        begins = ends + timedelta(days=1)


def end_of(day: date, at: time | None = None) -> datetime:
    """Returns the last second of a day, or the given time of that day, in the office's time."""
    return datetime.combine(day, at or _LAST_SECOND)


def due_in_words(due: datetime) -> str:
    """Returns a due instant in Chinese words: 9月25日, or 9月25日12:00 if it has a time of day."""
    at = "" if due.time() == _LAST_SECOND else f"{due:%H:%M}"
    return f"{due.month}月{due.day}日{at}"


def _last_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
