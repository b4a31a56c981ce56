"""Builds lines of quarantined files: name, reason, and how to answer the question about each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from config.problem_codes import WORDS_OF_UNITS, remedy_of
from config.text.masking import mask_quoted
from config.text.output_mask import TextFilter
from ledger.questions.open_questions import file_key
from notify.digest.lines.question_lines import QuestionLine
from store.stored_values import QuestionKey, StoredFile


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
    answer: str
    """How to answer the question about it, with its number; empty if there is none."""
    question: QuestionLine | None = None

    @property
    def source(self) -> str:
        """The sender and the subject, as written."""
        return f"{self.sender} · 主题\uff1a{self.subject}" if self.subject else self.sender

    @property
    def what(self) -> str:
        """The reason for the quarantine, and the remedy for the sender if the reason does not contain it."""
        said = self.remedy.removeprefix("请来件单位")
        return (
            self.reason
            if not self.remedy or "请对方" in self.reason or said in self.reason
            else f"{self.reason};{self.remedy}"
        )


def build_file_lines(
    files: Iterable[StoredFile],
    zone: ZoneInfo | None,
    mask_names: TextFilter = str,
    questions: Mapping[QuestionKey, QuestionLine] = MappingProxyType({}),
    notes: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[FileLine, ...]:
    """Returns the lines in order of arrival; ``mask_names`` hides children's names in file names and subjects."""
    return tuple(
        _line(each, zone, mask_names, questions.get(file_key(each)), notes.get(each.file_id, ()))
        for each in sorted(files, key=lambda one: (one.received_at, one.file_id))
    )


def _line(
    each: StoredFile,
    zone: ZoneInfo | None,
    mask_names: TextFilter,
    question: QuestionLine | None,
    notes: Sequence[str],
) -> FileLine:
    unit, form = each.unit_hint or "", each.form_hint or ""
    return FileLine(
        file_id=each.file_id,
        received_at=each.received_at.astimezone(zone) if zone else each.received_at,
        sender=each.sender,
        subject=mask_names(mask_quoted(each.subject)),
        name=f"{unit}来信"
        if unit and each.reason_code in WORDS_OF_UNITS
        else mask_names(mask_quoted(" › ".join(each.path))) or "\uff08没有附件的邮件\uff09",
        reason=mask_names(
            mask_quoted(";".join((each.reason or "需人工判断", *(f"备注:{said}" for said in notes))))
        ),
        unit_hint=unit,
        form_hint=form,
        remedy=remedy_of(each.reason_code),
        question=question,
        answer=question.hint if question else "",
    )
