"""What a workbook says outside its cells: marks of rows, comments, text boxes, pictures, files inserted in it."""

from collections.abc import Callable

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font

from tests.builders.files.clerk_files import MIDDLE, dropout_row, register4, word, xlsx
from tests.builders.files.inserted_objects import with_members, with_text_box
from tests.messes.mess import ONE_ON_FORM4, mess

TWO_ON_FORM4 = {(MIDDLE, "附件4"): ("甲一", "乙二")}
_CHILD = "注:另有八年级2班谭晓雨未到校"


def _strike_second(workbook: openpyxl.Workbook) -> None:
    for cell in workbook.worksheets[0][6]:
        cell.font = Font(strike=True)


def _filter_second(workbook: openpyxl.Workbook) -> None:
    sheet = workbook.worksheets[0]
    sheet.auto_filter.ref = "A4:I6"
    sheet.row_dimensions[6].hidden = True


def _commented(words: str, cell: str) -> Callable[[openpyxl.Workbook], None]:
    def add(workbook: openpyxl.Workbook) -> None:
        workbook.worksheets[0][cell].comment = Comment(words, "谭老师")

    return add


MESSES = (
    mess(
        "struck-out-row",
        "a row that is struck out: recorded, and asked about",
        lambda: {"附件4.xlsx": xlsx(register4(dropout_row(), dropout_row("乙二", 125)), then=_strike_second)},
        submissions=TWO_ON_FORM4,
        codes=("row-struck-out",),
    ),
    mess(
        "filtered-row",
        "M-33: a row hidden by a filter: recorded, and asked about",
        lambda: {"附件4.xlsx": xlsx(register4(dropout_row(), dropout_row("乙二", 125)), then=_filter_second)},
        submissions=TWO_ON_FORM4,
        codes=("row-hidden",),
    ),
    mess(
        "comment-on-a-row",
        "M-37: a comment on a child's row that says where it is: kept with the row, and asked about",
        lambda: {"附件4.xlsx": xlsx(register4(dropout_row()), then=_commented("该生9月20日已返校", "B5"))},
        submissions=ONE_ON_FORM4,
        codes=("row-comment",),
    ),
    mess(
        "child-in-a-comment",
        "M-37: a child told of only in a comment of a zero report: not a zero report; a person must look",
        lambda: {"附件4.xlsx": xlsx(register4([1, "无"]), then=_commented(_CHILD, "C4"))},
        outcomes=("quarantined",),
        reason="left-over",
    ),
    mess(
        "child-in-a-text-box",
        "M-37: a child told of only in a text box of a zero report: not a zero report; a person must look",
        lambda: {"附件4.xlsx": with_text_box(xlsx(register4([1, "无"])), [_CHILD])},
        outcomes=("quarantined",),
        reason="left-over",
    ),
    mess(
        "text-box-of-notes",
        "a text box with notes on filling in: nothing",
        lambda: {
            "附件4.xlsx": with_text_box(
                xlsx(register4(dropout_row())), ["填表说明:1.请如实填写姓名、身份证号。"]
            )
        },
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "inserted-workbook",
        "M-36: a workbook inserted into a letter as an object: a file of its own",
        lambda: {
            "报送材料.docx": with_members(
                word((["附件4见后", MIDDLE], [])),
                {"word/embeddings/Microsoft_Excel_Sheet1.xlsx": xlsx(register4(dropout_row()))},
            )
        },
        submissions=ONE_ON_FORM4,
        outcomes=("quarantined", "forms"),
        reason="no-table",
    ),
)
