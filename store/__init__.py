"""Stores everything that lasts: tables with migrations, the archive of raw mail, and queries over both.

Nothing here knows what a form means: a record is a place, a student key and a bag of values.
Rows never leave this room; what does are the frozen values of :mod:`store.stored_values`.
:class:`Store` opens it; what may be asked and changed is in the classes of :mod:`store.aggregates`, one each.
"""

from store.store import Store

__all__ = ["Store"]
