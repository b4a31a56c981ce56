"""Writes a made-up county's autumn as mails, with the results to expect; equal seeds give equal bytes."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import openpyxl
import xlwt

from config.units.roster import Unit
from kongchuo.demo.clerk_workbooks import reproducible_bytes
from kongchuo.demo.made_up_mails import (
    MadeUpAttachment,
    MadeUpMail,
    MadeUpSender,
    forward,
    make_mail,
    make_picture,
    make_zip,
)
from kongchuo.demo.made_up_students import GRADES, MadeUpStudent, StudentMaker
from kongchuo.demo.made_up_units import units_csv

ZONE = ZoneInfo("Asia/Shanghai")
Row = Mapping[str, object]
"""Cells by heading."""


@dataclass(frozen=True, slots=True)
class Report:
    """The expected status of one form of one unit for one period."""

    state: str
    late: bool = False
    nil: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedCase:
    state: str
    status: str
    unit: str
    escalation: str = "none"


@dataclass(slots=True)
class Truth:
    """All expected results at the story's instant."""

    reports: dict[tuple[str, str, str], Report] = field(default_factory=dict)
    """By unit, form and period; the period is empty for forms that do not recur."""
    proofs_missing: set[tuple[str, str, str]] = field(default_factory=set)
    """Unit, form and name of the child."""
    cases: dict[str, ExpectedCase] = field(default_factory=dict)
    suspected: dict[str, str] = field(default_factory=dict)
    """By identity number of children that only an external list contains, the list."""
    doubtful_counts: set[tuple[str, str]] = field(default_factory=set)
    """Units and schools whose counts contradict the rows."""
    files: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCounty:
    notice: str
    office: str
    as_of: datetime
    units: tuple[Unit, ...]
    mails: tuple[MadeUpMail, ...]
    truth: Truth

    def units_csv(self) -> str:
        return units_csv(self.units)


class StoryTeller:
    """Writes workbooks and mails as the units of a county would."""

    def __init__(self, seed: int, county: str, units: Sequence[Unit]) -> None:
        self.random = Random(seed)
        self.county, self.units = county, tuple(units)
        self.truth = Truth()
        self.mails: list[MadeUpMail] = []
        self._students = StudentMaker(self.random)

    def child(self, town: str, grades: tuple[str, ...] = GRADES) -> MadeUpStudent:
        return self._students.make_student(town, grades)

    def picture(self) -> bytes:
        return make_picture(self.random, 5_000)

    def day(self, text: str) -> datetime:
        """Returns an instant in 2024 for ``09-20`` or ``09-20T13:00``; without a time, one between eight and six."""
        day, _, time = text.partition("T")
        if time:
            return datetime.fromisoformat(f"2024-{day}T{time}").replace(tzinfo=ZONE)
        start = datetime.fromisoformat(f"2024-{day}T08:00").replace(tzinfo=ZONE)
        return start + timedelta(minutes=self.random.randint(0, 600))

    def workbook(
        self,
        title: str,
        unit: str,
        headings: Sequence[str],
        rows: Sequence[Row],
        *,
        below: Sequence[str] = (),
        label: str = "",
        sheet: str = "Sheet1",
    ) -> tuple[bytes, str]:
        """Returns the filled form and its extension; a fifth of clerks still save as .xls."""
        lines: list[Sequence[object]] = [[label]] if label else []
        lines += [[title], [f"填报单位(盖章):{unit}    填报人:甲乙"], headings]
        lines += [[n, *(row.get(heading) for heading in headings[1:])] for n, row in enumerate(rows, 1)]
        lines += [[text] for text in below]
        if self.random.random() < 0.2:
            return _xls(sheet, lines), "xls"
        return _xlsx(sheet, lines, title=int(bool(label)), width=len(headings)), "xlsx"

    def send(self, unit: Unit, when: datetime, subject: str, files: Mapping[str, bytes]) -> None:
        """Adds one mail with its files as attachments, in a zip, or in a forwarded mail."""
        style = self.random.randrange(5)
        attachments = [MadeUpAttachment(name, data) for name, data in files.items()]
        self.truth.files += len(files)
        if style == 1 and len(files) > 1:
            attachments = [MadeUpAttachment(f"{unit.name}.zip", make_zip(list(files.items())))]
        mail = make_mail(
            self.random, sender=MadeUpSender(unit.emails[0], unit.name if self.random.random() < 0.5 else "微笑向暖"),
            subject=subject, body="请查收。", attachments=attachments, received_at=when,
        )  # fmt: skip
        if style == 2:
            mail = forward(self.random, mail, sender=unit.emails[0], received_at=when)
        self.mails.append(mail)

    def county_story(self, notice: str, office: str, as_of: datetime) -> OtherCounty:
        mails = tuple(sorted(self.mails, key=lambda mail: (mail.received_at, mail.raw)))
        return OtherCounty(
            notice=notice, office=office, as_of=as_of, units=self.units, mails=mails, truth=self.truth
        )


def split_headings(words: str) -> tuple[str, ...]:
    """Returns the headings in a text."""
    return tuple(words.split())


def a_unit(name: str, kind: str, town: str | None = None, stage: str | None = None, **more: object) -> Unit:
    """Returns a unit with an address of its own."""
    number = sum(ord(char) * 31**place for place, char in enumerate(name)) % 10**8
    given: dict[str, object] = {"aliases": (), "area": None, "parent": None, **more}
    return Unit(
        name=name, kind=kind, stage=stage, township=town, emails=(f"u{number:08}@example.org",), contact="陈老师", phone="13900000001",
        **given,  # type: ignore[arg-type]
    )  # fmt: skip


def _xlsx(sheet: str, lines: Sequence[Sequence[object]], *, title: int, width: int) -> bytes:
    workbook = openpyxl.Workbook()
    page = workbook.active
    assert page is not None
    page.title = sheet
    for line in lines:
        page.append(list(line))
    page.merge_cells(start_row=title + 1, end_row=title + 1, start_column=1, end_column=width)
    return reproducible_bytes(workbook)


def _xls(sheet: str, lines: Sequence[Sequence[object]]) -> bytes:
    workbook = xlwt.Workbook(encoding="utf-8")
    page = workbook.add_sheet(sheet)
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            if value is not None:
                page.write(row, column, value)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
