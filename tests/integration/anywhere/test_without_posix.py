"""The program where there is no POSIX, as on Windows: it starts, reads mail, answers, sends, and stops."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from kongchuo.demo.mail_servers import imap_server, mail_sink
from tests.builders.files.clerk_files import dropout_row, register4, roll2, xls, xlsx
from tests.builders.files.packed_files import seven_zip
from tests.builders.offices.office_folder import SMTP, an_office

WITHOUT_POSIX = Path(__file__).parent / "without_posix"
MANY = """
import json, sys
from kongchuo.cli import app
for arguments in json.load(sys.stdin):
    print("$", *arguments, flush=True)
    code = app(arguments, standalone_mode=False)
    print("=", code or 0, flush=True)
"""
QUESTIONS = (
    ["status"], ["gaps"], ["cases", "--all"], ["cases", "--suspected"], ["records", "--form", "附件4"], ["problems"],
    ["files"], ["crosscheck"], ["roll"], ["decisions"], ["questions"], ["health"], ["outbox"], ["receipts"], ["remind"],
)  # fmt: skip


def environment() -> dict[str, str]:
    """The passwords are those of the office below; the demo has its own in a file."""
    return {
        **os.environ,
        "PYTHONPATH": str(WITHOUT_POSIX),
        "KONGCHUO_BACKUP_PASSWORD": "a passphrase of some length",
    }


def run(*arguments: str | Path, typed: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-P", "-m", "kongchuo", *map(str, arguments)],
        env=environment(), input=typed, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def many(commands: list[list[str]]) -> "subprocess.CompletedProcess[str]":
    """Several commands in one process: starting Python costs more than answering."""
    return subprocess.run(
        [sys.executable, "-P", "-c", MANY],
        env=environment(), input=json.dumps(commands), capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def a_mail() -> bytes:
    """It starts every kind of child process: a mail's reader, and that of an archive that is no zip."""
    table = register4(dropout_row())
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "xituo@example.org", "office@example.org", "西沱镇附件4"
    mail["Received"] = "from a by b; Sun, 24 Sep 2023 10:03:00 +0800"
    mail.set_content("见附件")
    packed = seven_zip([("甲/附件4.xls", xls(table)), ("附件2.xlsx", xlsx(roll2()))])
    mail.add_attachment(packed, maintype="application", subtype="x-7z-compressed", filename="附件.7z")
    return mail.as_bytes()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An office whose mailbox and outgoing server are on loopback; polled once without POSIX."""
    config = an_office(tmp_path_factory.mktemp("office") / "office")
    arrived = datetime(2023, 9, 24, 2, 3, tzinfo=UTC)
    with (
        imap_server([(a_mail(), arrived)], "office@example.org", "secret") as (host, port),
        mail_sink() as sink,
    ):
        mailbox = f'host = "{host}"\nport = {port}\nsecurity = "none"\nusername = "office@example.org"\npassword_file = "password"'
        (config.parent / "password").write_text("secret", "utf-8")
        text = config.read_text("utf-8")
        config.write_text(
            text.replace(f'maildir = "{config.parent / "mail"}"', mailbox) + SMTP.format(port=sink.port),
            "utf-8",
        )
        polled = run("poll", "--json", "--config", config)
        assert polled.returncode in (0, 1), polled.stderr
        assert json.loads(polled.stdout)["files"] == 2
        yield config


def test_nothing_of_posix_is_left_to_the_program():
    asked = (
        "import os, signal; print(os.name, hasattr(os, 'fork'), hasattr(signal, 'SIGKILL'))\nimport resource"
    )
    probe = f"import sys; exec(compile({asked!r}, 'probe', 'exec'), {{'__name__': 'store.probe', '__builtins__': __builtins__}})"
    done = subprocess.run(
        [sys.executable, "-P", "-c", probe], env=environment(), capture_output=True, text=True, timeout=60
    )

    assert done.stdout == "nt False False\n"
    assert done.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'resource'"


def test_it_starts():
    done = run("--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert "kongchuo" in done.stdout


def test_the_demo_reads_and_tells(tmp_path: Path):
    done = run("demo", tmp_path / "made", "--schools", "1")

    assert (done.returncode, done.stderr) == (0, "")
    assert {file.suffix for file in (tmp_path / "made" / "digest").iterdir()} >= {".eml", ".html", ".xlsx"}


def test_an_office_is_set_up_and_checked(tmp_path: Path, office: Path):
    made = run("init", tmp_path / "office", "--yes")
    checked = run("doctor", "--json", "--config", office)

    assert (made.returncode, made.stderr) == (0, "")
    assert (tmp_path / "office" / "kongchuo.toml").is_file()
    checks = json.loads(checked.stdout)
    assert checked.returncode in (0, 1, 2), checked.stderr
    assert [check["name"] for check in checks if check["name"] == "邮箱 main" and check["ok"]] == [
        "邮箱 main"
    ]
    assert [check["name"] for check in checks if check["name"] == "发信" and check["ok"]] == ["发信"]


def test_all_questions_are_answered(office: Path):
    done = many([[*question, "--config", str(office)] for question in QUESTIONS])

    codes = [line for line in done.stdout.splitlines() if line.startswith("= ")]
    assert done.returncode == 0, done.stderr
    assert len(codes) == len(QUESTIONS)
    assert set(codes) <= {"= 0", "= 1"}


def test_the_digest_is_written_and_sent(office: Path, tmp_path: Path):
    done = many([
        ["digest", "--out", str(tmp_path / "digest"), "--config", str(office)],
        ["digest", "--send", "--config", str(office)],
    ])  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "digest" / "digest.html").is_file()


def test_the_office_is_kept_restored_and_rebuilt(office: Path, tmp_path: Path):
    backup = str(tmp_path / "backup.zip")
    elsewhere = str(tmp_path / "restored" / "kongchuo.toml")
    done = many([
        ["verify", "--config", str(office)],
        ["backup", backup, "--config", str(office)],
        ["restore", backup, "--config", elsewhere],
        ["rebuild", "--yes", "--config", elsewhere],
        ["rerun", "--config", elsewhere],
    ])  # fmt: skip

    codes = [line for line in done.stdout.splitlines() if line.startswith("= ")]
    assert codes == [*["= 0"] * 4, "= 1"], done.stdout + done.stderr


def test_the_service_runs_until_ctrl_c(office: Path):
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "kongchuo", "run", "--config", str(office)],
        env=environment(), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if "已启动" in line:
            process.send_signal(signal.SIGINT)
    process.stderr.close()
    process.wait(timeout=120)

    assert process.returncode == 0, "".join(lines)
    assert "已停止" in lines[-1]
