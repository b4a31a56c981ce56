"""Drafts what the store records of one message: the unit of each table and the outcome of each file.

Pure: the same mail, readings and decisions always give the same result.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from config.mail.file_ids import file_ids
from config.units.roster import Unit
from ingest.attribution import Attribution, attribute
from ingest.context import IngestContext
from ingest.drafting.draft_submissions import draft_submissions, split_by_rows
from ingest.drafting.proof_files import (
    find_supported_form,
    find_unit_in_picture,
    is_explanation,
    is_proof,
    owes_proof,
    proof_text,
)
from ingest.unit_signals import signal_of_assignment
from ingest.unread_files import draft_empty_file, draft_received_unread, file_draft, signals_as_json
from ingest.words.body_reports import (
    draft_words_beside_material,
    draft_words_without_material,
    mark_replacements,
    why_earlier_version_counts,
)
from ingest.words.office_replies import draft_reply
from ingest.words.submission_periods import add_periods, names_around
from ingest.words.told_children import ToldChildren, find_told_children, hold_contradicted_nils, is_settled
from parsers.mail.mail_contents import Attachment, Mail, is_from_kongchuo
from parsers.records import ParsedFile, ParsedForm, Signal
from store.drafts import BounceDraft, FileDraft, MessageDraft
from store.stored_values import StoredAssignment

_OFFICE_REPLY = "办公室的答复,不是报送(答复了什么请用 kongchuo decisions 查看)"


@dataclass(frozen=True, slots=True)
class _SentFile:
    """One file of a message, its reading, and the unit that a person assigned it to, if any."""

    position: int
    attachment: Attachment
    reading: ParsedFile
    assignment: StoredAssignment | None


@dataclass(frozen=True, slots=True)
class _AttributedTable:
    reading: ParsedForm
    unit: Unit | None
    attribution: Attribution


@dataclass(frozen=True, slots=True)
class _RecordedTable:
    """A table whose unit is known, with the mails, archives and folders that contain it."""

    containers: tuple[str, ...]
    form: str
    unit: Unit
    owes_proof: bool
    """Whether a child in it owes a proof: any child in a form about visits, one on leave in a register."""


def draft_message(
    message_id: str,
    received_on: date,
    mail: Mail,
    attachments: Sequence[Attachment],
    readings: Sequence[ParsedFile],
    context: IngestContext,
    own_files: Collection[str] = (),
) -> MessageDraft:
    """Drafts everything that one message adds to the store.

    Args:
        received_on: the office's day of its arrival.
        own_files: SHA-256 of the files in those sent mails that this message answers or forwards.
    """
    if (why_no_filing := _why_no_filing(mail)) is not None:
        files = _draft_ignored(attachments, readings, why_no_filing)
        return _draft_mail(
            message_id, mail, files or [draft_empty_file("ignored", None, why_no_filing, None)]
        )
    assignments = [context.assignments.get(one) for one in file_ids(message_id, attachments)]
    sent = [
        _SentFile(position, *parts)
        for position, parts in enumerate(zip(attachments, readings, assignments, strict=True))
    ]
    files = _draft_files(sent, mail, received_on, context, own_files)
    files = mark_replacements(mail, attachments, files, context.notice)
    told_children = find_told_children(mail, attachments, readings, context)
    files = hold_contradicted_nils(assignments, attachments, files, told_children, context)
    reply = draft_reply(mail, readings, context.people, context.names)
    if reply is not None and mail.head.author in context.people:
        files += [] if files else [draft_empty_file("ignored", None, _OFFICE_REPLY, None)]
    else:
        files += _draft_words(message_id, mail, assignments, attachments, files, told_children, context)
    files = add_periods(files, attachments, mail, received_on, context.notice)
    return replace(_draft_mail(message_id, mail, files), reply=reply)


def _draft_files(
    sent: Sequence[_SentFile],
    mail: Mail,
    received_on: date,
    context: IngestContext,
    own_files: Collection[str],
) -> list[FileDraft]:
    """Drafts each file; a file without tables takes its unit from the tables beside it."""
    attributed = [
        []
        if _is_own_file(file.attachment, own_files)
        else [table for form in file.reading.forms for table in _attribute_table(file, form, mail, context)]
        for file in sent
    ]
    recorded = [
        _RecordedTable(
            file.attachment.containers,
            table.reading.form,
            table.unit,
            owes_proof(table.reading, context.notice),
        )
        for file, tables in zip(sent, attributed, strict=True)
        for table in tables
        if table.unit is not None
    ]
    return [
        _draft_unread(file, "ignored", None, "本程序发出的邮件里的文件,原样转回")
        if _is_own_file(file.attachment, own_files)
        else _draft_tables(file, tables, mail, received_on, context)
        if tables
        else _draft_without_forms(file, mail, recorded, context)
        for file, tables in zip(sent, attributed, strict=True)
    ]


def _draft_tables(
    file: _SentFile,
    tables: Sequence[_AttributedTable],
    mail: Mail,
    received_on: date,
    context: IngestContext,
) -> FileDraft:
    first = tables[0]
    earlier_counts = why_earlier_version_counts(mail, file.attachment, context.notice)
    if file.assignment is None and earlier_counts is not None:
        return _draft_unread(file, "quarantined", "version-unclear", earlier_counts, hint=first.unit)
    is_unchanged = not file.reading.is_held and all(table.reading.unchanged for table in tables)
    if is_unchanged and first.unit is not None:
        # 无变化 confirms what was sent before and changes nothing (A20 of ``docs/rules-of-the-notice.md``).
        return _draft_proof(
            file,
            None,
            "报称无变化:沿用上次报送的数据",
            (first.unit.name, first.reading.form, proof_text(file.attachment, mail, file.reading)),
            first.attribution.signals,
        )
    return _draft_with_forms(file, tables, names_around(file.attachment, mail), received_on, context)


def _draft_mail(message_id: str, mail: Mail, files: Sequence[FileDraft]) -> MessageDraft:
    return MessageDraft(
        message_id=message_id,
        sender=mail.head.sender,
        sender_name=mail.head.sender_name,
        subject=mail.head.subject,
        author=mail.head.author,
        authentication=mail.head.authentication,
        files=tuple(files),
        bounce=_draft_bounce(mail),
    )


def _draft_bounce(mail: Mail) -> BounceDraft | None:
    """Returns what a bounce reports about our mails; None if the message is no bounce, or is about other mail."""
    report = mail.delivery_report
    outgoing_ids = tuple(filter(is_from_kongchuo, report.message_ids)) if report else ()
    if report is None or not outgoing_ids:
        return None
    return BounceDraft(outgoing_ids=outgoing_ids, reasons=dict(report.failures))


def _draft_ignored(
    attachments: Sequence[Attachment], readings: Sequence[ParsedFile], reason: str
) -> list[FileDraft]:
    return [
        _draft_unread(_SentFile(position, attachment, reading, None), "ignored", None, reason)
        for position, (attachment, reading) in enumerate(zip(attachments, readings, strict=True))
    ]


def _draft_words(
    message_id: str,
    mail: Mail,
    assignments: Sequence[StoredAssignment | None],
    attachments: Sequence[Attachment],
    files: Sequence[FileDraft],
    told: Sequence[ToldChildren],
    context: IngestContext,
) -> list[FileDraft]:
    """Returns the entry for the mail's own text: always for a mail without files, otherwise only if the text raises a question."""
    if all(
        file.outcome == "ignored" and (attachment.inline or attachment.litter)
        for attachment, file in zip(attachments, files, strict=True)
    ):
        words = draft_words_without_material(message_id, mail, told, context, len(files))
        return [words] if not files or words.outcome != "ignored" else []
    told_unsettled = () if is_settled(assignments, files) else told
    question = draft_words_beside_material(message_id, mail, attachments, files, told_unsettled, context)
    return [question] if question is not None else []


def _tables_beside(attachment: Attachment, recorded: Sequence[_RecordedTable]) -> list[_RecordedTable]:
    """Returns the tables in the innermost mail, archive or folder around a file that contains any."""
    containers = attachment.containers
    for depth in range(len(containers), -1, -1):
        beside = [table for table in recorded if table.containers[:depth] == containers[:depth]]
        if beside:
            return beside
    return []


def _why_no_filing(mail: Mail) -> str | None:
    """Returns why nothing in a mail is a submission (a copy of a sent mail, or a bounce), or None if it may contain one."""
    if mail.head.automatic and is_from_kongchuo(mail.head.message_id or ""):
        return "本程序自己发出的邮件"
    if mail.delivery_report is not None:
        return "退信:所附的是没有送达的邮件,不是报送"
    return None


def _is_own_file(attachment: Attachment, own_files: Collection[str]) -> bool:
    """Returns whether a file is, or equals, part of a mail that this program sent."""
    return any(is_from_kongchuo(head.message_id or "") for head in attachment.inner_heads) or (
        attachment.sha256 in own_files
    )


def _attribute_table(
    file: _SentFile, form: ParsedForm, mail: Mail, context: IngestContext
) -> list[_AttributedTable]:
    """Returns a table with its unit, or its parts by unit if it declares none and its rows name several."""
    if (unit := _assigned_unit(file, context)) is not None:
        signals = (signal_of_assignment(unit),)
        return [_AttributedTable(form, unit, Attribution(unit=unit, code=None, reason=None, signals=signals))]
    attribution = attribute(form, form.form, file.attachment.path, mail, context)
    named = {signal.source for signal in attribution.signals}
    if attribution.unit is None and not named.intersection(("declared", "title", "properties")):
        parts = split_by_rows(form, context)
        if parts:
            return [_AttributedTable(part, unit, attribution) for unit, part in parts]
    return [_AttributedTable(form, attribution.unit, attribution)]


def _assigned_unit(file: _SentFile, context: IngestContext) -> Unit | None:
    return context.roster.get(file.assignment.unit) if file.assignment is not None else None


def _draft_with_forms(
    file: _SentFile,
    tables: Sequence[_AttributedTable],
    around: Sequence[str],
    received_on: date,
    context: IngestContext,
) -> FileDraft:
    reading = file.reading
    signals = [m for t in tables for m in (*t.reading.signals, *t.attribution.signals)]
    assigned = all("assigned" in {signal.source for signal in t.attribution.signals} for t in tables)
    if reading.is_held and not assigned:
        held = _draft_unread(
            file, "quarantined", reading.reason_code, reading.reason, hint=tables[0].unit, signals=signals
        )
        return replace(held, form_hint=tables[0].reading.form)
    readings_by_unit = [(table.unit, table.reading) for table in tables if table.unit is not None]
    unattributed = [table for table in tables if table.unit is None]
    failed_attribution = unattributed[0].attribution if unattributed else None
    return replace(
        file_draft(file.position, file.attachment, reading.kind),
        # If a part has no unit the file is quarantined, while its other parts are recorded.
        outcome="quarantined" if failed_attribution else "forms" if reading.is_held else reading.outcome,
        reason_code=failed_attribution.code if failed_attribution else reading.reason_code,
        reason=failed_attribution.reason if failed_attribution else reading.reason,
        form_hint=unattributed[0].reading.form if unattributed else None,
        signals=signals_as_json(signals),
        submissions=draft_submissions(readings_by_unit, around, received_on, context),
    )


def _draft_without_forms(
    file: _SentFile, mail: Mail, recorded: Sequence[_RecordedTable], context: IngestContext
) -> FileDraft:
    if (assigned := _assigned_unit(file, context)) is not None:
        return _draft_assigned(file, assigned, mail)
    reading, attachment = file.reading, file.attachment
    if reading.outcome == "ignored":
        return _draft_unread(file, "ignored", reading.reason_code, reading.reason)
    attribution = attribute(None, reading.form_hint, attachment.path, mail, context)
    unit = _unit_beside(file, attribution, recorded, context)
    code, reason = reading.reason_code, reading.reason
    if reading.outcome == "evidence":
        of_unit = [table for table in recorded if unit is None or table.unit.name == unit.name]
        forms = [table.form for table in sorted(of_unit, key=lambda table: not table.owes_proof)]
        if is_explanation(reading, attachment, context.notice):
            code, reason = "no-table", "是文字说明,不是表格,也不作证明材料:请人工查看"
        elif unit is None:
            code, reason = attribution.code or "unknown-unit", attribution.reason
        elif not is_proof(reading, attachment, mail, forms, context.notice):
            code, reason = "scanned-only", "只来了照片,看不出是证明还是表格:请人工查看"
        else:
            form = find_supported_form(reading, attachment, unit, forms, context.notice)
            proof_for = (unit.name, form, proof_text(attachment, mail, reading))
            return _draft_proof(file, code, reason or "证明材料,已归入该单位", proof_for, attribution.signals)
    return _draft_unread(file, "quarantined", code, reason, hint=unit, signals=attribution.signals)


def _draft_assigned(file: _SentFile, unit: Unit, mail: Mail) -> FileDraft:
    """Drafts a file without tables that a person assigned to this unit."""
    reading, signals = file.reading, (signal_of_assignment(unit),)
    form = file.assignment.form if file.assignment is not None else None
    if reading.outcome == "quarantined" and form is not None:
        return draft_received_unread(file.position, file.attachment, reading, unit, form, signals)
    return _draft_proof(
        file,
        None,
        "由人工归入该单位,作为材料留存",
        (unit.name, form or reading.form_hint, proof_text(file.attachment, mail, reading)),
        signals,
    )


def _unit_beside(
    file: _SentFile,
    attribution: Attribution,
    recorded: Sequence[_RecordedTable],
    context: IngestContext,
) -> Unit | None:
    """Returns the unit of a file without tables.

    A file beside the tables of one unit belongs to that unit whatever its sender, unless its name says
    otherwise.
    """
    units_beside = {table.unit.name: table.unit for table in _tables_beside(file.attachment, recorded)}
    is_named = any(signal.source == "file" for signal in attribution.signals)
    if len(units_beside) == 1 and (attribution.unit is None or not is_named):
        (unit,) = units_beside.values()
        return unit
    return attribution.unit or find_unit_in_picture(file.reading, context)


def _draft_unread(
    file: _SentFile,
    outcome: str,
    code: str | None,
    reason: str | None,
    *,
    hint: Unit | None = None,
    signals: Sequence[Signal] = (),
) -> FileDraft:
    """Drafts a file without recorded rows; ``hint`` is its probable unit."""
    return replace(
        file_draft(file.position, file.attachment, file.reading.kind),
        outcome=outcome,
        reason_code=code,
        reason=reason,
        unit_hint=hint.name if hint else None,
        form_hint=file.reading.form_hint,
        signals=signals_as_json([*file.reading.signals, *signals]),
    )


def _draft_proof(
    file: _SentFile,
    code: str | None,
    reason: str,
    proof_for: tuple[str, str | None, str],
    signals: Sequence[Signal],
) -> FileDraft:
    """Drafts a file that is a unit's proof document.

    Args:
        proof_for: the unit, the form that the file supports, and the text in which names are looked up.
    """
    draft = _draft_unread(file, "evidence", code, reason, signals=signals)
    return replace(draft, form_hint=proof_for[1] or file.reading.form_hint, proof_for=proof_for)
