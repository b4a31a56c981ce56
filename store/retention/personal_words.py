"""Finds names and numbers in people's texts and in sent mail, so that none remain of children whose rows are purged."""

import html
import io
import itertools
import json
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from functools import cached_property
from typing import Any

from sqlalchemy import Column, Connection, bindparam, delete, select, update

from store.answers.answer_mails import ANSWERED
from store.answers.overruled_values import CORRECT
from store.answers.question_numbers import QUESTION
from store.audit.audit_trail import reasons
from store.blocks import open_block
from store.decisions import DECISION
from store.outbox import BODY, OUTBOX
from store.recording import BLOCK, chunks
from store.stored_values import HIDDEN, DeliveryStatus

_SHORTEST = 2
_ZIP_BEGIN = b"PK\x03\x04"
_DEEPEST_ZIP = 3
_RUNS = re.compile(r"[^\W_]+(?:[\u00b7.][^\W_]+)*")
_UNREADABLE = (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error, ValueError)
_SETTLED = (DeliveryStatus.SENT, DeliveryStatus.WRITTEN, DeliveryStatus.CANCELLED)
"""States in which a mail is not sent again, so that its bytes are no longer needed."""


class PersonalWords:
    """Names and numbers to look for, with those of other children, as a name may be the beginning of another."""

    def __init__(self, words: Collection[str], of_others: Collection[str] = ()) -> None:
        self._words = frozenset(word for word in words if len(word) >= _SHORTEST).difference(of_others)
        self._known = self._words.union(of_others)

    def __bool__(self) -> bool:
        return bool(self._words)

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        """By first character, the lengths of all names and numbers, longest first."""
        lengths: dict[str, set[int]] = {}
        for word in filter(None, self._known):
            lengths.setdefault(word[0], set()).add(len(word))
        return {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def are_in(self, text: str) -> bool:
        """Returns whether a text contains one of the words."""
        return any(True for _ in self._occurrences(text))

    def hidden_in(self, text: str) -> str:
        """Returns the text with each of the words replaced by :data:`HIDDEN`."""
        parts, end = list[str](), 0
        for start, stop in self._occurrences(text):
            parts += [text[end:start], HIDDEN]
            end = stop
        return "".join((*parts, text[end:]))

    def _occurrences(self, text: str) -> Iterator[tuple[int, int]]:
        """Yields start and end of each occurrence; at each position the longest match, without overlaps."""
        for run in _RUNS.finditer(text):
            start = run.start()
            while start < run.end():
                ends = (start + length for length in self._lengths.get(text[start], ()))
                stop = next((end for end in ends if text[start:end] in self._known), None)
                if stop is not None and text[start:stop] in self._words:
                    yield start, stop
                start = start + 1 if stop is None else stop

    def are_in_mail(self, raw: bytes) -> bool:
        """Returns whether a sent mail contains one of the words, or encrypted parts that cannot be searched."""
        message = message_from_bytes(raw, policy=policy.default)
        if self.are_in(str(message["subject"])):
            return True
        for part in message.walk():
            if part.is_multipart():
                continue
            content = part.get_payload(decode=True)
            if self.are_in(part.get_filename() or "") or (
                isinstance(content, bytes) and self._are_in_bytes(content)
            ):
                return True
        return False

    def _are_in_bytes(self, content: bytes, depth: int = 0) -> bool:
        if not content.startswith(_ZIP_BEGIN):
            # Workbooks and pages may write a letter as &#35885;.
            return self.are_in(html.unescape(content.decode("utf-8", "replace")))
        if depth == _DEEPEST_ZIP:
            return True
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return any(
                    self.are_in(name) or self._are_in_bytes(archive.read(name), depth + 1)
                    for name in archive.namelist()
                )
        except _UNREADABLE:
            return True


def personal_words(
    connection: Connection, submission_ids: Collection[str], keys: Sequence[str]
) -> PersonalWords:
    """Returns the names and numbers in the rows of these submissions that occur in no row of another.

    Args:
        connection: reads the store.
        submission_ids: submissions whose rows will be deleted.
        keys: the field keys of names and numbers.
    """
    going, staying = set[str](), set[str]()
    every = sorted(connection.execute(select(BLOCK.c.submission_id)).scalars())
    for chunk in chunks(every):
        query = select(BLOCK.c.submission_id, BLOCK.c.body).where(BLOCK.c.submission_id.in_(chunk))
        for submission_id, body in connection.execute(query):
            block = open_block(body)
            words = going if submission_id in submission_ids else staying
            for key in keys:
                words.update(value.strip() for value in block.column(key) if isinstance(value, str))
    return PersonalWords(going, staying) if going else PersonalWords(())


def hide_in_decisions(
    connection: Connection, words: PersonalWords, most: int, untouched: Collection[str]
) -> list[int]:
    """Removes words from the texts of decisions; returns the ids of the decisions changed, at most ``most``.

    Args:
        connection: in a transaction of its own.
        words: of children whose rows will be deleted.
        most: the greatest number of decisions to change.
        untouched: kinds of decisions left as they are.
    """
    changed: list[int] = []
    query = select(DECISION.c.id, DECISION.c.kind, DECISION.c.detail, DECISION.c.why)
    for row in connection.execute(
        query.where(DECISION.c.kind.not_in(untouched)).order_by(DECISION.c.id)
    ).all():
        texts = {"detail": row.detail, "why": row.why}
        values = {
            name: words.hidden_in(text)
            for name, text in texts.items()
            if text is not None and words.are_in(text)
        }
        if (
            row.kind == CORRECT and "detail" in values
        ):  # the corrected value is in no row, so it is removed here
            detail = json.loads(row.detail)
            nobody = {"sent": None, "value": None, "name": HIDDEN, "number": ""}
            values["detail"] = json.dumps({**detail, **nobody}, ensure_ascii=False)
        if values:
            connection.execute(update(DECISION).where(DECISION.c.id == row.id).values(**values))
            changed.append(row.id)
        if len(changed) == most:
            break
    return changed


def hide_in_questions(connection: Connection, words: PersonalWords, most: int) -> list[int]:
    """Removes words from the guesses beside questions; returns the numbers of the questions changed, at most ``most``."""
    return _hide(connection, QUESTION.c.number, (QUESTION.c.guess,), words, most)


def hide_in_answers(connection: Connection, words: PersonalWords, most: int) -> list[str]:
    """Removes words from the notes on answering mails; returns the ids of the messages changed, at most ``most``."""
    return _hide(connection, ANSWERED.c.message_id, (ANSWERED.c.note,), words, most)


def find_reasons(connection: Connection, words: PersonalWords, most: int) -> list[int]:
    """Returns the numbers of audit entries whose reasons contain one of these words and can be cleared, at most ``most``."""
    found = (number for number, why in reasons(connection) if words.are_in(why))
    return list(itertools.islice(found, most))


def _hide(
    connection: Connection, key: Column[Any], texts: Sequence[Column[Any]], words: PersonalWords, most: int
) -> list[Any]:
    changed: list[Any] = []
    for row in connection.execute(select(key, *texts).order_by(key)).all():
        values = {
            column.name: words.hidden_in(text)
            for column, text in zip(texts, row[1:], strict=True)
            if text is not None and words.are_in(text)
        }
        if values:
            connection.execute(update(key.table).where(key == row[0]).values(**values))
            changed.append(row[0])
        if len(changed) == most:
            break
    return changed


def old_bodies(connection: Connection, before: datetime) -> tuple[str, ...]:
    """Returns the keys of settled outgoing mails queued before an instant whose bytes are still stored."""
    query = select(OUTBOX.c.key).where(
        OUTBOX.c.size > 0, OUTBOX.c.state.in_(_SETTLED), OUTBOX.c.queued_at < before
    )
    return tuple(connection.execute(query.order_by(OUTBOX.c.key)).scalars())


def bodies_with(connection: Connection, words: PersonalWords) -> tuple[str, ...]:
    """Returns the keys of settled outgoing mails that contain one of these words, or encrypted parts that may."""
    settled = select(OUTBOX.c.key).where(OUTBOX.c.size > 0, OUTBOX.c.state.in_(_SETTLED))
    keys = []
    for key in connection.execute(settled.order_by(OUTBOX.c.key)).scalars().all():
        raw = connection.execute(select(BODY.c.raw).where(BODY.c.key == key)).scalar()
        if raw is not None and words.are_in_mail(bytes(raw)):
            keys.append(key)
    return tuple(keys)


def forget_bodies(connection: Connection, keys: Sequence[str]) -> None:
    """Deletes the bytes of outgoing mails; recipients and times stay."""
    for chunk in chunks(keys):
        connection.execute(delete(BODY).where(BODY.c.key.in_(chunk)))
        of_mail = update(OUTBOX).where(OUTBOX.c.key == bindparam("of_key")).values(head="", size=0)
        connection.execute(of_mail, [{"of_key": key} for key in chunk])
