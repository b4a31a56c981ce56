"""Extracts the sender's own words from an HTML body as a person sees it, without hidden and quoted text.

It is used for mails that answer questions. Hidden elements are skipped and reported, because somebody may have put
words there that the sender never saw. A quotation is replaced by the line :data:`QUOTATION`; if its end is unclear,
the rest of the page is left out.
"""

import re
from collections.abc import Iterable, Sequence

from parsers.mail.html_text import HtmlPage

_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![.0-9]*[1-9])|opacity\s*:\s*0(?![.0-9]*[1-9])"
    r"|(?:max-)?(?:height|width)\s*:\s*0(?![.0-9]*[1-9])|mso-hide\s*:\s*all|clip\s*:|text-indent\s*:\s*-[0-9]{3}"
    r"|(?:left|top)\s*:\s*-[0-9]{3}|(?<![a-z-])color\s*:\s*(?:#f{3}(?:f{3})?(?![0-9a-f])|white|transparent|rgb\(\s*255)",
    re.IGNORECASE,
)
_HIDDEN_ATTRIBUTE = re.compile(
    r"(?:^|\s)hidden(?:\s|=|/|>|$)|\bcolor\s*=\s*[\"']?(?:#f{6}|white)", re.IGNORECASE
)
_QUOTING = re.compile(
    r"gmail_quote|gmail_attr|includetail|isreplycontent|divrplyfwdmsg|moz-cite-prefix|yahoo_quoted|mailmaster-quote|appendonsend|qmbox|foxmail.?quote",
    re.IGNORECASE,
)
QUOTATION = "> [原文]"
"""The line that replaces the quoted text of an element."""
_WITHOUT_END = re.compile("divrplyfwdmsg|appendonsend", re.IGNORECASE)
"""Matches elements that are only the head of a quotation, or come before one."""
_LEADS_IN = re.compile("moz-cite-prefix|gmail_attr", re.IGNORECASE)
_MOST_LINES_BELOW = 40
_CLASS = re.compile(r"\bclass\s*=\s*(?:\"([^\"]{0,200})\"|'([^']{0,200})'|([^\s\"'>]{1,200}))", re.IGNORECASE)
_STYLE_SHEET = re.compile(r"<style[^>]{0,200}>([^<]{0,50000})", re.IGNORECASE)
_CLASS_NAME = re.compile(r"\.([A-Za-z0-9_-]{1,80})")
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "col"})
_MOST_ATTRIBUTES = 4_000


def shown_words(html: str) -> tuple[str, bool]:
    """Returns the visible words, one line each, and whether the page hides others.

    Words below a quotation come after its line. They are followed by that line again if they are between two
    quotations or the end is unclear: then they count only if the sender confirms them.
    """
    page = _ShownPage(html)
    page.walk()
    above, *below = map(_lines, (*page.parts, page.pieces))
    words = [line for lines in below for line in lines]
    if not page.can_be_read_below(words):
        return "\n".join(above), page.hides_words
    is_between = any(below[:-1]) or page.ends_unsurely
    return "\n".join([*above, QUOTATION, "", *words, *([QUOTATION] if is_between else [])]), page.hides_words


def _lines(pieces: Iterable[str]) -> list[str]:
    return [text for line in "".join(pieces).split("\n") if (text := line.strip())]


class _ShownPage(HtmlPage):
    def __init__(self, html: str) -> None:
        super().__init__(html)
        self.hides_words = False
        self.parts: list[list[str]] = []
        """The text above each quotation that has ended."""
        self.ends_unsurely = False
        """Whether the last quotation is an element that any text in it may have ended."""
        self._quoted_in: tuple[str, int] | None = None
        """The element that quotes what is in it, and how many of its name are open."""
        self._quoted_size = 0
        self._is_balanced = True
        self._hidden_classes = _find_hidden_classes(html)
        self._is_over = False
        self._hidden_in: tuple[str, int] | None = None
        """The element that hides what is in it, and how many of its name are open."""

    def _read_tag(self, match: re.Match[str]) -> None:
        start = match.end()
        pieces = len(self.pieces)
        super()._read_tag(match)
        closing, name = bool(match[1]), match[2].lower()
        attributes = self._html[start : min(self._position, start + _MOST_ATTRIBUTES)]
        if self._is_over:
            del self.pieces[pieces:]
            return
        if self._quoted_in is not None:
            del self.pieces[pieces:]
            self._read_quoted_tag(name, attributes, closing=closing)
            return
        if self._hidden_in is not None:
            hiding, depth = self._hidden_in
            if name == hiding:
                depth += -1 if closing else 1
                self._hidden_in = (hiding, depth) if depth else None
        elif closing:
            if name == "blockquote":  # one that was not opened: whose words these are nobody can tell
                self._is_balanced = False
        elif _WITHOUT_END.search(attributes):
            self._is_over = True
        elif name not in _VOID and (name == "blockquote" or _QUOTING.search(attributes)):
            self._quoted_in = (name, 1)
            self.ends_unsurely = name != "blockquote" and not _LEADS_IN.search(attributes)
        elif name not in _VOID and self._is_hidden(attributes):
            self._hidden_in = (name, 1)

    def _read_quoted_tag(self, name: str, attributes: str, *, closing: bool) -> None:
        assert self._quoted_in is not None
        quoting, depth = self._quoted_in
        if not closing and _WITHOUT_END.search(attributes):
            self._is_over = True
        elif name == quoting:
            depth += -1 if closing else 1
            self._quoted_in = (quoting, depth) if depth else None
            if not depth:
                self.parts.append(self.pieces)
                self.pieces = []

    def can_be_read_below(self, own: Sequence[str]) -> bool:
        """Returns whether words below quotations are the sender's own: few in comparison with what is quoted."""
        size = sum(map(len, own))
        return self._is_balanced and 0 < size < self._quoted_size and len(own) <= _MOST_LINES_BELOW

    def _is_hidden(self, attributes: str) -> bool:
        if _HIDING.search(attributes) or _HIDDEN_ATTRIBUTE.search(attributes):
            return True
        names = {
            name
            for match in _CLASS.finditer(attributes)
            for name in (match[1] or match[2] or match[3] or "").split()
        }
        return not names.isdisjoint(self._hidden_classes)

    def _add_text(self, text: str) -> None:
        if self._is_over:
            return
        if self._quoted_in is not None:
            self._quoted_size += len(text.strip())
            return
        if self._hidden_in is not None:
            self.hides_words = self.hides_words or bool(text.strip())
            return
        super()._add_text(text)


def _find_hidden_classes(html: str) -> frozenset[str]:
    return frozenset(
        name
        for sheet in _STYLE_SHEET.finditer(html)
        for rule in sheet[1].split("}")
        if _HIDING.search(rule.partition("{")[2])
        for name in _CLASS_NAME.findall(rule.partition("{")[0])
    )
