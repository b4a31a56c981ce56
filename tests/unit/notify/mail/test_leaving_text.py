"""Every word that a mail carries is read, wherever in it the word lies."""

from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import docx
import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from notify.mail.compose import AttachedFile, MailBody, MailHeaders, compose_mail
from notify.mail.encrypted_zip import encrypt_zip
from notify.mail.leaving_text import read_leaving_parts, words_of_file, words_of_markup

NUMBER = "500240201203040018"


def a_mail(page: str = "<p>x</p>", *attached: AttachedFile) -> bytes:
    headers = MailHeaders(subject="题", office="县教委", as_of=datetime(2023, 9, 24, tzinfo=UTC))
    return compose_mail(
        headers,
        MailBody(page, "文字"),
        attached,
        key="k",
        sender="a@example.org",
        recipients=("b@example.org",),
    )


def first_sheet(book: openpyxl.Workbook) -> Worksheet:
    assert isinstance(book.active, Worksheet)
    return book.active


def a_workbook(fill: object) -> bytes:
    book, out = openpyxl.Workbook(), BytesIO()
    fill(book)  # type: ignore[operator]
    book.save(out)
    return out.getvalue()


def test_a_number_is_read_in_any_place_of_a_workbook() -> None:
    def rich(book: openpyxl.Workbook) -> None:
        bold = TextBlock(InlineFont(b=True), NUMBER[6:])
        first_sheet(book)["A1"] = CellRichText(NUMBER[:6], bold)

    def hidden(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("x")
        sheet.sheet_state = "veryHidden"
        sheet.append([NUMBER])

    places = {
        "text": lambda book: first_sheet(book).append([NUMBER]),
        "comment": lambda book: setattr(first_sheet(book)["A1"], "comment", Comment(NUMBER, "x")),
        "sheet name": lambda book: setattr(first_sheet(book), "title", NUMBER),
        "property": lambda book: setattr(book.properties, "title", NUMBER),
        "rich text": rich,
        "hidden sheet": hidden,
    }
    found = {place: NUMBER in words_of_file(a_workbook(fill)) for place, fill in places.items()}

    assert found == dict.fromkeys(places, True)


def test_a_number_is_read_in_any_place_of_a_document() -> None:
    document, out = docx.Document(), BytesIO()
    paragraph = document.add_paragraph(NUMBER[:9])
    paragraph.add_run(NUMBER[9:]).bold = True
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.save(out)

    words = words_of_file(out.getvalue())

    assert NUMBER in words
    assert "页眉" in words


def test_pieces_of_one_word_are_joined_and_cells_side_by_side_are_not() -> None:
    assert NUMBER in words_of_markup(f"<p>{NUMBER[:4]}<b>{NUMBER[4:]}</b></p>")
    assert NUMBER not in words_of_markup(f"<tr><td>{NUMBER[:4]}</td><td>{NUMBER[4:]}</td></tr>")


def test_what_an_address_to_answer_to_says_is_read() -> None:
    assert "李明华" in words_of_markup(
        '<a href="mailto:a@example.org?body=%E6%9D%8E%E6%98%8E%E5%8D%8E">答复</a>'
    )


def test_a_zip_with_a_password_is_closed_and_any_other_file_must_be_readable() -> None:
    plain = BytesIO()
    with ZipFile(plain, "w") as archive:
        archive.writestr("a.xlsx", b"x")
    files = {
        "closed.zip": encrypt_zip({"a.xlsx": b"x"}, "石柱2023"),
        "open.zip": plain.getvalue(),
        "broken.xlsx": b"no workbook",
    }
    attached = [AttachedFile(name, data, "zip") for name, data in files.items()]

    parts = {part.name: part for part in read_leaving_parts(a_mail("<p>x</p>", *attached)) if part.name}

    assert parts["closed.zip"].text is None
    assert {name: part.is_readable for name, part in parts.items()} == {
        "closed.zip": True, "open.zip": False, "broken.xlsx": False,
    }  # fmt: skip


def test_subject_page_and_words_are_read() -> None:
    words = "\n".join(part.text or "" for part in read_leaving_parts(a_mail("<p>页面</p>")))

    assert all(word in words for word in ("题", "页面", "文字"))
