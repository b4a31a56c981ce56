"""Decides what rolls (附件1/2) prove about a child out of school (notice 二(二), 六(三)).

An entry on a list shows that a child is enrolled, not that it attends: units leave their dropouts on the
list. So another unit's roll closes a case, and the own unit's only with the word 在校; neither if it came on
or before the last day on which the child was out.
"""

from collections.abc import Collection, Sequence
from datetime import date

from config.notice import Notice
from ledger.cases.statements import Statement
from ledger.children.linked_children import RollMatch
from ledger.lists.remarks import remark_reader
from ledger.lists.roll_attendance import is_home_teaching, is_in_school, says_in_school
from ledger.snapshot import Snapshot
from store.stored_values import StoredRecord


def closing_roll_row(
    snapshot: Snapshot, gone: Sequence[Statement], units: Collection[str], roll_match: RollMatch
) -> StoredRecord | None:
    """Returns the roll row that shows the child in school after it was last out, or None.

    Args:
        gone: the statements that the child was out, or was on a list of such children.
        units: the units that sent these, and the responsible one; their own rolls need the word 在校.
    """
    last_out = max((one.day for one in gone), default=date.min)
    later = [row for row in roll_match.rows if snapshot.told_on(row) > last_out]
    if any(_says_not_there(snapshot, row) for row in later):
        return None
    showing = [row for row in later if shows_in_school(snapshot.notice, row, units)]
    # On equal days the hour decides nothing: then the own unit's row precedes another unit's.
    return max(
        showing,
        key=lambda row: (snapshot.told_on(row), row.unit in units, row.unit, row.form, row.row),
        default=None,
    )


def shows_in_school(notice: Notice, row: StoredRecord, units: Collection[str]) -> bool:
    """Returns whether a roll's row shows a child in school; a roll of one of ``units`` needs the word 在校 or home teaching."""
    if not is_in_school(notice, row):
        return False
    return row.unit not in units or says_in_school(notice, row) or is_home_teaching(notice, row)


def _says_not_there(snapshot: Snapshot, row: StoredRecord) -> bool:
    """Returns whether a roll's row says that the child is not in school; 转出 does not, as the next school's roll decides."""
    status = row.values.get("study_status")
    if not is_in_school(snapshot.notice, row):
        return snapshot.notice.meaning("study_status", status) != "moved"
    remark = row.values.get("remark")
    if not isinstance(remark, str) or status is not None:
        return False
    return remark_reader(snapshot.notice.rolls).says_out(remark)
