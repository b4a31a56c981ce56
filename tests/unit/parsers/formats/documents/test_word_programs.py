"""Word documents of before 2007 by programs, where the library is not installed."""

from pathlib import Path

import pytest

from parsers.formats.documents import doc
from parsers.formats.documents.word_programs import find_word_program, read_by_program
from parsers.formats.workbook import EmptyDocument, NoReaderInstalled, UnreadableWorkbook
from tests.builders.files.outlook_files import compound_file

LINES = "<para>\n附件4\n</para><para>\n填报单位:西沱镇\n</para>"
CELLS = (
    "<row><entry>\n序号\n</entry><entry>\n姓名\n</entry></row>",
    "<row><entry>\n1\n</entry><entry>\n甲一\n乙\n</entry></row>",
)
TABLE = (
    "<para><informaltable>"
    + "".join(f"<tgroup><tbody>{row}</tbody></tgroup>" for row in CELLS)
    + "</informaltable></para>"
)
DOCBOOK = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE book PUBLIC "x" "http://127.0.0.1:9/x.dtd">\n<book><bookinfo/><chapter><title/>{}</chapter></book>'


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A search path of its own, into which a test puts programs."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    find_word_program.cache_clear()
    yield folder
    find_word_program.cache_clear()


def put_program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\nPATH=/bin:/usr/bin\n{script}\n", "utf-8")
    (folder / name).chmod(0o755)


def put_antiword(folder: Path, chapter: str) -> None:
    (folder / "answer").write_text(DOCBOOK.format(chapter), "utf-8")
    put_program(folder, "antiword", f"cat {folder / 'answer'}")


def test_rows_and_lines_of_antiword_are_read(programs: Path):
    put_antiword(programs, LINES + TABLE)

    (sheet,) = read_by_program(b"").sheets

    assert [list(row) for row in sheet.rows] == [
        ["附件4"], ["填报单位:西沱镇"], ["序号", "姓名"], ["1", "甲一\n乙"],
    ]  # fmt: skip


def test_a_document_without_a_word_is_empty(programs: Path):
    put_antiword(programs, "<para/>")

    with pytest.raises(EmptyDocument):
        read_by_program(b"")


def test_what_the_program_refuses_cannot_be_opened(programs: Path):
    put_program(programs, "antiword", "exit 1")

    with pytest.raises(UnreadableWorkbook):
        read_by_program(b"")


def test_without_library_and_program_there_is_no_reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    find_word_program.cache_clear()
    monkeypatch.setattr(doc, "is_installed", lambda extra: False)
    try:
        with pytest.raises(NoReaderInstalled):
            doc.read_doc(b"")
    finally:
        find_word_program.cache_clear()


def test_a_program_stands_in_for_the_library_and_inserted_files_are_still_told(
    programs: Path, monkeypatch: pytest.MonkeyPatch
):
    put_antiword(programs, LINES)
    monkeypatch.setattr(doc, "is_installed", lambda extra: False)

    workbook = doc.read_doc(compound_file({"ObjectPool": {"_1": {"Workbook": b"x"}}}))

    assert [list(row) for row in workbook.sheets[0].rows] == [["附件4"], ["填报单位:西沱镇"]]
    assert workbook.unread == ("文档里嵌入的1个表格或文件",)
