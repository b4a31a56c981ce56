"""Which form a file is, and whose."""

from tests.builders.files.clerk_files import (
    MIDDLE,
    SCHOOL,
    TOWN,
    away_row,
    dropout_row,
    pupil_row,
    register3,
    register4,
    roll1,
    roll2,
    word,
    xlsx,
)
from tests.builders.values.form_tables import REGISTER_HEADING, ROLL_HEADING
from tests.messes.mess import ONE_ON_FORM1, ONE_ON_FORM2, ONE_ON_FORM3, ONE_ON_FORM4, mess, one_workbook

MESSES = (
    mess(
        "wrong-name",
        "M-10: called 附件3, is 附件4: read as what it is, and said",
        lambda: {"附件3.xlsx": xlsx(register4(dropout_row()))},
        submissions=ONE_ON_FORM4,
        codes=("form-conflict",),
    ),
    mess(
        "nameless",
        "M-10: 新建 Microsoft Excel 工作表.xlsx: known by content",
        lambda: {"新建 Microsoft Excel 工作表.xlsx": xlsx(register4(dropout_row()))},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "no-title",
        "M-40: no title row: known by file name and columns",
        lambda: {"西沱中学附件4.xlsx": xlsx([REGISTER_HEADING, dropout_row()])},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "title-xx",
        "M-41: title still says XX学校: unit from 填报单位",
        lambda: {
            "附件4.xlsx": xlsx(
                register4(
                    dropout_row(),
                    title="石柱县2023年秋季学期XX学校6-16周岁义务教育适龄学生县内失学、辍学、休学、延缓入学信息台账",
                )
            )
        },
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "title-typo",
        "the notice's own typo 延续入学 in the title: recognised",
        lambda: {
            "附件3.xlsx": xlsx(
                [
                    [
                        "石柱县2023年秋季学期西沱镇辖区6-16周岁义务教育适龄学生县外失学、辍学、休学、延续入学信息台账"
                    ],
                    REGISTER_HEADING,
                    dropout_row(),
                ]
            )
        },
        submissions=ONE_ON_FORM3,
    ),
    mess(
        "four-sheets",
        "M-34: four forms as sheets of one workbook: each its own filing",
        lambda: {
            "材料.xlsx": xlsx(roll1(away_row()), register3(dropout_row("乙二")), names=("附件1", "附件3"))
        },
        submissions={**ONE_ON_FORM1, (TOWN, "附件3"): ("乙二",)},
    ),
    mess(
        "explaining-sheet",
        "M-34: 填表说明 first, data on the last sheet: found",
        lambda: {
            "附件4.xlsx": xlsx(
                [["填表说明"], ["1.请如实填写姓名、身份证号。"]],
                register4(dropout_row()),
                names=("填表说明", "数据"),
            )
        },
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "hidden-sheet",
        "M-33: rows on a hidden sheet: read",
        lambda: {"附件4.xlsx": xlsx([["见后表"]], register4(dropout_row()), hidden=(1,))},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "stacked",
        "M-35: two tables under one another: both read",
        lambda: {
            "材料.xlsx": xlsx(
                [*roll2(pupil_row(school=MIDDLE), unit=MIDDLE), [None], *register4(dropout_row("乙二"))]
            )
        },
        submissions={(MIDDLE, "附件2"): ("甲一",), (MIDDLE, "附件4"): ("乙二",)},
    ),
    mess(
        "unit-alias",
        "M-86: 西沱小学, an alias of the roster: the same unit",
        lambda: {"附件2.xlsx": xlsx(roll2(pupil_row(), unit="西沱小学"))},
        submissions=ONE_ON_FORM2,
    ),
    mess(
        "unit-slip",
        "M-86: 西坨镇, one character wrong and no other township as near: the same unit",
        lambda: {"附件3.xlsx": xlsx(register3(dropout_row(), unit="西坨镇"))},
        submissions=ONE_ON_FORM3,
    ),
    mess(
        "unit-stranger",
        "填报单位 is not on the roster, the sender is known: not taken for the sender's, a person must look",
        lambda: {"附件4.xlsx": xlsx([["附件4"], ["填报单位:东方红中学"], REGISTER_HEADING, dropout_row()])},
        subject="西沱中学转来",
        outcomes=("quarantined",),
        reason="unknown-unit",
    ),
    mess(
        "unit-office",
        "M-86: 西沱镇人民政府: the same unit",
        lambda: {"附件3.xlsx": xlsx(register3(dropout_row(), unit="石柱县西沱镇人民政府"))},
        submissions=ONE_ON_FORM3,
    ),
    mess(
        "unit-in-subject",
        "unit only in the subject: taken from there",
        lambda: {"附件4.xlsx": xlsx([["附件4"], REGISTER_HEADING, dropout_row()])},
        subject="西沱中学报送材料",
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "unit-nowhere",
        "unit nowhere: a person must look",
        lambda: {"附件4.xlsx": xlsx([["附件4"], REGISTER_HEADING, dropout_row()])},
        outcomes=("quarantined",),
        reason="unknown-unit",
    ),
    mess(
        "two-units",
        "M-17: two units' files in one mail: each its own",
        lambda: {
            "西沱中学附件4.xlsx": xlsx(register4(dropout_row())),
            "西沱镇附件3.xlsx": xlsx(register3(dropout_row("乙二"))),
        },
        submissions={**ONE_ON_FORM4, (TOWN, "附件3"): ("乙二",)},
        outcomes=("forms", "forms"),
    ),
    mess(
        "last-year",
        "M-18: last year's title: read, and said",
        lambda: {
            "附件2.xlsx": xlsx(
                [
                    ["石柱县籍2022年秋季学期县内各级各类学校学生就读情况摸排表"],
                    ["填报单位:西沱镇小学"],
                    ROLL_HEADING,
                    pupil_row(),
                ]
            )
        },
        submissions=ONE_ON_FORM2,
        codes=("other-period",),
    ),
    mess(
        "blank-template",
        "M-94: the blank template sent back: ignored",
        lambda: {
            "附件4.xlsx": xlsx(
                [
                    ["附件4"],
                    [
                        "石柱县2023年秋季学期XX学校6-16周岁义务教育适龄学生县内失学、辍学、休学、延缓入学信息台账"
                    ],
                    ["填报单位(盖章):"],
                    REGISTER_HEADING,
                ]
            )
        },
        outcomes=("ignored",),
        reason="blank-template",
    ),
    mess(
        "the-notice",
        "the notice itself sent back: ignored",
        lambda: {
            "关于做好2023年秋季学期义务教育学段控辍保学工作的通知.docx": word(
                (["各乡镇人民政府:", "现就有关工作通知如下。"], [])
            )
        },
        outcomes=("ignored",),
    ),
    mess(
        "merged-workbook",
        "one table of several schools, sent by somebody who is none of them: each row is its own school's (M-85)",
        one_workbook(
            roll2(pupil_row("甲一", 123), pupil_row("甲二", 125, "西沱中学"), pupil_row("甲三", 127), unit="")
        ),
        submissions={(SCHOOL, "附件2"): ("甲一", "甲三"), (MIDDLE, "附件2"): ("甲二",)},
    ),
)
