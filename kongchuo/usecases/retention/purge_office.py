"""Purges data past its retention period: plans what is removed, and removes it from every file of the office."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from config.errors import DamagedMailError, StoreError
from config.notice.extending.next_semester import add_months
from config.text.os_reasons import reason_of
from ingest.pipeline import INGEST_LEASE
from kongchuo.office import Office
from kongchuo.private_process import find_traces
from kongchuo.usecases.polling import BACKUP_JOB
from kongchuo.usecases.retention.kept_mails import KeptMails
from kongchuo.usecases.retention.made_backups import MadeBackup, MadeBackups, find_backups, remove_backup
from kongchuo.usecases.safekeeping.backups import BACKUP_LEASE
from kongchuo.usecases.safekeeping.rebuilding import database_file
from ledger.lists.handed_lists import HANDED_LIST
from ledger.lists.platform import PLATFORM_CHILDREN
from store.audit.audit_line import AuditLine, Door
from store.retention.purged_mails import PurgeReason

_PERSONAL_KINDS = frozenset({"name", "id", "student_number", "phone"})
LISTS = (HANDED_LIST, PLATFORM_CHILDREN)
"""Kinds of decisions that are lists of children; they stay as they are, since without names they would ask for unknown children."""
_MAILS_AT_ONCE = 5
"""The most mails per transaction: its entries must be within the end of the journal that is read after a crash."""
_SET_ASIDE = re.compile(r"\.old-([0-9]{8})-[0-9]{6}(?:-wal|-shm|-journal)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgePlan:
    """The data to be removed, and old data that stays."""

    mails_before: date
    """Mails that arrived before this day are old."""
    mails: tuple[str, ...]
    stays: Mapping[str, int]
    """By reason, how many old mails stay."""
    too_young: int
    """The number of mails before the day given by a person that are not past their retention period."""
    bodies: tuple[str, ...]
    """The keys of outgoing mails whose bodies are removed."""
    copies: tuple[Path, ...]
    """The databases and archives that were set aside long ago."""
    younger_copies: tuple[Path, ...]
    """Younger databases and archives set aside, which may still contain what is removed."""
    backups: tuple[MadeBackup, ...]
    stale_backups: Mapping[MadeBackup, date]
    """Backups that stay and hold what goes now or went before, each with the day from which it may go, too."""
    newest_backup: MadeBackup | None
    """It stays until there is another, whatever its day."""
    backups_elsewhere: int
    """How many recorded backups are not in their place: carried away, or replaced."""
    traces: tuple[Path, ...]
    """Of the program's own errors."""
    is_unfinished: bool
    """Whether a purge was begun and did not end."""
    reason: PurgeReason = PurgeReason.RETENTION

    @property
    def is_empty(self) -> bool:
        """Whether nothing is old enough to go."""
        return not (
            self.mails or self.bodies or self.copies or self.backups or self.traces or self.is_unfinished
        )


def plan_purge(office: Office, now: datetime, before: date | None = None) -> PurgePlan:
    """Returns what may be purged now; with ``before`` only mails that arrived before that day.

    Raises:
        StoreError: the store cannot be read, or a case would change afterwards.
    """
    settings = office.settings.retention
    today = now.astimezone(office.zone).date()
    last = add_months(today, -settings.mail_months)
    cut = last if before is None else min(before, last)

    def begin(day: date) -> datetime:
        return datetime.combine(day, time(), office.zone)

    old = office.store.purging.old_mails(begin(cut))
    asked = old if before is None else office.store.purging.old_mails(begin(before))
    kept = KeptMails(office, now, old)
    holds = kept.find_holds()
    mails = tuple(mail.message_id for mail in old if mail.message_id not in holds)
    bodies = office.store.purging.old_bodies(begin(add_months(today, -settings.outbox_months)))
    copies = _copies_set_aside(office)
    kept_since = today - timedelta(days=settings.copies_days)
    term = timedelta(days=settings.backups_days)
    backups = find_backups(office.store.jobs.statuses(), office.settings.store.archive, now - term)
    plan = PurgePlan(
        mails_before=cut,
        mails=mails,
        stays=dict(sorted(Counter(hold.value for hold in holds.values()).items())),
        too_young=len(asked) - len(old),
        bodies=bodies,
        copies=tuple(path for path, day in copies.items() if day < kept_since),
        younger_copies=tuple(path for path, day in copies.items() if day >= kept_since),
        backups=backups.expired,
        stale_backups={},
        newest_backup=backups.staying[-1] if backups.staying else None,
        backups_elsewhere=backups.elsewhere,
        traces=find_traces((now - timedelta(days=settings.logs_days)).timestamp()),
        is_unfinished=office.store.purging.has_begun(),
    )
    if kept.is_everything_held:
        plan = replace(plan, bodies=(), copies=(), younger_copies=tuple(copies), backups=(), traces=())
    return replace(plan, stale_backups=_stale_backups(office, plan, backups, now))


def plan_request(office: Office, mails: tuple[str, ...], now: datetime) -> PurgePlan:
    """Returns the plan that removes these mails alone, at a request; what else holds them is told."""
    backups = find_backups(
        office.store.jobs.statuses(), office.settings.store.archive, datetime.min.replace(tzinfo=UTC)
    )
    plan = PurgePlan(
        mails_before=now.astimezone(office.zone).date(),
        mails=mails,
        stays={},
        too_young=0,
        bodies=(),
        copies=(),
        younger_copies=tuple(_copies_set_aside(office)),
        backups=(),
        stale_backups={},
        newest_backup=backups.staying[-1] if backups.staying else None,
        backups_elsewhere=backups.elsewhere,
        traces=(),
        is_unfinished=office.store.purging.has_begun(),
        reason=PurgeReason.REQUEST,
    )
    return replace(plan, stale_backups=_stale_backups(office, plan, backups, now))


def _stale_backups(
    office: Office, plan: PurgePlan, backups: MadeBackups, now: datetime
) -> dict[MadeBackup, date]:
    """Returns the backups that stay although they hold what is gone, or will be."""
    purged_at = now if plan.mails or plan.bodies else office.store.purging.last_purge()
    term = timedelta(days=office.settings.retention.backups_days)
    return {
        backup: (backup.made_at + term).astimezone(office.zone).date()
        for backup in (*backups.expired, *backups.staying)
        if backup not in plan.backups and purged_at is not None and backup.made_at < purged_at
    }


def purge(
    office: Office,
    plan: PurgePlan,
    line: AuditLine,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Removes the planned data. After an interruption it can be run again.

    Raises:
        StoreLockedError: mail is being read or a backup made, or another program holds the database.
        StoreError: a planned mail must stay by now, the journal holds what the database does not, or a file
            cannot be written.
    """
    store = office.store
    with store.jobs.hold_lease(INGEST_LEASE), store.jobs.hold_lease(BACKUP_LEASE):
        _refuse_an_outdated_plan(office, plan, line.at)
        store.purging.begin()
        store.audit.record(line)
        store.purging.hide_children_of(plan.mails, _personal_keys(office), line, LISTS)
        for start in range(0, len(plan.mails), _MAILS_AT_ONCE):
            batch = plan.mails[start : start + _MAILS_AT_ONCE]
            store.purging.purge({one: _size_of(office, one) for one in batch}, plan.reason, line.at)
            if progress is not None:
                progress(start + len(batch), len(plan.mails))
        store.purging.forget_bodies(plan.bodies)
        for copy in plan.copies:
            if copy.is_dir():
                shutil.rmtree(copy)
            else:
                copy.unlink(missing_ok=True)
        store.purging.finish()
        _remove_files(office, plan)


def _refuse_an_outdated_plan(office: Office, plan: PurgePlan, now: datetime) -> None:
    """Plans again where no poll can record mail, as one, or a person's decision to hold mails, may have come after the plan.

    What goes at the request of guardians is part of what a purge may take, too.

    Raises:
        StoreError: a planned mail must stay.
    """
    if not set(plan.mails) <= set(plan_purge(office, now, plan.mails_before).mails):
        raise StoreError("刚才又收到邮件,或有人作了决定,原要清理的有的得留下,没有清理:请再运行一次刚才的命令")


def _remove_files(office: Office, plan: PurgePlan) -> None:
    """Removes what lies outside the store; a backup that is gone is no longer recorded.

    Raises:
        StoreError: a file cannot be removed.
    """
    try:
        for backup in plan.backups:
            remove_backup(backup, office.settings.store.archive)
            office.store.jobs.forget(BACKUP_JOB, str(backup.file))
        for trace in plan.traces:
            trace.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"该清理的邮件已经清理,但 {error.filename} 没有删掉({reason_of(error)}):请检查权限后再运行一次 kongchuo purge"
        ) from error


def line_of_purge(plan: PurgePlan, who: str, why: str, at: datetime, door: Door) -> AuditLine:
    """Returns the audit trail's entry: how much is removed, without names."""
    what = (
        f"purge before {plan.mails_before.isoformat()}: "
        f"{len(plan.mails)} mails, {len(plan.bodies)} bodies, {len(plan.copies)} copies, "
        f"{len(plan.backups)} backups, {len(plan.traces)} traces"
    )
    return AuditLine(what, who, at, door, why)


def _personal_keys(office: Office) -> tuple[str, ...]:
    """Returns the keys, of all notices, under which rows hold names and numbers."""
    found = {
        key
        for notice in office.notices.all
        for key, field in notice.fields.items()
        if field.kind in _PERSONAL_KINDS
    }
    return tuple(sorted(found))


def _size_of(office: Office, message_id: str) -> int:
    try:
        return office.store.archive.read_with(message_id, lambda pieces: sum(map(len, pieces)))
    except DamagedMailError:  # it goes anyway, and nobody knows its size any more
        return 0


def _copies_set_aside(office: Office) -> dict[Path, date]:
    """Returns the databases and archives that were renamed when others replaced them, each with the day."""
    kept = [office.settings.store.archive, database_file(office.settings.store.url)]
    copies = {}
    for path in kept:
        if path is None:
            continue
        for found in sorted(path.parent.glob(f"{path.name}.old-*")):
            if (match := _SET_ASIDE.search(found.name)) is not None:
                copies[found] = datetime.strptime(match[1], "%Y%m%d").date()
    return copies
