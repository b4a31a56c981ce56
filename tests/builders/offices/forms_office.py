"""An office that makes forms for its units, and a town and a school that send them back by mail."""

from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kongchuo.demo.made_up_mails import MadeUpAttachment, MadeUpSender, make_mail
from tests.builders.counties.scenario_county import ZONE
from tests.builders.files.filled_forms import every_form
from tests.builders.offices.installed_office import InstalledOffice, write_mails
from tests.builders.offices.office_folder import an_office, run_kongchuo

SCHOOL, TOWN = "西沱镇小学", "西沱镇"
FORMS = {str(made): made for made in every_form(("2023-autumn.toml",)) if made.unit.name in (SCHOOL, TOWN)}
REGISTER = FORMS[f"2023-autumn-附件4-{SCHOOL}"]


class FormsOffice:
    """An office with a folder of mail, a town and a school."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.config = an_office(folder)
        self.folder, self._monkeypatch, self._count = folder, monkeypatch, 0
        self._asked = InstalledOffice(folder)

    def gets(self, data: bytes, name: str, sender: str, day: int = 22) -> None:
        """Delivers a mail whose only words are its file, and polls."""
        self._count += 1
        mail = make_mail(
            Random(self._count),
            sender=MadeUpSender(sender),
            subject="报表",
            body="",
            attachments=[MadeUpAttachment(name, data)],
            received_at=datetime(2023, 9, day, 10, self._count, tzinfo=ZONE),
        )
        written = write_mails(self.folder / f"new{self._count}", [mail])
        (written / "00000.eml").rename(self.folder / "mail" / f"{self._count}.eml")
        assert self.run("poll") in (0, 1)

    def run(self, *arguments: str | Path) -> int:
        return run_kongchuo(self._monkeypatch, *arguments, "--config", self.config)

    def records(self, form: str) -> list[dict[str, Any]]:
        shown = ("--reveal", "--why", "核对", "--as-of", "2023-09-28")
        return self._asked.ask("records", "--form", form, *shown)  # type: ignore[no-any-return]

    def cases(self) -> list[dict[str, Any]]:
        """Returns every case, open, closed or suspected."""
        return self._asked.ask("cases", "--all", "--reveal", "--why", "核对", "--as-of", "2023-09-28")  # type: ignore[no-any-return]

    def state(self, unit: str, form: str) -> str:
        units = self._asked.ask("status", "--as-of", "2023-09-28")["units"]
        (found,) = [
            one for each in units if each["unit"] == unit for one in each["forms"] if one["form"] == form
        ]
        return str(found["state"])

    def make_forms(self, *arguments: str) -> Path:
        out = self.folder / "forms"
        assert self.run("forms", "--out", out, "--why", "发表", "--as-of", "2023-09-23", *arguments) == 0
        return out
