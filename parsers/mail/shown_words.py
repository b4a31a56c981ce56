"""Extracts what a person who looks at an HTML body sees as its own words: nothing hidden, nothing quoted.

For mails that answer questions. A hidden element is passed over and remembered, since somebody may have put words
there that their sender never saw; at the first quotation the page ends.
"""

import re

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
_CLASS = re.compile(r"\bclass\s*=\s*(?:\"([^\"]{0,200})\"|'([^']{0,200})'|([^\s\"'>]{1,200}))", re.IGNORECASE)
_STYLE_SHEET = re.compile(r"<style[^>]{0,200}>([^<]{0,50000})", re.IGNORECASE)
_CLASS_NAME = re.compile(r"\.([A-Za-z0-9_-]{1,80})")
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "col"})
_MOST_ATTRIBUTES = 4_000


def shown_words(html: str) -> tuple[str, bool]:
    """Returns the words, a line each, and whether the page hides others from who looks at it."""
    page = _ShownPage(html)
    page.walk()
    lines = (line.strip() for line in "".join(page.pieces).split("\n"))
    return "\n".join(line for line in lines if line), page.hides_words


class _ShownPage(HtmlPage):
    def __init__(self, html: str) -> None:
        super().__init__(html)
        self.hides_words = False
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
        if self._hidden_in is not None:
            hiding, depth = self._hidden_in
            if name == hiding:
                depth += -1 if closing else 1
                self._hidden_in = (hiding, depth) if depth else None
        elif not closing and (name == "blockquote" or _QUOTING.search(attributes)):
            self._is_over = True
        elif not closing and name not in _VOID and self._is_hidden(attributes):
            self._hidden_in = (name, 1)

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
