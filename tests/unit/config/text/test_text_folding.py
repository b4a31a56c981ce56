"""What cleaning changes, what it keeps, and that it is done once."""

import re

import pytest

from config.text.text_folding import clean_pattern, clean_text, fold_text, fold_text_with_breaks

FULL_WIDTH = {code - 0xFEE0: chr(code) for code in range(0xFF01, 0xFF5F)}


def test_every_full_width_mark_becomes_its_half_width_twin():
    written = "".join(FULL_WIDTH.values())

    assert clean_text(written) == "".join(map(chr, FULL_WIDTH))


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("填报单位\uff08盖章\uff09\uff1a西沱", "填报单位(盖章):西沱"),
        ("\uff12\uff10\uff12\uff13\uff0e\uff19\uff0e\uff11", "2023.9.1"),
        ("2023\uff0f9\uff0f1\uff5e9\uff0f5", "2023/9/1~9/5"),
        ("2023\uff0d9\u22121", "2023-9-1"),
        ("2023.9\u20132024.1", "2023.9-2024.1"),
        ("\u2500\u2500", "\u2014\u2014"),
        ("9月\u301c10月", "9月~10月"),
        ("单位\u2236\ufe55\ufe13\ufe30甲", "单位:::" + ":甲"),
        ("\ufe59\ufe35一\ufe36\ufe5a", "((一))"),
        ("\uff65\uff61\uff64", "・。、"),
        ("\uff76\uff9e", "ガ"),
        ("\ufb01", "fi"),
    ],
)
def test_marks_of_other_widths_and_forms(written: str, cleaned: str):
    assert clean_text(written) == cleaned


@pytest.mark.parametrize("blank", "\u00a0\u2002\u2003\u2009\u202f\u205f\u3000\u3164\uffa0\u2800")
def test_blanks_of_every_kind_are_one_kind(blank: str):
    assert clean_text(f"张{blank}三") == "张 三"


@pytest.mark.parametrize(
    "mark",
    [chr(code) for code in (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))]
    + ["\u00ad", "\ufeff", "\u2060", "\ufe0f", "\U000e0100", "\x00", "\x1a"],
)
def test_invisible_characters_go(mark: str):
    assert clean_text(f"张{mark}三{mark}") == "张三"


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\x0b", "\x0c", "\u2028", "\u2029", "\x85"])
def test_line_breaks_are_one_kind(line_break: str):
    assert clean_text(f"甲{line_break}乙\t丙") == "甲\n乙\t丙"


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [("\uf979\u2f8c\u2ee2\u2f84\u2ee9\u2ef0", "凉虍马至黄龙"), ("\U0002f80a", "\u50e7")],
)
def test_ideographs_written_as_radicals_or_for_compatibility(written: str, cleaned: str):
    assert clean_text(written) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "\u24602023年",  # would be 12023年
        "\u2474一",
        "\u3220、",
        "\u2161级",
        "\u00bd",
        "20\u33a1",
        "37\u2103",
        "\u2026\u2026",
        "\u00b2",
        "阿\u00b7买买提",
        "阿\u2022买",
        "\uffe3",
        "\u00b4",
        "×√□■☑★※℡—“”‘’《》〈〉【】、。〇",
        "西沱镇小学 500240201203041234\tA-b_c",
    ],
)
def test_what_would_mean_something_else_stays(text: str):
    assert clean_text(text) is text


def test_cleaning_again_changes_nothing():
    everything = "".join(chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000)
    once = clean_text(everything)

    assert clean_text(once) is once


def test_a_patterns_full_width_marks_mean_themselves():
    pattern = clean_pattern("乡镇\uff08街道\uff09[\uff0c\uff1a]\uff1f")

    assert re.fullmatch(pattern, "乡镇(街道),?")
    assert not re.fullmatch(pattern, "乡镇街道,")


def test_spellings_are_compared_without_blanks_widths_and_case():
    assert fold_text("\uff21 b\u3000\u2460\u200b") == "ab1"
    assert fold_text_with_breaks("\uff21 b\u3000\uff13") == ("ab3", frozenset({1, 2, 3}))
