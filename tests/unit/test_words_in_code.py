"""No form, status or word of clerks stands in code: they are data of the notice and of the words that it starts from."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.form_tables import NOTICE

ROOT = Path(__file__).parents[2]
ROOMS = ["parsers", "ingest"]
JUDGED = ("status", "study_status", "outcome", "visit_result")
"""The vocabularies whose values are judged by."""
PLAIN = frozenset(
    {
        "成功",
        "同意",
        "正常",
        "就读",
        "拒绝",
        "失败",
        "在校",
        "注册",
        "到校",
        "报到",
        "报名",
        "转学",
        "无效",
        "没有来",
    }
)
"""Spellings of values that are words of any sentence, too."""
PATTERN_MARKS = re.compile(r"[|\\\[(?^]")
SHORTEST_SENTENCE = 12


@pytest.mark.parametrize("room", ROOMS)
def test_no_word_of_the_notice_stands_in_code(room):
    words = sorted(words_of_the_notice(), key=len, reverse=True)
    pattern = re.compile("|".join(["附件[0-9一二三四五六七八九]", *map(re.escape, words)]))

    assert [
        f"{file.relative_to(ROOT)}:{line}: {match[0]}"
        for file in sorted((ROOT / room).rglob("*.py"))
        for line, text in literals(file)
        if (match := pattern.search(text)) is not None
    ] == []


def words_of_the_notice() -> set[str]:
    vocabularies = [NOTICE.vocabularies[key].values for key in JUDGED]
    spelled = {word for values in vocabularies for value, words in values.items() for word in (value, *words)}
    wording = NOTICE.wording
    written = {
        *NOTICE.absence_words, *wording.visits.names, *wording.zero_report, *wording.back, wording.unchanged_report,
    }  # fmt: skip
    return {word for word in spelled | written if re.fullmatch("[\u4e00-\u9fff]{2,}", word)} - PLAIN


def literals(file: Path) -> Iterator[tuple[int, str]]:
    """Texts that code compares with; what is said to a person in a sentence is none."""
    tree = ast.parse(file.read_text("utf-8"))
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in documented:
            continue
        if len(node.value) < SHORTEST_SENTENCE or PATTERN_MARKS.search(node.value):
            yield node.lineno, node.value
