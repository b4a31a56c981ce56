"""Compares every answer of the program on three counties with its golden file.

The tests of one county are one class, so that ``--dist loadscope`` builds the county once.
"""

import re
from typing import ClassVar

import pytest

from tests.golden import readable
from tests.golden.golden_files import KINDS, PURPOSES, QUESTIONS, Compare
from tests.golden.office import GoldenOffice, OpenCounty

_PICTURE = re.compile(r"data:image/png;base64,[\w+/=]+")
"""The chart's pixels depend on the fonts and the Pillow of the machine."""
_HEAD = re.compile("(?<=操作记录末号)[0-9]+[:\uff1a]k?[0-9a-f]{11,12}")
"""The audit trail's newest entry holds the account of this machine."""
_SIZE = re.compile(r'(?<="size": )\d+')
"""A mail's size in the outbox: the chart is in it, and deflate differs between zlib versions."""
_ROOM = re.compile(r"(?<=剩余)[\d.]+(?=GB)")


class Answers:
    """The tests that every county has."""

    county: ClassVar[str]

    @pytest.fixture
    def office(self, open_county: OpenCounty) -> GoldenOffice:
        return open_county(self.county)

    def file(self, name: str) -> str:
        return f"{self.county}/{name}"

    def test_story(self, office: GoldenOffice, compare: Compare):
        compare(self.file("story.txt"), "\n".join(office.story))

    @pytest.mark.parametrize("name", QUESTIONS)
    def test_table(self, name: str, office: GoldenOffice, compare: Compare):
        compare(self.file(f"tables/{name}.txt"), office.ask(*QUESTIONS[name]).transcript)

    @pytest.mark.parametrize("name", QUESTIONS)
    def test_json(self, name: str, office: GoldenOffice, compare: Compare):
        compare(self.file(f"json/{name}.json"), office.ask(*QUESTIONS[name], "--json").said)

    def test_one_case(self, office: GoldenOffice, compare: Compare):
        cases = [*office.asked_json("cases", "--all"), *office.asked_json("cases", "--suspected")]
        pages = [office.ask("cases", "--case", case["case_id"]).transcript for case in cases]
        compare(self.file("tables/cases-each.txt"), "\n".join(pages))

    def test_outbox(self, office: GoldenOffice, compare: Compare):
        compare(self.file("tables/outbox.txt"), office.run("outbox").transcript)
        compare(self.file("json/outbox.json"), _SIZE.sub("0", office.run("outbox", "--json").said))

    def test_digest(self, office: GoldenOffice, compare: Compare):
        said = office.ask("digest", "--out", "digest").transcript
        folder = office.folder / "digest"
        letter = readable.parsed((folder / "digest.eml").read_bytes())
        page = (folder / "digest.html").read_text("utf-8")
        compare(self.file("digest/command.txt"), said)
        compare(self.file("digest/head.txt"), readable.head(letter))
        compare(self.file("digest/digest.txt"), _HEAD.sub("…", readable.body(letter, "plain")))
        compare(self.file("digest/digest.html"), _HEAD.sub("…", _PICTURE.sub("data:image/png;base64,", page)))
        workbook = readable.workbook((folder / "digest.xlsx").read_bytes())
        compare(self.file("digest/digest.xlsx.txt"), _HEAD.sub("…", workbook))

    @pytest.mark.parametrize("kind", KINDS)
    def test_bulletin(self, kind: str, office: GoldenOffice, compare: Compare):
        said = office.ask("digest", "--kind", kind, "--out", "digest").transcript
        folder = office.folder / "digest"
        letter = readable.parsed((folder / f"{kind}.eml").read_bytes())
        compare(self.file(f"bulletin/{kind}.command.txt"), said)
        compare(self.file(f"bulletin/{kind}.head.txt"), readable.head(letter))
        compare(self.file(f"bulletin/{kind}.txt"), readable.body(letter, "plain"))
        page = (folder / f"{kind}.html").read_text("utf-8")
        compare(self.file(f"bulletin/{kind}.html"), _PICTURE.sub("data:image/png;base64,", page))
        compare(self.file(f"bulletin/{kind}.docx.txt"), readable.word((folder / f"{kind}.docx").read_bytes()))

    @pytest.mark.parametrize("purpose", PURPOSES)
    def test_mails_to_units(self, purpose: str, office: GoldenOffice, compare: Compare):
        raw = [file.read_bytes() for file in sorted((office.folder / "written").glob(f"{purpose}_*.eml"))]
        letters = sorted(
            map(readable.parsed, raw), key=lambda letter: (letter["To"], letter["In-Reply-To"] or "")
        )
        rule = "=" * 40 + "\n"
        texts = (f"{readable.head(letter)}\n{readable.body(letter, 'plain')}" for letter in letters)
        pages = (f"<!-- {letter['To']} -->\n{readable.body(letter, 'html')}" for letter in letters)
        books = (
            f"{rule}{letter['To']} {name}\n{readable.workbook(data)}"
            for letter in letters
            for name, data in readable.attached(letter)
        )
        compare(self.file(f"units/{purpose}.txt"), rule.join(texts))
        compare(self.file(f"units/{purpose}.html"), "\n".join(pages))
        compare(self.file(f"units/{purpose}.xlsx.txt"), "\n".join(books))

    def test_ledgers(self, office: GoldenOffice, compare: Compare):
        compare(self.file("ledgers/command.txt"), office.ask("ledgers", "--out", "ledgers").transcript)
        for file in sorted((office.folder / "ledgers").glob("[!.]*")):
            compare(self.file(f"ledgers/{file.name}.txt"), readable.workbook(file.read_bytes()))

    def test_forms(self, office: GoldenOffice, compare: Compare):
        said = office.ask("forms", "--unit", "西沱中学", "--out", "forms", "--why", "发表").transcript
        compare(self.file("forms/command.txt"), said)
        for file in sorted((office.folder / "forms").rglob("*.xlsx")):
            compare(self.file(f"forms/{file.name}.txt"), readable.workbook(file.read_bytes()))

    def test_platform_workbook(self, office: GoldenOffice, compare: Compare):
        said = office.ask("platform", "diff", "--month", "2023-09", "--out", "三统一.xlsx").transcript
        data = (office.folder / "三统一.xlsx").read_bytes()
        compare(self.file("ledgers/三统一.xlsx.txt"), f"{said}\n{readable.workbook(data)}")

    def test_doctor(self, office: GoldenOffice, compare: Compare, monkeypatch: pytest.MonkeyPatch):
        """As JSON only: a table would be folded by the length of this machine's paths."""
        monkeypatch.setattr(
            "kongchuo.usecases.doctor_checks.installed_part_checks.find_tesseract", lambda: None
        )
        said = office.run("doctor", "--json").said
        compare(self.file("json/doctor.json"), _ROOM.sub("0", said))


class TestBusy(Answers):
    county = "busy"


class TestClean(Answers):
    county = "clean"


class TestBeforeDue(Answers):
    county = "before-due"
