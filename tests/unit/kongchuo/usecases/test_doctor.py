import os
from pathlib import Path

import pytest

from kongchuo.demo.mail_servers import free_port, mail_sink
from kongchuo.usecases.doctor import CheckResult, run_checks
from tests.builders.office_folder import an_office, run_kongchuo


def checks(config: Path) -> dict[str, CheckResult]:
    return {check.name: check for check in run_checks(config)}


def test_an_office_in_good_order_has_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_sink() as sink:
        assert run_kongchuo(monkeypatch, "doctor", "--config", an_office(tmp_path, sink.port)) == 0


def test_a_store_that_was_never_used_has_no_fault(tmp_path: Path) -> None:
    found = checks(an_office(tmp_path))

    assert found["存档"].ok
    assert found["数据库"].ok


def test_without_a_configuration_nothing_else_is_looked_at(tmp_path: Path) -> None:
    [check] = run_checks(tmp_path / "kongchuo.toml")

    assert (check.ok, check.exit_code) == (False, 2)
    assert "kongchuo init" in check.detail


def test_a_roster_without_schools_is_a_fault_of_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = an_office(tmp_path)
    (tmp_path / "units.csv").write_text(
        "name,kind,stage,township,aliases,emails\n西沱镇,township,,,,\n", "utf-8"
    )

    assert "units.csv" in checks(config)["名册"].detail
    assert run_kongchuo(monkeypatch, "doctor", "--config", config) == 2


def test_a_mail_server_that_does_not_answer_is_out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_kongchuo(monkeypatch, "doctor", "--config", an_office(tmp_path, free_port())) == 3


def test_a_missing_password_is_told_with_where_to_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KONGCHUO_MAILBOX_PASSWORD", raising=False)
    config = an_office(tmp_path)
    text = config.read_text("utf-8").replace(
        f'maildir = "{tmp_path / "mail"}"',
        'host = "127.0.0.1"\nport = 1\nsecurity = "none"\nusername = "nobody@example.org"',
    )
    config.write_text(text, "utf-8")

    check = checks(config)["邮箱 main"]

    assert (check.ok, check.exit_code) == (False, 2)
    assert "KONGCHUO_MAILBOX_PASSWORD" in check.detail


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_archive_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    config = an_office(tmp_path)
    (tmp_path / "archive").mkdir(mode=0o500)

    assert not checks(config)["存档"].ok
