"""Writes a planned record of visits as a Word document: a page a child, labels beside values, the visits below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from config.text.punctuation import set_punctuation
from notify.forms.form_plan import FormColumn, FormPlan, Values, VisitPart, visits_of
from notify.spreadsheet.workbook_files import finish_workbook
from parsers.formats.form_origin import PROPERTY, write_mark

_TITLE_FONT, _BODY_FONT = "方正小标宋简体", "宋体"
_PAIRS = 3
"""The number of label and value pairs in one line."""
_LABEL_WIDTH, _VALUE_WIDTH = Cm(2.2), Cm(3.8)
_BETWEEN_SIGNATURES = " " * 8
_ROW_HEIGHT, _VISIT_HEIGHT = Cm(0.95), Cm(1.6)
_VISIT_PARTS: tuple[VisitPart, ...] = ("date", "place", "people", "result", "content")
"""The parts of a visit in the order of their columns after its number; the long texts are in the wide columns."""
_LONG_TEXT = 12
_NOT_CHOSEN = "—"
"""The text of a drop-down before a choice is made; every reader takes it as blank."""
_PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_PROPERTIES_XML = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{name}"><vt:lpwstr>{value}</vt:lpwstr></property>'
    "</Properties>"
)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A label with its value."""

    label: str
    value: str
    choices: tuple[str, ...]
    is_long: bool


def build_form_document(plan: FormPlan, *, office: str, as_of: datetime) -> bytes:
    """Returns the document, with one blank page behind those filled in; the same plan and day give the same bytes."""
    document = docx.Document()
    _set_up(document)
    for number, values in enumerate((*plan.values, {})):
        _add_page(document, plan, values, is_first=number == 0)
    properties = document.core_properties
    properties.author, properties.title, properties.subject = office, plan.title, plan.unit.name
    properties.created = properties.modified = as_of.replace(tzinfo=None)
    _add_mark(document, write_mark(plan.origin))
    out = BytesIO()
    document.save(out)
    return finish_workbook(out.getvalue(), as_of)


def _set_up(document: Document) -> None:
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(1.8)
    style = document.styles["Normal"]
    style.font.name, style.font.size = _BODY_FONT, Pt(10)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _BODY_FONT)
    style.paragraph_format.space_after = Pt(0)


def _add_mark(document: Document, mark: str) -> None:
    xml = _PROPERTIES_XML.format(name=PROPERTY, value=mark).encode()
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), _PROPERTIES_TYPE, xml, package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)


def _add_page(document: Document, plan: FormPlan, values: Values, *, is_first: bool) -> None:
    label = document.add_paragraph(plan.form.key)
    label.paragraph_format.page_break_before = not is_first
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(4), Pt(8)
    run = title.add_run(plan.title)
    run.font.name, run.font.size, run.bold = _TITLE_FONT, Pt(16), True
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _TITLE_FONT)
    line = document.add_paragraph(_BETWEEN_SIGNATURES.join(plan.unit_line))
    line.paragraph_format.space_after = Pt(4)
    table = document.add_table(rows=0, cols=2 * _PAIRS, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for place, wide in enumerate(table.columns):
        wide.width = _VALUE_WIDTH if place % 2 else _LABEL_WIDTH
    columns = [column for column in plan.columns if column.part is None and column.key != "seq"]
    before = [column for column in columns if not _is_about_end(column, plan)]
    _add_pairs(table, [_pair(column, values) for column in before])
    if any(column.part is not None for column in plan.columns):
        _add_visits(table, plan, values)
    _add_pairs(table, [_pair(column, values) for column in columns if column not in before])


def _is_about_end(column: FormColumn, plan: FormPlan) -> bool:
    """Returns whether a column comes after the visits in the form, on their final result."""
    places = [place for place, other in enumerate(plan.columns) if other.part is not None]
    return bool(places) and plan.columns.index(column) > places[-1]


def _pair(column: FormColumn, values: Values) -> _Pair:
    value = values.get(column.key)
    if column.key == "reason" and values.get("reason_text"):
        value = values["reason_text"]
    text = "" if value is None else "是" if value is True else "否" if value is False else str(value)
    choices = column.choices if column.strictness == "only" else ()
    return _Pair(
        column.heading, text, choices, column.is_long or (len(text) > _LONG_TEXT and column.kind == "text")
    )


def _add_pairs(table: Table, pairs: Sequence[_Pair]) -> None:
    for line in _fill_lines(pairs):
        cells = _add_row(table, _ROW_HEIGHT, last=2 * len(line))
        for pair, label, value in zip(line, cells[::2], cells[1::2], strict=True):
            _write(label, pair.label, is_label=True)
            if pair.choices:
                _add_choice(value, pair.value, pair.choices)
            else:
                _write(value, pair.value)


def _fill_lines(pairs: Sequence[_Pair]) -> Iterator[list[_Pair]]:
    """Yields lines of three pairs; a long pair takes the rest of its line."""
    line: list[_Pair] = []
    for pair in pairs:
        line.append(pair)
        if pair.is_long or len(line) == _PAIRS:
            yield line
            line = []
    if line:
        yield line


def _add_visits(table: Table, plan: FormPlan, values: Values) -> None:
    """Adds a row a visit, recorded ones filled in, up to the number that the notice requires."""
    words = plan.visit_words
    headings = ("次数", *(words[part] for part in _VISIT_PARTS))
    for cell, word in zip(_add_row(table, _ROW_HEIGHT), headings, strict=True):
        _write(cell, word, is_label=True)
    visits = visits_of(values)
    for number in range(max(plan.least_visits, len(visits) + 1)):
        visit = visits[number] if number < len(visits) else {}
        cells = _add_row(table, _VISIT_HEIGHT)
        _write(cells[0], str(number + 1), is_label=True)
        for cell, part in zip(cells[1:], _VISIT_PARTS, strict=True):
            value = visit.get(part)
            text = "" if value is None else str(value)
            if part == "result" and plan.visit_results:
                _add_choice(cell, text, plan.visit_results)
            else:
                _write(cell, text)


def _add_row(table: Table, height: Cm, last: int = 2 * _PAIRS) -> list[_Cell]:
    """Adds a row whose last cell takes the rest of the width, and returns its cells."""
    row = table.add_row()  # type: ignore[no-untyped-call]
    row.height = height
    cells = list(row.cells)
    for place, cell in enumerate(cells):
        cell.width = _VALUE_WIDTH if place % 2 else _LABEL_WIDTH
    if last < len(cells):
        cells[last - 1] = cells[last - 1].merge(cells[-1])
    return cells[:last]


def _write(cell: _Cell, text: str, *, is_label: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    if is_label:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(set_punctuation(text) if is_label else text)
    run.bold = is_label or None
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _add_choice(cell: _Cell, text: str, choices: Sequence[str]) -> None:
    """Adds a drop-down (ECMA-376 part 1, 17.5.2.15); a unit's text that is no choice stays."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    if text and text not in choices:
        _write(cell, text)
        return
    paragraph: Paragraph = cell.paragraphs[0]
    control, properties, content = (OxmlElement(f"w:{name}") for name in ("sdt", "sdtPr", "sdtContent"))
    if not text:
        properties.append(OxmlElement("w:showingPlcHdr"))
    listed = OxmlElement("w:dropDownList")
    for choice in choices:
        item = OxmlElement("w:listItem")
        item.set(qn("w:displayText"), choice)
        item.set(qn("w:value"), choice)
        listed.append(item)
    properties.append(listed)
    run = OxmlElement("w:r")
    shown = OxmlElement("w:t")
    shown.text = text or _NOT_CHOSEN
    run.append(shown)
    content.append(run)
    control.append(properties)
    control.append(content)
    paragraph._element.append(control)
