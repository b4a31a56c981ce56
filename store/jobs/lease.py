"""Grants leases: one thread of one process does the named work, and a dead holder blocks no other."""

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
"""Clocks of two hosts may differ by less than an hour; a lease that ends later was dated by a wrong clock."""
RENEWAL_PERIOD = timedelta(minutes=2)
_WORK_IN_CHINESE = {"ingest": "收信、重读或清理", "outbox": "发信", "backup": "备份"}
SERVICE_LEASE = "service"
"""Held by ``kongchuo run`` for as long as it runs."""


def this_holder() -> str:
    """Returns the name of this thread as a holder: host, process id, thread id."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()}"


def take_or_renew(connection: Connection, name: str, now: datetime, holder: str) -> None:
    """Takes or renews the lease for a holder (:func:`this_holder`).

    Raises:
        StoreLockedError: a living process holds it.
    """
    if insert_if_absent(connection, LEASE, name=name, holder=holder, until=now + LEASE_TERM):
        return
    row = connection.execute(select(LEASE).where(LEASE.c.name == name)).first()
    if row is not None and (
        row.holder == holder or not _is_in_term(row.until, now) or not _may_be_alive(row.holder)
    ):
        # Of two processes that find it free, only one can change the row that both have read.
        unchanged_holder = or_(LEASE.c.holder == row.holder, LEASE.c.holder == holder)
        query = update(LEASE).where(LEASE.c.name == name, unchanged_holder, LEASE.c.until == row.until)
        if connection.execute(query.values(holder=holder, until=now + LEASE_TERM)).rowcount == 1:
            return
    if name == SERVICE_LEASE and row is not None:
        raise StoreLockedError(
            f"kongchuo run 已经在运行({describe_holder(row.holder)}),这一个没有启动:同一个数据库只运行一个,要换这一个请先停掉那一个"
        )
    work = _WORK_IN_CHINESE.get(name, "处理")
    raise StoreLockedError(f"另一个 kongchuo 正在{work},这次什么也没有做:请等它完成后再试")


@contextmanager
def renewed_by_clock(renew: Callable[[], None]) -> Iterator[None]:
    """Renews a lease from a thread every two minutes during the block, however long one step of the work takes."""
    ended = threading.Event()

    def keep_renewing() -> None:
        while not ended.wait(RENEWAL_PERIOD.total_seconds()):
            try:
                renew()
            except StoreError as error:  # the term is several renewal periods, so the next try is in time
                log.warning("a lease was not renewed: %s", error)

    thread = threading.Thread(target=keep_renewing, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def is_held(connection: Connection, name: str, now: datetime) -> bool:
    """Returns whether a living process holds the lease."""
    return living_holder(connection, name, now) is not None


def living_holder(connection: Connection, name: str, now: datetime) -> str | None:
    """Returns the lease's holder in Chinese, or None if no living process holds it."""
    row = connection.execute(select(LEASE).where(LEASE.c.name == name)).first()
    if row is None or not _is_in_term(row.until, now) or not _may_be_alive(row.holder):
        return None
    return describe_holder(row.holder)


def describe_holder(holder_text: str) -> str:
    """Returns the machine and process of a holder in Chinese."""
    host, _, ids = holder_text.partition(":")
    machine = "本机" if host == socket.gethostname() else f"电脑 {host}"
    return f"{machine},进程 {ids.partition(':')[0]}"


def release(connection: Connection, name: str) -> None:
    """Ends the lease if this thread holds it."""
    connection.execute(delete(LEASE).where(LEASE.c.name == name, LEASE.c.holder == this_holder()))


def _is_in_term(until: datetime, now: datetime) -> bool:
    return now < until <= now + LONGEST_TERM


def _may_be_alive(holder_text: str) -> bool:
    """Returns whether the holder may still run; for another host only the lease's term can decide."""
    host, _, ids = holder_text.partition(":")
    pid, _, thread = ids.partition(":")
    if host != socket.gethostname():
        return True
    if int(pid) == os.getpid():  # this process, or in a restarted container an earlier one with the same pid
        return any(str(live_thread.native_id) == thread for live_thread in threading.enumerate())
    return may_be_running(int(pid))
