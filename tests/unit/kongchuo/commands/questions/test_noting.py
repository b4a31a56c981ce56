"""``kongchuo note``: a remark on a file or a row of it, shown wherever the file is, and taken back like any decision."""

from pathlib import Path
from typing import Any

import pytest

from kongchuo.demo.mail_servers import mail_sink
from tests.builders.answers.answering_office import AnsweringOffice, open_answering_office
from tests.builders.files.clerk_files import dropout_row


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    with mail_sink() as sink:
        opened = open_answering_office(tmp_path, monkeypatch, capsys, sink)
        opened.put_register(dropout_row("谭小明", 123))
        opened.put_table_of_nobody(dropout_row("马小红", 124))
        opened.poll()
        yield opened


def test_a_note_stands_wherever_the_file_is_shown(office: AnsweringOffice) -> None:
    files = {one["disposition"]: one["file_id"] for one in office.asked("files")}
    waiting = files["quarantined"]
    before = office.asked("cases"), office.asked("questions")

    assert office.run("note", waiting[:8], "--why", "已电话问过,明天重发", "--by", "王老师") == 0
    assert office.run("note", waiting[:8], "--row", "2", "--why", "姓名是同音字", "--by", "王老师") == 0
    assert office.run("note", waiting[:8], "--why", "已电话问过,明天重发", "--by", "王老师") == 0

    told = {one["file_id"]: one.get("notes") for one in office.asked("files")}
    assert told[files["recorded"]] is None
    assert [said.replace("\uff0c", ",") for said in told[waiting]] == [
        "已电话问过,明天重发\uff08王老师\uff09",
        "第2行\uff1a姓名是同音字\uff08王老师\uff09",
    ]
    office.capsys.readouterr()
    assert office.run("files") == 0
    assert "已电话问过\uff0c明天重发" in office.capsys.readouterr().out
    assert (office.asked("cases"), office.asked("questions")) == before
    out = office.config.parent / "out"
    assert office.run("digest", "--out", str(out)) == 0
    assert "已电话问过" in (out / "digest.html").read_text("utf-8")


def test_a_note_is_taken_back(office: AnsweringOffice) -> None:
    (waiting,) = (one["file_id"] for one in office.asked("files") if one["disposition"] == "quarantined")
    office.run("note", waiting, "--why", "记错了")
    (kept,) = (one for one in office.asked("decisions") if one["kind"] == "file-note")

    assert office.run("withdraw", str(kept["id"]), "--why", "写错") == 0

    assert all("notes" not in one for one in office.asked("files"))


def test_a_note_on_no_file_says_where_to_look(office: AnsweringOffice) -> None:
    assert office.run("note", "ffffffff", "--why", "x") == 2
