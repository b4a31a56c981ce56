"""Every mess again as full-width input methods write it: the same answers, to the last value of every row."""

import pytest

from tests.builders import clerk_files
from tests.builders.clerk_files import MailOutcome, process_mail
from tests.builders.full_width import widen
from tests.messes.mess_cases import MESSES, Mess


@pytest.mark.parametrize("mess", MESSES, ids=lambda mess: mess.name)
def test_it_comes_to_the_same(mess: Mess, monkeypatch: pytest.MonkeyPatch):
    narrow = process_mail(mess.raw())
    monkeypatch.setattr(clerk_files, "as_written", widen)
    wide = process_mail(mess.raw())

    assert wide.outcomes == narrow.outcomes, wide.files
    assert [code for _, _, code in wide.files] == [code for _, _, code in narrow.files]
    assert (wide.submissions, wide.nil) == (narrow.submissions, narrow.nil)
    assert _rows(wide) == _rows(narrow)


def _rows(outcome: MailOutcome) -> list[tuple[str, list[str]]]:
    """Each row's values, and the codes of its problems and of its table's."""
    return [
        (record.body, sorted(problem.code for problem in submission.problems))
        for file in outcome.draft.files
        for submission in file.submissions
        for record in submission.records
    ]
