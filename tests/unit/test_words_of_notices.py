"""No word of a notice stands in the code that judges and tells: statuses, forms' keys and clerks' words come from its TOML.

A value that carries a meaning may be called otherwise in the next county, so that no judgement may ask for it by name.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.read_notice import load_notice
from config.text.text_folding import fold_text
from tests.builders.program_sources import ROOT, sources

ROOMS = ("kongchuo", "ledger", "notify", "store")
NOTICES = [load_notice(path) for path in sorted((ROOT / "config/notices").glob("20*.toml"))]
STATED = ("status", "study_status", "attendance_mode")
"""Columns that say how things stand with a child: of these every spelling is looked for."""
JUDGED = ("outcome", "visit_result", "household_category")
"""Columns of which the values are looked for; other spellings of them are words of every sentence."""
PROSE = ("status",)
"""Columns of which no value stands even inside a sentence."""
EXCEPTIONS = {
    "kongchuo/demo": "the made-up county writes the bundled notice's own forms",
    "ledger/state_words.py": "the Chinese of how a case stands, once",
    "ledger/lists/platform.py": "the national platform's own headings",
    "kongchuo/usecases/platform_files.py": "the national platform's own headings",
}
PROSE_WORDS = frozenset({"已劝返"})
"""Statuses of one county that are words of every sentence: 已劝返3次. Alone they are looked for all the same."""
EXCUSED_LITERALS = {
    "疑似辍学学生台账": "the name of a national register (教育部办公厅 2024-04)",
    "已劝返(次)": "a heading of counts",
    "寄宿": "a heading of counts",
    "辍学学生台账": "the name of a national register (教育部办公厅 2024-04)",
}


def values_of(columns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        value for notice in NOTICES for column in columns for value in notice.known(column) if len(value) > 1
    )


def spellings() -> frozenset[str]:
    """Values and synonyms that mean something, folded."""
    words = {
        word
        for notice in NOTICES
        for name, vocabulary in notice.vocabularies.items()
        if name in STATED
        for value, synonyms in vocabulary.values.items()
        for word in (value, *synonyms)
    }
    return frozenset(fold_text(word) for word in (*words, *values_of(JUDGED)) if len(word) > 1)


KEYS = frozenset(key for notice in NOTICES for key in notice.by_key)
STATUSES = values_of(PROSE)
NAMES = frozenset(
    word for notice in NOTICES for word in (*notice.work_file_words, *notice.wording.whole_county)
) - {"工作档案"}
"""What a county calls itself and the file that it keeps on a child; 工作档案 is what it is."""
SPELLINGS = spellings()


def literals(source: str) -> Iterator[tuple[int, str, bool]]:
    """The literals of a module that are no docstrings, and the fixed parts of its f-strings; True: a part of one."""
    tree = ast.parse(source)
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value, id(node) in parts


def words_of_notices(source: str) -> list[str]:
    """The notice's words in one module, each with its line."""
    found = []
    for line, text, is_part in literals(source):
        if text in EXCUSED_LITERALS:
            continue
        pieces = {fold_text(piece) for piece in (text.split("|") if "|" in text else (text,))}
        whole = set() if is_part else SPELLINGS & pieces
        inside = {word for word in STATUSES | KEYS | NAMES if word in text and word not in PROSE_WORDS}
        if words := sorted({*whole, *inside}):
            found.append(f"{line}: {'、'.join(words)} in {text[:40]!r}")
    return found


def is_excepted(path: Path) -> bool:
    return any(str(path.relative_to(ROOT)).startswith(start) for start in EXCEPTIONS)


@pytest.mark.parametrize(
    "path", [p for p in sources(ROOMS) if not is_excepted(p)], ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_word_of_a_notice_stands_in_code(path: Path):
    assert words_of_notices(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "notify").rglob("*.j2")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_form_or_status_of_a_notice_stands_in_a_template(path: Path):
    text = path.read_text("utf-8")

    assert sorted(word for word in STATUSES | KEYS | NAMES if word in text and word not in PROSE_WORDS) == []


@pytest.mark.parametrize(
    "source",
    [
        "_OUT = {'失学', '辍学'}",
        "if form == '附件3': pass",
        "f'{unit}报休学'",
        "x = '送教上门'",
        "re.compile('在校|在读')",
        "f'全县登记{count}人'",
        "x = '还没有一生一案'",
    ],
)
def test_each_word_is_seen(source: str):
    assert words_of_notices(source) != []
