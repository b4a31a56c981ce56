"""Lists the questions that wait for a person, and gives each a permanent number."""

from datetime import UTC, datetime, timedelta

from kongchuo.office import Office
from ledger.assessment import Assessment, assess
from ledger.questions.open_questions import (
    SETTLE,
    NumberedQuestion,
    file_key,
    find_questions,
    number_all,
    settle_subject,
)
from ledger.questions.returned_addresses import find_returned_addresses
from ledger.snapshot import Snapshot
from notify.mail.send_outbox import unsent_mails
from notify.shown_dates import format_minute
from store.answers.answer_mails import AnswerOutcome
from store.stored_values import DeliveryStatus, StoredFile, StoredQuestion

_TOLD_FOR = timedelta(days=2)


def ask(office: Office, as_of: datetime) -> tuple[NumberedQuestion, ...]:
    """Returns every open question at an instant, numbered."""
    snapshot = office.snapshot_at(as_of)
    return ask_about(office, snapshot, assess(snapshot))


def ask_about(office: Office, snapshot: Snapshot, assessment: Assessment) -> tuple[NumberedQuestion, ...]:
    """Returns the open questions of an assessment; a new question gets a number."""
    questions = find_questions(
        assessment,
        snapshot.quarantined,
        unsent_mails(office.store.outbox),
        snapshot.decisions,
        find_returned_addresses(office.store.outbox.with_status({DeliveryStatus.SENT}), office.roster),
    )
    asked = [(one.key, one.guess.value if one.guess else None) for one in questions]
    office.store.questions.number(asked, datetime.now(UTC))
    return number_all(questions, {one.key: one.number for one in office.store.questions.numbered()})


def files_to_ask_about(snapshot: Snapshot) -> tuple[StoredFile, ...]:
    """Returns the quarantined files, without those for which a person decided that nothing is to be done."""
    settled = {one.subject for one in snapshot.decisions if one.kind == SETTLE}
    return tuple(file for file in snapshot.quarantined if settle_subject(file_key(file)) not in settled)


def answer_notes(office: Office, as_of: datetime, since: datetime | None) -> tuple[str, ...]:
    """Returns lines for the office about answers by mail: those that wait for a confirmation, and those refused since then."""
    start = since or as_of - _TOLD_FOR
    notes = []
    for one in office.store.questions.answered_mails():
        if one.at > max(as_of, datetime.now(UTC)):
            continue
        day = format_minute(one.at.astimezone(office.zone))
        if one.outcome is AnswerOutcome.WAITING:
            notes.append(f"{day}以{one.author}名义的答复还没有照办,已请本人回信确认:{one.note}")
        elif one.outcome is AnswerOutcome.REFUSED and one.at >= start:  # a digest is of a whole second
            author = one.author or "没有写明发件人"
            notes.append(f"{day}{author}发来的答复没有照办:{one.note}")
    return tuple(notes)


def questions_by_number(office: Office) -> dict[int, StoredQuestion]:
    """Maps the number of every question so far to the question."""
    return {one.number: one for one in office.store.questions.numbered()}
