"""Fills the bulletin into the office's own Word document (红头): placeholders in braces are replaced, the rest is unchanged.

python-docx is enough, because a template has no loops and people write the placeholders in Chinese. A placeholder
may be anywhere (table, text box, header); the body takes the format of the paragraph with its placeholder.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from io import BytesIO
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.oxml.text.paragraph import CT_P
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from config.errors import ConfigError
from config.text.punctuation import set_punctuation
from notify.bulletin.bulletin import Bulletin
from notify.bulletin.word_file import BODY_FONT, body_paragraphs, save, set_font

_PLACE = re.compile(r"\{\{\s*(\w+?)\s*\}\}")
BODY = "正文"
_VALUES: dict[str, Callable[[Bulletin], str]] = {
    "标题": lambda bulletin: bulletin.title,
    "期号": lambda bulletin: bulletin.number,
    "主送": lambda bulletin: bulletin.addressees,
    "署名": lambda bulletin: bulletin.office,
    "日期": lambda bulletin: bulletin.date_line,
}
PLACES = (*_VALUES, BODY)


def fill_template(bulletin: Bulletin, template: bytes) -> bytes:
    """Returns the office's document with its placeholders filled in.

    Raises:
        ConfigError: it is not a Word document, has no placeholder for the body, or has an unknown placeholder.
    """
    try:
        document = docx.Document(BytesIO(template))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise ConfigError(
            "[bulletin] template 不是 Word 文档(.docx):请用 WPS 或 Word 另存为 .docx"
        ) from error
    paragraphs = list(_paragraphs(document))
    named = {name for paragraph in paragraphs for name in _PLACE.findall(paragraph.text)}
    if unknown := sorted(named - {*PLACES}):
        raise ConfigError(
            f"[bulletin] template 里的“{'、'.join(unknown)}”不认识:可写 "
            + " ".join(f"{{{{{name}}}}}" for name in PLACES)
        )
    if BODY not in named:
        raise ConfigError(f"[bulletin] template 里没有放正文的地方:请在那里写 {{{{{BODY}}}}}")
    for paragraph in paragraphs:
        names = _PLACE.findall(paragraph.text)
        if BODY in names:
            _put_body(paragraph, bulletin)
        elif names:
            _set_text(paragraph, _PLACE.sub(lambda place: _value(place[1], bulletin), paragraph.text))
    return save(document, bulletin)


def _value(name: str, bulletin: Bulletin) -> str:
    return set_punctuation(_VALUES[name](bulletin))


def _paragraphs(document: Document) -> Iterator[Paragraph]:
    """Yields every paragraph of the text, its tables and text boxes, and of headers and footers."""
    roots = [document.element.body]
    for section in document.sections:
        for each in (
            section.header, section.footer, section.first_page_header, section.first_page_footer,
            section.even_page_header, section.even_page_footer,
        ):  # fmt: skip
            if not each.is_linked_to_previous:
                roots.append(each._element)
    for root in roots:
        for element in root.iter(qn("w:p")):
            assert isinstance(element, CT_P)
            yield Paragraph(element, document._body)


def _set_text(paragraph: Paragraph, text: str) -> None:
    """Puts the text into the first run and empties the others: programs split what was typed in one go."""
    first, *others = paragraph.runs
    first.text = text
    for run in others:
        run.text = ""


def _put_body(paragraph: Paragraph, bulletin: Bulletin) -> None:
    """Replaces the paragraph by the body's paragraphs in the same format."""
    model = paragraph._element
    looks = deepcopy(paragraph.runs[0]._element.rPr)
    for pieces in body_paragraphs(bulletin):
        element = deepcopy(model)
        model.addprevious(element)
        added = Paragraph(element, paragraph._parent)
        for run in added.runs:
            element.remove(run._element)
        for piece in pieces:
            _add_like(added, piece.text, piece.font, looks)
    parent = model.getparent()
    assert parent is not None
    parent.remove(model)


def _add_like(paragraph: Paragraph, text: str, font: str, looks: object) -> Run:
    run = paragraph.add_run(text)
    if looks is not None:
        run._element.insert(0, deepcopy(looks))
    if font != BODY_FONT or looks is None:
        set_font(run, font)
    return run
