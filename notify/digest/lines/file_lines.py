"""Quarantined files and row problems as lines: what it is, why it waits, what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from shlex import quote
from zoneinfo import ZoneInfo

from config.masking import mask_text
from notify.name_masking import TextFilter
from store.stored_values import StoredFile, StoredProblem

RESEND_ADVICE = {
    "encrypted": "请来件单位去掉密码后重发",
    "unreadable": "请来件单位用 WPS 或 Excel 另存为 .xlsx 后重发",
    "unsupported": "请来件单位另存为 .xlsx 后重发",
    "archive-bomb": "请来件单位直接发送表格,不要嵌套压缩",
    "too-large": "请来件单位拆分后重发",
    "scanned-only": "请来件单位补发电子表格",
    "linked-attachment": "请来件单位改用普通附件重发(超大附件的链接会过期)",
}
"""What helps besides assigning, by reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """One file that needs a person."""

    file_id: str
    received_at: datetime
    sender: str
    subject: str
    name: str
    reason: str
    unit_hint: str
    form_hint: str
    remedy: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemLine:
    """One row-level problem, ready to be sent back."""

    unit: str
    form: str
    sheet: str
    row: int | None
    cell: str
    code: str
    severity: str
    value: str
    message: str


def build_file_lines(
    files: Iterable[StoredFile], zone: ZoneInfo | None, mask_names: TextFilter = str
) -> tuple[FileLine, ...]:
    """The newest last, as they came; ``mask_names`` hides names of children in names and subjects."""
    return tuple(
        _line(each, zone, mask_names)
        for each in sorted(files, key=lambda one: (one.received_at, one.file_id))
    )


def _line(each: StoredFile, zone: ZoneInfo | None, mask_names: TextFilter) -> FileLine:
    unit, form = each.unit_hint or "", each.form_hint or ""
    return FileLine(
        file_id=each.file_id,
        received_at=each.received_at.astimezone(zone) if zone else each.received_at,
        sender=each.sender,
        subject=mask_names(mask_text(each.subject)),
        name=mask_names(mask_text(" › ".join(each.path))) or "(没有附件的邮件)",
        reason=mask_text(each.reason or "需人工判断"),
        unit_hint=unit,
        form_hint=form,
        remedy=RESEND_ADVICE.get(each.reason_code or "", ""),
        command=f"kongchuo assign {quote(each.file_id)} --unit {_shell_word(unit) or '单位名'} --form {_shell_word(form) or '附件N'}",
    )


def _shell_word(text: str) -> str:
    """As a shell reads it; Chinese words need no quotes, blanks and signs do."""
    return text if text.isalnum() else quote(text) if text else ""


def build_problem_lines(problems: Iterable[StoredProblem]) -> tuple[ProblemLine, ...]:
    """By unit, form and place; identity numbers masked in value and message."""
    lines = [
        ProblemLine(
            unit=each.unit,
            form=each.form,
            sheet=each.sheet or "",
            row=each.row,
            cell=each.cell or "",
            code=each.code,
            severity="错误" if each.severity == "error" else "提醒",
            value=mask_text(each.value or ""),
            message=mask_text(each.message),
        )
        for each in problems
    ]
    return tuple(
        sorted(lines, key=lambda one: (one.unit, one.form, one.sheet, one.row or 0, one.cell, one.code))
    )
