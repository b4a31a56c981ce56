"""Drafts files whose rows were not read: unreadable, empty, or failed by an error of the program."""

from collections.abc import Sequence
from dataclasses import replace

from config.records.record import Problem
from config.records.row_block import RowBlock
from config.units.roster import Unit
from parsers.mail.mail_contents import Attachment, LoadedAttachment, Mail
from parsers.records import FileKind, ParsedFile, Signal
from store.drafts import FileDraft, MessageDraft, SubmissionDraft


def file_draft(position: int, attachment: Attachment, kind: FileKind) -> FileDraft:
    """Returns the draft of a file as received; it is quarantined until its content is known."""
    return FileDraft(
        position=position,
        path=attachment.path,
        size=attachment.size,
        sha256=attachment.sha256,
        kind=kind,
        outcome="quarantined",
    )


def draft_failed_message(
    message_id: str, mail: Mail | None, attachments: Sequence[Attachment], error: str
) -> MessageDraft:
    """Drafts a message that caused an error in the program: each of its files is quarantined."""
    reason = (
        "程序处理这封邮件时出错(邮件已存档,未丢失):请把错误信息告诉管理员,修好后运行 kongchuo rerun --failed"
    )
    files = [
        replace(
            file_draft(position, attachment, FileKind.UNKNOWN),
            outcome="quarantined",
            reason_code="unreadable",
            reason=reason,
        )
        for position, attachment in enumerate(attachments)
    ] or [draft_empty_file("quarantined", "unreadable", reason, None)]
    return MessageDraft(
        message_id=message_id,
        sender=mail.head.sender if mail else "",
        sender_name=mail.head.sender_name if mail else "",
        subject=mail.head.subject if mail else "",
        author=mail.head.author if mail else "",
        authentication=mail.head.authentication if mail else (),
        files=tuple(files),
        error=error,
    )


def draft_message_given_up(message_id: str, reason: str) -> MessageDraft:
    """Drafts a message of which nothing can be read; it is quarantined as a whole."""
    entry = draft_empty_file("quarantined", "unreadable", reason, None)
    return MessageDraft(
        message_id=message_id, sender="", sender_name="", subject="", files=(entry,), error=reason
    )


def draft_received_unread(
    position: int,
    attachment: Attachment,
    reading: ParsedFile,
    unit: Unit,
    form: str,
    signals: Sequence[Signal],
) -> FileDraft:
    """Drafts a form that a person recognised although its rows could not be read.

    It is recorded as received, so that it is not reported missing, but as blocked until its rows are read.
    """
    code = reading.reason_code or "scanned-only"
    message = f"已收到{form},但内容读不出来({reading.reason or code}):请对方补发Excel电子表"
    problem = Problem(code=code, severity="error", message=message)
    rows = RowBlock(table_problems=(problem,))
    return replace(
        file_draft(position, attachment, reading.kind),
        outcome="forms",
        reason_code=code,
        reason=message,
        form_hint=form,
        signals=signals_as_json(signals),
        submissions=(SubmissionDraft.of_rows(rows, unit=unit.name, form=form, blocking=(code,)),),
    )


def draft_empty_file(
    outcome: str, code: str | None, reason: str, unit: str | None, position: int = 0
) -> FileDraft:
    """Drafts the entry for a message's own text; ``position`` is the number of its files."""
    nothing = LoadedAttachment(path=(), data=b"", inline=False).describe()
    return replace(
        file_draft(position, nothing, FileKind.EMPTY),
        outcome=outcome,
        reason_code=code,
        reason=reason,
        unit_hint=unit,
    )


def signals_as_json(unit_signals: Sequence[Signal]) -> tuple[dict[str, object], ...]:
    """Returns signals as JSON values."""
    return tuple(
        {"source": m.source, "value": m.value, "weight": m.weight, "text": m.text} for m in unit_signals
    )
