"""An office whose notice requires a register every month and a report every week, and the program run in it."""

import contextlib
import csv
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from kongchuo.cli import main
from kongchuo.demo.made_up_mails import MadeUpAttachment, MadeUpMail, MadeUpSender, make_mail
from tests.builders.files.clerk_files import xlsx
from tests.builders.offices.installed_office import write_mails
from tests.builders.values.form_tables import id_number

ZONE = ZoneInfo("Asia/Shanghai")
_ROSTER = """name,kind,stage,township,aliases,emails
西沱中学,school,初中,,,xituo@example.org
黄水中学,school,初中,,,huangshui@example.org
"""
NOTICE = """
extends = "2023-autumn.toml"
id = "2026-monthly"
title = "2026年秋季学期控辍保学月报"
opened = 2026-09-01
period_words = ["2026年秋", "2026秋"]

[forms]
"附件1" = "removed"
"附件2" = "removed"
"附件3" = "removed"
"附件5" = "removed"
"附件6" = "removed"
"附件7" = "removed"

[forms."附件4"]
title = "县内失学辍学学生月度台账"
due = "每月25日"
paper = false

[forms."表8"]
title = "控辍保学周报"
title_patterns = ['控辍保学周报']
name_words = ["周报"]
role = "register"
sender = "school"
due = "每周五12:00"
nil_allowed = true
fields = ["seq", "name", "sex", "id_number", "status", "since", "reason", "remark"]
required = ["name"]
columns = ["name"]
fingerprint = ["status", "since"]
"""
_CONFIG = """
[office]
name = "石溪县教育局"
recipients = ["office@example.org"]

[notice]
file = "monthly.toml"
roster = "units.csv"

[[mailbox]]
maildir = "mail"

[smtp]
host = "127.0.0.1"
port = 1
security = "none"
sender = "office@example.org"
"""
_HEADING = ("序号", "姓名", "性别", "身份证号", "类别", "发生时间", "原因")


def a_row(name: str, serial: int, status: str = "辍学") -> tuple[str | int, ...]:
    """Returns a row about a child of a register."""
    return (1, name, "男", id_number(serial=serial), status, "2026-09-03", "厌学")


def a_table(title: str, rows: Sequence[tuple[str | int, ...]] = (), sheet: str = "Sheet1") -> bytes:
    """Returns a workbook with this title; without rows its content is 无."""
    return xlsx([[title], [*_HEADING], *([*row] for row in rows or [("无",)])], names=[sheet])


@dataclass(slots=True)
class PeriodsOffice:
    """The office; mail arrives in the order in which it is sent."""

    folder: Path
    notice: str = NOTICE
    roster: str = _ROSTER
    mails: list[MadeUpMail] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "monthly.toml").write_text(self.notice, "utf-8")
        (self.folder / "units.csv").write_text(self.roster, "utf-8")
        (self.folder / "kongchuo.toml").write_text(_CONFIG, "utf-8")

    def send(
        self, when: str, unit: str, subject: str, files: dict[str, bytes], body: str = "请查收。"
    ) -> None:
        """Delivers a mail of this unit, from its address on the roster."""
        address = {line["name"]: line["emails"] for line in csv.DictReader(io.StringIO(self.roster))}[unit]
        arrived = datetime.fromisoformat(when).replace(tzinfo=ZONE)
        attachments = [MadeUpAttachment(name, data) for name, data in files.items()]
        self.mails.append(
            make_mail(
                Random(f"{when}{unit}{subject}"), sender=MadeUpSender(address, unit), subject=subject,
                body=body, attachments=attachments, received_at=arrived,
            )
        )  # fmt: skip

    def poll(self) -> None:
        write_mails(self.folder / "mail", self.mails)
        self.run("poll")

    def run(self, *command: str) -> str:
        """Returns the program's output."""
        out = io.StringIO()
        with (
            contextlib.chdir(self.folder),
            patch.dict(os.environ, {"COLUMNS": "200"}),
            patch.object(sys, "argv", ["kongchuo", *command]),
            contextlib.redirect_stdout(out),
            pytest.raises(SystemExit) as left,
        ):
            main()
        assert left.value.code in (0, 1), out.getvalue()
        return out.getvalue()

    def ask(self, *question: str, as_of: str) -> Any:
        return json.loads(self.run(*question, "--json", "--as-of", as_of))

    def states(self, as_of: str, form: str = "附件4") -> dict[tuple[str, str], str]:
        """Returns by unit and period the state of a form, followed by 迟 if it was late."""
        return {
            (unit["unit"], one["period"]): one["state"] + (" late" if one["late"] else "")
            for unit in self.ask("status", as_of=as_of)["units"]
            for one in unit["forms"]
            if one["form"] == form
        }
