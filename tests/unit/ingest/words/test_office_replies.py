"""A reply's own words stand above what is quoted, or below a marked quotation; what is quoted never answers."""

import pytest

from ingest.words.office_replies import own_words

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
        (f"您好\n\n{LEADING}\n{QUOTED}\n\n12 同意", ["您好"]),
        ("", []),
    ],
)
def test_own_words(text: str, own: list[str]) -> None:
    assert own_words(text) == own
