"""Grants leases: only one thread of one process does the named work, and a dead holder blocks nobody."""

import os
import socket
import threading
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from config.errors import StoreLockedError
from store.models import Lease
from store.recording import core_table, insert_if_absent

LEASE = core_table(Lease)
LEASE_TERM = timedelta(minutes=10)
LONGEST_TERM = LEASE_TERM + timedelta(hours=1)
"""Two hosts' clocks may differ by less than an hour; a lease that ends later was dated by a wrong clock."""
_WORK_IN_CHINESE = {"ingest": "收信", "outbox": "发信"}


def this_holder() -> str:
    """This thread, as it signs a lease: host, process id, thread id."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()}"


def take_or_renew(connection: Connection, name: str, now: datetime) -> None:
    """Take or renew the lease.

    Raises:
        StoreLockedError: a living process holds it.
    """
    if insert_if_absent(connection, LEASE, name=name, holder=this_holder(), until=now + LEASE_TERM):
        return
    row = connection.execute(select(LEASE).where(LEASE.c.name == name)).first()
    if row is not None and (
        row.holder == this_holder() or not _is_in_term(row.until, now) or not _may_be_alive(row.holder)
    ):
        # Of two that find it free, the database lets one change the row that both have seen.
        unchanged_holder = or_(LEASE.c.holder == row.holder, LEASE.c.holder == this_holder())
        query = update(LEASE).where(LEASE.c.name == name, unchanged_holder, LEASE.c.until == row.until)
        if connection.execute(query.values(holder=this_holder(), until=now + LEASE_TERM)).rowcount == 1:
            return
    work = _WORK_IN_CHINESE.get(name, "处理")
    raise StoreLockedError(f"另一个 kongchuo 正在{work},这次没有重复{work}:请等它完成后再试")


def is_held(connection: Connection, name: str, now: datetime) -> bool:
    """Whether somebody living holds it."""
    row = connection.execute(select(LEASE).where(LEASE.c.name == name)).first()
    return row is not None and _is_in_term(row.until, now) and _may_be_alive(row.holder)


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
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
