"""Defines the drafts that ingestion passes to the store: the results of one message, stored in one transaction."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from config.mail.mail_providers import AuthenticationResult
from config.problem_codes import problem_code
from config.records.row_block import RowBlock
from store.blocks import seal_block


class ArrivalBasis(StrEnum):
    """The source of a message's arrival time; all but the first are shown with it (docs/contract.md, JSON: ``received_by``)."""

    SERVER = "server"  # INTERNALDATE, or the file's own time in a folder
    RECEIVED = "received"  # the newest Received header
    NEIGHBOUR = "neighbour"  # the nearest message in the folder
    DATE = "date"  # the sender's Date header


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message whose bytes are in the archive, with where and when it was seen."""

    message_id: str
    """The SHA-256 of its bytes."""
    received_at: datetime
    mailbox: str
    uidvalidity: int
    uid: int
    basis: ArrivalBasis = ArrivalBasis.SERVER


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionDraft:
    """One form of one unit as read from one file; made by :meth:`of_rows`, so that counts and block agree."""

    unit: str
    form: str
    nil: bool
    """Whether it is a zero report (零报告)."""
    blocking: tuple[str, ...]
    """Codes of problems that keep it from counting."""
    block: bytes
    """Its rows and problems, encoded (:mod:`store.blocks`)."""
    records: int
    errors: int
    warnings: int
    replaces: bool = False
    """Whether the mail says that it replaces earlier submissions (以此为准)."""
    period: str | None = None
    """The key of the period that it is for, if the form recurs."""

    @classmethod
    def of_rows(
        cls,
        rows: RowBlock,
        *,
        unit: str,
        form: str,
        nil: bool = False,
        blocking: tuple[str, ...] = (),
        replaces: bool = False,
        period: str | None = None,
    ) -> "SubmissionDraft":
        """Returns the draft of a submission with these rows."""
        return cls(
            unit=unit,
            form=form,
            nil=nil,
            blocking=blocking,
            block=seal_block(rows),
            records=len(rows),
            errors=rows.count_problems("error"),
            warnings=rows.count_problems("warning"),
            replaces=replaces,
            period=period,
        )

    def content(self, sha256: str) -> str:
        """Returns what distinguishes submissions of one unit and form: the file's SHA-256, with the period if there is one."""
        return sha256 if self.period is None else f"{sha256}@{self.period}"

    def key(self, notice: str, sha256: str) -> str:
        """Returns the submission's id, the same on every run."""
        return _digest(notice, self.unit, self.form, self.content(sha256))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDraft:
    """One file of a message; ``path == ()`` stands for a message without files.

    Raises:
        KeyError: ``reason_code`` is not in the catalogue (config/problem_codes.py).
    """

    position: int
    path: tuple[str, ...]
    """Names of the archives and forwarded mails around the file, outermost first, then its own."""
    size: int
    sha256: str
    kind: str
    outcome: str
    """``forms``, ``evidence``, ``ignored`` or ``quarantined``."""
    reason_code: str | None = None
    reason: str | None = None
    unit_hint: str | None = None
    """The unit that it probably belongs to, where it is not recorded."""
    form_hint: str | None = None
    signals: tuple[dict[str, Any], ...] = ()
    """The weighted signals by which its form and unit were chosen."""
    submissions: tuple[SubmissionDraft, ...] = ()
    proof_for: tuple[str, str | None, str] | None = None
    """For a proof: unit, form and text."""

    def __post_init__(self) -> None:
        if self.reason_code is not None:
            problem_code(self.reason_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceDraft:
    """A returned mail: the Message-IDs of the original mail, and by address the reason."""

    outgoing_ids: tuple[str, ...]
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDraft:
    """The content of a mail that may answer questions, without quoted text; whether its sender may answer is judged later."""

    mail_id: str
    """Its own Message-ID."""
    codes: tuple[str, ...] = ()
    """The reply codes in it: of the mails it answers, in its subject, in a workbook."""
    lines: tuple[str, ...] = ()
    tapped: str | None = None
    """The answer in the subject of a tapped link: ``12b``."""
    rows: tuple[tuple[str, ...], ...] = ()
    """Filled rows of a workbook of questions: number, decision, unit, form, reason."""
    hides_words: bool = False
    """Whether its HTML contains text that a reader does not see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDraft:
    """The results of reading one message."""

    message_id: str
    sender: str
    sender_name: str
    subject: str
    files: tuple[FileDraft, ...]
    author: str = ""
    """The only address in From; empty where there is not exactly one."""
    authentication: tuple[AuthenticationResult, ...] = ()
    error: str | None = None
    bounce: BounceDraft | None = None
    passwords_due: bool = False
    """Whether passwords from the sender's other mails are yet to be tried on it, or its own on theirs."""
    reply: ReplyDraft | None = None


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
