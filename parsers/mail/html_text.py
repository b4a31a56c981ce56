"""Extracts the text of an HTML body: no tags, cells separated by tabs, rows and paragraphs by line breaks.

The page is walked once, and a closing mark that was not found is not searched for again, so the time is linear in
the length. The standard library's parser needs hours for 100 KB of certain pages.
"""

import re
from html import unescape

_HIDDEN_ELEMENTS = frozenset({"script", "style", "title"})
_LINE_BREAK_TAGS = frozenset(
    {
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
)
_TAG_NAME = re.compile(r"<(/?)([A-Za-z][^\s/>]{0,40})")
_REST_OF_TAG = re.compile(r"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_REFERENCE = re.compile(
    "&(?:#[0-9]{1,7}(?![0-9])|#[xX][0-9A-Fa-f]{1,6}(?![0-9A-Fa-f])|[A-Za-z][A-Za-z0-9]{1,31});?"
)
_ENDS_OF_ELEMENTS = {name: re.compile(f"</{name}", re.IGNORECASE) for name in _HIDDEN_ELEMENTS}
_BLANKS = re.compile(r"\s+")
_END_OF_TABLE = re.compile("</table", re.IGNORECASE)
_START_OF_TABLE = re.compile("<table", re.IGNORECASE)
_NAME_HEADING = re.compile(r"[姓名]\s*[名字]")
_FORM_HEADING = re.compile(
    r"身\s*份\s*[证号]|证\s*件\s*号|学\s*籍\s*号|[辍失休]\s*学|劝\s*返|[0-9]{17}[0-9Xx]"
)
"""Matches a heading that forms of students have besides their names."""


def html_to_text(html: str) -> tuple[str, tuple[str, ...]]:
    """Returns (text, links in the text)."""
    page = HtmlPage(html)
    page.walk()
    lines = (
        "\t".join(cell.strip(" ") for cell in line.split("\t")) for line in "".join(page.pieces).split("\n")
    )
    return "\n".join(text for line in lines if (text := line.strip("\t "))), tuple(dict.fromkeys(page.links))


def holds_form(html: str) -> bool:
    """Returns whether a table of a page has the headings of a form of students."""
    for before_end in _END_OF_TABLE.split(html):
        table = _START_OF_TABLE.search(before_end)
        name = _NAME_HEADING.search(before_end, table.end()) if table else None
        if name is not None and _FORM_HEADING.search(before_end, name.end()):
            return True
    return False


class HtmlPage:
    """One walk through a page."""

    def __init__(self, html: str) -> None:
        self.pieces: list[str] = []
        self.links: list[str] = []
        self._html = html
        self._position = 0
        self._missing: set[str] = set()

    def walk(self) -> None:
        html = self._html
        while (start := html.find("<", self._position)) >= 0:
            self._add_text(html[self._position : start])
            if html.startswith("<!--", start):
                self._skip_to("-->", start, 4)
            elif html.startswith(("<!", "<?"), start):
                self._skip_to(">", start, 2)
            elif (match := _TAG_NAME.match(html, start)) is not None:
                self._read_tag(match)
            else:
                self._add_text("<")
                self._position = start + 1
        self._add_text(html[self._position :])

    def _skip_to(self, mark: str, start: int, size: int) -> None:
        """Moves behind the next ``mark``; if there is none, only ``size`` characters are skipped."""
        end = -1 if mark in self._missing else self._html.find(mark, start + size)
        if end < 0:
            self._missing.add(mark)
        self._position = start + size if end < 0 else end + len(mark)

    def _read_tag(self, match: re.Match[str]) -> None:
        end = self._find_end(match.end())
        if end < 0:  # no tag ends behind here: it is text
            self._add_text("<")
            self._position = match.start() + 1
            return
        closing, name = match[1], match[2].lower()
        self._position = end
        if name in _LINE_BREAK_TAGS:
            self.pieces.append("\n")
        elif name in ("td", "th") and not closing:
            self.pieces.append("\t")
        elif name == "a" and not closing:
            self.links += [
                link
                for href in _HREF.finditer(self._html[match.end() : end - 1])
                if (link := _resolve(href[1] or href[2] or href[3] or "")).startswith("http")
            ]
        elif name in _HIDDEN_ELEMENTS and not closing and name not in self._missing:
            hidden_until = _ENDS_OF_ELEMENTS[name].search(self._html, end)
            if hidden_until is None:
                self._missing.add(name)
            else:
                self._position = hidden_until.start()

    def _find_end(self, start: int) -> int:
        """Returns the position behind the tag's ``>``, ignoring those in quotes; -1 if there is none."""
        if "quotes" not in self._missing:
            if (match := _REST_OF_TAG.match(self._html, start)) is not None:
                return match.end()
            self._missing.add("quotes")  # one is never closed: from here on quotes say nothing
        if ">" in self._missing:
            return -1
        end = self._html.find(">", start)
        if end < 0:
            self._missing.add(">")
        return end + 1 or -1

    def _add_text(self, text: str) -> None:
        if text:
            self.pieces.append(_BLANKS.sub(" ", _resolve(text)))


def _resolve(text: str) -> str:
    """Returns text with character references decoded; the library's function fails on numbers of thousands of digits."""
    return _REFERENCE.sub(lambda match: unescape(match[0]), text) if "&" in text else text
