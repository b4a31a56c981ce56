"""Reads Word documents in the format before 2007 (.doc) by installed programs, if the library for them is missing.

antiword writes DocBook, which has rows and cells but not which cells are merged; LibreOffice converts to .docx and
takes seconds for a file. The library has no wheel for glibc before 2.34 and for Windows on ARM.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lxml import etree

from parsers.formats.documents.docx import read_docx
from parsers.formats.documents.word_tables import WordTable, as_sheets
from parsers.formats.workbook import EmptyDocument, NoReaderInstalled, UnreadableWorkbook, Workbook

ANTIWORD, LIBRE_OFFICE = "antiword", "soffice"
_SECONDS = 60  # whoever waits for the mail has a limit of its own
_BLOCKS = frozenset({"para", "title", "informaltable"})


@cache
def find_word_program() -> str | None:
    """Returns the path of a program that reads such documents, the quicker one first."""
    return shutil.which(ANTIWORD) or shutil.which(LIBRE_OFFICE)


def read_by_program(data: bytes) -> Workbook:
    """Returns every table in order, like ``doc.read_doc``.

    Raises:
        EmptyDocument: there is no text in it.
        NoReaderInstalled: there is no such program.
        UnreadableWorkbook: the program cannot open it.
    """
    program = find_word_program()
    if program is None:
        raise NoReaderInstalled("neither library nor program")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "document.doc"
        file.write_bytes(data)
        if Path(program).stem.lower() == ANTIWORD:
            return _read_docbook(_run(program, "-m", "UTF-8.txt", "-x", "db", str(file)))
        profile = (Path(folder) / "profile").as_uri()
        _run(
            program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "docx", "--outdir", folder, str(file)
        )  # fmt: skip
        converted = file.with_suffix(".docx")
        if not converted.exists():
            raise UnreadableWorkbook(program)
        return read_docx(converted.read_bytes())


def _run(program: str, *arguments: str) -> bytes:
    try:
        done = subprocess.run([program, *arguments], capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnreadableWorkbook(repr(error)) from error
    if done.returncode != 0:
        raise UnreadableWorkbook(f"{program}: {done.returncode}")
    return done.stdout


def _read_docbook(xml: bytes) -> Workbook:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    root = etree.fromstring(xml, parser) if xml.strip() else None
    chapter = root.find("chapter") if root is not None else None
    sheets = tuple(as_sheets(_blocks(chapter))) if chapter is not None else ()
    if not sheets:
        raise EmptyDocument("no text")
    return Workbook(sheets=sheets)


def _blocks(element: etree._Element) -> Iterator[str | WordTable]:
    """Yields paragraphs and tables in order; a table is inside a paragraph of its own."""
    for child in element:
        if child.tag == "informaltable":
            yield _table(child)
        elif child.find("informaltable") is not None or child.tag not in _BLOCKS:
            yield from _blocks(child)
        else:
            yield _text(child) + "\n"


def _table(element: etree._Element) -> WordTable:
    """Returns the rows of all groups of a table; antiword begins a new group where the number of columns changes."""
    table = WordTable()
    for row in element.iter("row"):
        table.rows.append([_text(entry) or None for entry in row.iterfind("entry")])
    return table


def _text(element: etree._Element) -> str:
    return "\n".join(line.strip() for line in "".join(element.itertext()).strip().split("\n"))
