"""Reads a unit's written explanation of a row, or its request for more time, which become questions to the office."""

import re

from config.notice import Notice
from config.text.masking import mask_quoted
from ingest.mail_words import compile_mail_patterns, own_lines
from parsers.mail.mail_contents import Mail

_ROW = re.compile("第\\s*[0-9]{1,5}\\s*行")
_MOST_QUOTED = 160
_QUOTATION_MARKS = str.maketrans("“”", "‘’")


def hear_unit(mail: Mail, notice: Notice) -> tuple[str, str] | None:
    """Returns code and sentence for an explanation or request in a mail without material, or None."""
    patterns = compile_mail_patterns(notice.wording.mail)
    lines = own_lines(mail.body)
    text = "\n".join(lines)
    if patterns.asks_extension.search(text):
        return "unit-asks-extension", f"单位来信申请延期:“{_quote(lines)}”"
    # Text that also says where a child is, is more than an explanation of a row.
    is_about_a_child = any(word in text for word in (*notice.absence_words, *notice.return_words))
    if _ROW.search(text) and patterns.explains.search(text) and not is_about_a_child:
        return "unit-explains", f"单位来信说明:“{_quote(lines)}”"
    return None


def _quote(lines: list[str]) -> str:
    quoted = mask_quoted(" ".join(lines)).translate(_QUOTATION_MARKS)
    return quoted if len(quoted) <= _MOST_QUOTED else f"{quoted[:_MOST_QUOTED]}…"
