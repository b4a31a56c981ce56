"""Text as a full-width input method writes it, and a made-up county whose clerks all write so."""

from collections.abc import Sequence
from typing import Any

import pytest

from kongchuo.demo import county as county_module
from kongchuo.demo import made_up_mails
from kongchuo.demo.clerk_workbooks import FilledForm, Row
from kongchuo.demo.county import County, make_county
from kongchuo.demo.made_up_mails import MadeUpAttachment, MadeUpMail, make_mail, make_zip

_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


def widen(text: str) -> str:
    """Returns the text with every printable ASCII character in double width; line breaks stay."""
    return text.translate(_FULL_WIDTH)


def make_wide_county(monkeypatch: pytest.MonkeyPatch, **size: int) -> County:
    """Returns the county of the same seed with every cell, subject, body and name in full width."""
    narrow_lines = FilledForm.lines

    def lines(form: FilledForm) -> list[Row]:
        return [
            [widen(cell) if isinstance(cell, str) else cell for cell in row] for row in narrow_lines(form)
        ]

    def mail(*arguments: Any, attachments: Sequence[MadeUpAttachment], **more: Any) -> MadeUpMail:
        wide = [MadeUpAttachment(widen(each.name), each.data, each.inline) for each in attachments]
        return make_mail(*arguments, attachments=wide, **{**more, "body": widen(more["body"])})

    def zip_file(members: Sequence[tuple[str, bytes]]) -> bytes:
        return make_zip([("/".join(map(widen, name.split("/"))), data) for name, data in members])

    narrow_word = made_up_mails.encode_word
    monkeypatch.setattr(FilledForm, "lines", lines)
    monkeypatch.setattr(made_up_mails, "encode_word", lambda text, charset: narrow_word(widen(text), charset))
    monkeypatch.setattr(county_module, "make_mail", mail)
    monkeypatch.setattr(county_module, "make_zip", zip_file)
    return make_county(**size)
