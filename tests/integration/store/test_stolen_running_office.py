"""A thief copies the folder and the temporary files of a sealed office again and again: while the service runs, after it was
killed in the middle of a poll, and after each other command. No copy holds a child's text or a secret, packed or escaped."""

import hashlib
import io
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from kongchuo.demo.county import County, make_county
from kongchuo.demo.mail_servers import mail_sink
from tests.builders.files.raw_search import find_texts
from tests.builders.offices.installed_office import AS_OF, FORMS, InstalledOffice, write_mails, write_office

PASSPHRASE = "correct horse battery"
REASON = "奶奶说去广东找妈妈了"
PLANTED = {
    "display name": "谌霁", "subject": "缪霰家的事", "words": "邬霭去了东莞", "file": "阚霏的证明", "member": "隗雯的表",
    "sheet": "郗霈", "cell": "逄雱", "comment": "亓霙", "property": "仉靉",
}  # fmt: skip
"""Rare names, each in another place of one mail."""
_KEYS = ("name", "id_number", "phone", "guardian_name", "guardian", "guardian_phone", "home_address")


@dataclass
class Thief:
    """Copies what lies in some folders, each state of a file once."""

    folders: tuple[Path, ...]
    copies: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """By digest of a file's bytes, when and under which name it was copied."""

    def copy(self, when: str) -> None:
        for path in [path for folder in self.folders for path in folder.rglob("*")]:
            try:
                raw = path.read_bytes()
            except OSError:  # a folder, a socket, or gone since it was listed
                continue
            self.copies.setdefault(hashlib.sha256(raw).hexdigest(), (f"{when}: {path.name}", raw))

    def read(self, texts: frozenset[str]) -> dict[str, set[str]]:
        """Returns by copy which of the texts stand in it."""
        return {name: found for name, raw in self.copies.values() if (found := find_texts(texts, raw))}


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short folder, as the sockets of the reading processes lie in it."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def planted_mail(sender: str) -> bytes:
    """A mail with a name in every corner."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = PLANTED["sheet"]
    sheet["A1"] = PLANTED["cell"]
    sheet["A1"].comment = Comment(PLANTED["comment"], "x")
    book.properties.title = PLANTED["property"]
    workbook, packed = io.BytesIO(), io.BytesIO()
    book.save(workbook)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{PLANTED['member']}.xlsx", workbook.getvalue())
    mail = EmailMessage()
    mail["From"] = f"{PLANTED['display name']} <{sender}>"
    mail["Subject"], mail["Date"] = PLANTED["subject"], "Thu, 21 Sep 2023 09:00:00 +0800"
    mail.set_content(f"您好:{PLANTED['words']},表见附件。")
    mail.add_attachment(
        packed.getvalue(), maintype="application", subtype="zip", filename=f"{PLANTED['file']}.zip"
    )
    return mail.as_bytes()


def secrets_of(county: County, public: str) -> set[str]:
    """Every name, number, telephone, address, subject and display name of the county that is no unit's or form's name."""
    heads = [BytesHeaderParser(policy=policy.default).parsebytes(mail.raw) for mail in county.mails]
    found = {str(head["Subject"]) for head in heads}
    found |= {address.display_name for head in heads for address in head["From"].addresses}
    found |= {
        str(record.values[key]) for record in county.truth.records for key in _KEYS if record.values.get(key)
    }
    return {text for text in found if len(text) > 1 and text not in public}


def run(*arguments: str, allowed: tuple[int, ...] = (0, 1)) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "kongchuo", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode in allowed, f"{arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_no_copy_of_a_running_killed_and_purged_office_holds_a_text(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = make_county(12, schools=3, mails=30, rows=150)
    mails = write_mails(tmp_path / "mail", county.mails)
    (mails / "planted.eml").write_bytes(planted_mail("zhongyi@example.org"))
    os.utime(mails / "planted.eml", (1_695_258_000, 1_695_258_000))
    office = write_office(tmp_path / "office", county, f'maildir = "{mails}"')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KONGCHUO_BACKUP_PASSWORD", PASSPHRASE)
    monkeypatch.setenv("KONGCHUO_CONFIG", str(office.folder))
    thief = Thief((office.folder, temporary))
    public = (office.folder / "units.csv").read_text("utf-8") + (office.folder / "kongchuo.toml").read_text(
        "utf-8"
    )

    with mail_sink() as sink:
        with (office.folder / "kongchuo.toml").open("a", encoding="utf-8") as config:
            config.write(
                f'[smtp]\nhost = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\nsender = "office@example.org"\n'
                "[units]\nreceipts = true\nreminders = true\n"
            )
        told = run("key", "new")
        recovery = next(line for line in told.splitlines() if "恢复码" in line).split("\uff1a")[1].strip()
        kill_in_a_poll(office, temporary, thief)
        for command in (
            ("poll",), ("rerun", "--all"), ("receipts", "--yes", "--as-of", "2023-09-22"), ("remind", "--yes", "--as-of", AS_OF),
            ("digest", "--send", "--as-of", AS_OF, "--out", str(tmp_path / "digest")), ("questions", "--as-of", AS_OF),
            ("export", "--as-of", AS_OF, "--out", str(tmp_path / "export")), ("doctor",), ("health",),
        ):  # fmt: skip
            run(*command, allowed=(0, 1, 2))
            thief.copy(command[0])
        case = office.ask("cases")[0]
        run("case", "note", case["case_id"], f"{case['name']}:{REASON}")
        run("backup", str(office.folder / "backup.zip"))
        thief.copy("backup")
        run("purge", "--why", "过了保存期")
        thief.copy("purge")
        assert run("verify", "--json").strip() == "[]"
        assert len(sink.messages) > 5

    forms = {unit + form for unit in county.units_csv().split(",") for form in FORMS}
    texts = frozenset({*secrets_of(county, public), *PLANTED.values(), REASON, recovery, PASSPHRASE} - forms)
    assert len(texts) > 200
    assert find_texts(texts, b"".join(path.read_bytes() for path in mails.iterdir())) > set(PLANTED.values())
    assert {name.partition(":")[0] for name, _ in thief.copies.values()} >= {
        "running",
        "poll",
        "digest",
        "purge",
    }
    assert thief.read(texts) == {}


def kill_in_a_poll(office: InstalledOffice, temporary: Path, thief: Thief) -> None:
    """Starts the service, whose first poll begins at once, copies all the while, and kills it while it reads mails."""
    log = office.folder / "service.log"
    with log.open("wb") as written:
        service = subprocess.Popen(
            [sys.executable, "-P", "-m", "kongchuo", "run"], stdout=written, stderr=written
        )
    deadline = time.monotonic() + 120
    looks = 0
    while looks < 5 and service.poll() is None and time.monotonic() < deadline:
        thief.copy("running")
        looks += any(temporary.rglob("kongchuo-*/*"))
        time.sleep(0.02)
    assert looks == 5, log.read_text("utf-8")
    service.kill()
    service.wait()
    thief.copy("killed")
