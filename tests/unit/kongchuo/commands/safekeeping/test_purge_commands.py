"""``purge`` says what may go, wants a reason, and leaves what a person holds; ``hold`` says what that is."""

import json
import os
import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog

from kongchuo import private_process
from kongchuo.office import open_office
from kongchuo.service.jobs import JOBS, run_job
from kongchuo.usecases.polling import BACKUP_JOB
from tests.builders.offices.office_folder import an_office, open_store, put_mail, run_kongchuo

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with one mail of a unit, of 2023, from which nothing is asked, and a database set aside long ago."""
    config = an_office(tmp_path / "office")
    put_mail(config, "a.eml", "")
    assert run_kongchuo(monkeypatch, "poll", "--config", config) == 0
    (config.parent / "kongchuo.db.old-20240101-080000").write_bytes(b"old")
    return config


@pytest.fixture(autouse=True)
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the system in which what went wrong is written down."""
    folder = tmp_path / "traces"
    folder.mkdir()
    monkeypatch.setattr(private_process, "_shared_folder", folder)
    return folder


def ask(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *options: str
) -> dict[str, Any]:
    capsys.readouterr()
    assert run_kongchuo(monkeypatch, "purge", "--config", config, "--json", *options) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def count_kept(config: Path) -> int:
    with open_store(config) as store:
        kept = len(store.purging.old_mails(datetime.now(UTC)))
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
    with open_store(config) as store:
        *_, entry = store.audit.entries()
    assert (entry.what.partition(":")[2], entry.why) == (
        " 1 mails, 0 bodies, 1 copies, 0 backups, 0 traces",
        "过了保存期",
    )
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
    assert (held["mails"], held["kept"], held["copies"]) == (0, {"有人决定不得清理": 1}, [])
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


def make_backup(config: Path, monkeypatch: pytest.MonkeyPatch, name: str, days: int) -> Path:
    """Makes a backup as if it had been made so many days ago."""
    monkeypatch.setenv("KONGCHUO_BACKUP_PASSWORD", "correct horse battery")
    file = config.parent.parent / "backups" / name
    assert run_kongchuo(monkeypatch, "backup", file, "--config", config) == 0
    date_backup(config, file, days)
    return file


def date_backup(config: Path, file: Path, days: int) -> None:
    made_at = datetime.now(UTC) - timedelta(days=days)
    os.utime(file, (made_at.timestamp(),) * 2)
    with open_store(config) as store:
        store.jobs.record_success(BACKUP_JOB, str(file), made_at)


def test_backups_past_their_days_are_removed_and_counted(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, older, new = (
        make_backup(config, monkeypatch, name, days) for name, days in (("b", 61), ("a", 90), ("c", 3))
    )

    planned = ask(config, monkeypatch, capsys, "--dry-run")
    assert planned["backups"] == [str(older), str(old)]
    assert all(file.exists() for file in (old, older, new))
    capsys.readouterr()
    assert run_kongchuo(monkeypatch, "purge", "--config", config, "--why", "过了保存期") == 0

    assert [file.exists() for file in (old, older, new)] == [False, False, True]
    until = datetime.now(ZONE).date() + timedelta(days=57)
    said = capsys.readouterr().out
    assert "备份2份" in said
    assert "以前的备份还有1份" in said
    assert f"{until.year}年{until.month}月{until.day}日" in said
    with open_store(config) as store:
        entry, recorded = store.audit.entries()[-1], store.jobs.statuses()
    assert entry.what.endswith("1 copies, 2 backups, 0 traces")
    assert [one.subject for one in recorded if one.job == BACKUP_JOB] == [str(new)]


def test_the_service_logs_which_backups_still_hold_what_went(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_backup(config, monkeypatch, "a", 3)
    [job] = [job for job in JOBS if job.name == "purge"]

    with structlog.testing.capture_logs() as events:
        run_job(job, config)

    until = datetime.now(ZONE).date() + timedelta(days=57)
    [told] = [event for event in events if event["event"] == "以前的备份里还有清理掉的"]
    assert (told["backups"], told["until"]) == (1, until.isoformat())


def test_the_newest_backup_stays_however_old(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = make_backup(config, monkeypatch, "a", 900)
    day = (datetime.now(ZONE) - timedelta(days=840)).date().isoformat()
    gone = make_backup(config, monkeypatch, "b", 2)
    gone.unlink()

    answer = ask(config, monkeypatch, capsys, "--why", "过了保存期")

    assert (answer["backups"], answer["backups_elsewhere"]) == ([], 1)
    assert [(one["file"], one["until"]) for one in answer["backups_left"]] == [(str(newest), day)]
    assert newest.exists()


def test_what_is_no_backup_of_this_office_stays(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, linked, replaced, younger = (
        make_backup(config, monkeypatch, name, 900) for name in ("plain", "linked", "replaced", "younger")
    )
    make_backup(config, monkeypatch, "newest", 1)
    unrecorded = plain.with_name("of another office")
    unrecorded.write_bytes(plain.read_bytes())
    outside = config.parent.parent / "outside"
    linked.rename(outside)
    linked.symlink_to(outside)
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("database", "not encrypted")
        archive.writestr("manifest.json", "{}")
    replaced.write_bytes(b"a letter that somebody put here")
    for file in (plain, replaced, unrecorded, outside):
        os.utime(file, (0, 0))
    os.utime(younger)

    answer = ask(config, monkeypatch, capsys, "--why", "过了保存期")

    assert (answer["backups"], answer["backups_elsewhere"]) == ([], 3)
    assert all(file.exists() for file in (plain, linked, outside, replaced, younger, unrecorded))


def test_a_copy_of_the_office_leaves_the_backups_of_the_living_one(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = (make_backup(config, monkeypatch, name, days) for name, days in (("a", 90), ("b", 3)))
    copied = config.parent.parent / "drill"
    shutil.copytree(config.parent, copied)

    answer = ask(copied / config.name, monkeypatch, capsys, "--why", "演练")

    assert (answer["backups"], answer["backups_elsewhere"]) == ([], 2)
    assert [file.exists() for file in (old, new)] == [True, True]


def test_a_backup_that_holds_nothing_purged_is_not_told_of(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(config, monkeypatch, capsys, "--why", "过了保存期")
    make_backup(config, monkeypatch, "a", 0)

    assert ask(config, monkeypatch, capsys, "--dry-run")["backups_left"] == []


def test_traces_past_their_days_are_removed(
    config: Path, traces: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, other = (
        traces / name for name in ("kongchuo-abcdefgh.log", "kongchuo-ijklmnop.log", "kongchuo.log")
    )
    for file, days in ((old, 181), (new, 179), (other, 900)):
        file.write_text("ValueError", "utf-8")
        os.utime(file, (datetime.now(UTC).timestamp() - days * 86400,) * 2)

    assert ask(config, monkeypatch, capsys, "--why", "过了保存期")["traces"] == 1

    assert [file.exists() for file in (old, new, other)] == [False, True, True]


def test_nothing_at_all_goes_while_everything_is_held(
    config: Path, traces: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = make_backup(config, monkeypatch, "a", 90)
    make_backup(config, monkeypatch, "b", 1)
    assert run_kongchuo(monkeypatch, "hold", "--config", config, "--all", "--why", "正在受检查") == 0

    answer = ask(config, monkeypatch, capsys, "--why", "过了保存期")

    assert (answer["mails"], answer["copies"], answer["backups"]) == (0, [], [])
    assert old.exists()
