"""Kinds of household (脱贫户, 低保户 …) that rows name, and those whose children go first."""

from config.notice import Notice
from store.stored_values import StoredRecord


def read_households(row: StoredRecord) -> list[str]:
    """Returns the kinds of household that a row names."""
    return split_households(row.values.get("household_category"))


def split_households(written: object) -> list[str]:
    """Returns the kinds of household in a cell, where they are joined by 、."""
    return [kind for kind in written.split("、") if kind] if isinstance(written, str) else []


def is_watched(notice: Notice, category: str) -> bool:
    """Returns whether a household is one that is counted first upwards (国办发〔2017〕72号)."""
    return any(value in category for value in notice.meant("household_category", "priority"))


def is_priority(notice: Notice, category: str) -> bool:
    """Returns whether what a row says of its household, in words of the notice or others, names one that goes first."""
    return any(value in category for value in notice.meant("household_category", "priority", "aided"))
