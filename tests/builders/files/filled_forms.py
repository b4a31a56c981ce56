"""The program's own forms for units of every kind, and clerks who fill them in with a suitable value under each heading."""

import io
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from docx.table import Table, _Cell
from openpyxl.worksheet.worksheet import Worksheet

from config.identity_numbers import check_digit
from config.notice import FormSpec, Notice
from config.read_notice import load_notice
from config.records.record import ROW_MARK, Json, Record
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster, Unit
from notify.forms.form_document import build_form_document
from notify.forms.form_plan import FormPlan, Values, VisitPart, list_forms, plan_form, visits_of
from notify.forms.form_workbook import build_form_workbook
from parsers.formats.filled_row_marks import HEADING

AS_OF = datetime(2024, 12, 20, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
NOTICES = ("2023-autumn.toml", "2024-spring.toml", "2024-shiqiao.toml", "2024-yunling.toml")
ROSTER = Roster(
    (
        Unit(name="西沱镇", kind="township", stage=None, township=None),
        Unit(name="黄水镇", kind="township", stage=None, township=None),
        Unit(name="西沱镇小学", kind="school", stage="小学", township="西沱镇", area="西沱学区"),
        Unit(name="青龙教学点", kind="school", stage="教学点", township="西沱镇", parent="西沱镇小学"),
        Unit(name="黄水中学", kind="school", stage="初中", township="黄水镇", area="西沱学区"),
        Unit(name="西沱幼儿园", kind="school", stage="幼儿园", township="西沱镇"),
        Unit(name="石柱高级中学", kind="school", stage="高中", township="西沱镇"),
        Unit(name="南坪村", kind="village", stage=None, township="西沱镇"),
        Unit(name="西沱学区", kind="district", stage=None, township=None, area="西沱学区"),
        Unit(name="云岭县残疾人联合会", kind="department", stage=None, township=None),
        Unit(name="云岭县公安局", kind="department", stage=None, township=None),
    )
)
_TEXTS = {
    "school": "东莞市育才小学", "school_region": "广东省东莞市", "guardian": "李大山", "guardian_relation": "父亲",
    "head_teacher": "王老师", "responsible_person": "张主任", "household_village": "南坪村", "household_group": "2组",
    "household_address": "西沱镇南坪村2组", "current_address": "广东省东莞市长安镇",
}  # fmt: skip
_DAYS = {"since": "-09-04", "until": "-12-10", "returned_on": "-09-18"}


@cache
def a_notice(file: str) -> Notice:
    return load_notice(Path(str(resources.files("config") / "notices" / file)))


@cache
def names_of(file: str) -> UnitNames:
    return UnitNames(ROSTER, a_notice(file))


@dataclass(frozen=True)
class MadeForm:
    """One form of one unit, with the children that its clerk reports."""

    file: str
    form: FormSpec
    unit: Unit
    before: tuple[Values, ...]
    """The rows that the unit sent before, with which the form is filled in advance."""
    more: tuple[Values, ...]
    """The rows that its clerk adds."""

    def __str__(self) -> str:
        return f"{self.notice.id}-{self.form.key}-{self.unit.name}"

    @property
    def notice(self) -> Notice:
        return a_notice(self.file)

    @property
    def is_document(self) -> bool:
        return self.form.role == "visits"

    @property
    def plan(self) -> FormPlan:
        rows = [dict(values) | {ROW_MARK: self.mark(number)} for number, values in enumerate(self.before)]
        return plan_form(self.notice, self.form, self.unit, ROSTER, rows, self.period)

    @property
    def period(self) -> str | None:
        """Returns the period that it is made for, the last that has begun."""
        periods = self.notice.periods_to_name(self.form.key, AS_OF.date())
        return periods[-1].key if periods else None

    @staticmethod
    def mark(number: int) -> str:
        """Returns the id of the recorded row behind a filled-in row, from 0."""
        return f"0123456789ab-{number}"

    def empty(self) -> bytes:
        """Returns the form as the office sends it."""
        build = build_form_document if self.is_document else build_form_workbook
        return build(self.plan, office="县教委", as_of=AS_OF)

    def filled(self) -> bytes:
        """Returns the form with the clerk's rows."""
        return fill_document(self) if self.is_document else fill_workbook(self)

    @property
    def told(self) -> list[dict[str, object]]:
        """Returns the values that must be read from it, row by row."""
        if self.form.role == "counts":
            return [dict(values) for values in self.more]
        rows = [_as_read(self, values) for values in (*self.before, *self.more)]
        if not self.is_document:
            rows[: len(self.before)] = [
                row | {ROW_MARK: self.mark(number)} for number, row in enumerate(rows[: len(self.before)])
            ]
        return rows


def every_form(files: Sequence[str] = NOTICES) -> list[MadeForm]:
    """Returns each form of each notice, for each unit that may send it."""
    return [
        MadeForm(file, form, unit, *_rows(a_notice(file), form, unit))
        for file in files
        for unit in ROSTER.units
        for form in list_forms(a_notice(file), unit, ROSTER)
    ]


def _rows(notice: Notice, form: FormSpec, unit: Unit) -> tuple[tuple[Values, ...], tuple[Values, ...]]:
    if form.role == "counts":
        lines = ("西沱镇小学", "黄水中学")
        counted = [key for key in form.fields if notice.fields[key].kind == "int"]
        more: tuple[Values, ...] = tuple(
            {str(form.unit_field): line, **{key: 10 * n + place for place, key in enumerate(counted)}}
            for n, line in enumerate(lines, start=1)
        )
        return (), more
    children = [
        {key: value for key in form.fields if (value := _value(notice, form, unit, key, n)) is not None}
        for n in range(1, 6)
    ]
    usual = {*(form.template or form.fields), *form.required}
    added = [{key: value for key, value in child.items() if key in usual} for child in children[3:]]
    return tuple(children[:3]), tuple(added)


def _value(notice: Notice, form: FormSpec, unit: Unit, key: str, number: int) -> Json:
    year, born = notice.opened.year, date(notice.opened.year - 11, number % 12 + 1, 5 + number)
    spec = notice.fields[key]
    if key == form.unit_field:
        return unit.name
    match spec.kind:
        case "name":
            return "李王张谭陈"[number % 5] + "小明"
        case "sex":
            return "男" if number % 2 else "女"
        case "ethnicity":
            return "土家族"
        case "id":
            first17 = f"509999{born:%Y%m%d}{200 + number:03}"
            return first17 + check_digit(first17)
        case "student_number":
            return f"G5099{number}"
        case "date" | "period":
            return born.isoformat() if key == "birth_date" else f"{year}{_DAYS.get(key, '-09-10')}"
        case "phone":
            return f"1390000{1000 + number}"
        case "township":
            return "黄水镇"
        case "int":
            return None if key in ("seq", "visits_made") else number
        case "bool":
            return bool(number % 2)
        case "choice" | "choices":
            values = list(notice.vocabularies[spec.choices or ""].values)
            return values[number % len(values)]
        case "grade":
            return "七年级"
        case "class":
            return "2班"
        case "visits":
            return [_visit(n, year) for n in range(1, number % 3 + 1)] or None
        case "answer":
            return "有"
        case _:
            return _TEXTS.get(key, "照实填写" if key != "previous_school" else "东莞市育才小学")


def _visit(number: int, year: int) -> Json:
    day = f"{year}-09-{10 + number}"
    return {"number": number, "date": day, "place": None, "people": None, "content": f"上门家访{number}", "result": "未返校"}  # fmt: skip


def _as_read(made: MadeForm, values: Values) -> dict[str, object]:
    """Returns a row as the reader gives it, with values derived from its number or common to the form."""
    number = str(values.get("id_number", ""))
    told: dict[str, object] = dict(made.form.implied) | dict(values)
    if number:
        told.setdefault("birth_date", f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
        told.setdefault("sex", "男" if int(number[16]) % 2 else "女")
    if "reason" in told:
        told.setdefault("reason_text", told["reason"])
    return told


def without_seq(records: Iterable[Record]) -> list[dict[str, Json]]:
    """Returns the records without the running number, which the form itself provides."""
    return [{key: value for key, value in record.values.items() if key != "seq"} for record in records]


# ---------------------------------------------------------------- clerks


def fill_workbook(made: MadeForm) -> bytes:
    """Returns the workbook with typed rows below the filled-in ones; in a form of counts, beside the names."""
    workbook = openpyxl.load_workbook(io.BytesIO(made.empty()))
    sheet = workbook.worksheets[0]
    columns = find_columns(sheet, made)
    first = next(
        row
        for row in range(columns.first_row, sheet.max_row + 1)
        if made.form.role == "counts" or all(sheet.cell(row, place).value is None for place in columns.typed)
    )
    for row, values in enumerate(made.more, start=first):
        for (key, visit, part), place in columns.places.items():
            value = values.get(key)
            if part is not None:
                visits = visits_of(values)
                value = visits[visit - 1].get(part) if visit <= len(visits) else None
            if value is not None and key != "seq":
                sheet.cell(row, place).value = _typed(made, key, part, value)
    sign_workbook(sheet)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _typed(made: MadeForm, key: str, part: str | None, value: Json) -> str | int | float | date:
    """Returns a typed value as the spreadsheet program stores it: a day as a date, 是 as text."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if part == "date" or made.notice.fields[key].kind in ("date", "period"):
        return date.fromisoformat(str(value))
    return value if isinstance(value, int | float) else str(value)


@dataclass(frozen=True)
class FoundColumns:
    places: dict[tuple[str, int, VisitPart | None], int]
    typed: tuple[int, ...]
    first_row: int


def find_columns(sheet: Worksheet, made: MadeForm) -> FoundColumns:
    """Returns the columns by their headings, as a person finds them, and the row below."""
    columns = made.plan.columns
    (heading,) = {
        int(row[0].row or 0)
        for row in sheet.iter_rows(max_row=12)
        if columns[0].heading in {str(cell.value or "").rstrip("*") for cell in row}
    }
    last = heading + 1 if made.plan.has_groups else heading
    lowest = [sheet.cell(last, place).value or sheet.cell(heading, place).value for place in range(1, sheet.max_column + 1)]  # fmt: skip
    headings = [str(text).rstrip("*") for text in lowest if text != HEADING]
    assert headings == [column.heading for column in columns]
    places = {(column.key, column.visit, column.part): place for place, column in enumerate(columns, start=1)}
    typed = tuple(place for (key, _, _), place in places.items() if key != "seq")
    return FoundColumns(places, typed, last + 1)


def sign_workbook(sheet: Worksheet) -> None:
    """Writes a name after 填报人, in the second part of the line below the title."""
    signed = next(cell for cell in sheet[3] if str(cell.value or "").startswith("填报人"))
    signed.value = f"{signed.value}赵六"


def fill_document(made: MadeForm) -> bytes:
    """Returns a document with one page per child: the blank page, and copies of it."""
    plan = plan_form(made.notice, made.form, made.unit, ROSTER, (*made.before, *({} for _ in made.more[1:])))
    document = docx.Document(io.BytesIO(build_form_document(plan, office="县教委", as_of=AS_OF)))
    for table, values in zip(document.tables[len(made.before) :], made.more, strict=True):
        _fill_page(table, made, values)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _fill_page(table: Table, made: MadeForm, values: Values) -> None:
    labels = {column.heading: column.key for column in made.plan.columns if column.part is None}
    visits = iter(visits_of(values))
    words = {word: part for part, word in made.plan.visit_words.items()}
    parts: list[str | None] = []
    for row in table.rows:
        cells = list(dict.fromkeys(row.cells))
        texts = [cell.text for cell in cells]
        if len(words.keys() & set(texts)) > 2:
            parts = [words.get(text) for text in texts]
        elif texts[0] in labels:
            for label, cell in zip(texts[::2], cells[1::2], strict=True):
                value = values.get(labels[label])
                if value is not None:
                    _write(cell, str(value))
        elif (visit := next(visits, None)) is not None:
            for part, cell in zip(parts, cells, strict=True):
                if part is not None and visit.get(part):
                    _write(cell, str(visit[part]))


def _write(cell: _Cell, text: str) -> None:
    """Chooses in a drop-down, or types."""
    if (control := next(cell._element.iter(qn("w:sdt")), None)) is None:
        cell.paragraphs[0].add_run(text)
        return
    for mark in [*control.iter(qn("w:showingPlcHdr"))]:
        mark.getparent().remove(mark)
    next(control.iter(qn("w:t"))).text = text


# ---------------------------------------------------------------- LibreOffice


def save_by_libreoffice(files: Sequence[Path], kind: str, folder: Path) -> Iterator[bytes]:
    """Yields the files opened and saved as another kind, all by one run of LibreOffice."""
    out = folder / kind
    out.mkdir()
    command = [
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        kind,
    ]
    done = subprocess.run(
        [*command, "--outdir", str(out), *map(str, files)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    for file in files:
        saved = out / f"{file.stem}.{kind}"
        if not saved.exists():
            pytest.fail(f"LibreOffice did not save {file.name} as {kind}: {done.stderr}")
        yield saved.read_bytes()
