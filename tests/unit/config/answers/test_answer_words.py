"""The page on answering says what the table of words holds."""

from pathlib import Path

from tests.pages.answering_page import render_answering

ROOT = Path(__file__).parents[4]


def test_the_page_is_the_table() -> None:
    assert (ROOT / "docs" / "answering.md").read_text("utf-8") == render_answering()
