"""What one row of a roll (附件1/2) says of its child: in school, taught at home, or nothing against it."""

from config.notice import Notice
from store.stored_values import StoredRecord


def is_home_teaching(notice: Notice, row: StoredRecord) -> bool:
    """Returns whether the child of a roll's row is taught at home (送教上门)."""
    return notice.meaning("attendance_mode", row.values.get("attendance_mode")) == "placed"


def is_in_school(notice: Notice, row: StoredRecord) -> bool:
    """Returns whether a roll's row says nothing against the child being in school."""
    status = row.values.get("study_status")
    return status is None or is_status_in_school(notice, status)


def says_in_school(notice: Notice, row: StoredRecord) -> bool:
    """Returns whether a roll's row says in words that the child is in school."""
    return is_status_in_school(notice, row.values.get("study_status"))


def is_status_in_school(notice: Notice, status: object) -> bool:
    """Returns whether 就读情况 says in words that a child is in school."""
    return isinstance(status, str) and status in notice.statuses_in_school
