"""Maps characters of symbol fonts to what they look like: a tick of Wingdings is a letter in any other font."""

TICK, CROSS, BOX, DOT = "√", "×", "□", "●"
_MARKS = {
    "wingdings": {0xFC: TICK, 0xFE: TICK, 0xFB: CROSS, 0xFD: CROSS, 0x6F: BOX, 0x71: BOX, 0xA8: BOX, 0x6C: DOT},
    "wingdings 2": {
        0x50: TICK, 0x52: TICK, 0x4F: CROSS, 0x51: CROSS, 0x53: CROSS, 0x54: CROSS, 0x55: CROSS, 0xA3: BOX, 0x2A: BOX,
    },
    "symbol": {0xD6: TICK, 0xB4: CROSS, 0xB7: "·"},
}  # fmt: skip


def read_symbol(font: str, code: int) -> str:
    """Returns the look of a symbol given by font and code; Word writes codes from F000 up."""
    mark = _MARKS.get(font.lower(), {}).get(code & 0xFF)
    if mark is not None:
        return mark
    return chr(code) if 0x20 <= code < 0xD800 else DOT if code else ""


def read_letters(font: str, text: str) -> str:
    """Returns letters typed in a symbol font as they look: ü in Wingdings is a tick."""
    marks = _MARKS.get(font.lower())
    if marks is None:
        return text
    return "".join(
        marks.get(ord(char) & 0xFF, char) if ord(char) < 0x100 or 0xF000 <= ord(char) < 0xF100 else char
        for char in text
    )
