"""Decides whether all mails with one child's data may be purged now at its guardians' request, and what keeps the others.

A mail holds many children, and one of them cannot be taken out of its bytes. So the child's data goes with whole
mails, when each of them is past its time and nothing keeps it; which mail may go is decided as in every purge.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from config.notice.extending.next_semester import add_months
from kongchuo.office import Office
from kongchuo.usecases.retention.held_of_child import HeldOfChild
from kongchuo.usecases.retention.kept_mails import Hold, KeptMails
from kongchuo.usecases.retention.purge_office import LISTS
from ledger.results import Case
from store.retention.purged_mails import OldMail

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_MOST_ROUNDS = 4
"""Of earlier versions that must go with a later one."""


class Ground(StrEnum):
    """Why a mail with the child's data stays, where a :class:`Hold` says too little."""

    TERM = "还没有满保存期"
    OPEN_CASE = "这名学生的个案没有结案"
    CLOSED_CASE = "这名学生还没有到个案保存的年龄"
    OTHER_CASE = "同一封邮件、同一个单位别的个案还要留"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildMail:
    """One mail with the child's data."""

    message_id: str
    received_at: datetime
    units: tuple[str, ...]
    forms: tuple[str, ...]
    why: str | None
    """Why it stays; None if it may go now."""
    until: date | None
    """The first day on which it may go; None if it may now, or if something must be settled first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """What a request to delete one child's data comes to."""

    mails: tuple[ChildMail, ...]
    going: tuple[str, ...]
    """The mails to be purged: the child's, with earlier versions of the same forms; none if one of the child's stays."""
    lists: int
    """How many lists that the office entered hold the child; no purge changes them."""

    @property
    def earliest(self) -> date | None:
        """The first day on which all may go; None if something must be settled first, or nothing stays."""
        staying = [mail for mail in self.mails if mail.why is not None]
        days = [mail.until for mail in staying if mail.until is not None]
        return max(days) if days and len(days) == len(staying) else None


def plan_forgetting(office: Office, held: HeldOfChild, now: datetime) -> Forgetting:
    """Returns which of the child's mails stay and why, or, if none does, those to be purged.

    Raises:
        StoreError: the store cannot be read, or a case would change without these mails.
    """
    ids = {file.message_id for file in held.files}
    every = office.store.purging.old_mails(_END_OF_TIME)
    due = {mail.message_id for mail in office.store.purging.old_mails(_begin_of_kept(office, now))}
    kept = KeptMails(office, now, tuple(mail for mail in every if mail.message_id in ids | due))
    holds = kept.find_holds()
    mails = tuple(
        _judge(office, held, kept, mail, holds.get(mail.message_id), now)
        for mail in every
        if mail.message_id in ids
    )
    going: tuple[str, ...] = ()
    if mails and all(mail.why is None for mail in mails):
        free = tuple(mail for mail in every if mail.message_id in due - holds.keys())
        found = _with_earlier_versions(office, free, ids, now)
        if found is None:
            mails = tuple(replace(mail, why=Hold.SERIES) for mail in mails)
        else:
            going = found
    return Forgetting(mails=mails, going=going, lists=_count_lists(office, held))


def _begin_of_kept(office: Office, now: datetime) -> datetime:
    today = now.astimezone(office.zone).date()
    first = add_months(today, -office.settings.retention.mail_months)
    return datetime.combine(first, time(), office.zone)


def _judge(
    office: Office, held: HeldOfChild, kept: KeptMails, mail: OldMail, hold: Hold | None, now: datetime
) -> ChildMail:
    links = [link for file in held.files if file.message_id == mail.message_id for link in file.links]
    today, arrived = (instant.astimezone(office.zone).date() for instant in (now, mail.received_at))
    term = add_months(arrived, office.settings.retention.mail_months) + timedelta(days=1)
    why: str | None = hold
    until: date | None = None
    if hold is None and term > today:
        why, until = Ground.TERM, term
    elif hold is Hold.CASE:
        why, until = _case_that_keeps(held.cases, kept, mail, today)
        until = until and max(until, term)
    return ChildMail(
        message_id=mail.message_id,
        received_at=mail.received_at,
        units=tuple(sorted({link.unit for link in links})),
        forms=tuple(sorted({link.form for link in links})),
        why=why,
        until=until,
    )


def _case_that_keeps(
    cases: Iterable[Case], kept: KeptMails, mail: OldMail, today: date
) -> tuple[Ground, date | None]:
    """Returns the ground of a mail on which a case rests: the child's own case comes first."""
    own = [case for case in cases if mail.message_id in kept.mails_of_case(case)]
    days = [kept.kept_until(case) for case in own]
    if None in days:
        return Ground.OPEN_CASE, None
    last = max((day for day in days if day is not None), default=today)
    return (Ground.CLOSED_CASE, last) if last > today else (Ground.OTHER_CASE, None)


def _with_earlier_versions(
    office: Office, free: tuple[OldMail, ...], ids: set[str], now: datetime
) -> tuple[str, ...] | None:
    """Returns the mails with those free ones that must go with them, or None if they cannot go alone.

    An earlier version of a form would be current again without the later one.
    """
    copies = office.store.submissions.copies(None, _END_OF_TIME)
    going = set(ids)
    for _ in range(_MOST_ROUNDS):
        chosen = tuple(mail for mail in free if mail.message_id in going)
        holds = KeptMails(office, now, chosen).find_holds()
        if not holds:
            return tuple(mail.message_id for mail in chosen)
        series = {copy.key.of_form for copy in copies if holds.get(copy.message_id) is Hold.SERIES}
        going |= {copy.message_id for copy in copies if copy.key.of_form in series}
        if len(going & {mail.message_id for mail in free}) == len(chosen):
            return None
    return None


def _count_lists(office: Office, held: HeldOfChild) -> int:
    words = (*held.numbers, *(f'"{name}"' for name in held.names))
    return sum(
        any(word in (decision.detail or "") for word in words)
        for decision in office.store.decisions.made(_END_OF_TIME)
        if decision.kind in LISTS
    )
