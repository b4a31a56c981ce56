"""No form, status or word of clerks stands in code: they are data of the notice and of the words that it starts from."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.values.form_tables import NOTICE

ROOT = Path(__file__).parents[2]
ROOMS = ["config/text", "config/units", "config/records", "parsers", "ingest", "store"]
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
    assert [
        f"{file.relative_to(ROOT)}:{line}: {word}"
        for file in sorted((ROOT / room).rglob("*.py"))
        for line, text in literals(file.read_text("utf-8"))
        if (word := find_word(text)) is not None
    ] == []


@pytest.mark.parametrize(
    "source",
    [
        "re.compile('(?:填报|填表)?(?:单位|学校)')",
        "_YES = frozenset({'寄宿', '住读'})",
        "_NO = ('走读',)",
        "if '县内' in region: pass",
        "re.compile('以此为准|作废|撤回')",
        "re.compile('.*(?:人数|数量|合计)')",
        "re.compile('如果|务必|须|一律')",
        "is_told = '零报告' in text",
        "x = '附件3'",
        "x = '疑似辍学'",
    ],
)
def test_each_kind_of_word_is_seen(source):
    assert any(find_word(text) for _, text in literals(source))


@pytest.mark.parametrize("source", ["f'{name}没有截止时间'", "'邮件里没有可读的附件'", "x = '材料'"])
def test_what_a_person_is_told_is_not_meant(source):
    assert not any(find_word(text) for _, text in literals(source))


def find_word(text: str) -> str | None:
    """The first word of the notice in a literal: some anywhere, others where they are all of it or an alternative of a pattern."""
    if (match := ANYWHERE.search(text)) is not None:
        return match[0]
    return next((piece for piece in PIECES.split(text) if piece in ALONE), None)


def words_anywhere() -> set[str]:
    vocabularies = [NOTICE.vocabularies[key].values for key in JUDGED]
    spelled = {word for values in vocabularies for value, words in values.items() for word in (value, *words)}
    wording = NOTICE.wording
    written = {
        *NOTICE.absence_words, *wording.visits.names, *wording.zero_report, *wording.back, wording.unchanged_report,
    }  # fmt: skip
    return {word for word in spelled | written if CHINESE.fullmatch(word)} - PLAIN


def words_alone() -> set[str]:
    """Words that any sentence has, too: no literal is one of them, and no pattern looks for one."""
    wording = NOTICE.wording
    patterns = (
        *wording.stated_unit.verbs, *wording.mail.versions.withdraws, *wording.mail.versions.replaces, *wording.mail.versions.doubts,
        *wording.instructions.orders, *wording.instructions.of_reports, *wording.signatures.in_lines, *wording.denials.none,
        *wording.denials.in_sentences,
    )  # fmt: skip
    plain = {
        *wording.answers.yes, *wording.answers.no, *wording.inside, *wording.outside, *wording.totals,
    }  # fmt: skip
    return {word for word in (*patterns, *plain) if CHINESE.fullmatch(word)}


CHINESE = re.compile("[\u4e00-\u9fff]{2,}")
PIECES = re.compile("[|()?:.*!=<]+")
ANYWHERE = re.compile(
    "|".join(
        ["附件[0-9一二三四五六七八九]", *map(re.escape, sorted(words_anywhere(), key=len, reverse=True))]
    )
)
ALONE = words_alone()


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Texts that code compares with; what is said to a person in a sentence is none."""
    tree = ast.parse(source)
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in documented:
            continue
        if len(node.value) < SHORTEST_SENTENCE or PATTERN_MARKS.search(node.value):
            yield node.lineno, node.value
