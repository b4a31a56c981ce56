"""Checks a mail address that a person typed, and says what is wrong with it."""

import re

from config.text.text_folding import clean_text
from config.units.roster import is_deliverable

_WITH_NAME = re.compile(r"[^<>@]*<\s*([^<>\s]+)\s*>")
_DOT_MEANT = re.compile("[,;\u3002\u3001.]+")
_NEVER_IN_ADDRESS = re.compile("[^A-Za-z0-9.!#$%&'*+/=?^_`{|}~@-]")


def bare_address(typed: str) -> str | None:
    """Returns the address of ``a@b.c`` or ``Name <a@b.c>``; None where no server would accept it.

    The whole text is checked: a parser of mail headers ignores what it does not understand, and a second
    address would then be lost.
    """
    named = _WITH_NAME.fullmatch(typed.strip())
    bare = named[1] if named else typed.strip()
    return bare if is_deliverable(bare) else None


def describe_wrong_address(typed: str) -> str:
    """Returns one Chinese sentence that says how the address is written right."""
    if typed.count("@") > 1:
        return f"“{typed}”里有几个地址:请一个地址一对英文双引号,中间用英文逗号隔开;只能写一个的,留一个"
    likely = likely_address(typed)
    if likely is not None:
        return f"“{typed}”不是邮箱地址:请改成 {likely}"
    return f"“{typed}”不是邮箱地址:请写成 office@qq.com 的样子"


def likely_address(typed: str) -> str | None:
    """Returns the address that was likely meant: half-width, with dots where commas are, without brackets."""
    local, at, domain = clean_text(typed).rpartition("@")
    mended = _NEVER_IN_ADDRESS.sub("", f"{local}{at}{_DOT_MEANT.sub('.', domain)}").strip(".")
    return mended if is_deliverable(mended) else None
