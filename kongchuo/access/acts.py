"""Writes to the audit trail what somebody does with children's data, through whichever door they came."""

from collections.abc import Iterable
from datetime import UTC, datetime

from kongchuo.lookup import current_user
from store import Store
from store.audit.audit_line import AuditLine, SeenChild


def record_act(store: Store, what: str, why: str | None = None, children: Iterable[SeenChild] = ()) -> None:
    """Records what the person at the keyboard, or the service, does; before it is done where that can be.

    Args:
        store: keeps the trail.
        what: a word for the act, and what it is done with.
        why: as the person says.
        children: of whom data is shown or sent.
    """
    line = AuditLine(
        what, current_user(), datetime.now(UTC), why=(why or "").strip(), children=tuple(children)
    )
    store.audit.record(line)
