"""A small office on disk with a mail folder, and the program run in this process."""

import sys
from contextlib import closing
from pathlib import Path

import pytest

from config.settings import load_settings
from kongchuo.cli import main
from store import Store
from tests.builders.counties.scenario_county import address_of

ROSTER = f"""name,kind,stage,township,aliases,emails
西沱镇,township,,,,xituo@example.org;{address_of("西沱镇").author}
西沱镇小学,school,小学,西沱镇,西沱小学,school@example.org;{address_of("西沱镇小学").author}
"""
SMTP = """
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "office@example.org"
"""


def an_office(folder: Path, smtp_port: int | None = None) -> Path:
    """Writes configuration, roster and an empty mail folder; returns the configuration's path."""
    (folder / "mail").mkdir(parents=True)
    (folder / "units.csv").write_text(ROSTER, "utf-8")
    config = folder / "kongchuo.toml"
    config.write_text(
        f"""
[office]
name = "石柱县教委"
recipients = ["office@example.org"]

[notice]
file = "2023-autumn.toml"
roster = "units.csv"

[[mailbox]]
maildir = "{folder / "mail"}"
{SMTP.format(port=smtp_port) if smtp_port else ""}
""",
        "utf-8",
    )
    return config


def open_store(config: Path) -> closing[Store]:
    """Returns the store of the office with this configuration, for the length of a ``with`` block."""
    settings = load_settings(config).store
    return closing(Store.open(settings.url, settings.archive))


def put_mail(config: Path, name: str, text: str) -> None:
    """Writes a mail without attachments from an unknown sender."""
    (config.parent / "mail" / name).write_bytes(
        "From: a@example.net\r\nTo: office@example.org\r\n"
        "Received: from x by y; Sun, 24 Sep 2023 10:03:00 +0800\r\n"
        f"Subject: hello\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()
    )


def run_kongchuo(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    """Returns the exit code of ``kongchuo`` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["kongchuo", *map(str, arguments)])
    with pytest.raises(SystemExit) as exit_info:
        main()
    assert isinstance(exit_info.value.code, int)
    return exit_info.value.code
