"""Extracts the text of an HTML body: without tags, cells separated by tabs, rows and paragraphs by lines."""

import re
from html.parser import HTMLParser

_SKIPPED_TAGS = {"script", "style", "head", "title"}
_LINE_BREAK_TAGS = {
    "p",
    "div",
    "br",
    "tr",
    "li",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "blockquote",
    "section",
}


class _TextCollector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[str] = []
        self._skipped_tag: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED_TAGS and self._skipped_tag is None and tag != "head":
            self._skipped_tag = tag
        elif tag == "body":
            self._skipped_tag = None
        elif tag in _LINE_BREAK_TAGS:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append("\t")
        if tag == "a":
            self.links += [
                value for key, value in attrs if key == "href" and value and value.startswith("http")
            ]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skipped_tag:
            self._skipped_tag = None
        elif tag in _LINE_BREAK_TAGS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if self._skipped_tag is None:
            self.pieces.append(re.sub(r"\s+", " ", data))


def html_to_text(html: str) -> tuple[str, tuple[str, ...]]:
    """(text, links that the text points to)."""
    collector = _TextCollector()
    collector.feed(html)
    collector.close()
    lines = (
        re.sub(r" *\t *", "\t", line).strip(" ").strip("\t ")
        for line in "".join(collector.pieces).split("\n")
    )
    return "\n".join(line for line in lines if line), tuple(dict.fromkeys(collector.links))
