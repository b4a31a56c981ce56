"""Names of children are found in a text, and words that are names, too, are not."""

import pytest

from notify.mail.names_in_text import find_names, names_to_find

NAMES = names_to_find(["李明华", "安全", "谭 晓雨", None, "合", "Ann"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("学生李明华的号码", {"李明华"}),
        ("学生\uff1a安全、其他", {"安全"}),
        ("校园安全工作", set()),
        ("谭晓雨\uff0c女", {"谭晓雨"}),
        ("李*华、谭**", set()),
        ("李明华小学报送", set()),
    ],
)
def test_names_in_a_text(text: str, found: set[str]) -> None:
    assert find_names(text, NAMES, ["李明华小学"]) == found


def test_only_chinese_names_of_two_to_four_characters_are_looked_for() -> None:
    assert {"李明华", "安全", "谭晓雨"} == NAMES
