"""Drafts what one message adds to the store: the unit of each table and the outcome of each file.

Pure: given a mail, its files' readings and what people decided, the answer is always the same.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from config.notice import Notice
from config.units.roster import Unit
from ingest.attribution import Attribution, attribute
from ingest.body_reports import draft_without_file
from ingest.context import IngestContext
from ingest.draft_submissions import draft_submissions, split_by_rows
from ingest.unit_signals import signal_of_assignment
from ingest.unread_files import draft_received_unread, file_draft, signals_as_json
from parsers.mail.mime import Attachment, Mail, MailHead
from parsers.records import FileKind, ParsedFile, ParsedForm, Signal
from store.drafts import FileDraft, MessageDraft, file_id

_KONGCHUO_MESSAGE_ID = re.compile(r"\s*<?kongchuo\.[0-9a-f]{32}@")
"""As :mod:`notify.mail.compose` makes them."""


@dataclass(frozen=True, slots=True)
class _AttributedTable:
    reading: ParsedForm
    unit: Unit | None
    attribution: Attribution


def draft_message(
    message_id: str,
    received_on: date,
    mail: Mail,
    attachments: Sequence[Attachment],
    readings: Sequence[ParsedFile],
    context: IngestContext,
) -> MessageDraft:
    """Drafts everything that one message, received on this day, adds to the store."""
    head = mail.head
    attributed = [
        [
            attributed
            for form in reading.forms
            for attributed in _attribute_table(message_id, position, attachment, form, mail, context)
        ]
        for position, (attachment, reading) in enumerate(zip(attachments, readings, strict=True))
    ]
    # What the tables of this mail agree on also says whose its photographs are.
    units = {
        table.unit.name: table.unit for tables in attributed for table in tables if table.unit is not None
    }
    forms = [table.reading.form for tables in attributed for table in tables if table.unit is not None]
    only_unit = next(iter(units.values())) if len(units) == 1 else None
    files = [
        _draft_unchanged(position, attachment, reading, tables[0], mail)
        if tables
        and not reading.is_held
        and tables[0].unit is not None
        and all(table.reading.unchanged for table in tables)
        else _draft_with_forms(position, attachment, reading, tables, received_on, context)
        if tables
        else _draft_without_forms(message_id, position, attachment, reading, mail, only_unit, forms, context)
        for position, (attachment, reading, tables) in enumerate(
            zip(attachments, readings, attributed, strict=True)
        )
    ]
    if _is_from_kongchuo(head):
        files = [
            _draft_unread(position, attachment, reading, "ignored", None, "本程序自己发出的邮件")
            for position, (attachment, reading) in enumerate(zip(attachments, readings, strict=True))
        ]
    if not files:
        files.append(draft_without_file(message_id, mail, context))
    return MessageDraft(
        message_id=message_id,
        sender=head.sender,
        sender_name=head.sender_name,
        subject=head.subject,
        files=tuple(files),
    )


def _is_from_kongchuo(head: MailHead) -> bool:
    """Our own digest or reminder, come back into the mailbox that is polled: it reports nothing."""
    return head.automatic and _KONGCHUO_MESSAGE_ID.match(head.message_id or "") is not None


def _attribute_table(
    message_id: str,
    position: int,
    attachment: Attachment,
    form: ParsedForm,
    mail: Mail,
    context: IngestContext,
) -> list[_AttributedTable]:
    """Returns a table with its unit; split by rows if it declares no unit and its rows name several."""
    assignment = context.assignments.get(file_id(message_id, position))
    if assignment is not None and (unit := context.roster.get(assignment.unit)) is not None:
        signals = (signal_of_assignment(unit),)
        return [_AttributedTable(form, unit, Attribution(unit=unit, code=None, reason=None, signals=signals))]
    attribution = attribute(form, form.form, attachment.path, mail, context)
    named = {signal.source for signal in attribution.signals}
    if attribution.unit is None and not named.intersection(("declared", "title")):
        parts = split_by_rows(form, context)
        if parts:
            return [_AttributedTable(part, unit, attribution) for unit, part in parts]
    return [_AttributedTable(form, attribution.unit, attribution)]


def _draft_with_forms(
    position: int,
    attachment: Attachment,
    reading: ParsedFile,
    tables: Sequence[_AttributedTable],
    received_on: date,
    context: IngestContext,
) -> FileDraft:
    assigned = all("assigned" in {signal.source for signal in t.attribution.signals} for t in tables)
    if reading.is_held and not assigned:
        return _draft_unread(
            position,
            attachment,
            reading,
            "quarantined",
            reading.reason_code,
            reading.reason,
            form=tables[0].reading.form,
            hint=tables[0].unit,
            signals=[m for t in tables for m in (*t.reading.signals, *t.attribution.signals)],
        )
    readings_by_unit = [(table.unit, table.reading) for table in tables if table.unit is not None]
    unattributed = [table for table in tables if table.unit is None]
    failed_attribution = unattributed[0].attribution if unattributed else None
    return replace(
        file_draft(position, attachment, reading.kind),
        # A file of which a part is nobody's still waits for a person; the rest of it stands recorded.
        outcome="quarantined" if failed_attribution else "forms" if reading.is_held else reading.outcome,
        reason_code=failed_attribution.code if failed_attribution else reading.reason_code,
        reason=failed_attribution.reason if failed_attribution else reading.reason,
        form_hint=unattributed[0].reading.form if unattributed else None,
        signals=signals_as_json([m for t in tables for m in (*t.reading.signals, *t.attribution.signals)]),
        submissions=draft_submissions(readings_by_unit, received_on, context),
    )


def _draft_unchanged(
    position: int, attachment: Attachment, reading: ParsedFile, table: _AttributedTable, mail: Mail
) -> FileDraft:
    """无变化 confirms what was sent before and changes nothing (A20)."""
    return _draft_unread(
        position,
        attachment,
        reading,
        "evidence",
        None,
        "报称无变化:沿用上次报送的数据",
        unit=table.unit,
        form=table.reading.form,
        text=_proof_text(attachment, mail),
        signals=table.attribution.signals,
    )


def _draft_without_forms(
    message_id: str,
    position: int,
    attachment: Attachment,
    reading: ParsedFile,
    mail: Mail,
    only_unit: Unit | None,
    forms: Sequence[str],
    context: IngestContext,
) -> FileDraft:
    assignment = context.assignments.get(file_id(message_id, position))
    if assignment is not None and (assigned := context.roster.get(assignment.unit)) is not None:
        signals: tuple[Signal, ...] = (signal_of_assignment(assigned),)
        if reading.outcome == "quarantined" and assignment.form is not None:
            return draft_received_unread(position, attachment, reading, assigned, assignment.form, signals)
        return _draft_unread(
            position,
            attachment,
            reading,
            "evidence",
            None,
            "由人工归入该单位,作为材料留存",
            unit=assigned,
            form=assignment.form or reading.form_hint,
            text=_proof_text(attachment, mail),
            signals=signals,
        )
    if reading.outcome == "ignored":
        return _draft_unread(position, attachment, reading, "ignored", reading.reason_code, reading.reason)
    attribution = attribute(None, reading.form_hint, attachment.path, mail, context)
    unit = attribution.unit or only_unit
    if (
        reading.outcome == "evidence"
        and unit is not None
        and not _is_proof(reading, attachment, mail, forms, context.notice)
    ):
        return _draft_unread(
            position,
            attachment,
            reading,
            "quarantined",
            "scanned-only",
            "只来了照片,看不出是证明还是表格:请人工查看",
            hint=unit,
            signals=attribution.signals,
        )
    if reading.outcome == "evidence" and unit is not None:
        return _draft_unread(
            position,
            attachment,
            reading,
            "evidence",
            reading.reason_code,
            reading.reason or "证明材料,已归入该单位",
            unit=unit,
            form=_supported_form(reading, unit, forms, context.notice),
            text=_proof_text(attachment, mail),
            signals=attribution.signals,
        )
    code, reason = reading.reason_code, reading.reason
    if reading.outcome == "evidence":
        code, reason = attribution.code or "unknown-unit", attribution.reason
    return _draft_unread(
        position, attachment, reading, "quarantined", code, reason, hint=unit, signals=attribution.signals
    )


def _draft_unread(
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
    signals: Sequence[Signal] = (),
) -> FileDraft:
    return replace(
        file_draft(position, attachment, reading.kind),
        outcome=outcome,
        reason_code=code,
        reason=reason,
        unit_hint=hint.name if hint else None,
        form_hint=form or reading.form_hint,
        signals=signals_as_json([*reading.signals, *signals]),
        proof_for=(unit.name, form, text) if unit else None,
    )


def _is_proof(
    reading: ParsedFile, attachment: Attachment, mail: Mail, forms: Sequence[str], notice: Notice
) -> bool:
    """A picture that came alone, under no name that says proof, may be the form itself photographed."""
    if reading.kind is not FileKind.IMAGE or forms:
        return True
    names_and_subject = _proof_text(attachment, mail)
    return any(word in names_and_subject for word in notice.proof_words)


def _supported_form(reading: ParsedFile, unit: Unit, forms: Sequence[str], notice: Notice) -> str | None:
    """The form that a certificate supports: the one it names, one in its mail, or its unit's ledger."""
    if reading.form_hint:
        return reading.form_hint
    forms_with_proofs = [form.key for form in notice.forms if form.proof_statuses or form.proof_every]
    if forms_in_mail := [form for form in forms if form in forms_with_proofs]:
        return forms_in_mail[0]
    forms_of_unit = [
        form.key for form in notice.forms if form.key in forms_with_proofs and form.sender == unit.kind
    ]
    return forms_of_unit[0] if forms_of_unit else None


def _proof_text(attachment: Attachment, mail: Mail) -> str:
    return " ".join((*attachment.clean_path, mail.head.clean_subject))
