"""Renders the bulletin as a Word document in the layout of official documents (GB/T 9704-2012)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from unicodedata import east_asian_width

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section, _Footer
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml import etree

from config.text.punctuation import set_punctuation
from notify.bulletin.bulletin import Bulletin

TITLE_FONT, BODY_FONT, HEADING_FONT, LEAD_FONT, PAGE_FONT = (
    "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体",
)  # fmt: skip
_ELSE = {
    TITLE_FONT: "方正小标宋_GBK,小标宋,华文中宋,宋体",
    BODY_FONT: "仿宋,华文仿宋,FangSong",
    HEADING_FONT: "SimHei,微软雅黑",
    LEAD_FONT: "楷体,华文楷体,KaiTi",
    PAGE_FONT: "SimSun",
}
"""By font, its replacements in order, for machines without it."""
_TITLE, _BODY, _NUMBER, _PAGE = 22, 16, 14, 14
"""Font sizes in points; Chinese programs call them 二号, 三号, 四号."""
LINE = Pt(28.95)
"""The height of a line in points: 22 lines fill the 225 mm between the margins."""
_TOP, _BOTTOM, _LEFT, _RIGHT = Mm(37), Mm(35), Mm(28), Mm(26)
_PAPER = Mm(210), Mm(297)
_FOOTER = Mm(23)
"""The distance of the page number from the paper's edge, so that it is 7 mm below the text."""
_GRID = {"type": "lines", "linePitch": "579"}
_TIGHTER = -5
"""The spacing between characters in twentieths of a point, so that 28 characters of 16 points fit the 156 mm between the margins.

A character grid would do the same, but LibreOffice then gives each character twice its width.
"""
_LEAD = re.compile("^[(\uff08][一二三四五六七八九十]+[)\uff09].*?。")


@dataclass(frozen=True, slots=True)
class BodyText:
    """A piece of a paragraph with its font."""

    text: str
    font: str


def body_paragraphs(bulletin: Bulletin) -> Iterator[tuple[BodyText, ...]]:
    """Yields the body below the addressees: the opening, then headings in 黑体 and what is under each of them."""
    yield (BodyText(set_punctuation(bulletin.opening), BODY_FONT),)
    for section in bulletin.sections:
        yield (BodyText(set_punctuation(section.heading), HEADING_FONT),)
        for paragraph in section.paragraphs:
            text = set_punctuation(paragraph)
            lead = _LEAD.match(text)
            pieces = (lead[0], text[lead.end() :]) if lead else ("", text)
            yield tuple(
                BodyText(piece, font)
                for piece, font in zip(pieces, (LEAD_FONT, BODY_FONT), strict=True)
                if piece
            )


def render_docx(bulletin: Bulletin, chart: bytes | None = None) -> bytes:
    """Returns a Word document without a red heading; an office with its own heading uses :mod:`word_template`.

    Args:
        chart: the chart of the county's course (PNG), placed below the body.
    """
    document = docx.Document()
    _set_usual_font(document)
    _set_up_page(document.sections[0])
    document.settings.odd_and_even_pages_header_footer = True
    _add_page_number(document.sections[0].footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _add_page_number(document.sections[0].even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    _name_other_fonts(document)
    _add_line(document, bulletin.title, TITLE_FONT, _TITLE, WD_ALIGN_PARAGRAPH.CENTER)
    number = f"({bulletin.number} · 草稿)"
    _add_line(document, number, LEAD_FONT, _NUMBER, WD_ALIGN_PARAGRAPH.CENTER)
    document.add_paragraph().paragraph_format.line_spacing = LINE
    addressees = _add_paragraph(document, WD_ALIGN_PARAGRAPH.JUSTIFY)
    _add_tight(addressees, set_punctuation(bulletin.addressees), BODY_FONT)
    for pieces in body_paragraphs(bulletin):
        paragraph = _add_paragraph(document, WD_ALIGN_PARAGRAPH.JUSTIFY)
        paragraph.paragraph_format.first_line_indent = Pt(2 * _BODY)
        for piece in pieces:
            _add_tight(paragraph, piece.text, piece.font)
    if chart is not None:
        picture = document.add_paragraph()
        picture.alignment = WD_ALIGN_PARAGRAPH.CENTER
        picture.add_run().add_picture(BytesIO(chart), width=_PAPER[0] - _LEFT - _RIGHT)
    document.add_paragraph().paragraph_format.line_spacing = LINE
    _sign(document, bulletin)
    return save(document, bulletin)


def save(document: Document, bulletin: Bulletin) -> bytes:
    """Returns the document as bytes, with the bulletin's time as its only timestamp."""
    properties = document.core_properties
    properties.author, properties.title = bulletin.office, bulletin.title
    properties.created = properties.modified = bulletin.as_of.replace(tzinfo=None)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def set_font(run: Run, font: str, size: float | None = None) -> None:
    """Sets the font of Chinese and other characters alike."""
    run.font.name = font
    if size is not None:
        run.font.size = Pt(size)
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:hAnsi", "w:cs"):
        fonts.set(qn(script), font)


def _set_usual_font(document: Document) -> None:
    """Makes the body's font the usual one, and lets a page be filled to its last line."""
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    normal.font.name, normal.font.size = BODY_FONT, Pt(_BODY)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY_FONT)
    normal.paragraph_format.widow_control = False


def _set_up_page(section: Section) -> None:
    section.page_width, section.page_height = _PAPER
    section.top_margin, section.bottom_margin = _TOP, _BOTTOM
    section.left_margin, section.right_margin = _LEFT, _RIGHT
    section.footer_distance = _FOOTER
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    for name, value in _GRID.items():
        grid.set(qn(f"w:{name}"), value)
    section._sectPr.append(grid)


def _add_page_number(footer: _Footer, side: WD_ALIGN_PARAGRAPH) -> None:
    """Adds — 1 — on the outer side of the page, one character from its edge."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = side
    indent = "right_indent" if side is WD_ALIGN_PARAGRAPH.RIGHT else "left_indent"
    setattr(paragraph.paragraph_format, indent, Pt(_PAGE))
    set_font(paragraph.add_run("\u2014 "), PAGE_FONT, _PAGE)
    run = paragraph.add_run()
    set_font(run, PAGE_FONT, _PAGE)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        part = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            part.text = text
        else:
            part.set(qn("w:fldCharType"), str(kind))
        run._element.append(part)
    set_font(paragraph.add_run(" \u2014"), PAGE_FONT, _PAGE)


def _name_other_fonts(document: Document) -> None:
    """Adds replacements to the table of fonts, for machines without these fonts."""
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table = etree.fromstring(part.blob)
    for name, others in _ELSE.items():
        font = etree.SubElement(table, qn("w:font"), {qn("w:name"): name})
        etree.SubElement(font, qn("w:altName"), {qn("w:val"): others})
    part._blob = etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)


def _add_paragraph(document: Document, align: WD_ALIGN_PARAGRAPH) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph.paragraph_format.line_spacing = LINE
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def _add_tight(paragraph: Paragraph, text: str, font: str) -> None:
    run = paragraph.add_run(text)
    set_font(run, font, _BODY)
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(_TIGHTER))
    properties = run._element.get_or_add_rPr()
    size = properties.find(qn("w:sz"))
    assert size is not None
    size.addprevious(spacing)


def _add_line(document: Document, text: str, font: str, size: int, align: WD_ALIGN_PARAGRAPH) -> None:
    paragraph = _add_paragraph(document, align)
    if size > _BODY:
        paragraph.paragraph_format.line_spacing = Pt(size * 1.6)
    set_font(paragraph.add_run(set_punctuation(text)), font, size)


def _sign(document: Document, bulletin: Bulletin) -> None:
    """Adds office and day: the day four characters from the edge, the office centred over it, or the other way round."""
    day, office = bulletin.date_line, bulletin.office
    difference = (_width(day) - _width(office)) / 2
    at_edge = 4 * _BODY if difference >= 0 else 2 * _BODY
    for text, inset in ((office, max(difference, 0)), (day, max(-difference, 0))):
        paragraph = _add_paragraph(document, WD_ALIGN_PARAGRAPH.RIGHT)
        paragraph.paragraph_format.right_indent = Pt(at_edge + inset)
        set_font(paragraph.add_run(set_punctuation(text)), BODY_FONT, _BODY)


def _width(text: str) -> float:
    """Returns the width of a text in points; digits and Latin letters are half as wide as Chinese characters."""
    return sum(_BODY if east_asian_width(char) in "WF" else _BODY / 2 for char in text)
