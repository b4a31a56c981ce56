"""Defines the drafts that ingestion hands to the store: the results of one message, for one transaction."""

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
    """Who says when a message arrived; all but the first are shown with it."""

    SERVER = "server"  # INTERNALDATE, or the file's own time in a folder
    RECEIVED = "received"  # the newest Received header
    NEIGHBOUR = "neighbour"  # the nearest message in the folder
    DATE = "date"  # the sender's Date header


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message whose bytes are in the archive, with where and when it was seen."""

    message_id: str
    received_at: datetime
    mailbox: str
    uidvalidity: int
    uid: int
    basis: ArrivalBasis = ArrivalBasis.SERVER


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionDraft:
    """What one form of one unit says; made by :meth:`of_rows`, so that counts and block agree."""

    unit: str
    form: str
    nil: bool
    blocking: tuple[str, ...]
    block: bytes
    """Its rows and problems (:mod:`store.blocks`)."""
    records: int
    errors: int
    warnings: int
    replaces: bool = False
    """Whether the mail says that it replaces what was sent before (以此为准)."""
    period: str | None = None
    """The key of the period that it speaks of, where its form has periods."""

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
        """Drafts the submission of these rows."""
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
        """Returns what a submission is one by: its file's bytes, and its period."""
        return sha256 if self.period is None else f"{sha256}@{self.period}"

    def key(self, notice: str, sha256: str) -> str:
        """Returns the submission's id, the same on every run."""
        return _digest(notice, self.unit, self.form, self.content(sha256))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDraft:
    """One file; ``path == ()`` stands for a message without any.

    Raises:
        KeyError: ``reason_code`` is not in the catalogue of codes.
    """

    position: int
    path: tuple[str, ...]
    size: int
    sha256: str
    kind: str
    outcome: str  # forms, evidence, ignored, quarantined
    reason_code: str | None = None
    reason: str | None = None
    unit_hint: str | None = None
    form_hint: str | None = None
    signals: tuple[dict[str, Any], ...] = ()
    submissions: tuple[SubmissionDraft, ...] = ()
    proof_for: tuple[str, str | None, str] | None = None  # unit, form, text

    def __post_init__(self) -> None:
        if self.reason_code is not None:
            problem_code(self.reason_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceDraft:
    """A mail of ours that came back: its Message-IDs as the bounce quotes them, and by address why."""

    outgoing_ids: tuple[str, ...]
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDraft:
    """What a mail that may answer questions says, without what it quotes; who may answer is judged later."""

    mail_id: str  # its own Message-ID
    codes: tuple[str, ...] = ()
    """The reply codes that it carries: of the mails that it answers, in its subject, in a workbook."""
    lines: tuple[str, ...] = ()
    tapped: str | None = None
    """``12b``: the answer that the subject of a tapped link holds."""
    rows: tuple[tuple[str, ...], ...] = ()
    """Filled rows of a workbook of questions: number, decision, unit, form, reason."""
    hides_words: bool = False
    """Whether the page holds words that a person who looks at it does not see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDraft:
    message_id: str
    sender: str
    sender_name: str
    subject: str
    files: tuple[FileDraft, ...]
    author: str = ""  # the only address in From; empty where there is not exactly one
    authentication: tuple[AuthenticationResult, ...] = ()
    error: str | None = None
    bounce: BounceDraft | None = None
    passwords_due: bool = False
    """Whether the passwords of its sender's mails are still to be tried: on it, or those that it tells."""
    reply: ReplyDraft | None = None


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
