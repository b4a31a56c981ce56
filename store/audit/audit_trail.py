"""Writes and reads the audit trail, an append-only chain of entries (:mod:`store.audit.audit_links`).

Each entry has a link, which covers the entry and the link before it. Links made before the store was sealed
stay as they are; the first keyed link covers them. Links are computed over the content of entries, not over their
sealed form. An entry's marks contain a random salt, so a link does not help to guess the content. A reason may be
cleared (:mod:`store.audit.audit_links`), and a later entry says so.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from store.audit.audit_line import Account, AuditLine, Door, distinct_children, this_account
from store.audit.audit_links import KEYED_MARK, LinkKind, digest_reason, find_link_key, link_entry
from store.audit.child_marks import make_marks
from store.engine import lock_journal
from store.models import Audit
from store.recording import core_table
from store.stored_values import HIDDEN

AUDIT = core_table(Audit)
_START = "0" * 64
_SALT_BYTES = 16
_CLEARING = "clear reasons: "
"""Begins what an entry says that lists the entries whose reasons were cleared with it."""


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The newest entry; kept elsewhere, it shows whether later entries were cut off."""

    number: int
    link: str

    @property
    def words(self) -> str:
        """The head as people copy it: number and beginning of the link."""
        return f"{self.number}:{self.link[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One entry as stored; entries from before the chain have no door, account or marks."""

    number: int
    at: datetime
    who: str
    what: str
    why: str
    door: Door | None
    account: Account | None
    children: int
    marks: str | None
    link: str | None
    """None in an entry from before the chain; the first link after it covers it, too."""


@dataclass(frozen=True, slots=True)
class ChainFault:
    """A break in the chain: the entry's number, and the fault in Chinese."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class CheckedChain:
    """The result of checking the links of the audit trail."""

    faults: tuple[ChainFault, ...]
    head: AuditHead | None
    kind: LinkKind
    keyed_from: int | None
    """The first entry with a keyed link, which also covers all entries before; None without one."""


def record_audit(connection: Connection, line: AuditLine) -> int:
    """Appends an entry with the account of the process; returns its number.

    The number of a lost transaction is used again: the journal still has the lost entry, and of two entries
    with one number the later counts.
    """
    lock_journal(connection)
    last = connection.execute(select(func.max(AUDIT.c.id))).scalar()
    account, children = this_account(), distinct_children(line.children)
    values: dict[str, Any] = {
        "id": int(last or 0) + 1,
        "at": line.at.astimezone(UTC),
        "who": _storable(line.who),
        "what": _storable(line.what),
        "why": _storable(line.why),
        "door": line.door.value,
        "account": _storable(account.name),
        "uid": account.uid,
        "children": len(children),
        "marks": make_marks(children, line.about),
        "why_salt": None,
        "why_digest": None,
    }
    if values["why"]:
        values["why_salt"] = os.urandom(_SALT_BYTES).hex()
        values["why_digest"] = digest_reason(values["why_salt"], values["why"])
    head = find_head(connection)
    values["link"] = link_entry(_START if head is None else head.link, values, find_link_key(connection))
    connection.execute(insert(AUDIT).values(values))
    return int(values["id"])


def reasons(connection: Connection) -> Iterator[tuple[int, str]]:
    """Yields number and reason of each entry whose reason can be cleared."""
    for row in connection.execute(
        select(AUDIT.c.id, AUDIT.c.why).where(AUDIT.c.why_salt.is_not(None)).order_by(AUDIT.c.id)
    ):
        yield row.id, row.why


def clear_reasons(connection: Connection, numbers: Iterable[int], line: AuditLine) -> tuple[int, ...]:
    """Clears the reasons of some entries and records that it did, in one transaction of the caller.

    Args:
        connection: in a transaction.
        numbers: of entries that :func:`reasons` yields.
        line: who clears them, when and through which door.

    Returns:
        The numbers of the changed entries and of the new one.
    """
    cleared = tuple(numbers)
    for number in cleared:  # a sealed value is bound to its row
        connection.execute(update(AUDIT).where(AUDIT.c.id == number).values(why="", why_salt=None))
    what = f"{_CLEARING}{' '.join(map(str, cleared))}"
    return (*cleared, record_audit(connection, replace(line, what=what, why="", children=(), about=())))


def is_cleared(row: Mapping[Any, Any]) -> bool:
    """Returns whether the reason of an entry's row was cleared."""
    return row.get("why_digest") is not None and row.get("why_salt") is None


def entries(connection: Connection, since: datetime | None = None) -> Iterator[AuditEntry]:
    """Yields the entries, oldest first, from an instant on if one is given."""
    query = select(AUDIT).order_by(AUDIT.c.id)
    if since is not None:
        query = query.where(AUDIT.c.at >= since)
    for row in connection.execute(query):
        cleared = is_cleared(row._mapping)
        yield AuditEntry(
            number=row.id,
            at=row.at,
            who=row.who,
            what=row.what,
            why=HIDDEN if cleared else row.why or "",
            door=None if row.door is None else Door(row.door),
            account=None if row.account is None else Account(row.uid, row.account),
            children=row.children or 0,
            marks=row.marks,
            link=row.link,
        )


def find_head(connection: Connection, as_of: datetime | None = None) -> AuditHead | None:
    """Returns the newest entry, or the newest written by an instant; None without any."""
    query = select(AUDIT.c.id, AUDIT.c.link).order_by(AUDIT.c.id.desc()).limit(1)
    if as_of is not None:
        query = query.where(AUDIT.c.at <= as_of)
    newest = connection.execute(query).first()
    if newest is None:
        return None
    if newest.link is not None:
        return AuditHead(newest.id, newest.link)
    link = _START
    for row in connection.execute(
        select(AUDIT).where(AUDIT.c.id <= newest.id).order_by(AUDIT.c.id)
    ).mappings():
        link = link_entry(link, row, None)
    return AuditHead(newest.id, link)


def check_chain(connection: Connection, kept: AuditHead | None = None) -> CheckedChain:
    """Returns where entries were changed, removed or cut off, and by which kind of link this is known.

    Args:
        connection: reads the store.
        kept: a head that was kept elsewhere; its link may be shortened, as digests print it.
    """
    keyed = select(func.min(AUDIT.c.id)).where(AUDIT.c.link.startswith(KEYED_MARK))
    keyed_from = connection.execute(keyed).scalar()
    return CheckedChain(
        faults=tuple(_find_faults(connection, kept)),
        head=find_head(connection),
        kind=LinkKind.PLAIN if keyed_from is None else LinkKind.KEYED,
        keyed_from=keyed_from,
    )


def _find_faults(connection: Connection, kept: AuditHead | None) -> Iterator[ChainFault]:
    key = find_link_key(connection)
    link, number, has_links, has_keyed, kept_link = _START, 0, False, False, None
    unexplained: set[int] = set()
    """Entries with a cleared reason, until a later one says that it was cleared."""
    for row in connection.execute(select(AUDIT).order_by(AUDIT.c.id)).mappings():
        missing = row["id"] - number - 1
        number = row["id"]
        if missing:
            yield ChainFault(number, f"它前面少了{missing}条")
        is_keyed = (row["link"] or "").startswith(KEYED_MARK)
        made = link_entry(link, row, key if is_keyed else None)
        if is_keyed and key is None:
            yield ChainFault(number, "它是用密钥链上的,这里没有密钥,查不了")
            has_links, has_keyed, link = True, True, row["link"]
        elif has_keyed and not is_keyed:
            yield ChainFault(number, "它前面的都用密钥链上,它没有")
            link = row["link"] or made
        elif row["link"] is None:
            if has_links:
                yield ChainFault(number, "它没有链上")
            link = made
        else:
            if made != row["link"] and not missing:
                yield ChainFault(number, "它或它前面一条被改过")
            has_links, has_keyed, link = True, is_keyed, row["link"]  # each change is reported once
        if is_cleared(row):
            unexplained.add(number)
        elif made == row["link"] and not _has_its_reason(row):
            yield ChainFault(number, "它的理由被改过")
        if row["what"].startswith(_CLEARING):
            unexplained -= {int(one) for one in row["what"].removeprefix(_CLEARING).split()}
        if kept is not None and number == kept.number:
            kept_link = link
    for number_without in sorted(unexplained):
        yield ChainFault(number_without, "它的理由没有了,后面没有记是清理的")
    if kept is None:
        return
    if kept_link is None:
        yield ChainFault(kept.number, f"到第{number}号就没有了,后面的被删掉了")
    elif not kept_link.startswith(kept.link):
        yield ChainFault(kept.number, "它与简报上写的不一样")


def _has_its_reason(row: Mapping[Any, Any]) -> bool:
    """Returns whether a reason that was not cleared is the one that its digest covers."""
    digest, salt = row["why_digest"], row["why_salt"]
    return digest is None or digest == digest_reason(salt, row["why"] or "")


def _storable(text: str) -> str:
    """Returns a text without NUL, which PostgreSQL does not store; the link must cover what is stored."""
    return text.replace("\x00", "\ufffd")
