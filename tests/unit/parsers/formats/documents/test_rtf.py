"""RTF documents as Word and WPS write them: tables, code pages, and what a person does not see."""

import pytest

from parsers.formats.documents.rtf import read_rtf
from parsers.formats.sniff import sniff
from parsers.formats.workbook import PICTURE_TEXT, EmptyDocument, UnreadableWorkbook
from parsers.read_file import read_file
from parsers.records import FileKind
from tests.builders.files.shazi_register import HEAD, NAMES, ROWS, TITLE
from tests.builders.values.form_tables import NOTICE

FONTS = r"{\fonttbl{\f0\fnil\fcharset134 SimSun;}{\f1\fnil\fcharset2 Wingdings;}{\f2\froman\fcharset0 Times New Roman;}}"
EDGES = (800, 3000, 6000)


def document(body: str, head: str = r"\ansi\ansicpg936\deff0") -> bytes:
    return (r"{\rtf1" + head + FONTS + body + "}").encode("ascii")


def gbk(text: str) -> str:
    return "".join(f"\\'{byte:02x}" if byte > 127 else chr(byte) for byte in text.encode("gb18030"))


def unicode(text: str) -> str:
    halves = text.encode("utf-16-le")
    numbers = [int.from_bytes(halves[n : n + 2], "little", signed=True) for n in range(0, len(halves), 2)]
    return "".join(f"\\u{number} ?" for number in numbers)


def row(*cells: str, edges=EDGES, marks=None) -> str:
    """A row of cells that end at these places, each with words before its ``cellx``."""
    shapes = "".join(f"{(marks or {}).get(n, '')}\\cellx{edge}" for n, edge in enumerate(edges))
    return rf"\trowd{shapes}" + "".join(rf"\pard\intbl {cell}\cell" for cell in cells) + r"\row" + "\n"


def grids(data: bytes) -> list[list[list[object]]]:
    return [[list(row) for row in sheet.rows] for sheet in read_rtf(data).sheets]


@pytest.mark.parametrize("write", [gbk, unicode])
def test_a_table_and_the_lines_around_it_are_read(write):
    body = (
        rf"\pard {write('附件4')}\par "
        + row(*map(write, ("序号", "姓名", "备注")))
        + row("1", write("甲一"), write("𠮷"))
        + rf"\pard {write('填表人')}\par"
    )

    assert grids(document(body)) == [[["附件4"], ["序号", "姓名", "备注"], ["1", "甲一", "𠮷"]], [["填表人"]]]


def test_a_document_without_a_code_page_is_read_as_chinese():
    assert grids(document(rf"\f2 {gbk('辍学')}\par", head=r"\ansi")) == [[["辍学"]]]


@pytest.mark.parametrize(
    "text",
    [
        r"{\v secret}",
        r"{\deleted old}",
        r"{\*\generator WPS;}",
        r"{\info{\title T}{\author A}}",
        r"{\stylesheet{\s1 heading;}}",
        r"{\field{\*\fldinst HYPERLINK x}}",
        r"{\pict\pngblip 89504e47}",
        r"{\footer page}",
    ],
)
def test_what_nobody_sees_is_not_read(text):
    assert grids(document(rf"\pard {gbk('甲一')}{text}\par")) == [[["甲一"]]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"{\f1 \'fc}", "√"),
        (r"{\f1 \'a8}", "□"),
        (r"a\tab b", "a b"),
        (r"{\field{\*\fldinst X}{\fldrslt b}}", "b"),
        (r"\{1\}", "{1}"),
        (r"\bin3 {}}a", "a"),
        (r"{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt \pard b\par}}", "b"),
    ],
)
def test_marks_and_characters_are_read_as_they_look(text, shown):
    assert grids(document(rf"\pard {text}\par")) == [[[shown]]]


def test_cells_over_several_columns_and_rows_are_told():
    body = (
        row("序号", "学生情况", "备注", edges=(800, 6000, 7000), marks={0: r"\clvmgf"})
        .replace("序号", gbk("序号"))
        .replace("学生情况", gbk("学生情况"))
        .replace("备注", gbk("备注"))
        + row("", gbk("姓名"), gbk("班级"), "", edges=(805, 3000, 6000, 7000), marks={0: r"\clvmrg"})
        + row("1", gbk("甲一"), gbk("1班"), "", edges=(800, 3000, 6000, 7000))
    )

    (sheet,) = read_rtf(document(body)).sheets

    assert [list(cells) for cells in sheet.rows] == [
        ["序号", "学生情况", None, "备注"],
        [None, "姓名", "班级", None],
        ["1", "甲一", "1班", None],
    ]
    assert set(sheet.merged) == {(1, 1, 2, 1), (1, 2, 1, 3)}


def test_a_struck_out_row_and_a_picture_are_marked():
    body = (
        row("a", "b", "c") + row(r"{\strike 1}", r"{\strike x}", r"{\pict\pngblip 00}") + row("2", "y", "z")
    )

    (sheet,) = read_rtf(document(body)).sheets

    assert (set(sheet.struck_rows), set(sheet.pictures)) == ({2}, {(2, 3)})
    assert sheet.rows[1][2] == PICTURE_TEXT


def test_a_form_in_rtf_is_read_whatever_its_name():
    edges = [1000 * n for n in range(1, len(HEAD) + 1)]
    lines = "".join(rf"\pard {gbk(line)}\par " for line in ("附件4", TITLE, "填报单位:沙子镇小学"))
    rows = "".join(row(*(gbk(str(value or "")) for value in values), edges=edges) for values in (HEAD, *ROWS))

    result = read_file(document(lines + rows), "附件4.doc", "报送", NOTICE, NAMES)

    assert (result.kind, result.outcome) == (FileKind.RTF, "forms")
    assert [record.values["name"] for record in result.forms[0].records] == ["甲一", "乙二"]


def test_a_certificate_in_rtf_is_a_proof_by_its_name():
    body = rf"\pard {gbk('兹证明该生因病住院')}\par"

    assert read_file(document(body), "甲一住院证明.rtf", "报送", NOTICE, NAMES).outcome == "evidence"


@pytest.mark.parametrize("start", ["", "\ufeff", "\r\n"])
def test_rtf_is_known_by_its_start(start):
    assert sniff(start.encode() + document(r"\bin2 ") + b"\x00\x01") is FileKind.RTF


def test_a_document_without_a_word_is_empty():
    with pytest.raises(EmptyDocument):
        read_rtf(document(r"\pard\par"))


def test_what_is_no_rtf_is_unreadable():
    with pytest.raises(UnreadableWorkbook):
        read_rtf(b"words")


@pytest.mark.parametrize("size", range(200, 380, 13))
def test_what_is_cut_short_is_said_to_be_that(size):
    data = document(rf"\pard {gbk('附件4')}\par " + row("1", gbk("甲一"), "x") * 2)
    assert size < len(data)

    result = read_file(data[:size], "附件4.rtf", "报送", NOTICE, NAMES)

    assert (result.outcome, "不完整" in (result.reason or "")) == ("quarantined", True)
