"""Single cells, as typed."""

from datetime import datetime

import openpyxl

from tests.builders.files.clerk_files import MIDDLE, dropout_row, pupil_row, register4, roll2, xlsx
from tests.builders.values.form_tables import id_number
from tests.messes.mess import ONE_ON_FORM2, ONE_ON_FORM4, mess, one_workbook


def _error_cell(workbook: openpyxl.Workbook) -> None:
    cell = workbook.worksheets[0].cell(5, 5)
    cell.value, cell.data_type = "#N/A", "e"


def _stray_cell(workbook: openpyxl.Workbook) -> None:
    workbook.worksheets[0].cell(1_048_576, 2).value = " "


MESSES = (
    mess(
        "id-number-typed",
        "M-48: identity number typed as a number: digits lost, said",
        one_workbook(register4((1, "甲一", None, 5.0999920120304e17, None, None, "辍学", None, "厌学"))),
        submissions=ONE_ON_FORM4,
        codes=("id-precision",),
    ),
    mess(
        "id-spaced",
        "M-49: blanks, apostrophe, small x in the number: cleaned",
        one_workbook(
            register4(
                (
                    1,
                    "甲一",
                    None,
                    f"'{id_number()[:6]} {id_number()[6:14]} {id_number()[14:]}",
                    None,
                    None,
                    "辍学",
                    None,
                    "厌学",
                )
            )
        ),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "id-short",
        "M-54: 17 digits: said",
        one_workbook(register4((1, "甲一", None, id_number()[:17], None, None, "辍学", None, "厌学"))),
        submissions=ONE_ON_FORM4,
        codes=("id-length",),
    ),
    mess(
        "id-masked",
        "M-56: masked number: said",
        one_workbook(register4((1, "甲一", None, "509999********1234", None, None, "辍学", None, "厌学"))),
        submissions=ONE_ON_FORM4,
        codes=("id-checksum",),
    ),
    mess(
        "id-none-yet",
        "M-55: 未上户口: kept, said",
        one_workbook(register4((1, "甲一", None, "未上户口", None, None, "失学", None, "其他"))),
        submissions=ONE_ON_FORM4,
        codes=("id-missing",),
    ),
    mess(
        "name-spaced",
        "M-57: 甲 一: inner blanks dropped",
        one_workbook(register4(dropout_row("甲 一"))),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "name-dotted",
        "M-57: five middle dots: one",
        one_workbook(register4(dropout_row("甲依•买买提"))),
        submissions={(MIDDLE, "附件4"): ("甲依·买买提",)},
    ),
    mess(
        "date-impossible",
        "M-60: 2023年9月31日: said",
        one_workbook(register4((1, "甲一", None, id_number(), None, None, "辍学", "2023年9月31日", "厌学"))),
        submissions=ONE_ON_FORM4,
        codes=("date-invalid",),
    ),
    mess(
        "error-cell",
        "M-38: #N/A in a cell: said",
        lambda: {
            "附件4.xlsx": xlsx(
                register4((1, "甲一", None, id_number(), None, None, "辍学", None, "厌学")), then=_error_cell
            )
        },
        submissions=ONE_ON_FORM4,
        codes=("formula-error",),
    ),
    mess(
        "whole-column-formatted",
        "M-32: a stray cell in row 1,048,576: the rest is read",
        lambda: {"附件4.xlsx": xlsx(register4(dropout_row()), then=_stray_cell)},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "grade-as-date",
        "grade 7-2, which Excel made the 2nd of July (M-65)",
        one_workbook(
            roll2(*[tuple(datetime(2023, 7, 2) if cell == "五年级" else cell for cell in pupil_row())])
        ),
        submissions=ONE_ON_FORM2,
    ),
)
