"""An office whose units get mail: one clerk writes to it, and its answers to units are composed and queued."""

from pathlib import Path

import pytest

from kongchuo.clock import parse_as_of
from kongchuo.office import open_office
from kongchuo.usecases.unit_mail import (
    UnitMail,
    compose_receipts,
    compose_waiting_mails,
    queue_unit_mails,
)
from tests.builders.offices.office_folder import run_kongchuo

CLERK, OFFICE = "clerk@example.org", "office@example.org"
_UNITS = f"""name,kind,stage,township,aliases,emails
西沱镇,township,,,,town@example.org
西沱中学,school,初中,西沱镇,,{CLERK}
"""
_CONFIG = """
[office]
name = "县教委"
recipients = ["{office}"]
[notice]
file = "2023-autumn.toml"
roster = "units.csv"
[[mailbox]]
maildir = "mail"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "{office}"
"""


class UnitMailOffice:
    """An office with a folder of mail, a town, and a school whose clerk is :data:`CLERK`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, tables: str = "") -> None:
        self.folder, self._monkeypatch, self._count = folder, monkeypatch, 0
        (folder / "mail").mkdir()
        (folder / "units.csv").write_text(_UNITS, "utf-8")
        self.configure(tables)

    def configure(self, tables: str = "", port: int = 2525) -> None:
        """Writes the configuration, with these tables of TOML behind what every office has."""
        (self.folder / "kongchuo.toml").write_text(_CONFIG.format(office=OFFICE, port=port) + tables, "utf-8")

    def gets(self, raw: bytes, on: str = "2023-09-24 10:00:00") -> None:
        """Delivers a mail and polls."""
        self._count += 1
        head = f"Received: from a by b; {_rfc(on)}\r\nMessage-ID: <m{self._count}@example.org>\r\n".encode()
        (self.folder / "mail" / f"{self._count}.eml").write_bytes(head + raw)
        assert run_kongchuo(self._monkeypatch, "poll", "--config", self.folder) in (0, 1)

    def answers(self, on: str = "2023-09-24") -> list[UnitMail]:
        """Queues the receipts of this day and returns them."""
        with open_office(self.folder / "kongchuo.toml") as office:
            letters = list(compose_receipts(office, parse_as_of(on, office.zone)))
            queue_unit_mails(office, letters)
        return letters

    def notices(self, on: str = "2023-09-24") -> list[UnitMail]:
        """Queues the mails to units in whose name a mail waits, and returns them."""
        with open_office(self.folder / "kongchuo.toml") as office:
            letters = list(compose_waiting_mails(office, parse_as_of(on, office.zone)))
            queue_unit_mails(office, letters)
        return letters


def _rfc(moment: str) -> str:
    day, time = moment.split()
    months = {"09": "Sep", "10": "Oct"}
    year, month, number = day.split("-")
    return f"{number} {months[month]} {year} {time} +0800"
