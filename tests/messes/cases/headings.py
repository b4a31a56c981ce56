"""Headings as clerks change them."""

from tests.builders.files.clerk_files import MIDDLE, dropout_row, register4
from tests.builders.values.form_tables import REGISTER_HEADING, id_number
from tests.messes.mess import ONE_ON_FORM4, mess, one_workbook

MESSES = (
    mess(
        "high-heading",
        "heading in row 12: found",
        one_workbook([*[[f"第{n}行"] for n in range(8)], *register4(dropout_row())]),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "spaced-heading",
        "M-42: 姓 名, line breaks, footnote marks in headings: bound",
        one_workbook(
            register4(
                dropout_row(),
                heading=(
                    "序\n号",
                    "姓  名*",
                    "性别",
                    "身份证\n号码",
                    "监护人(家长)",
                    "联系电话:",
                    "类 别",
                    "发生时间",
                    "原因",
                ),
            )
        ),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "moved-columns",
        "M-44: columns in another order, one more, one renamed: bound by meaning",
        one_workbook(
            register4(
                ("甲一", 1, id_number(), "易地搬迁", "辍学", "厌学"),
                heading=("学生姓名", "序号", "公民身份号码", "是否易地搬迁", "类型", "辍学原因"),
            )
        ),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "repeated-heading",
        "M-43: heading repeated on each printed page: not a row",
        one_workbook(register4(dropout_row(), REGISTER_HEADING, dropout_row("乙二", 124))),
        submissions={(MIDDLE, "附件4"): ("甲一", "乙二")},
    ),
    mess(
        "missing-column",
        "a required column is not there: rows kept, filing incomplete",
        one_workbook(
            register4((1, "甲一", id_number(), "厌学"), heading=("序号", "姓名", "身份证号", "原因"))
        ),
        submissions=ONE_ON_FORM4,
        codes=("heading-missing",),
    ),
    mess(
        "ticks",
        "four columns of which one is ticked: the status",
        one_workbook(
            register4(
                (1, "甲一", id_number(), None, "√", None, None, "厌学"),
                heading=("序号", "姓名", "身份证号", "失学", "辍学", "休学", "延缓入学", "原因"),
            )
        ),
        submissions=ONE_ON_FORM4,
    ),
)
