import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

import store.migrations
from config.errors import StoreLockedError, StoreNewerError
from store import Store
from store.drafts import Arrival, FileDraft, MessageDraft, RecordDraft, SubmissionDraft, file_id
from store.engine import NEWEST_MIGRATION
from store.stored_values import Disposition

MORNING = datetime(2023, 9, 20, 1, tzinfo=UTC)
LATER = MORNING + timedelta(days=30)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'k.db'}", tmp_path / "archive")
    yield opened
    opened.close()


def arrive(kept: Store, message_id: str, at: datetime = MORNING, uid: int = 1) -> int:
    arrival = Arrival(message_id=message_id, received_at=at, mailbox="main", uidvalidity=7, uid=uid)
    return kept.record_arrivals([arrival], uid)


def a_message(message_id: str, *names: str, content: str = "c1") -> MessageDraft:
    rows = tuple(
        RecordDraft(sheet="Sheet1", row=5 + n, student_key=name, body=f'{{"name":"{name}"}}', problems=())
        for n, name in enumerate(names)
    )
    filed = SubmissionDraft(unit="甲镇", form="附件3", nil=not rows, blocking=(), records=rows, problems=())
    file = FileDraft(
        position=0,
        path=("附件3.xlsx",),
        size=3,
        sha256=content,
        kind="xlsx",
        outcome="forms",
        submissions=(filed,),
    )
    return MessageDraft(
        message_id=message_id, sender="a@example.org", sender_name="", subject="", files=(file,)
    )


def test_a_message_is_new_only_once(kept: Store) -> None:
    assert arrive(kept, "m1", uid=1) == 1
    assert arrive(kept, "m1", uid=2) == 0
    assert kept.watermarks("main") == {7: 2}


def test_a_watermark_never_goes_back(kept: Store) -> None:
    arrive(kept, "m1", uid=9)
    arrive(kept, "m2", uid=3)

    assert kept.watermarks("main") == {7: 9}


def test_an_archived_message_waits_until_it_is_recorded(kept: Store) -> None:
    arrive(kept, "m1")
    assert [message for message, _ in kept.unprocessed()] == ["m1"]

    kept.record_message("n", a_message("m1", "张一"))

    assert kept.unprocessed() == []


def test_recording_twice_leaves_what_once_left(kept: Store) -> None:
    arrive(kept, "m1")
    kept.record_message("n", a_message("m1", "张一", "张二"))
    before = kept.records(kept.submissions("n", LATER)), kept.files(LATER)

    kept.record_message("n", a_message("m1", "张一", "张二"))

    assert (kept.records(kept.submissions("n", LATER)), kept.files(LATER)) == before


def test_the_earliest_arrival_is_recorded_whatever_was_processed_first(kept: Store) -> None:
    arrive(kept, "late", MORNING + timedelta(hours=2), uid=1)
    kept.record_message("n", a_message("late", "张一"))
    arrive(kept, "early", MORNING, uid=2)
    kept.record_message("n", a_message("early", "张一"))

    found = {file.message_id: file.disposition for file in kept.files(LATER)}

    assert found == {"early": Disposition.RECORDED, "late": Disposition.DUPLICATE}
    assert [s.received_at for s in kept.submissions("n", LATER)] == [MORNING]


def test_a_duplicate_takes_over_when_the_first_is_read_otherwise(kept: Store) -> None:
    for number, message in enumerate(("m1", "m2")):
        arrive(kept, message, MORNING + timedelta(hours=number), uid=number + 1)
        kept.record_message("n", a_message(message, "张一"))

    kept.record_message("n", MessageDraft(message_id="m1", sender="", sender_name="", subject="", files=()))

    assert [file.disposition for file in kept.files(LATER)] == [Disposition.RECORDED]
    assert len(kept.records(kept.submissions("n", LATER))) == 1


def test_nothing_is_seen_before_it_arrived(kept: Store) -> None:
    arrive(kept, "m1")
    kept.record_message("n", a_message("m1", "张一"))

    assert kept.submissions("n", MORNING - timedelta(seconds=1)) == ()
    assert kept.files(MORNING - timedelta(seconds=1)) == ()


def test_an_assignment_is_kept_and_its_sender_learned(kept: Store) -> None:
    arrive(kept, "m1")
    kept.record_message("n", a_message("m1"))

    assert kept.assign(file_id("m1", 0), "乙镇", "附件3", "office", MORNING) == "m1"
    assert kept.assignments() == {file_id("m1", 0): ("乙镇", "附件3")}
    assert kept.learned_senders() == {"a@example.org": "乙镇"}
    assert kept.assign("nothing", "乙镇", None, "office", MORNING) is None


def test_a_mail_is_queued_once_a_key(kept: Store) -> None:
    def put() -> bool:
        return kept.queue_mail(
            key="digest/1", purpose="digest", raw=b"x", sender="s", recipients=("r",), when=MORNING
        )

    assert put()
    assert not put()
    assert [mail.key for mail in kept.mails_due(MORNING)] == ["digest/1"]
    assert kept.mark_mail_sending("digest/1", ("r",), MORNING)
    assert kept.mark_mail_accepted("digest/1", MORNING, refused={}, retry_at=None, error=None)
    assert kept.mails_due(LATER) == ()


def test_of_two_that_would_send_a_mail_one_may(kept: Store) -> None:
    kept.queue_mail(key="k", purpose="digest", raw=b"x", sender="s", recipients=("r",), when=MORNING)

    assert kept.mark_mail_sending("k", ("r",), MORNING)
    assert not kept.mark_mail_sending("k", ("r",), MORNING)
    assert not kept.cancel_mail("k")


def test_an_outbox_of_the_version_before_keeps_what_was_sent_what_waits_and_what_was_given_up(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'k.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config()
        (folder,) = store.migrations.__path__
        config.set_main_option("script_location", folder)
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for key, next_at, sent_at in (
            ("sent", None, "2023-09-25"),
            ("held", None, None),
            ("waiting", "2023-09-25", None),
        ):
            connection.execute(
                text(
                    "INSERT INTO outbox (key, purpose, sender, recipients, raw, queued_at, attempts, next_at, sent_at)"
                    " VALUES (:key, 'digest', 's', '[\"r\"]', x'00', '2023-09-25 00:00:00.000000', 1, :next_at, :sent_at)"
                ),
                {
                    "key": key,
                    "next_at": next_at and f"{next_at} 00:00:00.000000",
                    "sent_at": sent_at and f"{sent_at} 00:00:00.000000",
                },
            )
    engine.dispose()

    upgraded = Store.open(url, tmp_path)
    found = {mail.key: str(mail.state) for mail in upgraded.mails()}
    upgraded.close()

    assert found == {key: key for key in ("sent", "held", "waiting")}


def test_a_living_process_keeps_its_lease(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with kept.lease("ingest"):
        monkeypatch.setattr("store.lease.holder", lambda: f"{os.uname().nodename}:1:another")
        monkeypatch.setattr("store.lease._may_be_alive", lambda signed: True)

        with pytest.raises(StoreLockedError, match="正在收信"):
            kept.renew_lease("ingest")


def test_a_dead_process_does_not_block_the_next(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.lease.holder", lambda: f"{os.uname().nodename}:999999999")
    kept.renew_lease("ingest")
    monkeypatch.undo()

    with kept.lease("ingest"):
        pass


def test_migrations_build_what_the_models_say(kept: Store) -> None:
    with kept.engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)

    assert difference == []


def test_head_is_the_newest_migration() -> None:
    (folder,) = store.migrations.__path__

    assert ScriptDirectory(folder).get_current_head() == NEWEST_MIGRATION


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'k.db'}"
    opened = Store.open(url, tmp_path)
    with opened.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()

    with pytest.raises(StoreNewerError, match="升级"):
        Store.open(url, tmp_path)
