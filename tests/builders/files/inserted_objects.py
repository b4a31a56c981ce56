"""Builds workbooks and documents with content outside their cells: text boxes, and files inserted as objects."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_DRAWING = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor><xdr:sp>'
    "<xdr:txBody><a:bodyPr/>{paragraphs}</xdr:txBody></xdr:sp></xdr:twoCellAnchor></xdr:wsDr>"
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId77" Target="{target}"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing"/></Relationships>'
)


def with_members(data: bytes, members: Mapping[str, str | bytes]) -> bytes:
    """Returns the package with these parts added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, content in members.items():
            new.writestr(name, content)
    return out.getvalue()


def with_text_box(data: bytes, lines: Sequence[str], sheet: int = 1) -> bytes:
    """Returns the workbook with a text box on a sheet, each line in two runs, as WPS writes them."""
    paragraphs = "".join(
        f"<a:p><a:r><a:t>{escape(line[:3])}</a:t></a:r><a:r><a:t>{escape(line[3:])}</a:t></a:r></a:p>"
        for line in lines
    )
    return with_members(
        data,
        {
            f"xl/drawings/drawing{sheet}.xml": _DRAWING.format(paragraphs=paragraphs),
            f"xl/worksheets/_rels/sheet{sheet}.xml.rels": _RELATIONS.format(
                target=f"../drawings/drawing{sheet}.xml"
            ),
        },
    )


def packaged_object(name: str, data: bytes) -> bytes:
    """Returns the stream of a file shown as an icon ([MS-OLEDS] 2.3.6)."""
    label = name.encode("gb18030") + b"\0"
    path = b"C:\\" + label
    body = b"\2\0" + label + path + b"\0\0\3\0" + len(path).to_bytes(4, "little") + path
    body += len(data).to_bytes(4, "little") + data
    return len(body).to_bytes(4, "little") + body
