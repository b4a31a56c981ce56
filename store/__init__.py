"""Stores everything that lasts: tables with migrations, the archive of raw mail, and queries over both.

This room does not know what a form means: to it a record is a position, a student key and a mapping of
values. Database rows do not leave it; other rooms get the frozen values of :mod:`store.stored_values`.
:class:`Store` opens the store, and the classes of :mod:`store.aggregates` hold its operations.
"""

from store.store import Store

__all__ = ["Store"]
