"""The store as the other rooms see it: an engine, an archive, and one method a question."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from store import job_status, lease, outbox, queries, recording
from store.archive import Archive
from store.drafts import Arrival, MessageDraft
from store.engine import LASTING, WRITING, open_engine, readable_errors
from store.facts import (
    DecisionFact,
    Disposition,
    EvidenceFact,
    FileFact,
    ProblemFact,
    RecordFact,
    SubmissionFact,
)
from store.models import Assignment, Audit, Decision

ASSIGNMENT, AUDIT, DECISION = recording.table(Assignment), recording.table(Audit), recording.table(Decision)


class Store:
    """Everything recorded, and the archive of raw mail beside it.

    Every method that reads takes the facts or the instant it is asked for; none keeps state.
    Database trouble is raised as :class:`config.errors.StoreError` or one of its kinds.
    """

    def __init__(self, engine: Engine, archive: Archive) -> None:
        self.engine = engine
        self.archive = archive

    @classmethod
    def open(cls, url: str, archive: Path) -> "Store":
        """Open, creating or upgrading the schema as needed."""
        return cls(open_engine(url), Archive(archive))

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with readable_errors(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with readable_errors(), self.engine.execution_options(**{WRITING: True}).begin() as connection:
            yield connection

    @contextmanager
    def _lasting(self) -> Iterator[Connection]:
        """Written so that even a power failure keeps it: what must not be forgotten once a mail has left."""
        options = {WRITING: True, LASTING: True}
        with readable_errors(), self.engine.execution_options(**options).begin() as connection:
            yield connection

    # What came in

    def watermarks(self, mailbox: str) -> dict[int, int]:
        """By UIDVALIDITY, the UID up to which this mailbox is archived."""
        with self._reading() as connection:
            rows = connection.execute(
                select(recording.WATERMARK).where(recording.WATERMARK.c.mailbox == mailbox)
            )
            return {row.uidvalidity: row.uid for row in rows}

    def note_arrivals(self, arrivals: Sequence[Arrival], watermark: int | None) -> int:
        """Make archived messages known; returns how many were new."""
        with self._writing() as connection:
            return recording.note_arrivals(connection, arrivals, watermark)

    def record_message(self, notice: str, draft: MessageDraft) -> None:
        """Record one message's results in one transaction."""
        with self._writing() as connection:
            recording.record_message(connection, notice, draft)

    def newest_arrival(self) -> datetime | None:
        """When the newest message arrived, as its server says."""
        with self._reading() as connection:
            return connection.execute(select(func.max(recording.MESSAGE.c.received_at))).scalar()

    def unprocessed(self) -> list[tuple[str, datetime]]:
        """Ids and arrivals of messages archived but not recorded, oldest first."""
        with self._reading() as connection:
            return recording.unprocessed(connection)

    def messages_to_rerun(
        self,
        *,
        failed: bool = False,
        message: str | None = None,
        unit: str | None = None,
        since: datetime | None = None,
    ) -> list[tuple[str, datetime]]:
        """Ids and arrivals of archived messages by what is asked, oldest first."""
        with self._reading() as connection:
            return queries.messages_to_rerun(
                connection, failed=failed, message=message, unit=unit, since=since
            )

    # What stands recorded

    def submissions(self, notice: str | None, as_of: datetime) -> tuple[SubmissionFact, ...]:
        with self._reading() as connection:
            return queries.submissions(connection, notice, as_of)

    def records(self, facts: Collection[SubmissionFact]) -> tuple[RecordFact, ...]:
        with self._reading() as connection:
            return queries.records(connection, facts)

    def row_keys(self, submission_ids: Collection[str]) -> dict[str, tuple[tuple[str, str | None], ...]]:
        with self._reading() as connection:
            return queries.row_keys(connection, submission_ids)

    def records_where(
        self, facts: Collection[SubmissionFact], wanted: Callable[[dict[str, Any]], bool]
    ) -> tuple[RecordFact, ...]:
        """The rows of these submissions whose values are wanted, in order of arrival."""
        with self._reading() as connection:
            return queries.records_where(connection, facts, wanted)

    def file_paths(self, file_ids: Collection[str]) -> dict[str, str]:
        """What these files are called, by id."""
        with self._reading() as connection:
            return queries.file_paths(connection, file_ids)

    def problems(self, facts: Collection[SubmissionFact]) -> tuple[ProblemFact, ...]:
        with self._reading() as connection:
            return queries.problems(connection, facts)

    def files(self, as_of: datetime, disposition: Disposition | None = None) -> tuple[FileFact, ...]:
        with self._reading() as connection:
            found = queries.files(connection, as_of)
        return tuple(fact for fact in found if disposition in (None, fact.disposition))

    def evidence(self, notice: str | None, as_of: datetime) -> tuple[EvidenceFact, ...]:
        with self._reading() as connection:
            return queries.evidence(connection, notice, as_of)

    # People's decisions

    def assign(self, file_id: str, unit: str, form: str | None, who: str, when: datetime) -> str | None:
        """Keep a person's decision on a file; returns its message's id, or None if there is no such file."""
        with self._writing() as connection:
            message = connection.execute(
                select(recording.FILE.c.message_id).where(recording.FILE.c.id == file_id)
            ).scalar()
            if message is None:
                return None
            connection.execute(ASSIGNMENT.delete().where(ASSIGNMENT.c.file_id == file_id))
            connection.execute(
                insert(ASSIGNMENT).values(file_id=file_id, unit=unit, form=form, who=who, at=when)
            )
            return str(message)

    def assignments(self) -> dict[str, tuple[str, str | None]]:
        """By file id, the unit and form that a person decided on."""
        with self._reading() as connection:
            return {row.file_id: (row.unit, row.form) for row in connection.execute(select(ASSIGNMENT))}

    def decide(
        self, kind: str, subject: str, why: str, who: str, when: datetime, detail: str | None = None
    ) -> None:
        """Keep a decision about a case or a finding."""
        with self._writing() as connection:
            connection.execute(
                insert(DECISION).values(kind=kind, subject=subject, detail=detail, why=why, who=who, at=when)
            )

    def decisions(self, as_of: datetime) -> tuple[DecisionFact, ...]:
        """Every decision made by then, oldest first, withdrawn ones and withdrawals among them."""
        query = select(DECISION).where(DECISION.c.at <= as_of).order_by(DECISION.c.at, DECISION.c.id)
        with self._reading() as connection:
            return tuple(
                DecisionFact(
                    id=r.id, kind=r.kind, subject=r.subject, detail=r.detail, why=r.why, who=r.who, at=r.at
                )
                for r in connection.execute(query)
            )

    def learned_senders(self) -> dict[str, str]:
        """By sender address, the unit, where people's assignments all agree on one."""
        query = (
            select(recording.MESSAGE.c.sender, ASSIGNMENT.c.unit)
            .join(recording.FILE, recording.FILE.c.id == ASSIGNMENT.c.file_id)
            .join(recording.MESSAGE, recording.MESSAGE.c.id == recording.FILE.c.message_id)
            .distinct()
        )
        units: dict[str, set[str]] = {}
        with self._reading() as connection:
            for sender, unit in connection.execute(query):
                units.setdefault(sender, set()).add(unit)
        return {sender: min(found) for sender, found in units.items() if sender and len(found) == 1}

    def audit(self, what: str, who: str, when: datetime) -> None:
        """Write down who looked at or decided what."""
        with self._writing() as connection:
            connection.execute(insert(AUDIT).values(at=when, who=who, what=what))

    # One at a time

    @contextmanager
    def lease(self, name: str) -> Iterator[None]:
        """Hold the named lease for the block.

        Raises:
            StoreLockedError: a living process holds it.
        """
        self.renew(name)
        try:
            yield
        finally:
            with self._writing() as connection:
                lease.give_back(connection, name)

    def renew(self, name: str) -> None:
        """Extend a lease that long work holds."""
        with self._writing() as connection:
            lease.take(connection, name, datetime.now(UTC))

    def at_work(self, name: str, now: datetime) -> bool:
        """Whether a living process holds the named lease."""
        with self._reading() as connection:
            return lease.held(connection, name, now)

    # How the service does

    def pulses(self) -> tuple[job_status.PulseFact, ...]:
        with self._reading() as connection:
            return job_status.pulses(connection)

    def pulse_good(self, job: str, subject: str, when: datetime) -> None:
        with self._writing() as connection:
            job_status.succeeded(connection, job, subject, when)

    def pulse_failed(
        self, job: str, subject: str, when: datetime, error: str, hold_until: datetime | None
    ) -> None:
        with self._writing() as connection:
            job_status.failed(connection, job, subject, when, error, hold_until)

    # Mail to be sent

    def queue_mail(
        self,
        *,
        key: str,
        purpose: str,
        raw: bytes,
        sender: str,
        recipients: tuple[str, ...],
        when: datetime,
    ) -> bool:
        """Queue a mail, once a key; False when it was queued before."""
        with self._writing() as connection:
            return outbox.queue(
                connection,
                key=key,
                purpose=purpose,
                raw=raw,
                sender=sender,
                recipients=recipients,
                when=when,
            )

    def mails(self) -> tuple[outbox.MailFact, ...]:
        with self._reading() as connection:
            return outbox.mails(connection)

    def mail_keys(self, purpose: str) -> frozenset[str]:
        """The keys of all mails that were ever queued for this purpose."""
        with self._reading() as connection:
            return outbox.keys(connection, purpose)

    def mail_of(self, key: str) -> outbox.MailFact | None:
        """The mail of that key, if there is one."""
        with self._reading() as connection:
            return next(iter(outbox.mails(connection, key=key)), None)

    def mails_due(self, now: datetime) -> tuple[outbox.MailFact, ...]:
        with self._reading() as connection:
            return outbox.mails(connection, due=now)

    def mails_in(self, states: Collection[outbox.MailState]) -> tuple[outbox.MailFact, ...]:
        with self._reading() as connection:
            return outbox.mails(connection, states=states)

    def mails_tried_since(self, since: datetime) -> int:
        """How many mails the server was given, or refused, since then."""
        with self._reading() as connection:
            return outbox.tried_since(connection, since)

    def mail_begins(self, key: str, to: Collection[str], when: datetime) -> bool:
        """The last line is about to go out; False when the mail is in other hands. Each step: :mod:`store.outbox`."""
        with self._lasting() as connection:
            return outbox.begins(connection, key, to, when)

    def mail_answered(
        self,
        key: str,
        when: datetime,
        *,
        refused: Mapping[str, str],
        retry_at: datetime | None,
        error: str | None,
    ) -> bool:
        with self._lasting() as connection:
            return outbox.answered(connection, key, when, refused=refused, retry_at=retry_at, error=error)

    def mail_failed(self, key: str, retry_at: datetime | None, error: str, when: datetime) -> bool:
        with self._writing() as connection:
            return outbox.failed(connection, key, retry_at, error, when)

    def mail_uncertain(self, key: str, error: str) -> bool:
        with self._writing() as connection:
            return outbox.uncertain(connection, key, error)

    def mail_found(self, key: str, when: datetime) -> bool:
        with self._writing() as connection:
            return outbox.found(connection, key, when)

    def mail_written(self, key: str, when: datetime) -> bool:
        with self._writing() as connection:
            return outbox.written(connection, key, when)

    def mail_retry(self, key: str, now: datetime) -> bool:
        """What a person says: send it now, even where it is uncertain."""
        with self._writing() as connection:
            return outbox.retry(connection, key, now)

    def mail_hurry(self, key: str, now: datetime) -> bool:
        """Do not wait for its next attempt; what is uncertain stays so."""
        with self._writing() as connection:
            return outbox.hurry(connection, key, now)

    def mail_cancel(self, key: str) -> bool:
        with self._writing() as connection:
            return outbox.cancel(connection, key)
