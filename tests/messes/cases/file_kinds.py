"""Files of each kind, and files that are not what they are called."""

from tests.builders.files.clerk_files import (
    MIDDLE,
    PNG,
    TOWN,
    csv,
    dropout_row,
    html,
    register3,
    register4,
    word,
    xls,
    xlsx,
)
from tests.builders.values.form_tables import REGISTER_HEADING, TITLES, id_number
from tests.messes.mess import ONE_ON_FORM3, ONE_ON_FORM4, mess


def _locked_workbook() -> bytes:
    """What a password leaves of a workbook: a compound file with an EncryptedPackage ([MS-OFFCRYPTO] 2.3.4.4)."""
    name = "EncryptedPackage".encode("utf-16-le")
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(504)
        + name.ljust(64, b"\x00")
        + (len(name) + 2).to_bytes(2, "little")
        + bytes(446)
    )


_GRID = [
    ["学生姓名", "甲一", "性别", "男", "出生年月", "2012-03"],
    ["身份证号码", id_number(), "就读学校及年级", "西沱中学七年级2班", "家长姓名", "甲父"],
    ["次数", "时间", "地点", "劝返人员", "情况", "结果"],
    ["1", "2023.9.12", "家中", "乙老师", "家访", "未返校"],
    ["2", "2023.9.17", "电话", "乙老师", "电话", "同意返校"],
]

_GRID_TWO = [
    [{"甲一": "丙三", id_number(): id_number(serial=321)}.get(str(value), value) for value in row]
    for row in _GRID
]

MESSES = (
    mess(
        "xlsx",
        ".xlsx: rows read",
        lambda: {"附件4.xlsx": xlsx(register4(dropout_row()))},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "xls",
        ".xls (Excel 97): rows read",
        lambda: {"附件4.xls": xls(register4(dropout_row()))},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "et",
        ".et of WPS, either kind inside: rows read",
        lambda: {"附件4.et": xls(register4(dropout_row()))},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "xls-is-xlsx",
        "M-06: .xls that is OOXML inside: known by its bytes",
        lambda: {"附件4.xls": xlsx(register4(dropout_row()))},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "xls-is-html",
        "M-06: a web page named .xls: its table is read",
        lambda: {"附件4.xls": html(register4(dropout_row()))},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "csv-gbk",
        "M-31: .csv in GBK: rows read",
        lambda: {"附件4.csv": csv(register4(dropout_row()))},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "csv-utf8",
        ".csv in UTF-8 with BOM: rows read",
        lambda: {"附件4.csv": csv(register4(dropout_row()), codec="utf-8-sig")},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "txt-tabs",
        "M-31: tab-separated .txt: rows read",
        lambda: {"附件4.txt": csv(register4(dropout_row()), mark="\t")},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "xls-is-text",
        "tab-separated text named .xls: rows read",
        lambda: {"附件4.xls": csv(register4(dropout_row()), mark="\t")},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "text-of-merged-cells",
        "text saved from a sheet whose villages were merged left of 序号: every row its group's",
        lambda: {
            "附件3.xls": csv(
                register3(
                    [TOWN, "南坪村", *dropout_row()],
                    [None, None, 2, *dropout_row("乙二", 125)[1:]],
                    heading=("户籍所在乡镇", "村(社区)", *REGISTER_HEADING),
                ),
                mark="\t",
            )
        },
        submissions={(TOWN, "附件3"): ("甲一", "乙二")},
    ),
    mess(
        "no-extension",
        "M-06: no extension: known by its bytes",
        lambda: {"附件4": xlsx(register4(dropout_row()))},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "bin-name",
        "M-05: tcmime.…​.bin: known by its bytes",
        lambda: {"tcmime.1388.1527.1742.bin": xlsx(register4(dropout_row()))},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "word-list",
        "M-30: 附件3 typed as a Word table: rows read",
        lambda: {
            "附件3.docx": word(
                (["附件3", TITLES["附件3"], "填报单位:西沱镇"], [REGISTER_HEADING, dropout_row()])
            )
        },
        submissions=ONE_ON_FORM3,
    ),
    mess(
        "grid-docx",
        "附件5 in Word, labels beside values, visits below: one record",
        lambda: {"附件5.docx": word((["附件5", "西沱镇失学、辍学学生劝返记录表"], _GRID))},
        submissions={(TOWN, "附件5"): ("甲一",)},
    ),
    mess(
        "grids-docx",
        "several students, one table after another: one record each",
        lambda: {
            "附件5.docx": word(
                (["西沱镇失学、辍学学生劝返记录表"], _GRID), (["西沱镇失学、辍学学生劝返记录表"], _GRID_TWO)
            )
        },
        submissions={(TOWN, "附件5"): ("甲一", "丙三")},
    ),
    mess(
        "grid-xlsx",
        "M-30: the same grid in Excel: one record",
        lambda: {"附件5.xlsx": xlsx([["西沱镇失学、辍学学生劝返记录表"], *_GRID])},
        submissions={(TOWN, "附件5"): ("甲一",)},
    ),
    mess(
        "letter",
        "送达书 and 登记表 in one file: one record",
        lambda: {
            "附件6.docx": word(
                (
                    [
                        "劝返学生送达书",
                        "甲父家长:",
                        "您的孩子甲一,系我校七年级2班学生,自2023年9月10日起未到校。",
                        "送达时间:2023年9月12日",
                        "西沱中学",
                    ],
                    [],
                ),
                (["西沱中学义务教育阶段辍学学生劝返登记表"], _GRID),
            )
        },
        submissions={(MIDDLE, "附件6"): ("甲一",)},
    ),
    mess(
        "visit-rows",
        "附件5 as a register with one visit a row: visits joined",
        lambda: {
            "附件5.xlsx": xlsx(
                [
                    ["西沱镇失学、辍学学生劝返记录表"],
                    ["序号", "姓名", "身份证号", "劝返时间", "劝返地点", "劝返人员", "劝返情况", "劝返结果"],
                    [1, "甲一", id_number(), "2023.9.12", "家中", "乙老师", "家访", "未返校"],
                    [2, "甲一", id_number(), "2023.9.17", "家中", "乙老师", "家访", "已返校"],
                ]
            )
        },
        submissions={(TOWN, "附件5"): ("甲一",)},
    ),
    mess(
        "photo-proof",
        "a photograph named as a proof: evidence",
        lambda: {"附件4.xlsx": xlsx(register4(dropout_row())), "甲一休学证明.jpg": PNG},
        submissions=ONE_ON_FORM4,
        outcomes=("forms", "evidence"),
    ),
    mess(
        "photo-form",
        "M-29: a photographed form: a person must look",
        lambda: {"西沱中学附件4.jpg": PNG},
        outcomes=("quarantined",),
        reason="scanned-only",
    ),
    mess(
        "photo-alone",
        "a photograph alone, no word on it: a person must look",
        lambda: {"mmexport1695600000000.jpg": PNG},
        subject="西沱中学",
        outcomes=("quarantined",),
        reason="scanned-only",
    ),
    mess(
        "encrypted",
        "M-21: a workbook behind a password: said so",
        lambda: {"附件4.xlsx": _locked_workbook()},
        outcomes=("quarantined",),
        reason="encrypted",
    ),
    mess(
        "empty-file",
        "M-22: zero bytes: said so",
        lambda: {"附件4.xlsx": b""},
        outcomes=("quarantined",),
        reason="unreadable",
    ),
    mess(
        "truncated",
        "M-22: cut off on the way: said so",
        lambda: {"附件4.xlsx": xlsx(register4(dropout_row()))[:3000]},
        outcomes=("quarantined",),
        reason="unreadable",
    ),
    mess(
        "program",
        "M-20: a program named 附件1.xls.exe: never opened, a person must look",
        lambda: {"附件1.xls.exe": b"MZ" + bytes(range(256)) * 10},
        outcomes=("quarantined",),
        reason="unsupported",
    ),
    mess(
        "rtf",
        ".doc that is RTF inside, without a table: a person must look",
        lambda: {"附件5.doc": rb"{\rtf1\ansi hello}"},
        outcomes=("quarantined",),
        reason="no-table",
    ),
)
