"""A reply's own words stand above what is quoted, or below a marked quotation; what is quoted never answers."""

import pytest

from ingest.words.office_replies import find_own_words
from tests.builders.values.form_tables import NAMES

LEADING = "在 2026年9月26日,石柱县教委写道:"
QUOTED = "> 问12 西沱镇\n> 13 同意\n>\n> 14 不是同一人"
ORIGINAL = "------------------ 原始邮件 ------------------\n发件人: 石柱县教委\n13 同意"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (f"12 同意\n\n{LEADING}\n{QUOTED}", ["12 同意"]),
        (f"12 同意\n\n{ORIGINAL}", ["12 同意"]),
        (f"{LEADING}\n{QUOTED}\n\n12 同意\n15 不属实\n\n--\n张三", ["12 同意", "15 不属实"]),
        (f"{QUOTED}\n\n12 同意", ["12 同意"]),
        (f"发自我的iPhone\n\n{LEADING}\n{QUOTED}\n\n12 同意\n发自我的iPhone", ["12 同意"]),
        # A quotation is wrapped: what follows it without a mark is no word of the person.
        (f"{LEADING}\n{QUOTED}\n13 同意", []),
        (f"{LEADING}\n> 很长的一行被折\n断的后半\n> 13 同意\n\n12 同意", []),
        (f"{ORIGINAL}\n\n12 同意", []),
        (f"{LEADING}\n> 13 同意\n\n12 同意 kc-abcdefghijklmnop", []),
        (f"{LEADING}\n13 同意\n\n12 同意", []),
        (f"{LEADING}\n{QUOTED}\n\n{ORIGINAL}", []),
        (f"{LEADING}\n{QUOTED}", []),
        (f"您好\n\n{LEADING}\n{QUOTED}\n\n12 同意", ["您好", "12 同意"]),
        ("", []),
    ],
)
def test_own_words(text: str, own: list[str]) -> None:
    assert find_own_words(text, NAMES) == (own, True)


@pytest.mark.parametrize("above", ["请看下面", "13 同意"])
def test_answers_below_a_quotation_with_more_than_a_greeting_above_are_to_be_confirmed(above: str) -> None:
    text = f"{above}\n\n{LEADING}\n{QUOTED}\n\n12 同意"

    assert find_own_words(text, NAMES) == ([above, "12 同意"], False)


def test_a_line_below_that_is_no_answer_changes_nothing() -> None:
    text = f"12 同意\n\n{LEADING}\n{QUOTED}\n\n此邮件及附件仅供收件人使用"

    assert find_own_words(text, NAMES) == (["12 同意"], True)
