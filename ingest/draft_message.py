"""From readings to what is recorded: whose each table is, and what becomes of each file.

Pure: given a mail, its files' readings and what people decided, the answer is always the same.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from config.notice import Notice
from config.units.roster import Unit
from ingest.attribution import Attribution, attribute
from ingest.body_reports import without_file
from ingest.context import Knowledge
from ingest.draft_submissions import by_rows, submissions
from ingest.unread_files import received_unread, weighed
from parsers.mail.mime import Attachment, Mail, MailHead
from parsers.records import FileKind, ParsedFile, ParsedForm, Signal
from store.drafts import FileDraft, MessageDraft, file_id

_OWN_ID = re.compile(r"\s*<?kongchuo\.[0-9a-f]{32}@")
"""As :mod:`notify.mail.message` makes them."""


@dataclass(frozen=True, slots=True)
class _Placed:
    reading: ParsedForm
    unit: Unit | None
    attribution: Attribution


def draft_message(
    message_id: str,
    received_on: date,
    mail: Mail,
    attachments: Sequence[Attachment],
    readings: Sequence[ParsedFile],
    known: Knowledge,
) -> MessageDraft:
    """Everything that one message, come on this day, adds to the store."""
    head = mail.head
    placed = [
        [
            placed
            for form in reading.forms
            for placed in _place(message_id, position, attachment, form, mail, known)
        ]
        for position, (attachment, reading) in enumerate(zip(attachments, readings, strict=True))
    ]
    # What the tables of this mail agree on also says whose its photographs are.
    units = {found.unit.name: found.unit for tables in placed for found in tables if found.unit is not None}
    forms = [found.reading.form for tables in placed for found in tables if found.unit is not None]
    only = next(iter(units.values())) if len(units) == 1 else None
    files = [
        _unchanged(position, attachment, reading, tables[0], mail)
        if tables and tables[0].unit is not None and all(found.reading.unchanged for found in tables)
        else _with_forms(position, attachment, reading, tables, received_on, known)
        if tables
        else _without_forms(message_id, position, attachment, reading, mail, only, forms, known)
        for position, (attachment, reading, tables) in enumerate(
            zip(attachments, readings, placed, strict=True)
        )
    ]
    if _is_ours(head):
        files = [
            _unread(position, attachment, reading, "ignored", None, "本程序自己发出的邮件")
            for position, (attachment, reading) in enumerate(zip(attachments, readings, strict=True))
        ]
    if not files:
        files.append(without_file(message_id, mail, known))
    return MessageDraft(
        message_id=message_id,
        sender=head.sender,
        sender_name=head.sender_name,
        subject=head.subject,
        files=tuple(files),
    )


def _is_ours(head: MailHead) -> bool:
    """Our own digest or reminder, come back into the mailbox that is polled: it reports nothing."""
    return head.automatic and _OWN_ID.match(head.message_id or "") is not None


def _place(
    message_id: str, position: int, attachment: Attachment, form: ParsedForm, mail: Mail, known: Knowledge
) -> list[_Placed]:
    """Whose a table is; a table that says of no unit that it is its, and names several in its rows, is each one's."""
    decided = known.assignments.get(file_id(message_id, position))
    if decided is not None and (unit := known.roster.get(decided[0])) is not None:
        seen = (Signal(source="assigned", value=unit.name, weight=100.0),)
        return [_Placed(form, unit, Attribution(unit=unit, code=None, reason=None, signals=seen))]
    found = attribute(
        form,
        form.form,
        path=attachment.path,
        head=mail.head,
        body=mail.body,
        names=known.names,
        roster=known.roster,
        notice=known.notice,
        learned=dict(known.learned),
    )
    named = {signal.source for signal in found.signals}
    if found.unit is None and not named.intersection(("declared", "title")):
        parts = by_rows(form, known)
        if parts:
            return [_Placed(part, unit, found) for unit, part in parts]
    return [_Placed(form, found.unit, found)]


def _with_forms(
    position: int,
    attachment: Attachment,
    reading: ParsedFile,
    tables: Sequence[_Placed],
    received_on: date,
    known: Knowledge,
) -> FileDraft:
    own = [(found.unit, found.reading) for found in tables if found.unit is not None]
    unplaced = [found for found in tables if found.unit is None]
    trouble = unplaced[0].attribution if unplaced else None
    return FileDraft(
        position=position,
        path=attachment.path,
        size=len(attachment.data),
        sha256=hashlib.sha256(attachment.data).hexdigest(),
        kind=reading.kind,
        # A file of which a part is nobody's still waits for a person; the rest of it stands recorded.
        outcome="quarantined" if trouble else reading.outcome,
        reason_code=trouble.code if trouble else reading.reason_code,
        reason=trouble.reason if trouble else reading.reason,
        form_hint=unplaced[0].reading.form if unplaced else None,
        weighed=weighed([m for t in tables for m in (*t.reading.signals, *t.attribution.signals)]),
        submissions=submissions(own, received_on, known),
    )


def _unchanged(
    position: int, attachment: Attachment, reading: ParsedFile, found: _Placed, mail: Mail
) -> FileDraft:
    """无变化 confirms what was sent before and changes nothing (A20)."""
    return _unread(
        position,
        attachment,
        reading,
        "evidence",
        None,
        "报称无变化:沿用上次报送的数据",
        unit=found.unit,
        form=found.reading.form,
        text=_text(attachment, mail),
        seen=found.attribution.signals,
    )


def _without_forms(
    message_id: str,
    position: int,
    attachment: Attachment,
    reading: ParsedFile,
    mail: Mail,
    only: Unit | None,
    forms: Sequence[str],
    known: Knowledge,
) -> FileDraft:
    decided = known.assignments.get(file_id(message_id, position))
    if decided is not None and (assigned := known.roster.get(decided[0])) is not None:
        seen: tuple[Signal, ...] = (Signal(source="assigned", value=assigned.name, weight=100.0),)
        if reading.outcome == "quarantined" and decided[1] is not None:
            return received_unread(position, attachment, reading, assigned, decided[1], seen)
        return _unread(
            position,
            attachment,
            reading,
            "evidence",
            None,
            "由人工归入该单位,作为材料留存",
            unit=assigned,
            form=decided[1] or reading.form_hint,
            text=_text(attachment, mail),
            seen=seen,
        )
    if reading.outcome == "ignored":
        return _unread(position, attachment, reading, "ignored", reading.reason_code, reading.reason)
    found = attribute(
        None,
        reading.form_hint,
        path=attachment.path,
        head=mail.head,
        body=mail.body,
        names=known.names,
        roster=known.roster,
        notice=known.notice,
        learned=dict(known.learned),
    )
    unit = found.unit or only
    if (
        reading.outcome == "evidence"
        and unit is not None
        and not _proves(reading, attachment, mail, forms, known.notice)
    ):
        return _unread(
            position,
            attachment,
            reading,
            "quarantined",
            "scanned-only",
            "只来了照片,看不出是证明还是表格:请人工查看",
            hint=unit,
            seen=found.signals,
        )
    if reading.outcome == "evidence" and unit is not None:
        return _unread(
            position,
            attachment,
            reading,
            "evidence",
            reading.reason_code,
            reading.reason or "证明材料,已归入该单位",
            unit=unit,
            form=_supported(reading, unit, forms, known.notice),
            text=_text(attachment, mail),
            seen=found.signals,
        )
    code, reason = reading.reason_code, reading.reason
    if reading.outcome == "evidence":
        code, reason = found.code or "unknown-unit", found.reason
    return _unread(position, attachment, reading, "quarantined", code, reason, hint=unit, seen=found.signals)


def _unread(
    position: int,
    attachment: Attachment,
    reading: ParsedFile,
    outcome: str,
    code: str | None,
    reason: str | None,
    *,
    unit: Unit | None = None,
    form: str | None = None,
    text: str = "",
    hint: Unit | None = None,
    seen: Sequence[Signal] = (),
) -> FileDraft:
    return FileDraft(
        position=position,
        path=attachment.path,
        size=len(attachment.data),
        sha256=hashlib.sha256(attachment.data).hexdigest(),
        kind=reading.kind,
        outcome=outcome,
        reason_code=code,
        reason=reason,
        unit_hint=hint.name if hint else None,
        form_hint=form or reading.form_hint,
        weighed=weighed([*reading.signals, *seen]),
        proof_for=(unit.name, form, text) if unit else None,
    )


def _proves(
    reading: ParsedFile, attachment: Attachment, mail: Mail, forms: Sequence[str], notice: Notice
) -> bool:
    """A picture that came alone, under no name that says proof, may be the form itself photographed."""
    if reading.kind is not FileKind.IMAGE or forms:
        return True
    said = f"{' '.join(attachment.path)} {mail.head.subject}"
    return any(word in said for word in notice.proof_words)


def _supported(reading: ParsedFile, unit: Unit, forms: Sequence[str], notice: Notice) -> str | None:
    """The form that a certificate supports: the one it names, one in its mail, or its unit's ledger."""
    if reading.form_hint:
        return reading.form_hint
    owing = [form.key for form in notice.forms if form.proof_statuses or form.proof_every]
    if beside := [form for form in forms if form in owing]:
        return beside[0]
    mine = [form.key for form in notice.forms if form.key in owing and form.sender == unit.kind]
    return mine[0] if mine else None


def _text(attachment: Attachment, mail: Mail) -> str:
    return " ".join((*attachment.path, mail.head.subject))
