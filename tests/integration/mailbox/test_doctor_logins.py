"""doctor against a server that answers as QQ and 163 do: each fault has its own sentence."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kongchuo.usecases.doctor import run_checks
from kongchuo.usecases.doctor_checks.check_result import CheckResult
from store import Store
from store.drafts import Arrival
from tests.builders.offices.office_folder import an_office
from tests.builders.servers.scripted_imap import Step, scripted_server

LOGIN = Step(expects="LOGIN .*")
EXAMINE = Step(expects="EXAMINE .*", answers=b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n")
QQ = (
    "NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, "
    "or system is busy."
)


def checked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *steps: Step, password: str = "abcdefghijklmnop"
) -> dict[str, CheckResult]:
    monkeypatch.setenv("KONGCHUO_MAILBOX_PASSWORD", password)
    config = an_office(folder)
    with scripted_server(list(steps)) as server:
        there = (
            f'host = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\nusername = "office@example.org"'
        )
        config.write_text(config.read_text("utf-8").replace(f'maildir = "{folder / "mail"}"', there), "utf-8")
        return {check.name: check for check in run_checks(config)}


@pytest.mark.parametrize(
    ("steps", "password", "says"),
    [
        ([Step(expects="LOGIN .*", completion=QQ)], "my-password", "不像授权码"),
        ([Step(expects="LOGIN .*", completion=QQ)], "abcdefghijklmnop", "依次核对"),
        ([Step(expects="LOGIN .*", completion="NO too many login failures")], "x", "隔15分钟"),
        ([Step(expects="LOGIN .*", completion="NO IMAP service is not open")], "x", "没有开启IMAP服务"),
        ([LOGIN, Step(expects="EXAMINE .*", completion="NO SELECT Unsafe Login.")], "x", "Unsafe Login"),
        ([LOGIN, Step(expects="EXAMINE .*", completion="NO Folder not exist")], "x", "请核对 folder"),
    ],
    ids=["not a code", "QQ's one answer", "throttled", "service off", "163 without ID", "folder"],
)
def test_a_refusal_is_told_by_what_can_be_known_of_it(
    steps: list[Step], password: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = checked(tmp_path, monkeypatch, *steps, password=password)["邮箱 main"]

    assert (found.ok, found.exit_code) == (False, 3)
    assert says in found.detail


@pytest.mark.parametrize(("days", "says"), [(20, "收取选项"), (400, "最早的邮件是")])
def test_old_mail_that_may_be_hidden_is_pointed_out(
    days: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = f"{datetime.now(UTC) - timedelta(days=days):%d-%b-%Y %H:%M:%S +0000}"
    search = Step(expects="UID SEARCH .*", answers=b"* SEARCH 5\r\n")
    fetch = Step(expects="UID FETCH .*", answers=f'* 1 FETCH (UID 5 INTERNALDATE "{stamp}")\r\n'.encode())

    found = checked(tmp_path, monkeypatch, LOGIN, EXAMINE, search, fetch, search)

    assert found["邮箱 main"].ok
    assert says in found["邮箱 main 往前看"].detail
    assert "有1封还没有收" in found["邮箱 main 核对"].detail


def test_a_sender_unlike_the_login_is_told_before_the_server_refuses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = an_office(tmp_path, smtp_port=1)
    config.write_text(
        config.read_text("utf-8").replace(
            'sender = "office@', 'username = "other@example.org"\nsender = "office@'
        ),
        "utf-8",
    )
    monkeypatch.setenv("KONGCHUO_SMTP_PASSWORD", "x")

    found = {check.name: check for check in run_checks(config)}["发件人"]

    assert (found.ok, "other@example.org" in found.detail) == (False, True)


def test_mail_from_the_future_means_that_the_clock_is_wrong(tmp_path: Path) -> None:
    config = an_office(tmp_path)
    store = Store.open(f"sqlite:///{tmp_path / 'kongchuo.db'}", tmp_path / "archive")
    arrived = datetime.now(UTC) + timedelta(hours=2)
    store.mailboxes.record_arrivals(
        [Arrival(message_id="0" * 64, received_at=arrived, mailbox="m", uidvalidity=1, uid=1)], None
    )
    store.close()

    found = {check.name: check for check in run_checks(config)}["时钟"]

    assert (found.ok, "请校准时间" in found.detail) == (False, True)
