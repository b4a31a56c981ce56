"""The words of an HTML body: tags gone, cells set apart by tabs, rows and paragraphs by lines."""

import re
from html.parser import HTMLParser

_SILENT = {"script", "style", "head", "title"}
_BREAKS = {
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


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[str] = []
        self._silent: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT and self._silent is None and tag != "head":
            self._silent = tag
        elif tag == "body":
            self._silent = None
        elif tag in _BREAKS:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append("\t")
        if tag == "a":
            self.links += [
                value for key, value in attrs if key == "href" and value and value.startswith("http")
            ]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = None
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent is None:
            self.pieces.append(re.sub(r"\s+", " ", data))


def html_to_text(html: str) -> tuple[str, tuple[str, ...]]:
    """(text, links that the text points to)."""
    words = _Words()
    words.feed(html)
    words.close()
    lines = (
        re.sub(r" *\t *", "\t", line).strip(" ").strip("\t ") for line in "".join(words.pieces).split("\n")
    )
    return "\n".join(line for line in lines if line), tuple(dict.fromkeys(words.links))
