"""Receipts, notices of waiting mail and reminders as pages and as plain text."""

from notify.templates import render_html_and_text
from notify.units.receipts import Receipt
from notify.units.reminders import Reminder
from notify.units.sweep_reminders import SweepReminder
from notify.units.waiting_notices import WaitingNotice


def render_receipt(receipt: Receipt) -> tuple[str, str]:
    """Returns a 回执 as HTML and as plain text."""
    return render_html_and_text("notify.units", "receipt", {"receipt": receipt})


def render_waiting_notice(waiting: WaitingNotice) -> tuple[str, str]:
    """Returns a notice of unconfirmed mail as HTML and as plain text."""
    return render_html_and_text("notify.units", "waiting_notice", {"waiting": waiting})


def render_sweep_reminder(reminder: SweepReminder) -> tuple[str, str]:
    """Returns a reminder of 大走访、大排查 as HTML and as plain text."""
    return render_html_and_text("notify.units", "sweep_reminder", {"reminder": reminder})


def render_reminder(reminder: Reminder) -> tuple[str, str]:
    """Returns a 催报 as HTML and as plain text."""
    return render_html_and_text("notify.units", "reminder", {"reminder": reminder})
