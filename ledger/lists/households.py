"""The kinds of household (脱贫户, 低保户 …) in rows, and those whose children have priority."""

from config.notice import Notice
from store.stored_values import StoredRecord


def read_households(row: StoredRecord) -> list[str]:
    """Returns the kinds of household in a row."""
    return split_households(row.values.get("household_category"))


def split_households(written: object) -> list[str]:
    """Returns the kinds of household in a cell, which are joined by 、."""
    return [kind for kind in written.split("、") if kind] if isinstance(written, str) else []


def is_watched(notice: Notice, category: str) -> bool:
    """Returns whether a household is of a kind reported with priority to higher levels (国办发〔2017〕72号)."""
    return any(value in category for value in notice.meant("household_category", "priority"))


def is_priority(notice: Notice, category: str) -> bool:
    """Returns whether a household in a row's words is of a kind with priority or aid."""
    return any(value in category for value in notice.meant("household_category", "priority", "aided"))
