"""Word and PDF documents as people see them, and letters."""

from tests.builders.files.clerk_files import MIDDLE, word
from tests.builders.files.pdf_pages import HEIGHT, grid, pdf, text
from tests.builders.files.word_xml import cell, control, document, paragraph, row, run, table, texts
from tests.builders.values.form_tables import TITLES, id_number
from tests.messes.mess import ONE_ON_FORM4, mess

_TITLE = "".join(paragraph(run(line)) for line in ("附件4", TITLES["附件4"], f"填报单位:{MIDDLE}"))
_HEADING = ("序号", "姓名", "身份证号", "类别", "原因")
_HEAD = texts(*_HEADING)
_ONE = ("1", "甲一", id_number(), "辍学", "厌学")
_ROW = texts(*_ONE)
_SECOND = ("2", "乙二", id_number(serial=125), "辍学", "厌学")
_TICKED = ("序号", "姓名", "身份证号", "失学", "辍学", "休学", "延缓入学", "原因")
_SYMBOL = '<w:r><w:sym w:font="Wingdings 2" w:char="F052"/></w:r>'
_BLANK = cell("<w:p/>")
_LETTER = [
    "谭建国家长:",
    f"    您的孩子谭晓雨(身份证号:{id_number()})系我校七年级1班学生,于2023年9月4日起未到校就读。",
    "    请于9月15日前送其返校。",
    MIDDLE,
    "2023年9月8日",
]


def _words(*words: str) -> str:
    return "".join(cell(paragraph(run(word))) for word in words)


def _pages(*tables: list[list[str]]) -> list[list[str]]:
    """A page for each table, the first below the title; outer lines are missing where a page ends."""
    first = [text(40, 820, TITLES["附件4"]), text(40, 800, f"填报单位:{MIDDLE}")]
    return [
        [*(first if not number else []), *grid(rows, 760, first_line=not number)]
        for number, rows in enumerate(tables)
    ]


MESSES = (
    mess(
        "sealed-letter",
        "a 送达书 with 学校名(盖章) below it and no day: that school's",
        lambda: {
            "送达书谭晓雨.docx": word(
                (["劝返学生送达书", *_LETTER[:-2], "送达人:马老师", f"{MIDDLE}(盖章)"], [])
            )
        },
        submissions={(MIDDLE, "附件6"): ("谭晓雨",)},
    ),
    mess(
        "value-that-is-a-label",
        "原因 | 残疾 in a grid, where 残疾 heads a field of its own elsewhere: the reason",
        lambda: {
            "附件4.docx": word(
                (
                    ["附件4", TITLES["附件4"], f"填报单位:{MIDDLE}"],
                    [
                        ["姓名", "甲一", "身份证号", id_number()],
                        ["类别", "延缓入学", "发生时间", "2023年9月5日"],
                        ["原因", "残疾", "监护人", "乙二"],
                    ],
                )
            )
        },
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "content-controls",
        "M-37: cells, rows and tables in Word content controls: read",
        lambda: {
            "附件4.docx": document(
                _TITLE
                + control(
                    table(
                        control(_HEAD),
                        row(_words("1"), control(cell(paragraph(run("甲一")))), _words(*_ONE[2:])),
                    )
                )
            )
        },
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "tick-symbols",
        "M-66: a tick of the font Wingdings: the status",
        lambda: {
            "附件4.docx": document(
                _TITLE
                + table(
                    texts(*_TICKED),
                    row(_words(*_ONE[:3]), _BLANK, cell(paragraph(_SYMBOL)), _BLANK, _BLANK, _words("厌学")),
                )
            )
        },
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "tracked-changes",
        "M-37: a row deleted with tracked changes: as if accepted",
        lambda: {
            "附件4.docx": document(_TITLE + table(_HEAD, _ROW, row(_words(*_SECOND), properties="<w:del/>")))
        },
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "hidden-letters",
        "M-37: hidden letters in a cell: not read",
        lambda: {
            "附件4.docx": document(
                _TITLE
                + table(
                    _HEAD,
                    row(
                        _words("1"),
                        cell(paragraph(run("甲一"), run("作废", "<w:vanish/>"))),
                        _words(*_ONE[2:]),
                    ),
                )
            )
        },
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "text-box-title",
        "M-40: the title in a text box, written for two generations of Word: read once",
        lambda: {
            "报表.docx": document(
                paragraph(
                    "<w:r><mc:AlternateContent>"
                    + "".join(
                        f"<mc:{kind}><w:txbxContent>{_TITLE}</w:txbxContent></mc:{kind}>"
                        for kind in ("Choice", "Fallback")
                    )
                    + "</mc:AlternateContent></w:r>"
                )
                + table(_HEAD, _ROW)
            )
        },
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "pdf",
        "M-28: a PDF with text: its ruled table is read",
        lambda: {"附件4.pdf": pdf(*_pages([list(_HEADING), list(_ONE)]))},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "pdf-next-page",
        "M-28: the table goes on with the next page, without a line above: read to its end",
        lambda: {"附件4.pdf": pdf(*_pages([list(_HEADING), list(_ONE)], [list(_SECOND)]))},
        submissions={(MIDDLE, "附件4"): ("甲一", "乙二")},
    ),
    mess(
        "pdf-sideways",
        "M-28: a page on its side: read",
        lambda: {"附件4.pdf": pdf(*_pages([list(_HEADING), list(_ONE)]), turned=f"0 1 -1 0 {HEIGHT} 0")},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "pdf-cut-cells",
        "M-28: a printed number that runs over its cell: what was read is kept apart and asked about",
        lambda: {
            "附件4.pdf": pdf(
                *_pages([list(_HEADING), ["1", "甲一", id_number() + "1234567", "辍学", "厌学"]])
            )
        },
        outcomes=("quarantined",),
        reason="left-over",
    ),
    mess(
        "letter-of-a-dropout",
        "情况说明 that tells of a dropout in a sentence: a person must look",
        lambda: {
            "情况说明.docx": word(
                (["情况说明", "我校八年级2班学生谭晓雨自9月4日起未到校,多次劝返无果。"], [])
            )
        },
        subject=MIDDLE,
        outcomes=("quarantined",),
        reason="left-over",
    ),
    mess(
        "served-letter",
        "M-89: 限期返校通知书 to a parent: the child's letter of 附件6, not the notice",
        lambda: {"限期返校通知书.docx": word((["义务教育阶段学生限期返校通知书", *_LETTER], []))},
        subject=MIDDLE,
        submissions={(MIDDLE, "附件6"): ("谭晓雨",)},
    ),
    mess(
        "labels-in-a-line",
        "several labels and values a line, visits in lines: one child, no second",
        lambda: {
            "附件6.docx": word(
                (
                    [
                        f"{MIDDLE}义务教育阶段辍学学生劝返登记表",
                        f"学生姓名:谭晓雨  性别:男  身份证号:{id_number()}",
                        "监护人:谭建国  联系电话:13800000001  家庭住址:西沱镇南坪村三组",
                        "辍学时间:2023年9月4日  辍学原因:厌学",
                        "第一次劝返:2023年9月8日,马老师到家中动员,未返校。",
                    ],
                    [],
                )
            )
        },
        submissions={(MIDDLE, "附件6"): ("谭晓雨",)},
    ),
    mess(
        "certificate",
        "M-92: a certificate that names its child: a proof",
        lambda: {"谭晓雨休学证明.docx": word((["证明", f"兹证明学生谭晓雨({id_number()})因病休学。"], []))},
        subject=MIDDLE,
        outcomes=("evidence",),
    ),
    mess(
        "certificate-in-labels",
        "M-92: a certificate with its child in labels (姓名: … 身份证号: …): a proof, no list",
        lambda: {
            "谭晓雨诊断证明.docx": word(
                (["诊断证明书", "姓名:谭晓雨 性别:女", f"身份证号:{id_number()}", "诊断:肾炎"], [])
            )
        },
        subject=MIDDLE,
        outcomes=("evidence",),
    ),
    mess(
        "list-named-certificate",
        "two children in labels in a file that is called a certificate: a person must look",
        lambda: {
            "诊断证明.docx": word(
                (
                    [
                        *("诊断证明书", "姓名:谭晓雨 性别:女", f"身份证号:{id_number()}"),
                        *("姓名:冉小晴 性别:女", f"身份证号:{id_number(serial=202)}"),
                    ],
                    [],
                )
            )
        },
        subject=MIDDLE,
        outcomes=("quarantined",),
        reason="unknown-form",
    ),
)
