"""What the tests with real servers share: an office whose people answer by mail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kongchuo.demo.mail_servers import mail_sink
from tests.builders.answers.answering_office import AnsweringOffice, open_answering_office


@pytest.fixture
def answering_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[AnsweringOffice]:
    """An office that got no mail yet, and a server that takes what it sends."""
    with mail_sink() as sink:
        yield open_answering_office(tmp_path, monkeypatch, capsys, sink)
