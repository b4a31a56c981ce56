"""PDF pages drawn by hand: Chinese text without an embedded font, lines, and any rotation of them."""

from collections.abc import Sequence

HEIGHT, WIDTH = 842, 595
_FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
    "/DW 1000/W[1 95 500]/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[0 -200 1000 900]"
    "/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 900/StemV 80>>>>]>>"
)


def text(x: float, y: float, words: str) -> str:
    """Returns the drawing of words that begin at this position, measured from the page's lower left corner."""
    return f"BT /F1 9 Tf 1 0 0 1 {x} {y} Tm <{words.encode('utf-16-be').hex()}> Tj ET"


def line(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{x0} {y0} m {x1} {y1} l S"


def grid(
    rows: Sequence[Sequence[str]], top: float, *, first_line: bool = True, last_line: bool = True
) -> list[str]:
    """Returns the drawing of a ruled table with columns of 90 points and rows of 20 points; its outer lines may be missing."""
    left, right, bottom = 40, 40 + 90 * max(map(len, rows)), top - 20 * len(rows)
    levels = [top - 20 * n for n in range(len(rows) + 1)]
    levels = levels[0 if first_line else 1 : None if last_line else -1]
    drawn = [line(left, y, right, y) for y in levels]
    drawn += [line(x, bottom, x, top) for x in range(left, right + 1, 90)]
    for number, row in enumerate(rows):
        drawn += [
            text(left + 4 + 90 * n, top - 14 - 20 * number, words) for n, words in enumerate(row) if words
        ]
    return drawn


def pdf(*pages: Sequence[str], turned: str = "", rotate: int = 0) -> bytes:
    """Returns a document of these pages; ``turned`` is a transformation of the whole drawing."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "", _FONT]
    kids = []
    for drawn in pages:
        stream = "\n".join([f"q {turned} cm" if turned else "q", *drawn, "Q"])
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        size = f"0 0 {HEIGHT} {HEIGHT}" if turned else f"0 0 {WIDTH} {HEIGHT}"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[{size}]/Rotate {rotate}/Contents {len(objects)} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
