"""Writes the mail that reports one failure to the administrator."""

from dataclasses import dataclass

from notify.templates import render_html_and_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLetter:
    """The values that the templates of the letter show."""

    subject: str
    what: str
    remedy: str
    again: str
    """When the letter is sent again if the failure lasts."""
    office: str


def render_alarm_letter(letter: AlarmLetter) -> tuple[str, str]:
    """Returns the letter as an HTML page and as plain text."""
    return render_html_and_text("notify.alarms", "alarm", {"letter": letter})
