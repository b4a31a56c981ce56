"""What stands among the rows and is none."""

from tests.builders.files.clerk_files import AWAY_HEADING, MIDDLE, TOWN, dropout_row, register4, roll1
from tests.builders.values.form_tables import REGISTER_HEADING, id_number
from tests.messes.mess import ONE_ON_FORM1, ONE_ON_FORM4, mess, one_workbook

MESSES = (
    mess(
        "totals-and-notes",
        "totals, notes and signatures below: not rows",
        one_workbook(
            register4(
                dropout_row(),
                ["合计", None, "1人"],
                ["填表说明:1.请如实填写。"],
                ["填报人:丙三   审核人:丁四"],
            )
        ),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "example-row",
        "M-95: the template's example row left in: not a student",
        one_workbook(
            register4(
                ["例", "张三", "男", "500240201001011234", None, None, "辍学", None, "厌学"], dropout_row()
            )
        ),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "below-blank",
        "M-58: 以下空白: not a student",
        one_workbook(register4(dropout_row(), [None, "以下空白"])),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "twice",
        "a student twice in one table: kept, said",
        one_workbook(register4(dropout_row(), dropout_row())),
        submissions={(MIDDLE, "附件4"): ("甲一", "甲一")},
        codes=("duplicate-in-file",),
    ),
    mess(
        "other-school-row",
        "a row of another school: kept, said",
        one_workbook(register4((*dropout_row(), "黄水中学"), heading=(*REGISTER_HEADING, "原就读学校"))),
        submissions=ONE_ON_FORM4,
        codes=("unit-mismatch",),
    ),
    mess(
        "inside-outside",
        "附件1 with a school of the county: kept, said",
        one_workbook(
            roll1(
                (1, "甲一", id_number(), TOWN, "西沱镇小学", "重庆市石柱县", "五年级"), heading=AWAY_HEADING
            )
        ),
        submissions=ONE_ON_FORM1,
        codes=("scope-mismatch",),
    ),
    mess(
        "visits-dated-first",
        "the date of a visit before its number (9月8日第一次劝返), in a cell of several: its date",
        one_workbook(
            register4(
                (*dropout_row(), "9月8日第一次劝返,未返校;9月12日第二次劝返,未返校"),
                heading=(*REGISTER_HEADING, "劝返情况"),
            )
        ),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "side-note",
        "a remark beside the table: not a column, not a student",
        one_workbook(register4((*dropout_row(), None, None, "请领导审阅"))),
        submissions=ONE_ON_FORM4,
    ),
)
