"""Makes text from outside fit to be shown: no control or direction characters reach a terminal, nothing is endless.

A file may be called ``ESC ]0;…`` or have a right-to-left override in its name; a terminal would obey the first and
show ``xslx.exe`` for the second.
"""

import re
import sys

from config.text.punctuation import set_punctuation
from kongchuo.output.own_commands import as_typed

LONGEST_SHOWN = 500  # characters; what is longer was not meant to be read here
_TAIL = 40  # of them the end, where a name has its extension
_SHOWN_FOR_CONTROL = "\ufffd"
_DIRECTIONS = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
_CONTROL = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f{_DIRECTIONS}\ud800-\udfff]")
_BREAKS = re.compile(r"[\t\n]+")


def fit_for_terminal(text: str) -> str:
    """Returns the text with terminal control characters replaced by a mark; line breaks stay."""
    return _CONTROL.sub(_SHOWN_FOR_CONTROL, text)


def fit_for_cell(text: str) -> str:
    """Returns the text as one line of limited length."""
    line = _BREAKS.sub(" ", fit_for_terminal(text))
    if len(line) <= LONGEST_SHOWN:
        return line
    return f"{line[: LONGEST_SHOWN - _TAIL - 1]}…{line[-_TAIL:]}"


def print_error(line: str) -> None:
    """Prints one sentence on stderr in Chinese punctuation, folded on a terminal."""
    shown = fit_for_cell(as_typed(set_punctuation(line)))
    if sys.stderr.isatty():
        from kongchuo.output.layout.answer_screen import screen_width
        from kongchuo.output.layout.folding import fold  # loads rich, and seldom is anything wrong

        shown = "\n".join(fold(shown, screen_width()))
    print(shown, file=sys.stderr)


def print_command(line: str) -> None:
    """Prints a line for copying: alone, indented and not folded."""
    print(f"  {fit_for_terminal(line)}")


def fit_for_tsv(text: str) -> str:
    """Returns the text as one line without tabs, of any length, for a tab-separated value."""
    return _BREAKS.sub(" ", fit_for_terminal(text))


def escape_in_json(document: str) -> str:
    """Returns a JSON document with terminal control characters escaped; its values are the same."""
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", document)
