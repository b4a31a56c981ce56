"""Tables that are not one heading above its rows, and what stands beside and below them."""

from parsers.fields.normalise import cell_text
from tests.builders.files.clerk_files import (
    MIDDLE,
    SCHOOL,
    Row,
    dropout_row,
    pupil_row,
    register4,
    roll2,
    word,
    xlsx,
)
from tests.builders.values.form_tables import REGISTER_HEADING, ROLL_HEADING, TITLES, id_number
from tests.messes.mess import ONE_ON_FORM2, ONE_ON_FORM4, mess, one_workbook

TWO_ON_FORM4 = {(MIDDLE, "附件4"): ("甲一", "乙二")}
_ABOVE: list[Row] = [["附件4"], [TITLES["附件4"]], [f"填报单位:{MIDDLE}"]]
_LINES = [cell_text(str(line[0])) for line in _ABOVE]
_SECOND = dropout_row("乙二", 125)
_VISITS = ["2023-9-12", "谭老师", "未返校", "2023-9-17", "冉老师", "未见到人"]
_LEVELS = [
    ["序号", "学生基本信息", None, "类别", "原因", "劝返情况", *[None] * 5, "备注"],
    [None, "姓名", "身份证号", None, None, "第一次", None, None, "第二次", None, None, None],
    [None, None, None, None, None, *["劝返时间", "劝返人员", "劝返结果"] * 2, None],
]


def _turned(rows: list[Row]) -> list[Row]:
    """The rows as columns."""
    return [list(column) for column in zip(*rows, strict=True)]


MESSES = (
    mess(
        "side-by-side",
        "M-35: two tables beside one another: both read",
        one_workbook(
            [
                *_ABOVE,
                [*REGISTER_HEADING, None, *REGISTER_HEADING],
                [*dropout_row(), None, *_SECOND],
            ]
        ),
        submissions=TWO_ON_FORM4,
    ),
    mess(
        "side-by-side-uneven",
        "M-35: the right table longer than the left: read to its end",
        one_workbook(
            roll2(
                [*pupil_row(), None, *pupil_row("乙二", 125)],
                [*[None] * 12, *pupil_row("丙三", 127)],
                heading=(*ROLL_HEADING, None, *ROLL_HEADING),
            )
        ),
        submissions={(SCHOOL, "附件2"): ("甲一", "乙二", "丙三")},
    ),
    mess(
        "beside-without-heading",
        "a child beside the table, below no heading: nothing is recorded until a person has looked",
        one_workbook(register4([*dropout_row(), None, "谭晓雨", id_number(serial=125), "辍学"])),
        outcomes=("quarantined",),
        reason="left-over",
    ),
    mess(
        "turned",
        "headings below one another, a student a column: read",
        one_workbook([*_ABOVE, *_turned([REGISTER_HEADING, dropout_row(), _SECOND])]),
        submissions=TWO_ON_FORM4,
    ),
    mess(
        "split-word-table",
        "M-37: heading and rows in two Word tables: one table",
        lambda: {"附件4.docx": word((_LINES, [REGISTER_HEADING]), ([], [dropout_row(), _SECOND]))},
        submissions=TWO_ON_FORM4,
    ),
    mess(
        "split-that-does-not-fit",
        "rows in a second Word table that do not fit the heading of the first: a person must look, the rest is recorded",
        lambda: {
            "附件4.docx": word(
                (_LINES, [REGISTER_HEADING, dropout_row()]), ([], [("谭晓雨", id_number(serial=125), "某校")])
            )
        },
        submissions=ONE_ON_FORM4,
        outcomes=("quarantined",),
        reason="unknown-form",
    ),
    mess(
        "three-levels",
        "M-42: a heading of three rows, merged or not: visits by their ordinal",
        one_workbook(
            [
                *_ABOVE,
                *_LEVELS,
                [1, "甲一", id_number(), "辍学", "厌学", *_VISITS, "再去"],
            ]
        ),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "name-and-number",
        "name and identity number in one cell: both read",
        one_workbook(
            register4(
                (1, f"甲一 {id_number()}", "辍学", "厌学"),
                heading=("序号", "姓名及身份证号", "类别", "原因"),
            )
        ),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "counts",
        "a monthly report of counts (月报): no list of children; a person must look",
        one_workbook(
            [
                [f"{SCHOOL}2023年9月控辍保学月报表"],
                ["学校", "在籍学生数", "在校学生数", "本月新增辍学人数", "累计辍学人数", "备注"],
                [SCHOOL, 420, 420, 0, 0, "零报告"],
            ]
        ),
        outcomes=("quarantined",),
        reason="no-table",
    ),
    mess(
        "other-notice",
        "another notice's 附件2, of children at home: no roll; a person must look",
        lambda: {
            "附件2.xlsx": xlsx(
                [
                    ["附件2"],
                    ["2023年秋季适龄未到校儿童少年情况统计表"],
                    [f"填报单位:{SCHOOL}"],
                    ["序号", "姓名", "身份证号", "未到校原因", "去向", "劝返情况"],
                    [1, "甲一", id_number(), "厌学", "在家", "未返校"],
                ]
            )
        },
        subject=SCHOOL,
        outcomes=("quarantined",),
        reason="unknown-form",
    ),
    mess(
        "old-sheet",
        "M-18: last semester's sheet left in the book: not counted, and said",
        lambda: {
            "附件4.xlsx": xlsx(
                register4(dropout_row()),
                [
                    [TITLES["附件4"].replace("秋季", "春季")],
                    [f"填报单位:{MIDDLE}"],
                    REGISTER_HEADING,
                    _SECOND,
                ],
                names=("2023年秋", "2023年春"),
            )
        },
        submissions=ONE_ON_FORM4,
        codes=("old-sheet",),
    ),
    mess(
        "numbered-sheet",
        "a sheet called only 表2, without title: the form of its number where the columns fit",
        lambda: {
            "西沱镇小学.xlsx": xlsx(
                [["序号", "姓名", "身份证号", "学校"], [1, "甲一", id_number(), SCHOOL]], names=("表2",)
            )
        },
        submissions=ONE_ON_FORM2,
    ),
    mess(
        "numbered-names",
        "M-57: numbering, class and remarks in the cell of the name (1.甲一, 乙二(一班)): come off it",
        one_workbook(register4(dropout_row("1.甲一"), dropout_row("乙二(一班)", 125))),
        submissions=TWO_ON_FORM4,
    ),
    mess(
        "subtotals",
        "subtotals anywhere in a row (双坝村小计, 3人): not students",
        one_workbook(
            register4(dropout_row(), [None, None, "双坝村小计", "1人"], _SECOND, ["小计", None, None, "2人"])
        ),
        submissions=TWO_ON_FORM4,
    ),
    mess(
        "signatures-over-cells",
        "填报人, 审核人 and their names in cells of their own: not students",
        one_workbook(
            register4(
                dropout_row(),
                ["填报人", "谭某某", None, "审核人", "马某某", None, "校长", "冉某某"],
                ["填报日期", "2023年9月20日"],
            )
        ),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "child-below-signatures",
        "a child without a number below the signatures: asked about, the rest recorded",
        one_workbook(
            register4(
                dropout_row(), ["填报人:谭某  审核人:马某"], [2, "谭晓雨", "女", None, None, None, "辍学"]
            )
        ),
        submissions=ONE_ON_FORM4,
        codes=("left-over",),
    ),
    mess(
        "child-in-a-note",
        "a child told of in a note below a zero report: not a zero report; a person must look",
        one_workbook(register4([1, "无"], ["注:八年级2班谭晓雨9月起未到校,正在劝返"])),
        outcomes=("quarantined",),
        reason="left-over",
    ),
    mess(
        "formula-never-worked-out",
        "M-38: a formula without a value, saved by a tool: said to be that",
        one_workbook(register4((1, "甲一", None, "=CONCATENATE(B5,1)", None, None, "辍学", None, "厌学"))),
        submissions=ONE_ON_FORM4,
        codes=("formula-error",),
    ),
    mess(
        "unlisted-heading",
        "M-44: a heading nobody listed whose cells leave one field: bound, and said",
        one_workbook(
            register4(
                (1, "甲一", id_number(), "辍学", "厌学"),
                heading=("序号", "姓名", "学生的身份号码栏", "类别", "原因"),
            )
        ),
        submissions=ONE_ON_FORM4,
        codes=("heading-guessed",),
    ),
    mess(
        "one-date-mark",
        "M-60: any single mark between three fitting numbers (2023·9·10, 2023,9,10): a date",
        one_workbook(
            register4(
                (1, "甲一", None, id_number(), None, None, "辍学", "2023·9·10", "厌学"),
                (2, "乙二", None, id_number(serial=125), None, None, "辍学", "2023,9,10", "厌学"),
            )
        ),
        submissions=TWO_ON_FORM4,
    ),
)
