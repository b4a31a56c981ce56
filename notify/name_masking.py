"""Masks children's names in mails: the first character is shown."""

import re
from collections.abc import Callable, Iterable

TextFilter = Callable[[str], str]


def mask_name(name: str) -> str:
    """谭** for three characters or more, 谭* for two."""
    name = name.strip()
    return name[:1] + "*" * min(2, max(1, len(name) - 1)) if name else "\uff08无姓名\uff09"


def build_name_masker(names: Iterable[str], show_name: TextFilter) -> TextFilter:
    """Returns a function that masks these names in a text by ``show_name``; longer names first, so that 李明华 is not 李*华."""
    long_first = sorted({name for name in names if len(name) > 1}, key=lambda name: (-len(name), name))
    if not long_first or show_name is str:
        return str
    pattern = re.compile("|".join(map(re.escape, long_first)))
    return lambda text: pattern.sub(lambda match: show_name(match[0]), text)
