"""Reads the usual Chinese names of official papers (``document_words.toml``)."""

import re
import tomllib
from importlib import resources

from pydantic import BaseModel, ConfigDict


class _DocumentWords(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    letter_titles: tuple[str, ...]
    own_letter_titles: tuple[str, ...]
    form_titles: tuple[str, ...]
    part_titles: tuple[str, ...]
    table_names: tuple[str, ...]
    page_words: tuple[str, ...]
    names_by_programs: tuple[str, ...]


_WORDS = _DocumentWords.model_validate(
    tomllib.loads((resources.files("config.text") / "document_words.toml").read_text("utf-8"))
)

LETTER_TITLES = _WORDS.letter_titles
"""Titles of letters to a guardian."""
FORM_TITLES = (*_WORDS.form_titles, *_WORDS.own_letter_titles)
"""Words in the titles of forms, by which a form below others is recognised."""
LIST_TITLES = (*_WORDS.form_titles, *_WORDS.part_titles)
"""The endings of titles of forms, and of titles above a part of a list, such as one class."""
TABLE_NAMES = _WORDS.table_names
"""Words in the name of a file that is a table."""
FORM_NAMES = (*TABLE_NAMES, *_WORDS.own_letter_titles)
"""Words in the name of a file that is a form and not a proof."""
PAGE_WORDS = _WORDS.page_words
"""Words of which some occur on a scanned page that is the right way up."""
_NAMES_BY_PROGRAMS = re.compile("|".join(_WORDS.names_by_programs), re.IGNORECASE)


def without_names_by_programs(file_name: str) -> str:
    """Returns a file's name without names that phones and chat programs give (微信图片_20230924.jpg), which say nothing."""
    return _NAMES_BY_PROGRAMS.sub("", file_name)
