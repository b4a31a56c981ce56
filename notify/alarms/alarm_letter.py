"""Writes the mail that tells the administrator of one thing that does not work."""

from dataclasses import dataclass

from notify.templates import render_html_and_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLetter:
    """The letter as its templates show it."""

    subject: str
    what: str
    remedy: str
    again: str
    """When it is told again if it lasts."""
    office: str


def render_alarm_letter(letter: AlarmLetter) -> tuple[str, str]:
    """The letter as a page and as plain text."""
    return render_html_and_text("notify.alarms", "alarm", {"letter": letter})
