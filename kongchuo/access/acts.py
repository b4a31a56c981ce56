"""Writes to the audit trail what people do with children's data, on the command line, by mail and in the service."""

from collections.abc import Iterable
from datetime import UTC, datetime

from kongchuo.lookup import current_user
from store import Store
from store.audit.audit_line import AuditLine, SeenChild


def record_act(store: Store, what: str, why: str | None = None, children: Iterable[SeenChild] = ()) -> None:
    """Records an act of the current user or the service, if possible before it is done.

    Args:
        store: the store with the audit trail.
        what: a code word for the act, and its object.
        why: the person's reason.
        children: the children whose data are shown or sent.
    """
    line = AuditLine(
        what, current_user(), datetime.now(UTC), why=(why or "").strip(), children=tuple(children)
    )
    store.audit.record(line)
