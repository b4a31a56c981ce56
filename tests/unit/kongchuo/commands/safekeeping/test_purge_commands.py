"""``purge`` says what may go, wants a reason, and leaves what a person holds; ``hold`` says what that is."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.settings import load_settings
from kongchuo.office import open_office
from kongchuo.service.jobs import JOBS, run_job
from store import Store
from tests.builders.offices.office_folder import an_office, put_mail, run_kongchuo


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with one mail of a unit, of 2023, from which nothing is asked, and a database set aside long ago."""
    config = an_office(tmp_path / "office")
    put_mail(config, "a.eml", "")
    assert run_kongchuo(monkeypatch, "poll", "--config", config) == 0
    (config.parent / "kongchuo.db.old-20240101-080000").write_bytes(b"old")
    return config


def ask(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *options: str
) -> dict[str, Any]:
    capsys.readouterr()
    assert run_kongchuo(monkeypatch, "purge", "--config", config, "--json", *options) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def opened(config: Path) -> Store:
    settings = load_settings(config).store
    return Store.open(settings.url, settings.archive)


def count_kept(config: Path) -> int:
    store = opened(config)
    kept = len(store.purging.old_mails(datetime.now(UTC)))
    store.close()
    return kept


def test_a_dry_run_says_what_may_go_and_takes_nothing(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = ask(config, monkeypatch, capsys, "--dry-run")

    assert (answer["mails"], answer["kept"], len(answer["copies"])) == (1, {}, 1)
    assert count_kept(config) == 1
    assert Path(answer["copies"][0]).exists()


def test_a_purge_wants_a_reason_and_the_audit_trail_has_it(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_kongchuo(monkeypatch, "purge", "--config", config) == 2
    assert "--why" in capsys.readouterr().err
    assert count_kept(config) == 1

    answer = ask(config, monkeypatch, capsys, "--why", "过了保存期")

    assert count_kept(config) == 0
    assert not Path(answer["copies"][0]).exists()
    store = opened(config)
    *_, entry = store.audit.entries()
    store.close()
    assert (entry.what.partition(":")[2], entry.why) == (" 1 mails, 0 bodies, 1 copies", "过了保存期")
    assert ask(config, monkeypatch, capsys)["mails"] == 0


@pytest.mark.parametrize(("day", "mails", "too_young"), [("2023-09-01", 0, 0), ("2023-10-01", 1, 0)])
def test_a_day_takes_only_what_came_before(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    day: str,
    mails: int,
    too_young: int,
) -> None:
    answer = ask(config, monkeypatch, capsys, "--dry-run", "--before", day)

    assert (answer["mails_before"], answer["mails"], answer["too_young"]) == (day, mails, too_young)


def test_no_day_takes_what_is_to_be_kept_longer(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(f"{config.read_text('utf-8')}\n[retention]\nmail_months = 600\n", "utf-8")

    answer = ask(config, monkeypatch, capsys, "--dry-run", "--before", "2023-10-01")

    assert (answer["mails"], answer["too_young"]) == (0, 1)


def test_what_a_person_holds_stays_until_that_is_withdrawn(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_kongchuo(monkeypatch, "hold", "--config", config, "--all", "--why", "正在受检查") == 0
    held = ask(config, monkeypatch, capsys, "--why", "过了保存期")
    assert (held["mails"], held["kept"]) == (0, {"有人决定不得清理": 1})
    assert count_kept(config) == 1

    assert run_kongchuo(monkeypatch, "withdraw", "--config", config, "1", "--why", "检查完了") == 0

    assert ask(config, monkeypatch, capsys, "--why", "过了保存期")["mails"] == 1


def test_hold_wants_one_thing(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_kongchuo(monkeypatch, "hold", "--config", config, "--why", "受检查") == 2
    assert (
        run_kongchuo(monkeypatch, "hold", "--config", config, "--all", "--unit", "西沱镇", "--why", "查") == 2
    )
    assert run_kongchuo(monkeypatch, "hold", "--config", config, "--unit", "西沱镇", "--why", "受检查") == 0


def test_the_service_purges_only_where_the_office_says_when(config: Path) -> None:
    [job] = [job for job in JOBS if job.name == "purge"]
    with open_office(config) as office:
        assert not job.is_enabled(office.settings)
    config.write_text(f'{config.read_text("utf-8")}\n[schedule]\npurge = "20 2 * * *"\n', "utf-8")
    with open_office(config) as office:
        assert job.is_enabled(office.settings)

    run_job(job, config)

    assert count_kept(config) == 0
