"""Offices that earlier versions made (``make_old_office.py``) are opened by this one as an administrator would, and answer the same.

``b5d91f4d`` is 0.1.0, with schema 0003: no journal, no checksums, bodies of mails in the outbox's own rows. ``dc19d540`` is what was
installed two days later, with schema 0006. What is answered differently since is listed in :data:`MEANT`, each with the rule behind it.
"""

import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from config.text.output_mask import mask_telephone
from store.sealing.packed_mail import unpack
from tests.builders.offices.installed_office import InstalledOffice

OFFICES = Path(__file__).parent / "offices"
AS_OF = "2023-09-28"
MEANT = {
    ("crosscheck", "+leave-without-end"): "leave without an end is asked for one; docs/judging.md",
    (
        "gaps",
        "+\u5357\u5bbe\u9547\u5c0f\u5b66 \u9644\u4ef66 incomplete",
    ): "\u9644\u4ef66 is complete with letter and register; 0.1.0 took either",
    (
        "gaps",
        "\u9ec4\u9e64\u9547 \u9644\u4ef65 missing",
    ): "\u9644\u4ef65 for a child found after the notice's day is never late and costs nothing",
    ("status", "\u9ec4\u9e64\u9547 deduction"): "the same \u9644\u4ef65",
    (
        "cases --all",
        "next_visit_due",
    ): "a first visit is due five days after the child was told of, not after it left",
    ("cases --all", "days_overdue"): "it counts from that day",
    (
        "cases --all",
        "closed_on",
    ): "a case closes on the day that the form gives for the return, not on that of the mail",
    ("cases --all", "observed_until"): "thirty days from there",
    ("cases --all", "timeline"): "the return stands at its day",
    (
        "cases --all",
        "status",
    ): "a row whose \u7c7b\u522b is blank is no dropout; it is \u7c7b\u522b\u672a\u586b, and asked about",
}
_ANSWERS = ("files", "status", "gaps", "cases --all", "crosscheck", "problems", "roll", "decisions")
_RENAMED = ("file_id",)
"""Of mail, name and bytes since migration 0010; decisions on files moved along."""
_MASKED = ("guardian_phone", "responsible_phone", "head_teacher_phone", "household_group")


@pytest.fixture(params=["b5d91f4d", "dc19d540"], scope="module")
def commit(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def old_office(commit: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office as the old version left it; nobody may write here."""
    folder = tmp_path_factory.mktemp(commit)
    with lzma.open(OFFICES / f"{commit}.tar.xz") as file, tarfile.open(fileobj=file) as archive:
        archive.extractall(folder, filter="data")
    (folder / "mail").mkdir()
    for path in (folder, *folder.rglob("*")):  # as others could read it then
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


@pytest.fixture(scope="module")
def upgraded(old_office: Path, tmp_path_factory: pytest.TempPathFactory) -> InstalledOffice:
    """The same after the steps of the changelog, short of sealing."""
    folder = tmp_path_factory.mktemp("upgraded") / "office"
    shutil.copytree(old_office, folder)
    office = InstalledOffice(folder)
    _take_the_bundled_notice(office)
    return office


@pytest.fixture(scope="module")
def old_answers(commit: str) -> dict[str, Any]:
    return dict(json.loads(lzma.decompress((OFFICES / f"{commit}.json.xz").read_bytes())))


def test_each_command_says_how_the_old_notice_is_renewed(old_office: Path) -> None:
    code, _, said = InstalledOffice(old_office).run("status")

    assert code == 2
    assert 'file = "2023-autumn.toml"' in said
    assert "age_checked" not in said


def test_doctor_asks_to_close_the_files_and_is_content_afterwards(old_office: Path, tmp_path: Path) -> None:
    office = InstalledOffice(tmp_path / "office")
    shutil.copytree(old_office, office.folder)
    _take_the_bundled_notice(office)

    _, said, _ = office.run("doctor")
    assert "key new" in said
    command = re.search(r"chmod -R go-rwx (.+)", said)
    assert command is not None, said
    for path in map(Path, command[1].split()):
        for each in (path, *path.rglob("*")):
            each.chmod(0o700 if each.is_dir() else 0o600)

    assert "chmod" not in office.run("doctor")[1]


def test_what_was_answered_then_is_answered_now(
    upgraded: InstalledOffice, old_answers: dict[str, Any]
) -> None:
    differences = list(_differences(upgraded, old_answers))

    assert [each for each in differences if each[:2] not in MEANT] == []
    assert len(differences) < 40, "a rule that is meant for a few children must not change many"


def test_no_row_file_case_or_decision_is_lost(upgraded: InstalledOffice, old_answers: dict[str, Any]) -> None:
    for question, old in old_answers.items():
        if isinstance(old, list) and question not in ("crosscheck", "gaps"):
            assert len(_ask(upgraded, question)) == len(old), question


def test_the_store_is_sound_before_anything_is_written_and_says_what_waits(
    commit: str, old_office: Path, old_answers: dict[str, Any], tmp_path: Path
) -> None:
    office = InstalledOffice(tmp_path / "office")
    shutil.copytree(old_office, office.folder)
    _take_the_bundled_notice(office)

    _, said, _ = office.run("verify")
    # The journal of schema 0006 names a file by its number in the mail; the database has moved the decision along.
    faults = [line for line in said.splitlines() if line.startswith("\u2717")]
    assert [line for line in faults if "\u5f52\u5c5e" not in line] == []
    assert len(faults) == {"b5d91f4d": 0, "dc19d540": 2}[commit]
    states = sorted(mail["state"] for mail in office.ask("outbox"))
    assert states == sorted(mail["state"] for mail in old_answers["outbox"])
    assert {"sent", "waiting", "cancelled"} <= set(states)


def test_reading_everything_again_changes_only_two_reasons(upgraded: InstalledOffice, tmp_path: Path) -> None:
    """A damaged workbook is no longer called a damaged archive, and an automatic reply is called one."""
    office = InstalledOffice(tmp_path / "office")
    shutil.copytree(upgraded.folder, office.folder)
    before = {question: _ask(office, question) for question in _ANSWERS}

    office.ask("rerun", "--all")

    after = {question: _ask(office, question) for question in _ANSWERS}
    reasons = {file.pop("reason") for file in before["files"]} ^ {
        file.pop("reason") for file in after["files"]
    }
    assert after == before
    assert len(reasons) <= 3


def test_it_reads_as_a_fresh_office_reads_the_same_mails(upgraded: InstalledOffice, tmp_path: Path) -> None:
    office = InstalledOffice(tmp_path / "office")
    shutil.copytree(upgraded.folder, office.folder)
    office.ask("rerun", "--all")
    fresh = InstalledOffice(tmp_path / "fresh")
    shutil.copytree(upgraded.folder, fresh.folder)
    (fresh.folder / "kongchuo.db").unlink()
    shutil.rmtree(fresh.folder / "archive")
    arrivals = {
        file["message_id"]: datetime.fromisoformat(file["received_at"]) for file in _ask(office, "files")
    }
    for message_id, at in arrivals.items():
        packed = office.folder / "archive" / message_id[:2] / f"{message_id[2:]}.z"
        mail = fresh.folder / "mail" / f"{message_id}.eml"
        mail.write_bytes(b"".join(unpack(iter((packed.read_bytes(),)))))
        os.utime(mail, (at.timestamp(), at.timestamp()))
    fresh.ask("poll")

    assigned = {file["file_id"] for file in _ask(office, "files") if "stranger" in file["from"]}
    forms = (f"records --form \u9644\u4ef6{number}" for number in (1, 2, 3, 5, 6))
    for question in ("files", "problems", "roll", *forms):
        then, now = _ask(fresh, question), _ask(office, question)
        if question in ("files", "problems"):  # but for what people decided
            then, now = (_without_decisions(answer, assigned) for answer in (then, now))
        assert now == then, question


def test_it_can_be_sealed_afterwards(upgraded: InstalledOffice, tmp_path: Path) -> None:
    office = InstalledOffice(tmp_path / "office")
    shutil.copytree(upgraded.folder, office.folder)
    before = office.all_answers()

    config = str(office.folder / "kongchuo.toml")
    command = [sys.executable, "-P", "-m", "kongchuo", "--config", config, "key", "new"]
    sealing = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert sealing.returncode == 0, sealing.stderr
    assert office.all_answers() == before


def _without_decisions(entries: list[dict[str, Any]], assigned: set[str]) -> list[dict[str, Any]]:
    kept = [entry for entry in entries if entry["file_id"] not in assigned]
    return [{key: entry[key] for key in entry.keys() - {"explained"}} for entry in kept]


def _take_the_bundled_notice(office: InstalledOffice) -> None:
    """What the sentence of the refusal asks for."""
    (office.folder / "notices" / "2023-autumn.toml").rename(office.folder / "notices" / "2023-autumn.old")
    config = office.folder / "kongchuo.toml"
    config.write_text(
        config.read_text("utf-8").replace('"notices/2023-autumn.toml"', '"2023-autumn.toml"'), "utf-8"
    )


def _ask(office: InstalledOffice, question: str) -> Any:
    command = question.split()
    return office.ask(*command) if question == "outbox" else office.ask(*command, "--as-of", AS_OF)


def _differences(
    office: InstalledOffice, old_answers: dict[str, Any]
) -> Iterator[tuple[str, str, object, object]]:
    """Question, what differs, the value then and now; an entry that is new has ``+`` before its name, a lost one ``-``."""
    for question, old in old_answers.items():
        new = _ask(office, question)
        if question == "status":
            old, new = old["units"], new["units"]
        elif not isinstance(old, list):
            old, new = [old], [new]
        entries_then = {_name(question, entry): entry for entry in old}
        entries_now = {_name(question, entry): entry for entry in new}
        assert len(entries_then) == len(old), question
        for name in entries_then.keys() - entries_now.keys():
            yield question, f"-{_short(question, name, entries_then[name])}", name, None
        for name in entries_now.keys() - entries_then.keys():
            yield question, f"+{_short(question, name, entries_now[name])}", None, name
        for name in entries_then.keys() & entries_now.keys():
            then, now = entries_then[name], entries_now[name]
            if then.get("field") in _MASKED:  # the cell that a problem is about
                value, masked = str(then["value"]), mask_telephone(str(then["value"]))
                then = {**then, "value": masked, "message": str(then["message"]).replace(value, masked)}
            for key in then.keys() - set(_RENAMED):
                if not _is_same(key, then[key], now.get(key)):
                    yield question, _what(question, name, key), then[key], now.get(key)


def _name(question: str, entry: dict[str, Any]) -> str:
    if question == "files":
        return " ".join([entry["message_id"], *entry["path"], entry["sha256"] or ""])
    if question == "gaps":
        return " ".join([entry["unit"], entry["form"], entry["gap"]])
    keys = ("problem_id", "finding_id", "record_id", "case_id", "key", "id", "unit")
    return next((str(entry[key]) for key in keys if key in entry), question)


def _short(question: str, name: str, entry: dict[str, Any]) -> str:
    return str(entry["code"]) if question == "crosscheck" else name


def _what(question: str, name: str, key: str) -> str:
    if question == "status":
        return f"{name} {key}"
    return name if question == "gaps" else key


def _is_same(key: str, then: object, now: object) -> bool:
    """Whether two values say the same; keys that are new since are no difference, nor are Chinese marks for ASCII ones."""
    if key in _MASKED:
        return (then is None) == (now is None)
    if isinstance(then, dict) and isinstance(now, dict):
        return all(inner in _RENAMED or _is_same(inner, then[inner], now.get(inner)) for inner in then)
    if isinstance(then, list) and isinstance(now, list):
        return len(then) == len(now) and all(_is_same(key, *pair) for pair in zip(then, now, strict=True))
    if isinstance(then, str) and isinstance(now, str):
        return unicodedata.normalize("NFKC", then) == unicodedata.normalize("NFKC", now)
    return then == now
