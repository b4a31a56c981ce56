import io
import struct
import zipfile

import olefile
import openpyxl
import pytest
from openpyxl.comments import Comment

from parsers.formats.workbooks.sheet_notes import find_sheet_notes, find_xlsb_notes
from parsers.formats.workbooks.xls_notes import find_xls_notes
from tests.builders.files.clerk_files import blocks_of, dropout_row, mail, process_mail, register4, xls, xlsx
from tests.builders.files.inserted_objects import with_members, with_text_box
from tests.builders.files.outlook_files import compound_file
from tests.builders.values.form_tables import id_number

NIL = register4([1, "无"])
CHILD = "注:另有八年级2班谭晓雨未到校"


def commented(rows, words: str, cell: str = "C4") -> bytes:
    def add(workbook: openpyxl.Workbook) -> None:
        workbook.worksheets[0][cell].comment = Comment(words, "丙老师")

    return xlsx(rows, then=add)


def test_a_text_box_is_a_sheet_of_its_lines():
    (sheet,) = find_sheet_notes(with_text_box(xlsx(NIL), [CHILD, "西沱中学"]), 0, "台账")

    assert (sheet.name, list(sheet.rows)) == ("台账的文本框", [[CHILD], ["西沱中学"]])


def test_a_comment_keeps_the_place_of_its_cell():
    (sheet,) = find_sheet_notes(commented(NIL, CHILD), 0, "台账")

    assert sheet.name == "台账的批注"
    assert sheet.rows[3][2] == CHILD
    assert [len(row) for row in sheet.rows] == [0, 0, 0, 3]


def test_what_a_thread_says_stands_before_its_copy_for_older_programs():
    data = commented(NIL, "[线程批注] 你的版本可读取此线程批注")
    thread = f'<ThreadedComments xmlns="urn:t"><threadedComment ref="C4"><text>{CHILD}</text></threadedComment></ThreadedComments>'
    relations = (
        '<Relationships><Relationship Id="r1" Type="urn:x/comments" Target="/xl/comments/comment1.xml"/>'
        '<Relationship Id="r2" Type="urn:x/threadedComment" Target="../threadedComments/t1.xml"/></Relationships>'
    )
    data = with_members(
        data,
        {"xl/threadedComments/t1.xml": thread, "xl/worksheets/_rels/sheet1.xml.rels": relations},
    )

    (sheet,) = find_sheet_notes(data, 0, "台账")

    assert sheet.rows[3][2] == CHILD


@pytest.mark.parametrize("drawing", ["", "<a", "<a/>"])
def test_a_broken_drawing_costs_nothing_else(drawing: str):
    data = with_members(with_text_box(xlsx(NIL), [CHILD]), {"xl/drawings/drawing1.xml": drawing})

    assert find_sheet_notes(data, 0, "台账") == ()


@pytest.mark.parametrize("data", [with_text_box(xlsx(NIL), [CHILD]), commented(NIL, CHILD)])
def test_a_child_told_of_there_only_is_asked_about(data: bytes):
    outcome = process_mail(mail({"附件4.xlsx": data}))

    assert (outcome.outcomes, outcome.nil) == (("quarantined",), frozenset())
    assert "谭晓雨" in (outcome.draft.files[0].reason or "")


@pytest.mark.parametrize(
    "data",
    [
        with_text_box(xlsx(register4(dropout_row())), ["填表说明:1.请如实填写姓名、身份证号。", "西沱中学"]),
        commented(register4(dropout_row()), "请填写18位身份证号"),
        commented(register4(dropout_row()), "请核对甲一的住址", "B5"),
    ],
)
def test_what_tells_of_nobody_else_asks_nothing(data: bytes):
    outcome = process_mail(mail({"附件4.xlsx": data}))

    assert (outcome.outcomes, list(outcome.submissions.values())) == (("forms",), [("甲一",)])


@pytest.mark.parametrize(
    "words", ["该生9月20日已返校", "该生已转走", "甲一于9月10日起未到校,已家访", "转学到丰都"]
)
def test_a_comment_that_says_where_the_child_is_is_kept_with_its_row_and_told(words: str):
    outcome = process_mail(mail({"附件4.xlsx": commented(register4(dropout_row()), words, "B5")}))

    (block,) = blocks_of(outcome.draft.files[0])
    (problem,) = block.all_problems()
    assert (outcome.outcomes, problem.code, problem.row, problem.cell) == (("forms",), "row-comment", 5, "B5")
    assert problem.message.startswith(f"B5的批注写着“{words}”")
    assert block.values(0)["extra"] == {"批注": words}
    assert "returned_on" not in block.values(0)


def test_a_comment_of_a_row_that_speaks_of_another_child_is_a_question():
    words = f"该生已返校,弟弟谭晓雨{id_number(serial=125)}未到校"

    outcome = process_mail(mail({"附件4.xlsx": commented(register4(dropout_row()), words, "B5")}))

    assert outcome.outcomes == ("quarantined",)
    assert "谭晓雨" in (outcome.draft.files[0].reason or "")


def test_the_comments_of_our_own_receipt_say_nothing_of_the_child():
    words = "家长还没有找到户口本\n【回执】已返校的请填返校时间"

    outcome = process_mail(mail({"附件4.xlsx": commented(register4(dropout_row()), words, "B5")}))

    (block,) = blocks_of(outcome.draft.files[0])
    assert block.values(0)["extra"] == {"批注": "家长还没有找到户口本"}
    assert not list(block.all_problems())


def xls_record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def xls_text(number: int, kind: int, words: str) -> bytes:
    """The records of an object that holds words: OBJ, TXO, and its text in two pieces ([MS-XLS] 2.4.181, 2.4.329)."""
    middle = len(words) // 2
    pieces = (words[:middle], words[middle:])
    return (
        xls_record(0x5D, struct.pack("<5H", 0x15, 0x12, kind, number, 0) + bytes(12))
        + xls_record(0x1B6, bytes(10) + struct.pack("<HH", len(words), 16) + bytes(4))
        + b"".join(xls_record(0x3C, b"\x01" + piece.encode("utf-16-le")) for piece in pieces)
    )


def xls_with_notes(comment: str = "", box: str = "") -> bytes:
    """An .xls with a comment on B5 and a text box over its only sheet; a chart's substream stands before them."""
    with olefile.OleFileIO(io.BytesIO(xls(register4(dropout_row())))) as file:
        stream = (
            file.openstream("Workbook").read().rstrip(b"\0")[:-1]
        )  # less the last record, which ends the sheet
    chart = xls_record(0x809, b"\x00\x06\x20\x00" + bytes(12)) + xls_record(0x0A, b"")
    more = chart + (xls_text(1, 0x19, comment) if comment else b"") + (xls_text(2, 6, box) if box else b"")
    if comment:
        more += xls_record(0x1C, struct.pack("<4H", 4, 1, 0, 1) + b"\x01\x00\x00a\x00")
    return compound_file({"Workbook": stream + more + xls_record(0x0A, b"")})


def ods_with_notes(comment: str = "", box: str = "") -> bytes:
    names = ("office", "table", "text", "drawing")
    spaces = " ".join(
        f'xmlns:{name.removesuffix("ing")}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in names
    )
    note = f"<office:annotation><text:p>{comment}</text:p></office:annotation>" if comment else ""
    lines = [
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string">{note if value == "甲一" else ""}'
            f"<text:p>{'' if value is None else value}</text:p></table:table-cell>"
            for value in row
        )
        + "</table:table-row>"
        for row in register4(dropout_row())
    ]
    shapes = f"<draw:frame><draw:text-box><text:p>{box}</text:p></draw:text-box></draw:frame>" if box else ""
    table = f'<table:table table:name="Sheet1"><table:shapes>{shapes}</table:shapes>{"".join(lines)}</table:table>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>{table}</office:spreadsheet>"
            "</office:body></office:document-content>",
        )
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "make"), [("附件4.xls", xls_with_notes), ("附件4.ods", ods_with_notes)], ids=["xls", "ods"]
)
def test_comments_and_text_boxes_of_other_workbooks_are_read_too(name: str, make):
    commented = process_mail(mail({name: make(comment="该生9月20日已返校")}))
    boxed = process_mail(mail({name: make(box=CHILD)}))

    (problem,) = blocks_of(commented.draft.files[0])[0].all_problems()
    assert (problem.code, problem.cell) == ("row-comment", "B5")
    assert boxed.outcomes == ("quarantined",)
    assert "谭晓雨" in (boxed.draft.files[0].reason or "")


@pytest.mark.parametrize("cut", [10, 200, 800])
def test_records_that_end_early_cost_nothing_else(cut: int):
    data = xls_with_notes(comment="该生9月20日已返校")
    at = data.index(b"\xb6\x01\x12\x00")

    find_xls_notes(data[:at] + bytes(cut) + data[at + cut :])


def test_comments_of_a_binary_workbook_are_said_to_be_unread():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("xl/comments1.bin", b"")

    assert find_xlsb_notes(out.getvalue()) == ((), ("工作簿里的批注",))
