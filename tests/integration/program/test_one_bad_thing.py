"""One bad thing costs itself only: a damaged archive, a mail that ends every poll."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from config.errors import StoreError
from ingest.processing.messages_in_flight import MAX_TRIES
from store.aggregates.message_store import MessageStore
from store.recording import MESSAGE
from tests.builders.files.clerk_files import mail, xlsx
from tests.builders.offices.office_folder import an_office, open_store, put_mail, run_kongchuo


def poll(monkeypatch: pytest.MonkeyPatch, config: Path) -> int:
    return run_kongchuo(monkeypatch, "poll", "--config", config)


def listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], config: Path):
    capsys.readouterr()
    run_kongchuo(monkeypatch, "files", "--json", "--config", config)
    return sorted(
        (file["path"], file["disposition"], file["reason"]) for file in json.loads(capsys.readouterr().out)
    )


def blobs(config: Path) -> list[Path]:
    return sorted((config.parent / "archive").rglob("*.z"))


def make_unprocessed(config: Path) -> None:
    with open_store(config) as store, store._transactions.writing() as connection:
        connection.execute(MESSAGE.update().values(processed=False))


@pytest.mark.parametrize("damage", [b"", b"junk", None])
def test_a_damaged_archive_file_ends_no_rerun_and_the_good_bytes_replace_it(
    tmp_path, monkeypatch, capsys, damage
):
    config = an_office(tmp_path)
    put_mail(config, "1.eml", "一")
    put_mail(config, "2.eml", "二")
    assert poll(monkeypatch, config) == 0
    before = listed(monkeypatch, capsys, config)
    blob = blobs(config)[0]
    good = blob.read_bytes()
    blob.write_bytes(damage) if damage is not None else blob.unlink()

    assert run_kongchuo(monkeypatch, "rerun", "--all", "--config", config) == 1
    assert "缺失或已损坏" in capsys.readouterr().out
    assert listed(monkeypatch, capsys, config) == before

    assert poll(monkeypatch, config) == 0
    assert blob.read_bytes() == good
    assert run_kongchuo(monkeypatch, "rerun", "--all", "--config", config) == 0
    assert listed(monkeypatch, capsys, config) == before


def test_a_damaged_archive_file_of_a_mail_not_yet_read_is_listed_and_healed_by_the_same_poll(
    tmp_path, monkeypatch, capsys
):
    config = an_office(tmp_path)
    put_mail(config, "1.eml", "一")
    put_mail(config, "2.eml", "二")
    poll(monkeypatch, config)
    before = listed(monkeypatch, capsys, config)
    make_unprocessed(config)
    blobs(config)[0].write_bytes(b"junk")
    mails = sorted((config.parent / "mail").iterdir())
    away = [(mail, mail.rename(mail.with_suffix(".away"))) for mail in mails]

    assert poll(monkeypatch, config) == 1
    assert [(path, disposition) for path, disposition, _ in listed(monkeypatch, capsys, config)] == [
        ([], "ignored"),
        ([], "quarantined"),
    ]

    for name, moved in away:
        moved.rename(name)
    assert poll(monkeypatch, config) == 0
    assert listed(monkeypatch, capsys, config) == before


def test_a_mail_that_ends_three_polls_is_quarantined_and_the_others_are_read(tmp_path, monkeypatch, capsys):
    config = an_office(tmp_path)
    put_mail(config, "1.eml", "ends every poll")
    put_mail(config, "2.eml", "二")
    record_messages = MessageStore.record

    def failing(self, notice, drafts):
        if any(draft.message_id == bad and "三次" not in (draft.files[0].reason or "") for draft in drafts):
            raise StoreError("the database does not take it")
        record_messages(self, notice, drafts)

    bad = hashlib.sha256((config.parent / "mail" / "1.eml").read_bytes()).hexdigest()
    with monkeypatch.context() as broken:
        broken.setattr(MessageStore, "record", failing)
        codes = [poll(broken, config) for _ in range(MAX_TRIES + 2)]

    assert codes[:3] == [3, 3, 3]
    assert codes[-1] == 1
    found = listed(monkeypatch, capsys, config)
    assert [disposition for _, disposition, _ in found] == ["ignored", "quarantined"]


def test_a_mail_that_ends_three_polls_is_shown_beside_the_unit_that_sent_it(tmp_path, monkeypatch, capsys):
    config = an_office(tmp_path)
    table = xlsx([["姓名", "身份证号"], ["甲某", "1"]])
    raw = mail({"附件4.xlsx": table}, subject="西沱镇小学附件4", sender="school@example.org")
    file = config.parent / "mail" / "1.eml"
    file.write_bytes(raw)
    os.utime(file, (file.stat().st_mtime - 5,) * 2)  # four polls take less than the second it is listed after
    record_messages = MessageStore.record

    def failing(self, notice, drafts):
        if any(file.path[-1:] == ("附件4.xlsx",) for draft in drafts for file in draft.files):
            raise StoreError("the database does not take it")
        record_messages(self, notice, drafts)

    with monkeypatch.context() as broken:
        broken.setattr(MessageStore, "record", failing)
        codes = [poll(broken, config) for _ in range(MAX_TRIES + 2)]

    assert codes == [3, 3, 3, 1]
    capsys.readouterr()
    run_kongchuo(monkeypatch, "files", "--json", "--config", config)
    (file,) = json.loads(capsys.readouterr().out)
    assert (file["from"], file["disposition"]) == ("school@example.org", "quarantined")
    assert file["unit_hint"] == "西沱镇小学"
    assert "三次中断" in file["reason"]
    assert poll(monkeypatch, config) == 0
    run_kongchuo(monkeypatch, "rerun", "--failed", "--config", config)
    assert [path for path, _, _ in listed(monkeypatch, capsys, config)] == [["附件4.xlsx"]]
