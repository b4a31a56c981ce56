"""A new office is sealed from the start, an old one by a command, and doctor says which it is."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from config.settings import load_settings
from kongchuo.usecases.doctor import run_checks
from kongchuo.usecases.doctor_checks.check_result import CheckResult
from store import Store
from store.audit.audit_trail import AUDIT
from tests.builders.offices.office_folder import an_office, run_kongchuo


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


def sealing_line(config: Path) -> CheckResult:
    return next(check for check in run_checks(config) if check.name == "封存")


def test_init_makes_a_key_outside_the_office_and_shows_its_code_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_kongchuo(monkeypatch, "init", tmp_path / "office") == 0
    told = capsys.readouterr().out

    [key] = (tmp_path / "home" / "kongchuo").iterdir()
    code = key.read_text().strip()
    assert told.count(code) == 1
    assert "抄下来锁好" in told
    kept = b"".join(path.read_bytes() for path in (tmp_path / "office").rglob("*") if path.is_file())
    assert code.encode() not in kept
    assert (tmp_path / "office" / "archive" / "key.json").exists()


def test_an_old_office_goes_on_unsealed_and_doctor_says_how_to_seal_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = an_office(tmp_path / "office")
    assert sealing_line(config).ok
    assert "kongchuo key new" in sealing_line(config).detail
    assert run_kongchuo(monkeypatch, "key", "check", "--config", config) == 1

    assert run_kongchuo(monkeypatch, "key", "new", "--config", config) == 0

    assert re.search("恢复码\uff1a(?:[0-9A-Z]{4}-){8}[0-9A-Z]{4}", capsys.readouterr().out)
    assert sealing_line(config).detail.startswith("已封存")
    assert run_kongchuo(monkeypatch, "key", "check", "--config", config) == 0


def test_a_second_key_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = an_office(tmp_path / "office")
    run_kongchuo(monkeypatch, "key", "new", "--config", config)
    run_kongchuo(monkeypatch, "key", "new", "--config", config)

    assert "早已封存" in capsys.readouterr().out
    assert len(list((tmp_path / "home" / "kongchuo").iterdir())) == 1


def test_a_code_that_is_shown_again_is_in_the_audit_trail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = an_office(tmp_path / "office")
    assert run_kongchuo(monkeypatch, "key", "export", "--config", config) == 2
    run_kongchuo(monkeypatch, "key", "new", "--config", config)
    capsys.readouterr()

    assert run_kongchuo(monkeypatch, "key", "export", "--config", config) == 0

    [key] = (tmp_path / "home" / "kongchuo").iterdir()
    assert key.read_text().strip() in capsys.readouterr().out
    settings = load_settings(config).store
    store = Store.open(settings.url, settings.archive, find_codes=lambda _: [key.read_text()])
    with store.engine.connect() as connection:
        audited = list(connection.execute(select(AUDIT.c.what).order_by(AUDIT.c.id)).scalars())
    assert [line.rpartition(" ")[0] for line in audited] == ["key new", "key export"]


def test_doctor_is_red_where_the_key_lies_with_the_data_or_is_lost(tmp_path: Path) -> None:
    config = an_office(tmp_path / "office")
    config.write_text(f'{config.read_text("utf-8")}\n[store]\nkey_file = "store.key"\n', "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        run_kongchuo(patch, "key", "new", "--config", config)

    beside = sealing_line(config)
    (tmp_path / "office" / "store.key").unlink()
    lost = sealing_line(config)

    assert (beside.ok, "放在一起" in beside.detail) == (False, True)
    assert (lost.ok, lost.exit_code, "恢复码" in lost.detail) == (False, 2, True)
