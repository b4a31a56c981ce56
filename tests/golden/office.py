"""Builds an office on disk from a county's story, and runs the program in it as at a terminal."""

import contextlib
import io
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from PIL import ImageFont

from kongchuo.cli import main
from kongchuo.demo.mail_servers import mail_sink
from tests.builders.offices.installed_office import write_mails
from tests.golden.counties import ROSTER, County

_ENVIRONMENT = {"COLUMNS": "80", "LINES": "25", "TERM": "dumb", "LOGNAME": "officer"}
"""A terminal of 80 columns that knows no colours, and the officer at it."""
_HIDDEN = ("KONGCHUO_CONFIG", "KONGCHUO_ANSWERS_KEY", "NO_COLOR", "FORCE_COLOR", "PYTHON_COLORS")
_KEY = re.compile(r"编号[0-9a-f]{8}(\S*)\s+\S+/[0-9a-f]{8}\.key\n(恢复码.)[0-9A-Z-]{44}")
"""A store's key, made anew in every run, and the folder of keys of this run."""
_CLOCK = re.compile(r"20(?:2[5-9]|[3-9]\d)-\d\d-\d\d(?:[T\s]\s?\d\d:\d\d(?::\d\d)?)?")
"""A few answers hold the instant at which the tests run (when a mail was queued, when a mailbox was polled).

The stories play in 2023 and 2024, so every later instant is one of these.
"""
_CONFIG = """
[office]
name = "石柱县教委乡村教育振兴办"
recipients = ["office@example.org"]

[notice]
file = "2023-autumn.toml"
roster = "units.csv"

[[mailbox]]
maildir = "mail"

[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "office@example.org"
megabytes = {megabytes}
{more}

[units]
receipts = true
reminders = true
"""


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command printed and with what it ended."""

    command: tuple[str, ...]
    code: int
    said: str
    """On stdout."""
    complained: str
    """On stderr."""

    @property
    def transcript(self) -> str:
        """The command line, all that it printed, and the exit code where it is not 0."""
        line = shlex.join(self.command).replace("'", "")
        ended = f"(exit {self.code})\n" if self.code else ""
        return f"$ kongchuo {line}\n{self.said}{self.complained}{ended}"


@dataclass(slots=True)
class GoldenOffice:
    """The office of one county; what is asked is asked as of the county's instant."""

    county: County
    folder: Path
    story: list[str] = field(default_factory=list)
    """The transcripts of all that changed something."""

    def run(self, *command: str) -> Answer:
        """Runs the program in this process, in the office's folder."""
        out, err = _Terminal(), io.StringIO()
        environment = {key: value for key, value in os.environ.items() if key not in _HIDDEN} | _ENVIRONMENT
        with (
            contextlib.chdir(self.folder),
            patch.dict(os.environ, environment, clear=True),
            patch.object(sys, "argv", ["kongchuo", *command]),
            patch.object(
                sys.modules["__main__"], "__package__", None, create=True
            ),  # else help says "python -m pytest"
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            _one_chinese_font(),
        ):
            try:
                main()
            except SystemExit as left:
                code = left.code
        assert isinstance(code, int)
        assert code in (0, 1, 3), f"{command}: exit {code}\n{err.getvalue()}"
        return Answer(command, code, self._steady(out.getvalue()), self._steady(err.getvalue()))

    def ask(self, *question: str) -> Answer:
        """Asks as of the county's instant."""
        return self.run(*question, "--as-of", self.county.as_of)

    def asked_json(self, *question: str) -> Any:
        return json.loads(self.ask(*question, "--json").said)

    def does(self, *command: str) -> None:
        """Runs a command that changes something and keeps its transcript."""
        self.story.append(self.run(*command).transcript)

    def _steady(self, text: str) -> str:
        """The text without the clock and the folder of this run; both keep their place, times their width."""
        text = _KEY.sub(r"编号KEY\1 KEYS/KEY.key\n\2CODE", text)
        return _CLOCK.sub(
            lambda found: re.sub(r"\d", "0", found[0]), text.replace(str(self.folder), "FOLDER")
        )


OpenCounty = Callable[[str], GoldenOffice]
"""Returns the office of the county of this name."""


@contextlib.contextmanager
def _one_chinese_font() -> Iterator[None]:
    """Lets the digest's chart be drawn on every machine: without a Chinese font it is left out.

    The font is Pillow's own, so the characters are boxes.
    """
    with patch("notify.course_chart.find_chinese_font", ImageFont.load_default):
        yield


@contextlib.contextmanager
def built(county: County, folder: Path) -> Iterator[GoldenOffice]:
    """Lets a county's story happen: mail, decisions, digests, mails to units."""
    office = GoldenOffice(county, folder)
    (folder / "units.csv").write_text(ROSTER, "utf-8")
    day = datetime.fromisoformat(county.as_of)
    yesterday = (day - timedelta(days=1)).isoformat(timespec="minutes")
    with mail_sink() as sink:
        _configure(folder, port=sink.port)
        _mail_arrives(office)
        office.does("digest", "--send", "--as-of", yesterday)  # the digest then says what is new since
    if county.name == "busy":
        _officer_decides(office, (day - timedelta(hours=12)).isoformat(timespec="minutes"))
        _configure(folder, megabytes="0.001")
        office.does(
            "digest", "--kind", "weekly", "--send", "--as-of", yesterday
        )  # too big: a person is asked
    _configure(folder, more='dry_run = "written"')
    for command in ("receipts", "remind"):
        office.does(command, "--yes", "--as-of", county.as_of)
    office.does("digest", "--send", "--as-of", county.as_of)
    office.does("outbox", "retry", f"digest:2023-autumn:{day:%Y-%m-%d}")
    office.does("outbox", "cancel", f"digest:2023-autumn:{day:%Y-%m-%d}")
    office.does("init", "new")
    yield office


def _configure(folder: Path, *, port: int = 1, megabytes: str = "20", more: str = "") -> None:
    text = _CONFIG.format(port=port, megabytes=megabytes, more=more)
    (folder / "kongchuo.toml").write_text(text, "utf-8")


def _mail_arrives(office: GoldenOffice) -> None:
    """In two halves."""
    mails = office.county.mails()
    half = len(mails) // 2
    write_mails(office.folder / "mail", mails[:half])
    office.does("poll", "--json")
    write_mails(office.folder / "mail", mails)
    office.does("poll")


def _officer_decides(office: GoldenOffice, when: str) -> None:
    """One decision of every kind, on what the questions name."""
    at = ("--as-of", when)
    office.does("rerun", "--unit", "西沱中学")
    office.does("rerun", "--failed", "--json")
    stranger = next(f["file_id"] for f in office.asked_json("files") if f["from"] == "stranger@example.net")
    office.does("assign", stranger, "--unit", "临溪学校", "--form", "附件4")
    teacher = next(f["file_id"] for f in office.asked_json("files") if f["from"] == "23000002@example.net")
    office.does("accept", teacher, "--why", "向老师来电", "--by", "秦科长", *at)
    office.does("extend", "--unit", "沙子镇", "--until", "2023-09-30", "--why", "道路中断", *at)
    office.does("exempt", "--unit", "石柱高中", "--form", "附件2", "--why", "已由市里统一报送", *at)
    office.does("paper", "received", "西沱中学", "附件4", "附件6", "--on", "2023-09-26", *at)
    office.does("paper", "undo", "西沱中学", "附件6", "--why", "公章不清,退回重盖", *at)
    problem = office.asked_json("problems")[-1]
    office.does("explain", problem["problem_id"], "--why", "电话核实无误", *at)
    finding = next(f for f in office.asked_json("crosscheck") if f["code"] == "enrolled-twice")
    office.does("waive", finding["finding_id"], "--why", "双学籍已核实", *at)
    cases = office.asked_json("cases")
    office.does("case", "note", cases[0]["case_id"], "已与监护人通话", *at)
    returned = next(case for case in office.asked_json("cases", "--all") if case["state"] == "returned")
    office.does("case", "file", returned["case_id"], "--why", "档案已核", *at)
    office.does("case", "own", cases[0]["case_id"], cases[0]["responsible_unit"], "--why", "学籍在该校", *at)
    office.does(
        "case", "close", cases[1]["case_id"], "--state", "moved", "--why", "转入重庆某中学,有回执", *at
    )
    office.does("case", "close", cases[2]["case_id"], "--why", "已到校", *at)
    office.does("case", "reopen", cases[2]["case_id"], "--why", "又离校", *at)
    office.does("case", "split", cases[0]["case_id"], cases[1]["case_id"], "--why", "不是同一人", *at)
    office.does("case", "merge", cases[0]["case_id"], cases[3]["case_id"], "--why", "演示合并", *at)
    _platform(office, at)
    office.does("withdraw", str(office.asked_json("decisions")[-1]["id"]), "--why", "录错了", *at)
    merged = next(d["id"] for d in office.asked_json("decisions") if d["kind"] == "merge")
    office.does("withdraw", str(merged), "--why", "不是同一人", *at)


def _platform(office: GoldenOffice, at: tuple[str, ...]) -> None:
    month = ("--month", "2023-09")
    (office.folder / "平台.csv").write_bytes(
        "单位,在读,失学辍学\n西沱镇,3,3\n西沱中学,6,2\n".encode("gb18030")
    )
    (office.folder / "名单.csv").write_bytes(
        "姓名,身份证号,单位\n冉甲,509999201003041011,西沱中学\n某某,509999201203041231,西沱镇\n".encode(
            "gb18030"
        )
    )
    office.does("platform", "set", "--unit", "西沱小学", *month, "--enrolled", "8", "--out", "1", *at)
    office.does("platform", "load", "平台.csv", *month, *at)
    office.does("platform", "load", "名单.csv", *month, *at)
    office.does("platform", "set", "--unit", "黄水中学", *month, "--enrolled", "1", *at)
