"""Every mess has the result that it must have."""

from pathlib import Path

import pytest

from tests.builders.files.clerk_files import process_mail
from tests.messes.cases import MESSES
from tests.messes.mess import Mess
from tests.messes.reading_page import reading_page


@pytest.mark.parametrize("mess", MESSES, ids=lambda mess: mess.name)
def test_it_comes_to_what_it_must(mess: Mess):
    outcome = process_mail(mess.raw())

    assert outcome.submissions == dict(mess.submissions)
    assert outcome.outcomes == mess.outcomes, outcome.files
    assert outcome.nil == frozenset(mess.nil)
    assert set(mess.codes) <= outcome.codes
    if mess.reason:
        assert outcome.files[0][2] == mess.reason
    if not mess.codes:
        assert not outcome.codes, outcome.codes


def test_there_are_enough_of_them_and_each_has_its_own_name():
    names = [mess.name for mess in MESSES]

    assert len(set(names)) == len(names) >= 60


def test_the_page_about_reading_lists_them_all():
    assert (Path(__file__).parents[2] / "docs" / "reading.md").read_text("utf-8") == reading_page()
