"""Reads whether one row of a roll (附件1/2) shows its child in school or taught at home."""

from config.notice import Notice
from store.stored_values import StoredRecord


def is_home_teaching(notice: Notice, row: StoredRecord) -> bool:
    """Returns whether the child of a roll's row is taught at home (送教上门)."""
    return notice.meaning("attendance_mode", row.values.get("attendance_mode")) == "placed"


def is_in_school(notice: Notice, row: StoredRecord) -> bool:
    """Returns whether a roll's row does not contradict that the child is in school; a blank status counts as in school."""
    status = row.values.get("study_status")
    return status is None or is_status_in_school(notice, status)


def says_in_school(notice: Notice, row: StoredRecord) -> bool:
    """Returns whether a roll's row has a status that means in school."""
    return is_status_in_school(notice, row.values.get("study_status"))


def is_status_in_school(notice: Notice, status: object) -> bool:
    """Returns whether a value of 就读情况 means in school."""
    return isinstance(status, str) and status in notice.statuses_in_school
