"""Makes the files for comparing two readers: a deadline day, messy files, other counties, and mutations of them.

A corpus contains plain values only, since both checkouts unpickle it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

import openpyxl
from openpyxl.styles import Font

from bench.fuzz import mutated, with_mutated_members
from kongchuo.demo.county import make_county
from kongchuo.demo.made_up_units import units_csv
from parsers.formats.openers import read_sheets
from parsers.formats.workbook import ERROR_TEXTS, Cell, UnreadableWorkbook, WorkbookTooLarge
from parsers.reading.read_mail import take_apart
from tests.builders.counties.shiqiao import make_shiqiao
from tests.builders.counties.songping import make_songping
from tests.builders.counties.yunling import make_yunling
from tests.builders.files.clerk_files import xls, xlsx
from tests.builders.values.form_tables import ROSTER
from tests.messes.cases import MESSES

Row = Sequence[Cell]
File = tuple[int, str, str, bytes, str | None]
"""The office that reads it, its name, the mail's subject, its bytes, and the form assigned by a person, or None."""
DEADLINE_DAY = {"schools": 360, "mails": 400, "rows": 80_000}
_MOST_MUTATED_ROWS = 400
_ODD_CELLS: tuple[Cell, ...] = (
    None, "", " ", 0, 1, -3, 2.5, 45_194, 45_194.5, 2023.09, 20_120_304, 509_999_201_203_041_231, 5.0999920120304e17, True,
    False, date(2012, 3, 4), datetime(2023, 9, 5, 8, 30), "无", "/", "-", "同上", "〃", "是", "否", "√", "1", "男", "女", "男 ",
    "张三", "张 三", "1.张三", "张三(一班)", "阿依·古丽", "John Smith", "张三男", "x", "***", "乙二509999201203041231", "2012.3.4",
    "2012年3月4日", "20120304", "2023-13-45", "九月五日", "2023.9.5—2024.1.20", "5099992012030412", "50999920120304123X",
    "509999201203041230", " 509999201203041231", "'509999201203041231", "G509999201203041231", "13800000000", "1380000000",
    "138 0000 0000", "023-73332222", "13800000000/13900000000", "汉", "汉族", "土家", "外星族", "七年级2班", "7.2", "三(1)班",
    "初三", "学前班", "辍学", "休学", "返校了", "已于9月20日返校", "外出务工", "合计", "合计:3人", "本页小计", "以下空白", "备注:无",
    "填表人:李四", "审核人", "校长签字:", "2023年9月25日", "例", "示例", "姓名", "身份证号", "南坪村", "七年级", "一、小学(12人)", "二、辍学学生",
    "零报告", "无变化", "说明:请如实填写本表", "西沱镇", "西沱镇小学", "县外", "重庆市万州区", "=1+1", "\u3000", "\uff11\uff13", "ab\ncd", "长" * 60,
    *sorted(ERROR_TEXTS),
)  # fmt: skip


@dataclass(slots=True)
class Corpus:
    """``offices`` are notices by file name, each with its roster as CSV."""

    offices: list[tuple[str, str]] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    day: int = 0
    """The number of files, from the first, that are the deadline day's."""

    def add_mails(self, office: int, mails: Iterable[bytes]) -> None:
        for raw in mails:
            mail = take_apart(raw)
            self.files += (
                (office, attachment.path[-1], mail.head.subject, attachment.data, None)
                for attachment in mail.attachments
                if attachment.failure is None and attachment.data
            )


def make_corpus(mutations: int, seed: int) -> Corpus:
    """Returns the files as units send them, and so many mutated ones: half mutated in their cells, half in their bytes."""
    corpus = Corpus()
    county = make_county(1, **DEADLINE_DAY)
    corpus.offices.append(("2023-autumn.toml", county.units_csv()))
    corpus.add_mails(0, (mail.raw for mail in county.mails))
    corpus.day = len(corpus.files)
    corpus.offices.append(("2023-autumn.toml", units_csv(ROSTER.units)))
    corpus.add_mails(1, (mess.raw() for mess in MESSES))
    for make in (make_yunling, make_shiqiao, make_songping):
        story = make(1)
        corpus.offices.append((story.notice, story.units_csv()))
        corpus.add_mails(len(corpus.offices) - 1, (mail.raw for mail in story.mails))
    random = Random(seed)
    plain = list(corpus.files)
    while mutations > 0:
        chosen = random.choice(plain)
        more = (
            [_with_mutated_bytes(chosen, random)]
            if random.random() < 0.3
            else list(_with_mutated_cells(chosen, random))
        )
        corpus.files += more[:mutations]
        mutations -= len(more)
    return corpus


def _with_mutated_bytes(file: File, random: Random) -> File:
    office, name, subject, data, form = file
    return office, name, subject, random.choice((mutated, with_mutated_members))(data, random), form


def _with_mutated_cells(file: File, random: Random) -> Iterator[File]:
    """Yields one sheet of the file as a workbook with some cells changed; nothing for a file without sheets."""
    office, name, subject, data, _ = file
    try:
        sheets = [sheet for sheet in read_sheets(data).sheets if sheet.rows]
    except (UnreadableWorkbook, WorkbookTooLarge):
        return
    if not sheets:
        return
    rows = mutate_rows(random.choice(sheets).rows, random)
    written = xls(rows) if random.random() < 0.1 else xlsx(rows, then=lambda book: _mark(book, random))
    decided = random.choice(("附件2", "附件3", "附件4")) if random.random() < 0.05 and office < 2 else None
    yield office, name, subject, written, decided


def _mark(book: openpyxl.Workbook, random: Random) -> None:
    """Merges some cells, hides a row and strikes one out, each in some of the workbooks."""
    for sheet in book.worksheets:
        row, column = random.randrange(1, sheet.max_row + 1), random.randrange(1, sheet.max_column + 1)
        if random.random() < 0.2:
            down, across = random.choice(((2, 0), (5, 0), (40, 0), (0, 3), (1, 1)))
            sheet.merge_cells(
                start_row=row, end_row=row + down, start_column=column, end_column=column + across
            )
        if random.random() < 0.1:
            sheet.row_dimensions[row].hidden = True
        if random.random() < 0.1:
            for cell in sheet[row]:
                cell.font = Font(strike=True)


def mutate_rows(rows: Sequence[Row], random: Random) -> list[list[Cell]]:
    """Returns at most some hundred of the rows, with cells and rows changed in a few or many positions."""
    changed = [list(row) for row in rows[:_MOST_MUTATED_ROWS]]
    width = max(map(len, changed))
    for _ in range(random.choice((1, 2, 4, 8, 32, 128))):
        index = random.randrange(len(changed))
        row, other = changed[index], random.choice(changed)
        match random.randrange(10):
            case 0:
                changed.insert(index, list(other))
            case 1 if len(changed) > 3:
                del changed[index]
            case 2:
                row[:] = [None] * len(row)
                row[:1] = [random.choice(_ODD_CELLS)]
            case 3 if other:
                position = random.randrange(len(other))
                row += [None] * (position + 1 - len(row))
                row[position] = other[position]
            case 4:  # a whole column
                position, odd = random.randrange(width), random.choice(_ODD_CELLS)
                for each in changed[index:]:
                    if position < len(each) and random.random() < 0.7:
                        each[position] = odd
            case 5 if row:
                row[random.randrange(len(row))] = None
            case _:
                position = random.randrange(width)
                row += [None] * (position + 1 - len(row))
                row[position] = random.choice(_ODD_CELLS)
    return changed
