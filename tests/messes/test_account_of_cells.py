"""No filled sheet of any corpus is ignored or a zero report, and every child's number in one comes to something."""

import io
import json
from collections.abc import Iterator

import openpyxl
import pytest

from config.identity_numbers import read_identity
from config.units.resolve_unit_names import UnitNames
from config.units.roster import load_roster
from ingest.context import IngestContext
from kongchuo.demo.county import County, make_county
from parsers.archives.unpack import unpack
from parsers.formats.workbook import UnreadableWorkbook, WorkbookTooLarge
from parsers.mail.mime import parse_mail
from parsers.read_file import read_sheets
from store.drafts import FileDraft
from tests.builders.clerk_files import CONTEXT, mail, process_mail, xlsx
from tests.builders.form_tables import NOTICE
from tests.messes.mess_cases import MESSES, Mess

_NEVER_READ = {
    "our-own-mail",  # whatever it carries, it went out from here
    "example-row",  # the template's 张三 has a number that is nobody's
}


def numbers_in(data: bytes) -> set[str]:
    """The sound identity numbers that stand alone in the cells of a file."""
    try:
        workbook = read_sheets(data)
    except (UnreadableWorkbook, WorkbookTooLarge):
        return set()
    read = [
        read_identity(cell)
        for sheet in workbook.sheets
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
        numbers = numbers_in(attachment.data)
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
    bodies = [json.loads(record.body) for submission in file.submissions for record in submission.records]
    return {body["id_number"] for body in bodies if "id_number" in body}


@pytest.mark.parametrize("mess", [m for m in MESSES if m.name not in _NEVER_READ], ids=lambda mess: mess.name)
def test_every_number_in_a_mess_is_recorded_or_asked_about(mess: Mess):
    assert list(unaccounted(mess.raw(), CONTEXT)) == []


@pytest.fixture(scope="module")
def county() -> County:
    return make_county(7, schools=14, mails=80, rows=900)


@pytest.fixture(scope="module")
def context(county: County, tmp_path_factory: pytest.TempPathFactory) -> IngestContext:
    path = tmp_path_factory.mktemp("county") / "units.csv"
    path.write_text(county.units_csv(), "utf-8")
    roster = load_roster(path)
    return IngestContext(
        notice=NOTICE, roster=roster, names=UnitNames(roster, NOTICE), assignments={}, learned_senders={}
    )


def test_every_number_in_a_county_s_mail_is_recorded_or_asked_about(county, context):
    assert [found for sent in county.mails for found in unaccounted(sent.raw, context)] == []


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
