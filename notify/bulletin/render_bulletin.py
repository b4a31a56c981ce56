"""Renders the bulletin as HTML and as plain text."""

from notify.bulletin.bulletin import Bulletin
from notify.templates import render_html_and_text


def render_bulletin(bulletin: Bulletin, chart: str | None = None) -> tuple[str, str]:
    """Returns a 通报 as HTML and as plain text.

    Args:
        chart: the URL of the chart of the county's course; None for no chart.
    """
    return render_html_and_text("notify.bulletin", "bulletin", {"bulletin": bulletin, "chart": chart})
