"""Grants leases: only one thread of one process does the named work, and a dead holder blocks nobody."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from config.errors import StoreError, StoreLockedError
from config.installation.operating_system import may_be_running
from store.models import Lease
from store.recording import core_table, insert_if_absent

log = logging.getLogger(__name__)

LEASE = core_table(Lease)
LEASE_TERM = timedelta(minutes=10)
LONGEST_TERM = LEASE_TERM + timedelta(hours=1)
"""Two hosts' clocks may differ by less than an hour; a lease that ends later was dated by a wrong clock."""
RENEWAL_PERIOD = timedelta(minutes=2)
_WORK_IN_CHINESE = {"ingest": "收信", "outbox": "发信", "backup": "备份"}
SERVICE_LEASE = "service"
"""Held by ``kongchuo run`` for as long as it runs."""


def this_holder() -> str:
    """This thread, as it signs a lease: host, process id, thread id."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()}"


def take_or_renew(connection: Connection, name: str, now: datetime, holder: str) -> None:
    """Take or renew the lease for a holder (:func:`this_holder`).

    Raises:
        StoreLockedError: a living process holds it.
    """
    if insert_if_absent(connection, LEASE, name=name, holder=holder, until=now + LEASE_TERM):
        return
    row = connection.execute(select(LEASE).where(LEASE.c.name == name)).first()
    if row is not None and (
        row.holder == holder or not _is_in_term(row.until, now) or not _may_be_alive(row.holder)
    ):
        # Of two that find it free, the database lets one change the row that both have seen.
        unchanged_holder = or_(LEASE.c.holder == row.holder, LEASE.c.holder == holder)
        query = update(LEASE).where(LEASE.c.name == name, unchanged_holder, LEASE.c.until == row.until)
        if connection.execute(query.values(holder=holder, until=now + LEASE_TERM)).rowcount == 1:
            return
    if name == SERVICE_LEASE and row is not None:
        raise StoreLockedError(
            f"kongchuo run 已经在运行({describe_holder(row.holder)}),这一个没有启动:同一个数据库只运行一个,要换这一个请先停掉那一个"
        )
    work = _WORK_IN_CHINESE.get(name, "处理")
    raise StoreLockedError(f"另一个 kongchuo 正在{work},这次没有重复{work}:请等它完成后再试")


@contextmanager
def renewed_by_clock(renew: Callable[[], None]) -> Iterator[None]:
    """Renew a lease from a thread for the length of the block, however long one step of its work takes."""
    ended = threading.Event()

    def keep_renewing() -> None:
        while not ended.wait(RENEWAL_PERIOD.total_seconds()):
            try:
                renew()
            except StoreError as error:  # the next time is soon; the term is several of them
                log.warning("a lease was not renewed: %s", error)

    thread = threading.Thread(target=keep_renewing, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def is_held(connection: Connection, name: str, now: datetime) -> bool:
    """Whether somebody living holds it."""
    return living_holder(connection, name, now) is not None


def living_holder(connection: Connection, name: str, now: datetime) -> str | None:
    """Returns who holds it, as a person is told; None where nobody living does."""
    row = connection.execute(select(LEASE).where(LEASE.c.name == name)).first()
    if row is None or not _is_in_term(row.until, now) or not _may_be_alive(row.holder):
        return None
    return describe_holder(row.holder)


def describe_holder(holder_text: str) -> str:
    """Returns the machine and the process of a holder in Chinese."""
    host, _, ids = holder_text.partition(":")
    machine = "本机" if host == socket.gethostname() else f"电脑 {host}"
    return f"{machine},进程 {ids.partition(':')[0]}"


def release(connection: Connection, name: str) -> None:
    """End the lease, if it is ours."""
    connection.execute(delete(LEASE).where(LEASE.c.name == name, LEASE.c.holder == this_holder()))


def _is_in_term(until: datetime, now: datetime) -> bool:
    return now < until <= now + LONGEST_TERM


def _may_be_alive(holder_text: str) -> bool:
    """Whether the holder may still be at work; on another host only the term can tell."""
    host, _, ids = holder_text.partition(":")
    pid, _, thread = ids.partition(":")
    if host != socket.gethostname():
        return True
    if (
        int(pid) == os.getpid()
    ):  # this process, or the one that had its number before it: a restarted container
        return any(str(live_thread.native_id) == thread for live_thread in threading.enumerate())
    return may_be_running(int(pid))
