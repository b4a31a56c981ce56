"""No filled sheet of any corpus is ignored or a zero report, and every child's number in one comes to something."""

import io
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest

from config.identity_numbers import read_identity
from config.text.text_folding import fold_text
from config.units.resolve_unit_names import UnitNames
from config.units.roster import load_roster
from ingest.context import IngestContext
from kongchuo.demo.county import make_county
from parsers.archives.unpack import unpack
from parsers.fields.normalise import cell_text
from parsers.formats.openers import read_sheets
from parsers.formats.workbook import Cell, UnreadableWorkbook, WorkbookTooLarge
from parsers.mail.mime import parse_mail
from store.drafts import FileDraft
from tests.builders.files.clerk_files import CONTEXT, blocks_of, mail, process_mail, register4, xlsx
from tests.builders.values.form_tables import NOTICE
from tests.golden import counties as golden_counties
from tests.messes.cases import MESSES
from tests.messes.mess import Mess

_NEVER_READ = {
    "our-own-mail",  # whatever it carries, it went out from here
    "example-row",  # the template's 张三 has a number that is nobody's
}


def numbers_in(data: bytes, but: Collection[str] = ()) -> set[str]:
    """The sound identity numbers that stand alone in the cells of a file, but for some sheets."""
    try:
        workbook = read_sheets(data)
    except (UnreadableWorkbook, WorkbookTooLarge):
        return set()
    read = [
        read_identity(cell)
        for sheet in workbook.sheets
        if sheet.name not in but
        for row in sheet.rows
        for cell in row
        if isinstance(cell, str) and len(cell) >= 18
    ]
    return {identity.number for identity in read if identity.fault is None and identity.number}


def unaccounted(raw: bytes, context: IngestContext) -> Iterator[str]:
    """What a mail's files hold and the program neither recorded nor asks about, as sentences."""
    attachments = unpack(parse_mail(raw).attachments)
    draft = process_mail(raw, context).draft
    for attachment, file in zip(attachments, draft.files, strict=False):
        old_sheets = {
            p.sheet for b in blocks_of(file) for p in b.all_problems() if p.code == "old-sheet" and p.sheet
        }
        numbers = numbers_in(attachment.data, old_sheets)
        if not numbers or file.outcome == "quarantined":
            continue
        if file.outcome == "ignored":
            yield f"{attachment.path[-1]} is ignored"
        yield from (f"{unit} {form} is nil" for unit, form in nils(file))
        lost = numbers - recorded(file)
        if lost and file.outcome == "forms":
            yield f"{attachment.path[-1]} lost {sorted(lost)}"


def nils(file: FileDraft) -> list[tuple[str, str]]:
    """The zero reports of a file of which no submission holds a child."""
    has_children = any(submission.records for submission in file.submissions)
    return [] if has_children else [(s.unit, s.form) for s in file.submissions if s.nil]


def recorded(file: FileDraft) -> set[str]:
    numbers = {number for block in blocks_of(file) for number in block.column("id_number")}
    return {number for number in numbers if isinstance(number, str)}


_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹喻柏水窦章云苏潘葛范彭郎鲁韦马苗方俞任袁柳史唐费薛雷贺倪汤罗"
    "郝安常于傅齐康伍余顾孟黄穆萧尹姚邵汪祁毛米贝明臧成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵季贾路娄江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊"
    "胡凌霍虞万支柯管卢莫经房裘缪解应宗丁宣邓郁单杭洪包诸左石崔吉龚程裴陆荣翁荀曲封储段侯全班仰秋仲宫宁仇甘向冉谭甲乙丙丁"
)
_NAME = re.compile(f"[{_SURNAMES}][\u4e00-\u9fff·]{{1,5}}")
_FACT = re.compile(
    r"[0-9]{15,18}x?|[0-9]{6}[*×x]{4,}[0-9x]{2,4}|(?:19|20)[0-9]{2}[-./年][0-9]{1,2}.*|失学|辍学|休学|延缓入学|未上户口|[男女]"
)


def find_filled_sheets(data: bytes) -> set[str]:
    """The sheets on which a row names a child: a name and a number, date, sex or status beside it.

    Written without the program's own knowledge of names and rows, which is what is tested.
    """
    try:
        workbook = read_sheets(data)
    except (UnreadableWorkbook, WorkbookTooLarge):
        return set()
    return {sheet.name for sheet in workbook.sheets if any(map(_names_child, sheet.rows))}


def _names_child(row: Sequence[Cell]) -> bool:
    texts = [fold_text(cell_text(cell)).strip("'") for cell in row if cell_text(cell)]
    return (
        len(texts) >= 3
        and any(map(_NAME.fullmatch, texts))
        and any(_FACT.fullmatch(text) or (len(text) >= 15 and text.isdigit()) for text in texts)
    )


def unread_sheets(raw: bytes, context: IngestContext) -> Iterator[str]:
    """Each filled sheet of a mail's files that is ignored, a zero report, or read by nobody though its file is."""
    attachments = unpack(parse_mail(raw).attachments)
    draft = process_mail(raw, context).draft
    for attachment, file in zip(attachments, draft.files, strict=False):
        filled = find_filled_sheets(attachment.data)
        if not filled or file.outcome == "quarantined":
            continue
        name = attachment.path[-1]
        if file.outcome != "forms":
            yield f"{name} is {file.outcome}"
        yield from (f"{name} is a zero report of {s.unit} in {s.form}" for s in file.submissions if s.nil)
        blocks = blocks_of(file)
        read = {sheet for block in blocks for sheet in block.sheets}
        told = {p.sheet for b in blocks for p in b.all_problems() if p.code in ("old-sheet", "left-over")}
        yield from (f"{name}: nothing is read of {sheet}" for sheet in filled - read - told)


def everything_wrong(raw: bytes, context: IngestContext) -> list[str]:
    return [*unaccounted(raw, context), *unread_sheets(raw, context)]


@pytest.mark.parametrize("mess", [m for m in MESSES if m.name not in _NEVER_READ], ids=lambda mess: mess.name)
def test_every_number_and_filled_sheet_of_a_mess_is_recorded_or_asked_about(mess: Mess):
    assert everything_wrong(mess.raw(), CONTEXT) == []


def context_of(units: str, folder: Path) -> IngestContext:
    path = folder / "units.csv"
    path.write_text(units, "utf-8")
    roster = load_roster(path)
    return IngestContext(
        notice=NOTICE, roster=roster, names=UnitNames(roster, NOTICE), assignments={}, learned_senders={}
    )


@pytest.mark.parametrize("seed", [7, 11, 23])
def test_every_number_and_filled_sheet_of_a_made_up_county_is_recorded_or_asked_about(
    seed: int, tmp_path: Path
):
    county = make_county(seed, schools=14, mails=60, rows=600)
    context = context_of(county.units_csv(), tmp_path)

    assert [found for sent in county.mails for found in everything_wrong(sent.raw, context)] == []


@pytest.mark.parametrize("county", golden_counties.COUNTIES.values(), ids=lambda county: county.name)
def test_every_number_and_filled_sheet_of_a_golden_county_is_recorded_or_asked_about(
    county: golden_counties.County, tmp_path: Path
):
    context = context_of(golden_counties.ROSTER, tmp_path)

    assert [found for sent in county.mails() for found in everything_wrong(sent.raw, context)] == []


def widened(data: bytes, cells: list[str]) -> bytes:
    """The workbook with these cells beside its last row, two columns to the right of all others."""
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    page = workbook.worksheets[0]
    for offset, value in enumerate(cells):
        page.cell(page.max_row, page.max_column + 2 + offset, value)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "name", ["xlsx", "high-heading", "ticks", "repeated-heading", "nil-0", "nil-3", "nil-6", "blank-template"]
)
def test_a_child_written_beside_any_table_is_asked_about(name):
    (mess,) = [m for m in MESSES if m.name == name]
    (attachment,) = parse_mail(mess.raw()).attachments
    data = widened(attachment.data, ["谭晓雨", "509999201203041258", "辍学"])

    result = process_mail(mail({"附件4.xlsx": data}))

    assert (result.outcomes, result.nil) == (("quarantined",), frozenset())


def test_the_account_of_this_test_sees_a_lost_number():
    rows = [["备忘"], ["谭晓雨", "509999201203041231"]]

    assert numbers_in(xlsx(rows)) == {"509999201203041231"}


def test_the_account_of_this_test_knows_a_filled_sheet():
    child = [1, "谭晓雨", None, "未上户口", "八年级"]

    assert find_filled_sheets(xlsx([["备忘"]], [child], register4([1, "无"]), names=("甲", "乙", "丙"))) == {
        "乙"
    }
