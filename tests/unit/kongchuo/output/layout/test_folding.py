import re

import pytest
from rich.cells import cell_len

from kongchuo.output.layout.folding import fold, keep_whole

SENTENCE = (
    "应于9月25日前报送,西沱镇小学附件2第11行(2023-09-20)的电话138****0001不对:"
    "请看 kongchuo case merge 9a30e4747de0 4253f86c8747 --why 理由,共224人"
).translate({ord(mark): ord(mark) + 0xFEE0 for mark in ",:()"})


@pytest.mark.parametrize("width", range(14, 90))
def test_no_number_or_identifier_is_broken(width: int) -> None:
    lines = fold(SENTENCE, width, ["西沱镇小学", "附件2"])

    assert "".join("".join(lines).split()) == "".join(SENTENCE.split())
    assert max(map(cell_len, lines)) <= width
    for whole in ("附件2", "第11", "2023-09-20", "138****0001", "9a30e4747de0", "共224", "西沱镇小学"):
        assert any(whole in line for line in lines), whole


@pytest.mark.parametrize("width", range(14, 90))
def test_no_line_begins_with_a_mark_that_closes(width: int) -> None:
    assert not [line for line in fold(SENTENCE, width) if re.match("[\uff0c\uff1a\uff09。、]", line)]
    assert not [line for line in fold(SENTENCE, width) if line.endswith("\uff08")]


def test_a_command_stands_on_one_line_if_it_fits() -> None:
    command = "kongchuo case merge 9a30e4747de0 4253f86c8747 --why"

    assert any(command in line for line in fold(SENTENCE, 60))


def test_what_is_wider_than_a_line_is_broken_where_the_line_ends() -> None:
    assert fold("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_the_names_of_an_office_are_kept_whole() -> None:
    keep_whole(["石柱高级中学"])
    try:
        lines = fold("请问石柱高级中学报了没有", 14)
    finally:
        keep_whole([])

    assert lines == ["请问", "石柱高级中学报", "了没有"]


@pytest.mark.parametrize("text", ["", " ", "短"])
def test_a_short_text_is_one_line(text: str) -> None:
    assert fold(text, 10) == [text.rstrip()]
