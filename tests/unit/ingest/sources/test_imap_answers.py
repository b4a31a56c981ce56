"""Answers of IMAP servers are read, or left out where they cannot be: never raised over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.imap_answers import fetch_answers, parse_internal_date, search_numbers, words_of

EIGHT_HOURS = timedelta(hours=8)


def test_a_literal_is_taken_as_it_is_and_names_are_read_around_it() -> None:
    (answer,) = fetch_answers(
        [(b"3 (UID 12 BODY[] {4}", b') ("'), b' INTERNALDATE " 1-Sep-2023 08:00:00 +0800" FLAGS (\\Seen))']
    )

    assert (answer.sequence, answer.uid, answer.body) == (3, 12, b') ("')
    assert answer.internal_date == " 1-Sep-2023 08:00:00 +0800"


@pytest.mark.parametrize(
    "line",
    [
        b"3 (UID 12",
        b"3 UID 12)",
        b'3 (UID "12)',
        b"3 (UID)",
        b"3 (NIL 12)",
        b"3 (UID " + b"9" * 5_000 + b")",
        b"3 " + b"(" * 9_000,
        b"3 (X " + b"y" * 20_000 + b")",
    ],
)
def test_a_malformed_answer_costs_itself_only(line: bytes) -> None:
    assert [answer.uid for answer in fetch_answers([line, b"4 (UID 13)"])] == [13]


@pytest.mark.parametrize("nothing", [b"NIL", b"nil"])
def test_a_body_of_nil_is_no_body(nothing: bytes) -> None:
    (answer,) = fetch_answers([b"3 (UID 12 BODY[] " + nothing + b")"])

    assert answer.body is None


LINE = st.binary(max_size=60).map(lambda tail: b"1 (" + tail)


@given(st.lists(st.one_of(LINE, st.tuples(LINE, st.binary(max_size=9)), st.binary(max_size=9)), max_size=9))
def test_no_answer_raises(lines: list[bytes | tuple[bytes, bytes]]) -> None:
    list(fetch_answers(lines))
    search_numbers(lines)


def test_search_lines_are_put_together_and_silence_is_no_answer() -> None:
    assert search_numbers([b"9 3", b"3 18446744073709551617"]) == [3, 9, 2**64 + 1]
    assert search_numbers([b""]) == []
    assert search_numbers([None]) is None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("25-Sep-2023 23:59:30 +0800", datetime(2023, 9, 25, 15, 59, 30, tzinfo=UTC)),
        (" 5-sep-2023 08:00:00", datetime(2023, 9, 5, tzinfo=UTC)),
        ("31-Feb-2023 08:00:00 +0800", None),
        ("25-Sep-2023 25:61:61 +0800", None),
        ("25-Sep-2023 08:00:00 +9999", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_an_impossible_date_is_none(text: str | None, instant: datetime | None) -> None:
    assert parse_internal_date(text, EIGHT_HOURS) == instant


def test_the_words_of_a_server_are_one_printable_line_in_either_charset() -> None:
    assert words_of("NO 系统\x1b[31m\u202e繁忙\r\n".encode()) == "NO 系统 [31m 繁忙"
    assert words_of("登录过于频繁".encode("gb18030")) == "登录过于频繁"
