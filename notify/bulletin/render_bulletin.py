"""The bulletin as a page and as plain text."""

from notify.bulletin.bulletin import Bulletin
from notify.templates import render_html_and_text


def render_bulletin(bulletin: Bulletin, chart: str | None = None) -> tuple[str, str]:
    """A 通报 as a page and as plain text.

    Args:
        chart: the address of the picture of the county's course; None for none.
    """
    return render_html_and_text("notify.bulletin", "bulletin", {"bulletin": bulletin, "chart": chart})
