"""Quotes a cell's value in a sentence, shortened, and finds it there again to show it otherwise."""

IN_PROBLEM, IN_QUESTION = 20, 40
"""The most characters of a value that a sentence quotes."""
_MARKS = ("\u201c{}\u201d", "({})")
"""Sentences of the catalogue (``config/problem_codes.py``) quote between these."""


def shorten_quoted(value: str, most: int = IN_PROBLEM) -> str:
    """Returns a value as a sentence quotes it; a longer one ends in an ellipsis."""
    return value if len(value) <= most else f"{value[: most - 1]}\u2026"


def replace_quoted(sentence: str, value: str, shown: str) -> str:
    """Returns a sentence that quotes ``shown`` wherever it quoted ``value``, whole or shortened."""
    for most in (IN_PROBLEM, IN_QUESTION):
        for marks in _MARKS:
            sentence = sentence.replace(
                marks.format(shorten_quoted(value, most)), marks.format(shorten_quoted(shown, most))
            )
    return sentence
