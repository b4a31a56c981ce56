"""The bulletin as a Word document."""

from io import BytesIO

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from config.text.punctuation import set_punctuation
from notify.bulletin.bulletin import Bulletin


def render_docx(bulletin: Bulletin) -> bytes:
    """A Word document laid out as offices lay out a 通报 (GB/T 9704): 小标宋 title, 仿宋 body, 黑体 headings."""
    document = docx.Document()
    _add_paragraph(document, bulletin.title, font="方正小标宋简体", size=22, align=WD_ALIGN_PARAGRAPH.CENTER)
    _add_paragraph(
        document, f"({bulletin.number} · 草稿)", font="楷体", size=14, align=WD_ALIGN_PARAGRAPH.CENTER
    )
    _add_paragraph(document, bulletin.addressees)
    _add_paragraph(document, bulletin.opening, indent=True)
    for section in bulletin.sections:
        _add_paragraph(document, section.heading, font="黑体", indent=True)
        for paragraph in section.paragraphs:
            _add_paragraph(document, paragraph, indent=True)
    _add_paragraph(document, bulletin.office, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _add_paragraph(document, bulletin.date_line, align=WD_ALIGN_PARAGRAPH.RIGHT)
    properties = document.core_properties
    properties.author, properties.title = bulletin.office, bulletin.title
    properties.created = properties.modified = bulletin.as_of.replace(tzinfo=None)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _add_paragraph(
    document: Document,
    text: str,
    *,
    font: str = "仿宋_GB2312",
    size: int = 16,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    indent: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.line_spacing = Pt(28)
    paragraph.paragraph_format.space_after = Pt(0)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    run = paragraph.add_run(set_punctuation(text))
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
