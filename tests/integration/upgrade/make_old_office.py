"""Makes the offices of earlier versions that ``test_upgrade.py`` opens: `git worktree add OLD COMMIT`, then, below it,

    make install && .venv/bin/python -P THIS_FILE OUT

Everything is read, decided and answered by the program of that commit; only the county, its mails and the decisions are chosen here.
Children, units and addresses are those of its demo, made up from a seed. ``OUT`` gets ``COMMIT.tar.xz`` (configuration, notices, roster,
database, archive), ``COMMIT.json.xz`` (what the old commands answered), and with ``--postgres`` ``COMMIT.sql.xz`` (the database by ``pg_dump``).
"""

import argparse
import importlib
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import openpyxl

AS_OF = "2023-09-28"
DECIDED_ON = "2023-09-27"
QUESTIONS = (
    ("status",), ("gaps",), ("cases", "--all"), ("cases", "--suspected"), ("crosscheck",), ("problems",), ("files",), ("roll",),
    ("decisions",), *(("records", "--form", f"附件{number}") for number in range(1, 8)),
)  # fmt: skip
_MODULES = {  # where the demo's parts lie, by commit: county, mails, mail servers; then the maker of a mail and of a picture
    "b5d91f4d": ("kongchuo.demo.county", "kongchuo.demo.mails", "kongchuo.demo.servers", "mail", "Attachment", "picture"),
    "dc19d540": (
        "kongchuo.demo.county", "kongchuo.demo.made_up_mails", "kongchuo.demo.mail_servers", "make_mail", "MadeUpAttachment",
        "make_picture",
    ),
}  # fmt: skip


class OldOffice:
    """An office's folder, and the old program to be run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str) -> str:
        command = [sys.executable, "-P", "-m", "kongchuo", *arguments]
        environment = {**os.environ, "KONGCHUO_CONFIG": str(self.folder / "kongchuo.toml")}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, *question: str) -> Any:
        return json.loads(self.run(*question, "--as-of", AS_OF, "--json"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--postgres", action="store_true")
    arguments = parser.parse_args()
    commit = subprocess.run(
        ["git", "rev-parse", "--short=8", "HEAD"], capture_output=True, text=True, check=True,
        cwd=Path(sys.executable).parent,
    ).stdout.strip()  # fmt: skip
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        if arguments.postgres:
            _make_on_postgres(Path(folder), commit, arguments.out)
        else:
            answers = _make(Path(folder) / "office", commit, "sqlite:///kongchuo.db")
            _write_json(arguments.out / f"{commit}.json.xz", answers)
            _pack(Path(folder) / "office", arguments.out / f"{commit}.tar.xz")


def _make(folder: Path, commit: str, url: str) -> dict[str, Any]:
    """Sets up the office, has its mail read, decides, sends and queues; returns the old answers by question."""
    county_module, mails_module, servers_module, make_mail, attachment, picture = _MODULES[commit]
    mails = importlib.import_module(mails_module)
    county_makers = importlib.import_module(county_module)
    large = getattr(county_makers, picture)
    setattr(
        county_makers, picture, lambda random, size=400: large(random, min(size, 400))
    )  # for a small fixture
    county = county_makers.make_county(20231126, schools=6, mails=60, rows=170)
    office = OldOffice(folder)
    office.run("init", str(folder))
    (folder / "units.csv").write_text(county.units_csv(), "utf-8")
    with importlib.import_module(servers_module).mail_sink() as sink:
        _configure(folder, url, sink.port)
        for number, made in enumerate(county.mails):
            _put(folder, number, made.raw, made.received_at)
        office.run("poll")
        visits = list(_visits(office, county, mails, make_mail, attachment))
        for number, made in enumerate(visits, len(county.mails)):
            _put(folder, number, made.raw, made.received_at)
        office.run("poll")
        _decide(office)
        office.run("digest", "--send", "--as-of", "2023-09-26", "--out", str(folder.parent / "digest"))
        assert sink.messages
    office.run("receipts", "--queue", "--as-of", "2023-09-25")
    office.run("remind", "--queue", "--as-of", "2023-09-26")
    waiting = [mail for mail in json.loads(office.run("outbox", "--json")) if mail["state"] == "waiting"]
    office.run("outbox", "cancel", waiting[0]["key"])
    answers = {" ".join(question): office.ask(*question) for question in QUESTIONS}
    answers["outbox"] = json.loads(office.run("outbox", "--json"))
    return answers


def _configure(folder: Path, url: str, smtp_port: int) -> None:
    """What ``init`` wrote, with the mailbox a folder and the mail server that of the demo."""
    config = folder / "kongchuo.toml"
    text = config.read_text("utf-8")
    mailbox, smtp, store = (text.index(f"[{name}]") for name in ("[mailbox]", "smtp", "store"))
    text = (
        text[:mailbox]
        + '[[mailbox]]\nname = "main"\nmaildir = "mail"\n\n'
        + f'[smtp]\nhost = "127.0.0.1"\nport = {smtp_port}\nsecurity = "none"\nsender = "office@example.org"\n\n'
        + text[store:].replace("sqlite:///kongchuo.db", url)
    )
    assert smtp < store
    config.write_text(
        text.replace("receipts = false", "receipts = true").replace("reminders = false", "reminders = true"),
        "utf-8",
    )
    (folder / "mail").mkdir()


def _put(folder: Path, number: int, raw: bytes, received_at: datetime) -> None:
    path = folder / "mail" / f"{number:03}.eml"
    path.write_bytes(raw)
    os.utime(path, (received_at.timestamp(), received_at.timestamp()))


def _visits(office: OldOffice, county: Any, mails: Any, make_mail: str, attachment: str) -> Iterator[Any]:
    """附件5 and 附件6 of the children whom two townships and a school have out of school: two visits, then three."""
    addresses = {unit.name: unit.emails[0] for unit in county.units}
    out = [each for form in ("附件3", "附件4") for each in office.ask("records", "--form", form, "--reveal")]
    random = Random(5)
    units = sorted({each["unit"] for each in out})
    for place, unit in enumerate(
        [*units[:2], *[each for each in units if not each.endswith(("镇", "乡", "街道"))][:1]]
    ):
        rows = [each for each in out if each["unit"] == unit]
        form = {"附件3": "附件5", "附件4": "附件6"}[rows[0]["form"]]
        visits = [
            ["附件5" if form == "附件5" else "附件6"],
            [f"{unit}失学、辍学学生劝返记录表"],
            ["姓名", "身份证号", "劝返时间", "劝返结果"],
        ]
        visits += [
            [row["name"], row["id_number"], f"2023-09-{12 + 5 * visit}", "未返校"]
            for row in rows
            for visit in range(2 + place % 2)
        ]
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert sheet is not None
        for cells in visits:
            sheet.append(cells)
        file = io.BytesIO()
        workbook.save(file)
        when = datetime(2023, 9, 24, 9 + place, tzinfo=county.mails[0].received_at.tzinfo)
        yield getattr(mails, make_mail)(
            random, sender=addresses[unit], sender_name=unit, subject=f"{unit}{form}", body="见附件",
            attachments=[getattr(mails, attachment)(f"{unit}{form}.xlsx", file.getvalue())], received_at=when + timedelta(minutes=place),
        )  # fmt: skip


def _decide(office: OldOffice) -> None:
    """A word of a person on each kind of thing that waits for one; one of them is taken back."""

    def decide(*arguments: str) -> None:
        office.run(*arguments, "--why", "电话核实", "--as-of", DECIDED_ON)

    missing = [gap for gap in office.ask("gaps") if gap["gap"] == "missing"]
    stranger = next(
        file for file in office.ask("files", "--disposition", "quarantined") if "stranger" in file["from"]
    )
    school = next(gap for gap in missing if gap["form"] == "附件4")
    office.run("assign", stranger["file_id"], "--unit", school["unit"], "--form", "附件4")
    cases = office.ask("cases", "--all")
    still_out = [case["case_id"] for case in cases if case["state"] == "open"]
    decide("case", "close", still_out[0], "--state", "returned")
    office.run("case", "note", still_out[1], "家长答应下周返校", "--as-of", DECIDED_ON)
    decide("case", "close", still_out[2], "--state", "moved")
    decide("case", "reopen", still_out[2])
    decide("extend", "--unit", missing[0]["unit"], "--form", missing[0]["form"], "--until", "2023-10-10")
    decide("exempt", "--unit", missing[1]["unit"], "--form", missing[1]["form"])
    decide("exempt", "--unit", missing[2]["unit"], "--form", missing[2]["form"])
    last = max(decision["id"] for decision in office.ask("decisions"))
    decide("withdraw", str(last))
    problem = next(each for each in office.ask("problems") if each["severity"] == "warning")
    decide("explain", problem["problem_id"])
    findings = office.ask("crosscheck")
    if findings:
        decide("waive", findings[0]["finding_id"])


def _make_on_postgres(folder: Path, commit: str, out: Path) -> None:
    """The same office on a server of its own; its answers must be those of SQLite, which stand beside it."""
    with _postgres() as (url, dump):
        answers = _make(folder / "office", commit, url)
        text = dump()
    (out / f"{commit}.sql.xz").write_bytes(lzma.compress(text, preset=9))
    _write_json(out / f"{commit}.postgres.json.xz", answers)
    _pack(folder / "office", out / f"{commit}.postgres.tar.xz")


@contextmanager
def _postgres() -> Iterator[tuple[str, Callable[[], bytes]]]:
    sys.path.insert(0, os.getcwd())
    postgres = importlib.import_module("tests.integration.postgres")
    with postgres.postgres() as url:
        plain = url.replace("+psycopg", "")
        command = [str(postgres.BINARIES / "pg_dump"), "--no-owner", "--no-privileges", plain]
        yield url, lambda: subprocess.run(command, capture_output=True, check=True).stdout


def _write_json(path: Path, answers: dict[str, Any]) -> None:
    text = json.dumps(answers, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    path.write_bytes(lzma.compress(text.encode(), preset=9))


def _pack(folder: Path, path: Path) -> None:
    """All but the mail folder, whose mails lie in the archive; modes as the old program left them."""
    with lzma.open(path, "wb", preset=9) as file, tarfile.open(fileobj=file, mode="w") as archive:
        for each in sorted(folder.rglob("*")):
            if each.is_file() and each.parent.name != "mail":
                archive.add(each, str(each.relative_to(folder)), recursive=False)


if __name__ == "__main__":
    main()
