"""A lease: at most one process polls at a time, and a dead one does not block the next."""

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from config.errors import StoreLockedError
from store.models import Lease
from store.writing import table

LEASE = table(Lease)
TERM = timedelta(minutes=10)


def holder() -> str:
    """This process, as it signs a lease: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


def take(connection: Connection, name: str, now: datetime) -> None:
    """Take or renew the lease.

    Raises:
        StoreLockedError: a living process holds it.
    """
    row = connection.execute(select(LEASE).where(LEASE.c.name == name)).first()
    if row is None:
        connection.execute(insert(LEASE).values(name=name, holder=holder(), until=now + TERM))
        return
    if row.holder != holder() and row.until > now and _alive(row.holder):
        raise StoreLockedError("另一个 kongchuo 正在收信,这次没有重复收:请等它完成后再试")
    connection.execute(update(LEASE).where(LEASE.c.name == name).values(holder=holder(), until=now + TERM))


def give_back(connection: Connection, name: str) -> None:
    """End the lease, if it is ours."""
    connection.execute(delete(LEASE).where(LEASE.c.name == name, LEASE.c.holder == holder()))


def _alive(signed: str) -> bool:
    """Whether the holder may still be at work; on another host only the term can tell."""
    host, _, pid = signed.rpartition(":")
    if host != socket.gethostname():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
