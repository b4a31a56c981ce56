"""The bulletin as a page and as plain text."""

from notify.bulletin.bulletin import Bulletin
from notify.templates import render_html_and_text


def render_bulletin(bulletin: Bulletin) -> tuple[str, str]:
    """A 通报 as a page and as plain text."""
    return render_html_and_text("notify.bulletin", "bulletin", {"bulletin": bulletin})
