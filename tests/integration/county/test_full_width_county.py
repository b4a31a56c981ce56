"""A county whose clerks write in full width throughout gets the same answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from config.text.text_folding import clean_text
from kongchuo.demo.county import County, make_county
from tests.builders.counties.full_width import make_wide_county
from tests.builders.offices.installed_office import write_mails, write_office

SIZE = {"seed": 6, "schools": 12, "mails": 50, "rows": 800}
_OF_THE_BYTES = {"message_id", "sha256", "size"}
"""Keys whose values follow from a mail's bytes."""


def answers(folder: Path, county: County) -> dict[str, Any]:
    office = write_office(folder, county, f'maildir = "{write_mails(folder / "mail", county.mails)}"')
    office.ask("poll")
    return {question: comparable(json.loads(answer)) for question, answer in office.all_answers().items()}


def comparable(answer: Any) -> Any:
    """The answer without what follows from a mail's bytes, in cleaned text, its lists in one order."""
    if isinstance(answer, dict):
        return {
            clean_text(key): comparable(value)
            for key, value in answer.items()
            if key not in _OF_THE_BYTES and not key.endswith("_id")
        }
    if isinstance(answer, list):
        return sorted(
            (comparable(item) for item in answer), key=lambda item: json.dumps(item, sort_keys=True)
        )
    return clean_text(answer) if isinstance(answer, str) else answer


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return answers(tmp_path_factory.mktemp("narrow"), make_county(**SIZE))


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        county = make_wide_county(monkeypatch, **SIZE)
    return answers(tmp_path_factory.mktemp("wide"), county)


def test_every_command_answers_the_same(narrow: dict[str, Any], wide: dict[str, Any]):
    assert narrow.keys() == wide.keys()
    for question, answer in narrow.items():
        assert wide[question] == answer, question
