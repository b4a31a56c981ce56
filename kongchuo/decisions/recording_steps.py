"""Writes what was decided, with who decided it."""

from kongchuo.decisions.decide import Decided, Desk
from kongchuo.lookup import current_user
from store.decisions import WhoDecided


def record(desk: Desk, decided: Decided, who: str | None = None) -> tuple[str, ...]:
    """Records a decision of the person at the keyboard, or of ``who``; returns the messages to be read again."""
    by = WhoDecided(who=who or current_user(), when=desk.when)
    return desk.office.store.take_steps([(step, by) for step in decided.steps])
