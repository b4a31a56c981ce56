"""Gives the other rooms the store: one method for each question or change."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from sqlalchemy import Connection, Engine, func, literal, select

from store import decisions, outbox, recording
from store.answers import answer_mails, question_numbers
from store.archive import Archive
from store.audit import audit_trail
from store.audit.audit_line import AuditLine, Door
from store.audit.audit_trail import AuditEntry, AuditHead, CheckedChain
from store.decisions import (
    AssignmentDraft,
    DecisionDraft,
    MailStepDraft,
    RereadDraft,
    Step,
    WhoDecided,
)
from store.drafts import Arrival, MessageDraft
from store.engine import (
    DURABLE_OPTION,
    WRITE_OPTION,
    forget_what_was_deleted,
    lock_journal,
    open_engine,
    translate_errors,
)
from store.jobs import job_status, lease
from store.mailboxes import folder_views, places, unfetched
from store.questions import file_queries, queries
from store.questions.stored_rows import StoredRows
from store.retention import personal_words, purged_mails
from store.retention.personal_words import PersonalWords
from store.safekeeping import (
    lost_transactions,
    purging,
    replay,
    sealed_state,
    verify_archive,
    verify_rows,
)
from store.safekeeping.faults import Fault, Slice
from store.safekeeping.journal import DamagedLine, Entry, EntryKind, Journal
from store.stored_values import (
    AssignedSender,
    Disposition,
    StoredAssignment,
    StoredDecision,
    StoredFile,
    StoredProblem,
    StoredProof,
    StoredSubmission,
    SubmissionLink,
)

if TYPE_CHECKING:  # a store without a key does without the library of ciphers
    from store.sealing.seal import Seal
    from store.sealing.wrapped_key import FindCode

log = logging.getLogger(__name__)

_ROWS_AT_ONCE = 50
"""Written in one transaction, so that its entries stand in the tail of the journal that is read after a crash."""

_FILES_SEALED_AT_ONCE = 200

_Hide = Callable[[Connection, PersonalWords, int], Sequence[str | int]]
_OfUnit = TypeVar("_OfUnit", StoredSubmission, StoredProof, StoredAssignment, SubmissionLink, AssignedSender)


@dataclass(slots=True)
class _Taken:
    """The rows that decisions changed, for the journal, and the messages that are to be read again."""

    rows: list[tuple[EntryKind, str | int]] = field(default_factory=list)
    reread: list[str] = field(default_factory=list)


class Store:
    """Everything recorded, and the archive of raw mail beside it.

    Every method that reads takes the facts or the instant it is asked for; none keeps state.
    Database trouble is raised as :class:`config.errors.StoreError` or one of its kinds.
    """

    def __init__(
        self,
        engine: Engine,
        archive: Path,
        current_name: Callable[[str], str] = str,
        seal: "Seal | None" = None,
    ) -> None:
        self.engine = engine
        self.archive = Archive(archive, seal)
        self._current_name = current_name
        self._seal = seal
        self._journal = Journal(archive, seal)

    @classmethod
    def open(
        cls,
        url: str,
        archive: Path,
        current_name: Callable[[str], str] = str,
        find_code: "FindCode | None" = None,
    ) -> "Store":
        """Open, creating or upgrading the schema as needed.

        Args:
            url: of the database.
            archive: the folder of raw mail.
            current_name: says what a unit is called now; what was recorded under an old name is read under it.
            find_code: finds the recovery code of the key with which the store is sealed.

        Raises:
            StoreKeyError: it is sealed, and its key is nowhere or another one; nothing was written then.
        """
        seal = sealed_state.unlock_archive(archive, find_code)
        engine = open_engine(url)
        try:
            seal = sealed_state.settle_seal(engine, archive, seal, find_code)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, archive, current_name, seal)

    @property
    def key_id(self) -> str | None:
        """The id of the key with which it is sealed; ``None`` where it is not."""
        return None if self._seal is None else self._seal.key_id

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translate_errors(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with translate_errors(), self.engine.execution_options(**{WRITE_OPTION: True}).begin() as connection:
            sealed_state.check_seal(connection, self._seal)
            yield connection

    @contextmanager
    def _writing_durably(self) -> Iterator[Connection]:
        """Written so that even a power failure keeps it: what a person was told is done, what a mail's leaving means."""
        options = {WRITE_OPTION: True, DURABLE_OPTION: True}
        with translate_errors(), self.engine.execution_options(**options).begin() as connection:
            sealed_state.check_seal(connection, self._seal)
            yield connection

    def _write_journal(self, connection: Connection, entries: Iterable[Entry]) -> None:
        """Puts entries into the journal before the transaction is committed.

        A store that is older than its journal is first written into it as it stands, in this transaction. What a
        transaction wrote there that then was lost is taken back first, while it is the last that was written.
        """
        lock_journal(connection)
        if self._journal.exists():
            coming = list(entries)
            self._journal.append([*self._corrections(connection, coming), *coming])
        else:
            self._journal.create(replay.entries_of_store(connection))

    def _corrections(self, connection: Connection, coming: Sequence[Entry] = ()) -> list[Entry]:
        newest = lost_transactions.read_tail(self._journal)
        corrections = lost_transactions.find_corrections(connection, newest, coming)
        for entry in corrections:
            log.warning("a transaction was lost after its journal entry of a %s", entry.kind)
        return corrections

    def _journal_row(self, connection: Connection, kind: EntryKind, key: str | int) -> None:
        self._write_journal(connection, [replay.current_entry(connection, kind, key)])

    # What came in

    def watermarks(self, mailbox: str) -> dict[int, int]:
        """By UIDVALIDITY, the UID up to which this mailbox is archived."""
        with self._reading() as connection:
            rows = connection.execute(
                select(recording.WATERMARK).where(recording.WATERMARK.c.mailbox == mailbox)
            )
            return {row.uidvalidity: row.uid for row in rows}

    def record_arrivals(self, arrivals: Sequence[Arrival], watermark: int | None) -> int:
        """Make archived messages known; returns how many were new."""
        with self._writing() as connection:
            uids_by_folder: dict[tuple[str, int], set[int]] = {}
            for arrival in arrivals:
                uids_by_folder.setdefault((arrival.mailbox, arrival.uidvalidity), set()).add(arrival.uid)
            for (mailbox, uidvalidity), uids in uids_by_folder.items():
                unfetched.forget_unfetched(connection, mailbox, uidvalidity, uids)
            new = recording.record_arrivals(connection, arrivals, watermark)
            self._write_journal(connection, replay.arrival_entries(arrivals, watermark))
            return new

    # What is in the mailboxes

    def places(self, mailbox: str, uidvalidity: int) -> dict[int, str]:
        """By UID the id of the message seen there."""
        with self._reading() as connection:
            return places.message_by_uid(connection, mailbox, uidvalidity)

    def places_of_damaged_mail(self, mailbox: str) -> dict[int, set[int]]:
        """By UIDVALIDITY the UIDs of a mailbox at which mail was seen whose archived bytes are damaged."""
        damaged = self.archive.digests_set_aside()
        if not damaged:
            return {}
        with self._reading() as connection:
            return places.places_of(connection, mailbox, damaged)

    def count_places(self, mailbox: str, uidvalidity: int) -> int:
        """How many messages of a folder are known, with those that its server does not give."""
        with self._reading() as connection:
            return places.count_places(connection, mailbox, uidvalidity)

    def forget_places(self, mailbox: str, uidvalidity: int) -> None:
        """Forget where messages were seen, of a folder that has other mail now; the messages stay."""
        with self._writing() as connection:
            places.forget_places(connection, mailbox, uidvalidity)
            folder = {"mailbox": mailbox, "uidvalidity": uidvalidity}
            self._write_journal(connection, [Entry(EntryKind.FORGOTTEN, folder)])

    def recover_arrivals(self) -> int:
        """Makes known what was archived and written into the journal before a crash; returns how many messages.

        The mail may have left its mailbox since, so that no poll would bring it again.
        """
        arrivals = [
            replay.arrival_of(entry)
            for entry in self._journal.newest_entries()
            if entry.kind is EntryKind.ARRIVAL
        ]
        with self._writing() as connection:
            known = recording.known_messages(connection, {arrival.message_id for arrival in arrivals})
            lost = [arrival for arrival in arrivals if arrival.message_id not in known]
            return recording.record_arrivals(connection, lost, None) if lost else 0

    def unfetched_mails(self) -> tuple[unfetched.StoredUnfetched, ...]:
        """The mails that servers list and did not give."""
        with self._reading() as connection:
            return unfetched.unfetched_mails(connection)

    def record_unfetched(
        self, mailbox: str, uidvalidity: int, drafts: Sequence[unfetched.UnfetchedDraft], now: datetime
    ) -> tuple[str, ...]:
        """Note mails that were asked for in vain; returns the ids under which :meth:`files` lists them."""
        with self._writing() as connection:
            return unfetched.record_unfetched(connection, mailbox, uidvalidity, drafts, now)

    def forget_unfetched(self, mailbox: str, uidvalidity: int, uids: Collection[int]) -> None:
        """Forget the notes on mails that are gone from the server."""
        with self._writing() as connection:
            unfetched.forget_unfetched(connection, mailbox, uidvalidity, uids)

    def folder_views(self) -> tuple[folder_views.StoredFolderView, ...]:
        """What the last finished pass saw of each folder."""
        with self._reading() as connection:
            return folder_views.folder_views(connection)

    def record_folder_view(self, mailbox: str, uidvalidity: int, messages: int | None, now: datetime) -> None:
        with self._writing() as connection:
            folder_views.record_view(connection, mailbox, uidvalidity, messages, now)

    def record_comparison(self, mailbox: str, when: datetime | None) -> None:
        """Keep when a folder was compared with the places known; None asks for it at the next poll."""
        with self._writing() as connection:
            folder_views.record_comparison(connection, mailbox, when)

    # What was read

    def record_messages(self, notice: str, drafts: Sequence[MessageDraft]) -> None:
        """Records the results of some messages in one transaction: after a crash, all of them or none."""
        with self._writing() as connection:
            recording.record_messages(connection, notice, drafts)
            answer_mails.put_replies(connection, {draft.message_id: draft.reply for draft in drafts})
            bounces = [draft.bounce for draft in drafts if draft.bounce is not None]
            marked = [
                key
                for bounce in bounces
                for key in outbox.mark_bounced(connection, bounce.outgoing_ids, bounce.reasons)
            ]
            if bounces:
                entries = [
                    replay.current_entry(connection, EntryKind.MAIL, key) for key in dict.fromkeys(marked)
                ]
                self._write_journal(connection, entries)

    def newest_arrival(self) -> datetime | None:
        """When the newest message arrived, as its server says."""
        with self._reading() as connection:
            return connection.execute(select(func.max(recording.MESSAGE.c.received_at))).scalar()

    def messages_from(self, sender: str, since: datetime) -> dict[str, datetime]:
        """Ids of the messages that came from an address since then, with their arrivals, oldest first."""
        with self._reading() as connection:
            return queries.messages_from(connection, sender, since)

    def messages_with_code(self, message_ids: Collection[str], code: str) -> frozenset[str]:
        """Those of some messages that hold a file with this reason code."""
        with self._reading() as connection:
            return queries.messages_with_code(connection, message_ids, code)

    def messages_with_passwords_due(self) -> list[tuple[str, datetime]]:
        """Messages whose locked files or passwords a pass did not come to, with their arrivals, oldest first."""
        with self._reading() as connection:
            return recording.messages_with_passwords_due(connection)

    def settle_passwords(self, message_ids: Collection[str]) -> None:
        """Notes that the passwords of these messages' senders were tried."""
        with self._writing() as connection:
            recording.settle_passwords(connection, message_ids)

    def unprocessed(self) -> list[tuple[str, datetime]]:
        """Ids and arrivals of messages archived but not recorded, oldest first."""
        with self._reading() as connection:
            return recording.unprocessed(connection)

    def count_unread(self, as_of: datetime) -> int:
        """How many mails had arrived and are not read: archived only, or not given by their server for less than a day."""
        with self._reading() as connection:
            archived = sum(received_at <= as_of for _, received_at in recording.unprocessed(connection))
            waiting = sum(mail.may_come_by(as_of) for mail in unfetched.unfetched_mails(connection))
        return archived + waiting

    def count_try(self, message_id: str) -> int:
        """Counts that an unprocessed message is tried again, before it is; returns how often before."""
        with self._writing() as connection:
            return recording.count_try(connection, message_id)

    def take_back_try(self, message_id: str) -> None:
        """Takes a try back that failed for a reason of our own."""
        with self._writing() as connection:
            recording.take_back_try(connection, message_id)

    def messages_to_rerun(
        self,
        *,
        failed: bool = False,
        message: str | None = None,
        messages: Sequence[str] | None = None,
        unit: str | None = None,
        since: datetime | None = None,
    ) -> list[tuple[str, datetime]]:
        """Ids and arrivals of archived messages by what is asked, oldest first."""
        with self._reading() as connection:
            return queries.messages_to_rerun(
                connection, failed=failed, message=message, messages=messages, unit=unit, since=since
            )

    # What was recorded

    def submissions(self, notice: str | None, as_of: datetime) -> tuple[StoredSubmission, ...]:
        with self._reading() as connection:
            submissions = queries.submissions(connection, notice, as_of)
        return tuple(self._under_current_name(submission) for submission in submissions)

    def submission_copies(self, notice: str | None, as_of: datetime) -> tuple[StoredSubmission, ...]:
        """Every submission once for each file that holds it, in order of arrival."""
        with self._reading() as connection:
            copies = queries.submission_copies(connection, notice, as_of)
        return tuple(self._under_current_name(submission) for submission in copies)

    def records(self, submissions: Collection[StoredSubmission]) -> StoredRows:
        """Returns the rows of these submissions by unit, form, arrival, then their place in the file."""
        with self._reading() as connection:
            return queries.records(connection, submissions)

    def row_keys(self, submission_ids: Collection[str]) -> dict[str, Sequence[str | None]]:
        """Returns for each of these submissions that has rows who each of them is about, in order."""
        with self._reading() as connection:
            return queries.row_keys(connection, submission_ids)

    def file_paths(self, file_ids: Collection[str]) -> dict[str, str]:
        """Returns the names of these files, by id."""
        with self._reading() as connection:
            return queries.file_paths(connection, file_ids)

    def problems(
        self, submissions: Collection[StoredSubmission], code: str | None = None
    ) -> tuple[StoredProblem, ...]:
        with self._reading() as connection:
            return queries.problems(connection, submissions, code)

    def files(
        self, as_of: datetime, disposition: Disposition | None = None, newest: int | None = None
    ) -> tuple[StoredFile, ...]:
        """Every file that had arrived, or so many of those that arrived last, in order of arrival."""
        with self._reading() as connection:
            files = file_queries.files(connection, as_of, disposition, newest)
        return tuple(map(self._file_under_current_names, files))

    def count_files(self, as_of: datetime, disposition: Disposition | None = None) -> int:
        """How many files :meth:`files` gives."""
        with self._reading() as connection:
            return file_queries.count_files(connection, as_of, disposition)

    def files_of_messages(self, as_of: datetime, messages: Collection[str]) -> tuple[StoredFile, ...]:
        with self._reading() as connection:
            files = file_queries.files_of_messages(connection, as_of, messages)
        return tuple(map(self._file_under_current_names, files))

    def files_of_units(self, as_of: datetime) -> tuple[StoredFile, ...]:
        with self._reading() as connection:
            files = file_queries.files_of_units(connection, as_of)
        return tuple(map(self._file_under_current_names, files))

    def _file_under_current_names(self, file: StoredFile) -> StoredFile:
        return replace(
            file,
            links=tuple(self._under_current_name(link) for link in file.links),
            unit_hint=self._current_name(file.unit_hint) if file.unit_hint is not None else None,
        )

    def proofs(self, notice: str | None, as_of: datetime) -> tuple[StoredProof, ...]:
        with self._reading() as connection:
            proofs = queries.proofs(connection, notice, as_of)
        return tuple(self._under_current_name(proof) for proof in proofs)

    def _under_current_name(self, value: _OfUnit) -> _OfUnit:
        """The value with its unit's present name; the same object where that has not changed."""
        name = self._current_name(value.unit)
        return value if name == value.unit else replace(value, unit=name)

    # People's decisions

    def record_assignment(
        self, file_id: str, unit: str, form: str | None, who: str, when: datetime
    ) -> str | None:
        """Keep a person's decision on a file, with its line of the audit trail.

        Returns:
            Its message's id, or ``None`` if there is no such file.
        """
        draft = AssignmentDraft(file_id=file_id, unit=unit, form=form)
        with self._writing_durably() as connection:
            taken = self._take_steps(connection, [(draft, WhoDecided(who=who, when=when))])
            self._journal_together(connection, taken.rows)
            return next(iter(taken.reread), None)

    def _take_steps(self, connection: Connection, steps: Iterable[tuple[Step, WhoDecided]]) -> "_Taken":
        """Makes the changes of decisions, each with its line of the audit trail where it has one."""
        taken = _Taken()
        for step, by in steps:
            match step:
                case DecisionDraft():
                    taken.rows.append((EntryKind.DECISION, decisions.record_decision(connection, step, by)))
                    continue
                case AssignmentDraft():
                    message_id = decisions.record_assignment(connection, step, by)
                    if message_id is None:
                        continue
                    taken.rows.append((EntryKind.ASSIGNMENT, step.file_id))
                    taken.reread.append(message_id)
                    what = f"assign {step.file_id} {step.unit or '-'} {step.form or ''}".strip()
                case MailStepDraft():
                    change = outbox.make_due_again if step.again else None
                    changed = (
                        change(connection, step.key, by.when)
                        if change is not None
                        else outbox.cancel_mail(connection, step.key)
                    )
                    if not changed:
                        continue
                    taken.rows.append((EntryKind.MAIL, step.key))
                    what = f"outbox {'retry' if step.again else 'cancel'} {step.key}"
                case RereadDraft():
                    of_unit = [one for one, _ in queries.messages_to_rerun(connection, unit=step.unit)]
                    decisions.mark_to_be_read(connection, of_unit)
                    taken.reread += of_unit
                    what = f"rerun --unit {step.unit}"
            line = AuditLine(what, by.who, by.when, Door.TERMINAL if by.came_by is None else Door.MAIL)
            taken.rows.append((EntryKind.AUDIT, audit_trail.record_audit(connection, line)))
        return taken

    def _journal_together(self, connection: Connection, rows: Sequence[tuple[EntryKind, str | int]]) -> None:
        """Puts several rows into the journal, marked as of one transaction."""
        entries = [replay.current_entry(connection, kind, key) for kind, key in dict.fromkeys(rows)]
        if len(entries) > 1:
            mark = {lost_transactions.TRANSACTION: uuid4().hex[:12]}
            entries = [Entry(entry.kind, {**entry.values, **mark}) for entry in entries]
        if entries:
            self._write_journal(connection, entries)

    def take_steps(self, steps: Sequence[tuple[Step, WhoDecided]]) -> tuple[str, ...]:
        """Records what a person decided, all of it or nothing; returns the messages to be read again."""
        with self._writing_durably() as connection:
            taken = self._take_steps(connection, steps)
            self._journal_together(connection, taken.rows)
            return tuple(dict.fromkeys(taken.reread))

    def assignments(self) -> dict[str, StoredAssignment]:
        """Returns by file id what a person decided."""
        with self._reading() as connection:
            assignments = decisions.assignments(connection)
        return {file_id: self._under_current_name(assignment) for file_id, assignment in assignments.items()}

    def assignments_without_file(self) -> frozenset[str]:
        """Returns the ids of assigned files that no message has, as it was last read."""
        with self._reading() as connection:
            return decisions.assignments_without_file(connection)

    def record_decision(
        self, kind: str, subject: str, why: str, who: str, when: datetime, detail: str | None = None
    ) -> None:
        """Records a decision about a case, a finding, a unit or the platform."""
        draft = DecisionDraft(kind=kind, subject=subject, why=why, detail=detail)
        self.take_steps([(draft, WhoDecided(who=who, when=when))])

    def decisions(self, as_of: datetime) -> tuple[StoredDecision, ...]:
        """Every decision made by then, oldest first, withdrawn ones and withdrawals among them."""
        with self._reading() as connection:
            return decisions.decisions(connection, as_of)

    def assigned_senders(self) -> tuple[AssignedSender, ...]:
        """Who sent the files that people assigned, each with the unit."""
        with self._reading() as connection:
            senders = decisions.assigned_senders(connection)
        return tuple(self._under_current_name(sender) for sender in senders)

    def record_audit(self, line: AuditLine) -> None:
        """Records who looked at or decided what."""
        with self._writing_durably() as connection:
            self._record_audit(connection, line)

    def _record_audit(self, connection: Connection, line: AuditLine) -> None:
        number = audit_trail.record_audit(connection, line)
        self._journal_row(connection, EntryKind.AUDIT, number)

    def audit_entries(self, since: datetime | None = None) -> tuple[AuditEntry, ...]:
        """Who saw or did what, oldest first."""
        with self._reading() as connection:
            return tuple(audit_trail.entries(connection, since))

    def audit_head(self, as_of: datetime | None = None) -> AuditHead | None:
        """The newest entry of the audit trail, or the newest written by then."""
        with self._reading() as connection:
            return audit_trail.find_head(connection, as_of)

    def check_audit(self, kept: AuditHead | None = None) -> CheckedChain:
        """Where the audit trail was changed, or cut off before a head that was kept elsewhere, and how that is known."""
        with self._reading() as connection:
            return audit_trail.check_chain(connection, kept)

    # Questions and answers

    def number_questions(
        self, asked: Sequence[tuple[question_numbers.QuestionKey, str | None]], now: datetime
    ) -> None:
        """Numbers the questions that have no number yet, in their order, and keeps the guess beside each."""
        for start in range(0, len(asked), _ROWS_AT_ONCE):
            with self._writing_durably() as connection:
                changed = question_numbers.number_questions(
                    connection, asked[start : start + _ROWS_AT_ONCE], now
                )
                self._journal_together(connection, [(EntryKind.QUESTION, number) for number in changed])

    def questions(self) -> tuple[question_numbers.StoredQuestion, ...]:
        """Every question that was ever numbered."""
        with self._reading() as connection:
            return question_numbers.stored_questions(connection)

    def open_replies(self) -> tuple[answer_mails.StoredReply, ...]:
        """The mails that may answer questions and that nothing was done with, in the order of their arrival."""
        with self._reading() as connection:
            return answer_mails.open_replies(connection)

    def replies_of(self, message_ids: Sequence[str]) -> tuple[answer_mails.StoredReply, ...]:
        """These mails, whatever was done with them."""
        with self._reading() as connection:
            return answer_mails.replies_of(connection, message_ids)

    def answered_mails(self) -> tuple[answer_mails.AnsweredMail, ...]:
        """What was done with each mail that answers questions, oldest first."""
        with self._reading() as connection:
            return answer_mails.answered_mails(connection)

    def settle_answers(
        self,
        answered: Sequence[answer_mails.AnsweredMail],
        steps: Sequence[tuple[Step, WhoDecided]],
        mails: Sequence[outbox.MailDraft],
        when: datetime,
    ) -> answer_mails.SettledAnswers:
        """Records what mails decided, that they are dealt with, and the mails that say so, all of it or nothing.

        A mail that joins one that has left already goes alone.
        """
        with self._writing_durably() as connection:
            taken = self._take_steps(connection, steps)
            for one in answered:
                answer_mails.put_answered(connection, one)
                taken.rows.append((EntryKind.ANSWERED, one.message_id))
            alone: set[str] = set()
            for mail in mails:
                if mail.joins is not None and not outbox.take_back(connection, mail.joins.key):
                    mail = mail.joins.alone
                    alone.add(mail.key)
                outbox.add_mail(
                    connection,
                    key=mail.key,
                    purpose=mail.purpose,
                    raw=mail.raw,
                    sender=mail.sender,
                    recipients=mail.recipients,
                    when=when,
                )
            self._journal_together(connection, taken.rows)
            return answer_mails.SettledAnswers(
                reread=tuple(dict.fromkeys(taken.reread)), alone=frozenset(alone)
            )

    # One at a time

    @contextmanager
    def hold_lease(self, name: str) -> Iterator[None]:
        """Hold the named lease for the block; it is renewed by the clock.

        Raises:
            StoreLockedError: a living process holds it.
        """
        holder = lease.this_holder()
        self._take_lease(name, holder)
        try:
            with lease.renewed_by_clock(lambda: self._take_lease(name, holder)):
                yield
        finally:
            with self._writing() as connection:
                lease.release(connection, name)

    def try_to_write(self) -> None:
        """Begin a change and end it without one.

        Raises:
            StoreLockedError: another program writes and does not end.
            StoreError: the database cannot be written.
        """
        with self._writing():
            pass

    def renew_lease(self, name: str) -> None:
        """Extend a lease that long work holds."""
        self._take_lease(name, lease.this_holder())

    def _take_lease(self, name: str, holder: str) -> None:
        with self._writing() as connection:
            lease.take_or_renew(connection, name, datetime.now(UTC), holder)

    def is_leased(self, name: str, now: datetime) -> bool:
        """Whether a living process holds the named lease."""
        with self._reading() as connection:
            return lease.is_held(connection, name, now)

    def who_holds(self, name: str, now: datetime) -> str | None:
        """Returns machine and process of who holds the named lease, in Chinese; None where nobody living does."""
        with self._reading() as connection:
            return lease.living_holder(connection, name, now)

    # The status of jobs

    def job_statuses(self) -> tuple[job_status.JobStatus, ...]:
        with self._reading() as connection:
            return job_status.job_statuses(connection)

    def record_job_success(self, job: str, subject: str, when: datetime) -> None:
        with self._writing() as connection:
            job_status.record_success(connection, job, subject, when)

    def record_job_failure(
        self, job: str, subject: str, when: datetime, error: str, hold_until: datetime | None
    ) -> None:
        with self._writing() as connection:
            job_status.record_failure(connection, job, subject, when, error, hold_until)

    # Mail to be sent

    def _journal_mail(self, connection: Connection, key: str, changed: bool) -> bool:
        """Puts the state of a mail into the journal where a step changed it; returns whether it did."""
        if changed:
            self._journal_row(connection, EntryKind.MAIL, key)
        return changed

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
            return outbox.add_mail(
                connection,
                key=key,
                purpose=purpose,
                raw=raw,
                sender=sender,
                recipients=recipients,
                when=when,
            )

    def mails(self) -> tuple[outbox.OutboxMail, ...]:
        with self._reading() as connection:
            return outbox.mails(connection)

    def mail_keys(self, purpose: str) -> frozenset[str]:
        """The keys of all mails that were ever queued for this purpose."""
        with self._reading() as connection:
            return outbox.mail_keys(connection, purpose)

    def mail_with_key(self, key: str) -> outbox.OutboxMail | None:
        """The mail of that key, if there is one."""
        with self._reading() as connection:
            return next(iter(outbox.mails(connection, key=key)), None)

    def mail_bytes(self, key: str) -> bytes:
        """Returns a mail of the outbox as it is sent; nothing where its body is gone."""
        with self._reading() as connection:
            return outbox.mail_bytes(connection, key)

    def mails_with_message_ids(self, message_ids: Collection[str]) -> tuple[outbox.OutboxMail, ...]:
        """The mails that went out under these Message-IDs."""
        with self._reading() as connection:
            return outbox.find_mails_by_message_id(connection, message_ids)

    def mails_due(self, now: datetime) -> tuple[outbox.OutboxMail, ...]:
        with self._reading() as connection:
            return outbox.mails(connection, due=now)

    def mails_with_status(self, statuses: Collection[outbox.DeliveryStatus]) -> tuple[outbox.OutboxMail, ...]:
        with self._reading() as connection:
            return outbox.mails(connection, statuses=statuses)

    def count_mails_tried_since(self, since: datetime) -> int:
        """Counts the mails that the server was given, or refused, since then."""
        with self._reading() as connection:
            return outbox.count_tried_since(connection, since)

    def mark_mail_sending(self, key: str, to: Collection[str], when: datetime) -> bool:
        """Marks a mail as being sent; returns False if another process has it. Each step: :mod:`store.outbox`."""
        with self._writing_durably() as connection:
            return self._journal_mail(connection, key, outbox.mark_sending(connection, key, to, when))

    def mark_mail_accepted(
        self,
        key: str,
        when: datetime,
        *,
        refused: Mapping[str, str],
        retry_at: datetime | None,
        error: str | None,
    ) -> bool:
        with self._writing_durably() as connection:
            return self._journal_mail(
                connection,
                key,
                outbox.mark_accepted(connection, key, when, refused=refused, retry_at=retry_at, error=error),
            )

    def mark_mail_failed(self, key: str, retry_at: datetime | None, error: str, when: datetime) -> bool:
        with self._writing() as connection:
            return self._journal_mail(
                connection, key, outbox.mark_failed(connection, key, retry_at, error, when)
            )

    def mark_mail_uncertain(self, key: str, error: str) -> bool:
        with self._writing() as connection:
            return self._journal_mail(connection, key, outbox.mark_uncertain(connection, key, error))

    def mark_mail_sent(self, key: str, when: datetime) -> bool:
        with self._writing() as connection:
            return self._journal_mail(connection, key, outbox.mark_sent(connection, key, when))

    def mark_mail_written(self, key: str, when: datetime) -> bool:
        with self._writing() as connection:
            return self._journal_mail(connection, key, outbox.mark_written(connection, key, when))

    def make_mail_due_again(self, key: str, now: datetime, audit: AuditLine | None = None) -> bool:
        """Makes a mail due now even if it is uncertain: at a person's word, which ``audit`` records, or a witness's."""
        with self._writing() as connection:
            changed = outbox.make_due_again(connection, key, now)
            return self._journal_mail_and_audit(connection, key, changed, audit)

    def make_mail_due_now(self, key: str, now: datetime) -> bool:
        """Makes a mail due now without waiting for its next attempt; an uncertain one stays uncertain."""
        with self._writing() as connection:
            return self._journal_mail(connection, key, outbox.make_due_now(connection, key, now))

    def cancel_mail(self, key: str, audit: AuditLine | None = None) -> bool:
        """Cancels a mail, at a person's word or because it has become needless; returns ``False`` if it has left."""
        with self._writing() as connection:
            changed = outbox.cancel_mail(connection, key)
            return self._journal_mail_and_audit(connection, key, changed, audit)

    def _journal_mail_and_audit(
        self, connection: Connection, key: str, changed: bool, audit: AuditLine | None
    ) -> bool:
        self._journal_mail(connection, key, changed)
        if changed and audit is not None:
            self._record_audit(connection, audit)
        return changed

    # Safekeeping

    def count_unsealed(self) -> int:
        """Returns how many files of the archive are not sealed, its journal among them."""
        return len(self.archive.unsealed_files()) + self._journal.has_unsealed_lines()

    def seal_archive(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Seals what was archived before the store had a key; returns how many files.

        Raises:
            StoreError: the disk is full, or the archive cannot be written; what was sealed stays sealed.
        """
        files = self.archive.unsealed_files()
        for start in range(0, len(files), _FILES_SEALED_AT_ONCE):
            self.archive.seal_files(files[start : start + _FILES_SEALED_AT_ONCE])
            if progress is not None:
                progress(min(start + _FILES_SEALED_AT_ONCE, len(files)), len(files))
        with self._writing() as connection:
            lock_journal(connection)
            self._journal.seal_lines()
        forget_what_was_deleted(self.engine, if_busy=sealed_state.SEALED_BUT_BUSY)
        return len(files)

    def verify(self, part: Slice) -> Iterator[Fault]:
        """Yields what is not as it was written: in the archive, in its journal and in the database."""
        lines = list(self._journal.entries())
        yield from verify_archive.verify_journal_lines(lines)
        with self._reading() as connection:
            yield from verify_rows.verify_database(connection)
            kept = verify_rows.kept_message_ids(connection)
            yield from verify_archive.verify_blobs(self.archive, kept, part)
            yield from verify_archive.verify_purged(self.archive, purged_mails.purged_mails(connection), part)
            yield from verify_rows.verify_messages(connection, part)
            yield from verify_rows.verify_submissions(connection, part)
            yield from verify_rows.verify_outbox(connection, part)
        with self._writing() as connection:
            lock_journal(connection)
            self._journal.append(self._corrections(connection))
            yield from tuple(verify_archive.verify_against_journal(connection, self._journal.entries()))

    # What is kept no longer

    def old_mails(self, before: datetime) -> tuple[purged_mails.OldMail, ...]:
        """The mails that arrived before and were not purged, oldest first."""
        with self._reading() as connection:
            return purged_mails.old_mails(connection, before)

    def old_bodies(self, before: datetime) -> tuple[str, ...]:
        """The keys of mails that left, or never will, were queued before, and whose bytes are kept."""
        with self._reading() as connection:
            return personal_words.old_bodies(connection, before)

    def has_begun_to_purge(self) -> bool:
        """Returns whether a purge was begun and did not end."""
        return purging.PurgeMark(self.archive).exists()

    def begin_to_purge(self) -> None:
        """Notes that a purge begins.

        Raises:
            StoreError: the archive cannot be written, or its journal holds what the database does not.
        """
        with self._writing() as connection:
            self._write_journal(connection, ())
            purging.refuse_where_journal_differs(connection, self._journal)
        purging.PurgeMark(self.archive).set()

    def hide_children_of(
        self, message_ids: Collection[str], keys: Sequence[str], untouched: Collection[str] = ()
    ) -> None:
        """Takes names and numbers that stand in the rows of these mails alone out of what people wrote and of what was sent.

        To be called before they are purged: afterwards nobody knows the names.

        Args:
            message_ids: the mails.
            keys: of names and numbers in rows.
            untouched: kinds of decisions that are left as they are.
        """
        with self._reading() as connection:
            going = purged_mails.submissions_that_go(connection, message_ids)
            words = personal_words.personal_words(connection, going, keys)
            bodies = personal_words.bodies_with(connection, words) if words else ()
        self.forget_bodies(bodies)
        hiders: tuple[tuple[EntryKind, _Hide], ...] = (
            (EntryKind.DECISION, partial(personal_words.hide_in_decisions, untouched=untouched)),
            (EntryKind.QUESTION, personal_words.hide_in_questions),
            (EntryKind.ANSWERED, personal_words.hide_in_answers),
        )
        for kind, hide in hiders:
            hidden: Sequence[str | int] = (0,)
            while words and hidden:
                with self._writing_durably() as connection:
                    hidden = hide(connection, words, _ROWS_AT_ONCE)
                    self._journal_together(connection, [(kind, key) for key in hidden])

    def purge_mails(
        self, sizes: Mapping[str, int], reason: purged_mails.PurgeReason, at: datetime
    ) -> tuple[str, ...]:
        """Takes everything of a child out of what was recorded of some mails, whose sizes these are.

        Returns:
            The messages that were purged; one that is none, or was purged before, is left alone.
        """
        with self._writing_durably() as connection:
            purged = purged_mails.purge_mails(connection, sizes, reason, at)
            self._journal_together(connection, [(EntryKind.PURGED, one) for one in purged])
            return purged

    def forget_bodies(self, keys: Sequence[str]) -> None:
        """Forgets the bytes of mails that left; to whom each went and when stays."""
        for start in range(0, len(keys), _ROWS_AT_ONCE):
            chunk = keys[start : start + _ROWS_AT_ONCE]
            with self._writing_durably() as connection:
                personal_words.forget_bodies(connection, chunk)
                self._journal_together(connection, [(EntryKind.MAIL, key) for key in chunk])

    def finish_purge(self) -> None:
        """Has no file of the store hold anything of what was purged.

        Raises:
            StoreError: the archive cannot be written.
            StoreLockedError: another program holds the database, whose files hold old values still.
        """
        with self._writing() as connection:
            lock_journal(connection)
            purged_mails.empty_left_over(connection)
            purging.bury_mails(self.archive, purged_mails.purged_mails(connection))
            purging.forget_history(connection, self._journal)
        forget_what_was_deleted(self.engine, if_busy=purging.STILL_BUSY)
        purging.PurgeMark(self.archive).clear()

    def is_empty(self) -> bool:
        """Returns whether nothing was ever recorded: no message, no decision, no mail to send."""
        tables = (
            recording.MESSAGE,
            decisions.ASSIGNMENT,
            decisions.DECISION,
            audit_trail.AUDIT,
            outbox.OUTBOX,
        )
        with self._reading() as connection:
            return all(
                connection.execute(select(literal(1)).select_from(table).limit(1)).first() is None
                for table in tables
            )

    def has_lost_its_rows(self) -> bool:
        """Returns whether the store is empty though the archive says what people decided, or what was sent."""
        return self.is_empty() and replay.tells_of_people_or_mail(
            [line for line in self._journal.entries() if isinstance(line, Entry)]
        )

    def has_journal(self) -> bool:
        """Returns whether the archive says when its mails arrived."""
        return self._journal.exists()

    def replay_journal(self) -> int:
        """Fills an empty store with what the journal holds; returns how many of its lines are damaged."""
        lines = list(self._journal.entries())
        with self._writing_durably() as connection:
            lock_journal(connection)
            entries = [line for line in lines if isinstance(line, Entry)]
            replay.replay(connection, entries)
            self._journal.append(lost_transactions.find_differing_mails(connection, entries))
        return sum(isinstance(line, DamagedLine) for line in lines)
