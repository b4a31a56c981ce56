"""Texts on which a search may take very long: cells as long as Excel allows, bodies of a megabyte, pages of tags."""

from collections.abc import Callable, Mapping

from bench.bombs.raw_mails import Bombs, attached, single
from tests.builders.files.clerk_files import MIDDLE, Row, dropout_row, register4, xlsx
from tests.builders.values.form_tables import REGISTER_HEADING

CELL = 32_767
"""The greatest number of characters in a cell, Excel's limit."""
Words = str | tuple[str, str, str]
"""The text to repeat; a triple is a beginning, the text to repeat, and an end."""
REPEATED: Mapping[str, Words] = {
    "one character": "甲",
    "zeros": "零",
    "dashes": "—",
    "hyphens": "-",
    "blanks": ("甲", " ", "甲"),
    "ideographic blanks": ("甲", "\u3000", "甲"),
    "brackets": "(",
    "full-width brackets": "\uff08",
    "digits": ("", "1", "x"),
    "numbered": "1.",
    "closing quotes": ("甲", "》", "甲"),
    "enumeration": ("", "、", "甲"),
    "schools": "小学",
    "first schools": "学校一",
    "years": "2023.",
    "dates": "2023年9月",
    "visits": "第一次",
    "dated visits": "第1次2023.9.1 ",
    "asked back": "劝返",
    "not back": "未返校",
    "addresses": "a@",
    "lines": ("甲", "\n", "甲"),
    "dots": "· ",
    "annexes": "附件",
    "townships": "西沱镇",
    "half a township": "西沱",
    "colons": "姓名\uff1a",
    "identity numbers": "50024020090304011",
    "passwords": "密码\uff1a",
    "same as above": "同上",
    "drives": "https://pan.baidu.com/s/",
    "units": "填报单位(盖章)",
}
TAGS = (
    "<table甲姓  名甲身份",
    "<table>",
    "<!--",
    "<![",
    "<script",
    "</",
    "<a ",
    '<a href="',
    "<?",
    "&#",
    "&amp",
    "<td><tr>",
    "<style>",
    "<p style='a:b;'",
    "<",
    ">",
    '"',
)


def repeated(words: Words, length: int) -> str:
    """Returns the words repeated to this length."""
    first, again, last = ("", words, "") if isinstance(words, str) else words
    return (first + again * (length // len(again) + 1))[: length - len(last)] + last


def _workbook(words: str) -> bytes:
    row: Row = ["2", *[words] * (len(REGISTER_HEADING) - 1)]
    rows = register4(dropout_row(), row, unit=MIDDLE)
    return attached("附件4.xlsx", xlsx([*rows, [words], ["填表人", words]], [[words], *rows]))


def _in_cells(words: Words) -> Callable[[], bytes]:
    return lambda: _workbook(repeated(words, CELL))


def _in_body(words: Words) -> Callable[[], bytes]:
    return lambda: single(b"text/plain; charset=utf-8", repeated(words, 1_000_000).encode())


def _in_page(tag: str) -> Callable[[], bytes]:
    return lambda: single(b"text/html; charset=utf-8", repeated(tag, 1_000_000).encode())


BOMBS: Bombs = {
    **{f"cells of {name}": _in_cells(words) for name, words in REPEATED.items()},
    **{f"a body of {name}": _in_body(words) for name, words in REPEATED.items()},
    **{f"a page of {tag}": _in_page(tag) for tag in TAGS},
    "a page with 10 MB of styles": lambda: single(
        b"text/html; charset=utf-8", b"<style>" + b"p.a{margin:0cm}\n" * 600_000 + b"</style><p>hello</p>"
    ),
    "a page of tables 50,000 deep": lambda: single(b"text/html; charset=utf-8", b"<table><tr><td>" * 50_000),
    "a page with a form over a billion rows": lambda: single(
        b"text/html; charset=utf-8",
        "<table><tr><td>姓名</td><td>身份证号</td></tr><tr><td rowspan=999999999>甲</td></tr></table>".encode(),
    ),
}
