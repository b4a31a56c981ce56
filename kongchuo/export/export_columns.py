"""Declares the tables of ``kongchuo export``: their columns, each with its type and description."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from config.notice import FieldKind, FieldSpec


class ColumnType(StrEnum):
    """The type of a column's cells; any cell may be empty."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DAY = "day"
    INSTANT = "instant"

    @property
    def in_pandas(self) -> str:
        """The pandas ``dtype`` of the column; ``datetime`` for columns read by ``parse_dates``."""
        return _IN_PANDAS[self]


_IN_PANDAS = {
    ColumnType.TEXT: "string",
    ColumnType.INTEGER: "Int64",
    ColumnType.NUMBER: "Float64",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DAY: "datetime",
    ColumnType.INSTANT: "datetime",
}
_OF_KIND: dict[FieldKind, ColumnType] = {
    "date": ColumnType.DAY,
    "int": ColumnType.INTEGER,
    "bool": ColumnType.BOOLEAN,
}
"""The column types of kinds of fields; every other kind is text, with choices and visits as JSON."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``says`` is its description for people."""

    name: str
    type: ColumnType
    says: str


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: what a row of it is, and its columns."""

    name: str
    says: str
    columns: tuple[Column, ...]

    def with_columns(self, added: Iterable[Column]) -> "TableSpec":
        """Returns the table with further columns behind its own."""
        return TableSpec(self.name, self.says, (*self.columns, *added))


def field_columns(fields: Iterable[tuple[str, FieldSpec]]) -> tuple[Column, ...]:
    """Returns the columns of forms' fields, by key with the heading of the notice."""
    return tuple(
        Column(key, _OF_KIND.get(field.kind, ColumnType.TEXT), field.heading) for key, field in fields
    )


MISFITS = "misfits"
_T, _I, _N, _B, _D, _W = ColumnType
_NOTICE = Column("notice", _T, "通知(学期)的编号")
_UNIT = Column("unit", _T, "报送单位,名册上现在的名称")
_FORM = Column("form", _T, "附件")
_PERIOD = Column("period", _T, "按期报送的附件是哪一期")
_FILE = Column("file_id", _T, "文件编号,与 files 表相同")
_VERSION = Column("version", _I, "这个单位这张附件(这一期)的第几份报送,按到达先后;来源未核实的没有")
_SUBMISSION = Column("submission_id", _T, "报送编号:一份文件里的一张附件")
_PLACE = (_NOTICE, _UNIT, _FORM, _PERIOD, _FILE, _VERSION)
_STATE_OF_ROW = "current 现行;replaced 已被更正代替;unconfirmed 来源未核实"

RECORDS = TableSpec(
    "records",
    "收到过的每一行登记(被代替的也在,看 state);通知的各栏在最后",
    (
        *_PLACE,
        Column("state", _T, _STATE_OF_ROW),
        _SUBMISSION,
        Column("record_id", _T, "这一行的编号"),
        Column("case_id", _T, "这一行说的个案,与 cases 表相同"),
        Column("received_at", _W, "收到的时间"),
        Column("sheet", _T, "工作表"),
        Column("row", _I, "行号"),
        Column("problems", _T, "这一行的问题代码,JSON"),
        Column("overruled", _T, "由人改定的值:原报什么、谁改、为什么,JSON"),
        Column("extra", _T, "通知没有列出的栏,JSON"),
        Column(MISFITS, _T, "不是该栏类型的值(如只写了年月的日期),JSON;该栏留空"),
    ),
)
PROBLEMS = TableSpec(
    "problems",
    "每一处问题(被代替的报送的也在,看 state)",
    (
        *_PLACE,
        Column("state", _T, _STATE_OF_ROW),
        _SUBMISSION,
        Column("record_id", _T, "哪一行,与 records 表相同;整张表的问题没有"),
        Column("problem_id", _T, "问题编号,各版相同"),
        Column("sheet", _T, "工作表"),
        Column("row", _I, "行号"),
        Column("cell", _T, "单元格"),
        Column("field", _T, "哪一栏"),
        Column("code", _T, "问题代码"),
        Column("severity", _T, "error 必须更正;warning 请核对"),
        Column("value", _T, "填的是什么"),
        Column("message", _T, "问题与改法"),
        Column("explained", _T, "已核实无误的理由"),
    ),
)
FILES = TableSpec(
    "files",
    "收到过的每一份文件;装着几张附件的,一张一行",
    (
        *_PLACE,
        Column("state", _T, "怎么处理的:recorded evidence duplicate ignored quarantined"),
        _SUBMISSION,
        Column("message_id", _T, "邮件编号"),
        Column("received_at", _W, "收到的时间"),
        Column("received_by", _T, "收到的时间从哪里来"),
        Column("sender", _T, "发件地址"),
        Column("subject", _T, "邮件主题"),
        Column("name", _T, "文件名;邮件正文没有"),
        Column("path", _T, "在邮件和压缩包里的位置,JSON"),
        Column("size", _I, "字节数"),
        Column("sha256", _T, "内容的校验码"),
        Column("notes", _T, "人在这份文件上记的,JSON"),
        Column("reason", _T, "没有登记的原因"),
        Column("code", _T, "原因的代码"),
        Column("unit_hint", _T, "没有登记的:像是哪个单位的"),
        Column("form_hint", _T, "没有登记的:像是哪张附件"),
        Column("standing", _T, "来源核实到什么程度"),
        Column("unconfirmed", _B, "来源还没有核实"),
    ),
)
OBLIGATIONS = TableSpec(
    "obligations",
    "单位×附件(×期)一行:应报、已报、差什么;file_id 是现行的最后一份,version 是共收到几份",
    (
        *_PLACE,
        Column("state", _T, "received 已报;incomplete 不完整;missing 未报;unread 有信未读;pending 未到期;unconfirmed 来源未核实;not_owed 不应报"),
        Column("kind", _T, "单位类别"),
        Column("owed", _B, "应报"),
        Column("due", _W, "截止时间"),
        Column("late", _B, "迟报"),
        Column("received_at", _W, "现行一份收到的时间"),
        Column("first_received_at", _W, "第一份收到的时间"),
        Column("nil", _B, "零报告"),
        Column("records", _I, "现行多少行"),
        Column("errors", _I, "错误几处"),
        Column("warnings", _I, "请核对几处"),
        Column("proof_owed", _I, "应附证明几份"),
        Column("proof_received", _I, "已收证明几份"),
        Column("under_review", _I, "待人工处理的文件几份"),
        Column("blocking", _T, "使它不能计入的问题代码,JSON"),
        Column("exempted", _T, "免报的理由"),
        Column("extended", _T, "宽限的理由"),
        Column("paper_owed", _B, "应交纸质件"),
        Column("paper_received_on", _D, "纸质件收到日期"),
        Column("gaps", _T, "缺口:missing late incomplete proof,JSON"),
        Column("days_late", _I, "过了截止几天"),
        Column("deduction", _N, "拟扣分"),
    ),
)  # fmt: skip
CASES = TableSpec(
    "cases",
    "每名学生一件,已结案和疑似的也在;unit 是责任单位,form、file_id、version 是最后说到这名学生的一行所在",
    (
        *_PLACE,
        Column("state", _T, "open 未返校;returned 已返校;excused 已批准或安置;moved 已转走;aged_out 已超龄;suspected 疑似"),
        _SUBMISSION,
        Column("case_id", _T, "个案编号"),
        Column("name", _T, "姓名"),
        Column("id_number", _T, "身份证号"),
        Column("status", _T, "类别"),
        Column("opened_on", _D, "立案日期"),
        Column("closed_on", _D, "结案日期"),
        Column("closed_by", _T, "凭什么结案"),
        Column("visit_count", _I, "劝返次数(各次在 visits 表)"),
        Column("next_visit_due", _D, "下一次劝返的截止日期"),
        Column("days_overdue", _I, "逾期几天"),
        Column("escalation", _T, "连续劝返无效后的书面报告:none 不需要;owed 应报;filed 已报"),
        Column("observed_until", _D, "返校观察到哪天"),
        Column("episode", _I, "第几次离校"),
        Column("work_file", _T, "工作档案"),
        Column("doubts", _T, "可能结案、待核实的,JSON"),
        Column("notes", _T, "人工记下的话,JSON"),
        Column("origins", _T, "说到这名学生的各行,JSON"),
        Column("timeline", _T, "经过,JSON"),
    ),
)  # fmt: skip
VISITS = TableSpec(
    "visits",
    "每次劝返一行",
    (
        *_PLACE,
        Column("state", _T, "个案的状态"),
        Column("case_id", _T, "个案编号,与 cases 表相同"),
        Column("number", _I, "第几次"),
        Column("date", _D, "日期"),
        Column("result", _T, "结果"),
        Column("place", _T, "地点"),
        Column("people", _T, "参加人员"),
        Column("content", _T, "内容"),
    ),
)
DECISIONS = TableSpec(
    "decisions",
    "人工作过的每个决定,撤回的也在;说的是哪个单位、附件、文件,能看出的都写明",
    (
        *_PLACE,
        Column("state", _T, "in_force 有效;withdrawn 已撤回;withdrawal 撤回别的决定"),
        Column("id", _I, "决定编号"),
        Column("kind", _T, "哪种决定"),
        Column("subject", _T, "关于什么"),
        Column("case_id", _T, "关于个案的:个案编号"),
        Column("detail", _T, "内容"),
        Column("why", _T, "理由"),
        Column("who", _T, "谁"),
        Column("at", _W, "什么时候"),
        Column("question", _I, "答的是哪个问题"),
        Column("came_by", _T, "随哪封邮件来"),
    ),
)
ASSIGNMENTS = TableSpec(
    "assignments",
    "现在有效的人工归类:一份文件一行,归给哪个单位的哪张附件;归类的经过和撤回在 decisions 表",
    (
        *_PLACE,
        Column("state", _T, "归类后怎么处理的,与 files 表相同"),
        Column("who", _T, "谁"),
        Column("why", _T, "理由"),
        Column("at", _W, "什么时候"),
        Column("question", _I, "答的是哪个问题"),
        Column("came_by", _T, "随哪封邮件来"),
    ),
)
TABLES = (RECORDS, PROBLEMS, FILES, OBLIGATIONS, CASES, VISITS, DECISIONS, ASSIGNMENTS)
DICTIONARY = TableSpec(
    "columns",
    "各表的各栏:类型、按什么类型读、装的是什么",
    (
        Column("table", _T, "哪张表"),
        Column("column", _T, "哪一栏"),
        Column("type", _T, "类型:text integer number boolean day instant"),
        Column("pandas", _T, "pandas 的 dtype;datetime 的写进 parse_dates"),
        Column("says", _T, "装的是什么"),
    ),
)
