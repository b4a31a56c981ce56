"""Holds the table of problem codes: everything that can be wrong, asked about or left unread, with its texts for people.

It has all levels: problems of a file, a table or a row, of the versions of one form, and contradictions
between the submissions of a county. A code that is not in the table cannot be made.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Severity = Literal["error", "warning"]

WORDS_OF_UNITS = frozenset({"unit-explains", "unit-asks-extension"})
"""The codes of mails that only say something: they wait for a person, and can be no form that is owed."""


class Level(StrEnum):
    """The levels of codes: the thing that a problem is about."""

    FILE = "file"
    TABLE = "table"
    ROW = "row"
    FORM = "form"
    """One unit's versions and proofs of one form."""
    COUNTY = "county"
    """Contradictions between submissions, of one unit or of several: a question, never a verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemCode:
    """One kind of problem.

    ``sentence`` is what a person reads, with words to fill in. For a file it is the usual sentence only, since the file's
    own reason says what happened to it. ``remedy`` is what the sender can do; it is empty where the sentence says it,
    or where only the office can act.
    """

    key: str
    level: Level
    severity: Severity
    title: str
    sentence: str = ""
    remedy: str = ""
    urgent: bool = False

    @property
    def blocks(self) -> bool:
        """Returns whether the file, table or row with this problem does not count until it is corrected."""
        return self.severity == "error" and self.level is not Level.COUNTY


def problem_code(key: str) -> ProblemCode:
    """Returns the code of this key.

    Raises:
        KeyError: the table has no such code.
    """
    return _BY_KEY[key]


def codes_of(*levels: Level) -> Iterator[ProblemCode]:
    """Returns the codes of these levels, in the order in which they are shown."""
    return (code for code in PROBLEM_CODES if code.level in levels)


def remedy_of(key: str | None) -> str:
    """Returns what the sender of something with this code can do; empty without a code, or for one of an old store."""
    listed = _BY_KEY.get(key or "")
    return listed.remedy if listed is not None else ""


PROBLEM_CODES: tuple[ProblemCode, ...] = (
    ProblemCode(
        key="encrypted",
        level=Level.FILE,
        severity="error",
        title="文件加了密码",
        sentence="文件加了密码,打不开",
        remedy="请来件单位去掉密码后重发",
    ),
    ProblemCode(
        key="unreadable",
        level=Level.FILE,
        severity="error",
        title="文件打不开",
        sentence="文件打不开",
        remedy="请来件单位用 WPS 或 Excel 另存为 .xlsx 后重发",
    ),
    ProblemCode(
        key="unsupported",
        level=Level.FILE,
        severity="error",
        title="文件类型读不了",
        sentence="这种文件不能自动读取",
        remedy="请来件单位另存为 .xlsx 后重发",
    ),
    ProblemCode(
        key="too-large",
        level=Level.FILE,
        severity="error",
        title="文件太大",
        sentence="文件太大,没有读",
        remedy="请来件单位拆分后重发",
    ),
    ProblemCode(
        key="archive-bomb",
        level=Level.FILE,
        severity="error",
        title="压缩包展不开",
        sentence="压缩包展开后过大或层数过多,没有展开",
        remedy="请来件单位直接发送表格,不要嵌套压缩",
    ),
    ProblemCode(
        key="unknown-form",
        level=Level.FILE,
        severity="error",
        title="表格认不出",
        sentence="表里有学生,但认不出是哪张附件",
    ),
    ProblemCode(
        key="no-table",
        level=Level.FILE,
        severity="error",
        title="没有可读的表格",
        sentence="没有找到可读的表格",
    ),
    ProblemCode(
        key="unit-explains",
        level=Level.FILE,
        severity="warning",
        title="单位来信说明",
        sentence="单位来信说明所填属实",
    ),
    ProblemCode(
        key="unit-asks-extension",
        level=Level.FILE,
        severity="warning",
        title="单位申请延期",
        sentence="单位来信申请延期",
    ),
    ProblemCode(
        key="child-not-listed",
        level=Level.FILE,
        severity="error",
        title="邮件里说到学生,表里没有",
        sentence="邮件里说到的学生不在它的表里",
    ),
    ProblemCode(
        key="unknown-unit",
        level=Level.FILE,
        severity="error",
        title="认不出报送单位",
        sentence="认不出是哪个单位报的",
    ),
    ProblemCode(
        key="unit-conflict",
        level=Level.FILE,
        severity="error",
        title="单位前后不一",
        sentence="文件名、内容和发件人说的不是同一个单位",
    ),
    ProblemCode(
        key="scanned-only",
        level=Level.FILE,
        severity="error",
        title="只来了照片或扫描件,缺电子表",
        sentence="只有照片或扫描件,没有电子表",
        remedy="请来件单位补发电子表格",
    ),
    ProblemCode(
        key="linked-attachment",
        level=Level.FILE,
        severity="error",
        title="只来了下载链接",
        sentence="只来了下载链接",
        remedy="请来件单位改用普通附件重发(超大附件的链接会过期)",
    ),
    ProblemCode(
        key="version-unclear",
        level=Level.FILE,
        severity="error",
        title="以哪份为准不清楚",
        sentence="邮件提到以哪份为准、撤回或作废,没有说定",
    ),
    ProblemCode(
        key="blank-template",
        level=Level.FILE,
        severity="warning",
        title="空白模板",
        sentence="空白模板,没有单位,也没有内容",
    ),
    ProblemCode(
        key="not-fetched",
        level=Level.FILE,
        severity="error",
        title="邮件没有取到",
        sentence="邮箱服务器给不出这封邮件",
    ),
    ProblemCode(
        key="empty-form",
        level=Level.TABLE,
        severity="error",
        title="表里没有学生",
        sentence="表里没有学生:请填写后重报;确无学生的请在表内注明并盖章说明",
    ),
    ProblemCode(
        key="heading-missing",
        level=Level.TABLE,
        severity="error",
        title="表头缺少必需的列",
        sentence="表头缺少“{heading}”一列{candidate}:请按模板补上后重报",
    ),
    ProblemCode(
        key="heading-guessed",
        level=Level.TABLE,
        severity="warning",
        title="列名按内容认定",
        sentence="“{value}”一列按“{heading}”登记:请核对,下次请用模板的表头",
    ),
    ProblemCode(
        key="other-period",
        level=Level.TABLE,
        severity="warning",
        title="不是本学期的表",
        sentence="标题写的是“{value}”,不是本学期:请核对是否发错了文件",
    ),
    ProblemCode(
        key="period-unclear",
        level=Level.TABLE,
        severity="warning",
        title="报的是哪一期不清楚",
        sentence="写的是“{value}”,按{period}登记:请核对报的是哪一期",
    ),
    ProblemCode(
        key="form-conflict",
        level=Level.TABLE,
        severity="warning",
        title="文件与内容不是一张表",
        sentence="文件名或文件属性像{value},内容是{form}:已按内容登记,请核对",
    ),
    ProblemCode(
        key="old-sheet",
        level=Level.TABLE,
        severity="warning",
        title="旧学期的工作表",
        sentence="工作表“{value}”的标题不是本学期的,没有登记:请核对,要登记的请改好标题单独重报",
    ),
    ProblemCode(
        key="nil-contradicted",
        level=Level.TABLE,
        severity="warning",
        title="写着没有学生却有学生",
        sentence="第{value}行写着没有学生,表里却有学生:已登记这些学生,请核对",
    ),
    ProblemCode(
        key="left-over",
        level=Level.TABLE,
        severity="warning",
        title="有内容没有读进去",
        sentence="{cells}还有内容没有读进去(“{value}”):请核对,是学生的请填进表内再报",
    ),
    ProblemCode(
        key="id-missing",
        level=Level.ROW,
        severity="error",
        title="没有身份证号",
        sentence="没有身份证号:请补填18位身份证号",
    ),
    ProblemCode(
        key="id-length",
        level=Level.ROW,
        severity="error",
        title="身份证号位数不对",
        sentence="身份证号不是18位:请核对",
    ),
    ProblemCode(
        key="id-checksum",
        level=Level.ROW,
        severity="error",
        title="身份证号校验位不对",
        sentence="身份证号校验位不对:请核对每一位",
    ),
    ProblemCode(
        key="id-place",
        level=Level.ROW,
        severity="warning",
        title="身份证号开头不对",
        sentence="身份证号开头两位“{value}”不是任何省份的代码:请对照户口簿核对",
    ),
    ProblemCode(
        key="id-precision",
        level=Level.ROW,
        severity="error",
        title="身份证号末几位丢失",
        sentence="身份证号以数字格式保存,末几位已丢失:请把单元格设为文本后重新填写",
    ),
    ProblemCode(
        key="id-birth-mismatch",
        level=Level.ROW,
        severity="warning",
        title="出生日期与身份证号不一致",
        sentence="出生日期与身份证号不一致:请核对",
    ),
    ProblemCode(
        key="id-sex-mismatch",
        level=Level.ROW,
        severity="warning",
        title="性别与身份证号不一致",
        sentence="性别与身份证号不一致:请核对",
    ),
    ProblemCode(
        key="age-out-of-range",
        level=Level.ROW,
        severity="warning",
        title="不在年龄范围",
        sentence="不在{years}周岁范围内:请核对出生日期,或移出本表",
    ),
    ProblemCode(
        key="required-missing",
        level=Level.ROW,
        severity="error",
        title="必填项没有填",
        sentence="“{heading}”没有填:请补填",
    ),
    ProblemCode(
        key="value-unknown",
        level=Level.ROW,
        severity="warning",
        title="填的内容看不懂",
        sentence="“{heading}”填的“{value}”看不懂:请按模板的选项填写",
    ),
    ProblemCode(
        key="date-invalid",
        level=Level.ROW,
        severity="warning",
        title="日期不对",
        sentence="“{heading}”填的“{value}”不是日期:请按“2023-9-1”的样式填写",
    ),
    ProblemCode(
        key="date-future",
        level=Level.ROW,
        severity="warning",
        title="日期晚于报送日",
        sentence="“{heading}”晚于报送日期:请核对",
    ),
    ProblemCode(
        key="date-order",
        level=Level.ROW,
        severity="warning",
        title="时间先后不对",
        sentence="时间先后不对({value}):请核对",
    ),
    ProblemCode(
        key="phone-invalid",
        level=Level.ROW,
        severity="warning",
        title="电话不对",
        sentence="电话“{value}”不对:请填11位手机号,或区号加座机号",
    ),
    ProblemCode(
        key="formula-error",
        level=Level.ROW,
        severity="warning",
        title="公式错误",
        sentence="“{heading}”是公式错误({value}):请改为实际内容",
    ),
    ProblemCode(
        key="duplicate-in-file",
        level=Level.ROW,
        severity="warning",
        title="同一学生报了两行",
        sentence="与第{value}行是同一名学生:请删去重复的一行",
    ),
    ProblemCode(
        key="unit-mismatch",
        level=Level.ROW,
        severity="warning",
        title="不是本单位的学生",
        sentence="这一行写的是“{value}”,不是本单位:请核对,或改由该单位报送",
    ),
    ProblemCode(
        key="row-struck-out",
        level=Level.ROW,
        severity="warning",
        title="画了删除线的行",
        sentence="这一行画了删除线,仍已登记:请核对,不该算的请删去这一行后重报",
    ),
    ProblemCode(
        key="row-hidden",
        level=Level.ROW,
        severity="warning",
        title="隐藏的行",
        sentence="这一行在表里是隐藏的(筛选或隐藏行),仍已登记:请核对,不该算的请删去这一行后重报",
    ),
    ProblemCode(
        key="row-comment",
        level=Level.ROW,
        severity="warning",
        title="批注说到去向",
        sentence="{cell}的批注写着“{value}”,没有改动这一行:请核对,属实的请填进表内再报",
    ),
    ProblemCode(
        key="scope-mismatch",
        level=Level.ROW,
        severity="warning",
        title="县内县外填错表",
        sentence="“{value}”不属于本表的范围(县内、县外有别):请核对应填哪张表",
    ),
    ProblemCode(
        key="proof-missing",
        level=Level.ROW,
        severity="warning",
        title="注明没有证明材料",
        sentence="注明没有证明材料:{statuses}须附证明,请补交",
    ),
    ProblemCode(
        key="rows-dropped",
        level=Level.FORM,
        severity="warning",
        title="人数比上次少了很多",
        sentence="这次{now}人,上次{before}人,少了{gone}人:请核对是否漏报",
    ),
    ProblemCode(
        key="files-disagree",
        level=Level.FORM,
        severity="warning",
        title="同一邮件的文件不一致",
        sentence="同一封邮件的两份文件里,这名学生的{columns}不同:请核对后重报",
    ),
    ProblemCode(
        key="proof-unnamed",
        level=Level.FORM,
        severity="warning",
        title="证明没写是谁的",
        sentence="证明材料没有写明是哪名学生的,{done}:请打开核对,请注明姓名",
    ),
    ProblemCode(key="enrolled-twice", level=Level.COUNTY, severity="error", title="两处在读", urgent=True),
    ProblemCode(key="in-and-out", level=Level.COUNTY, severity="error", title="县内外都在读", urgent=True),
    ProblemCode(
        key="out-but-enrolled", level=Level.COUNTY, severity="error", title="报辍学又在读", urgent=True
    ),
    ProblemCode(key="gone-silent", level=Level.COUNTY, severity="warning", title="无故消失", urgent=True),
    ProblemCode(key="same-id-other-name", level=Level.COUNTY, severity="error", title="同号不同名"),
    ProblemCode(key="maybe-same", level=Level.COUNTY, severity="warning", title="可能是同一人"),
    ProblemCode(key="excused-too-long", level=Level.COUNTY, severity="warning", title="已过批准的期限"),
    ProblemCode(key="leave-without-end", level=Level.COUNTY, severity="warning", title="没有写明截止时间"),
    ProblemCode(key="relapse", level=Level.COUNTY, severity="warning", title="返校后又辍学"),
    ProblemCode(key="persuasion-form-missing", level=Level.COUNTY, severity="warning", title="缺劝返表"),
    ProblemCode(key="visits-disagree", level=Level.COUNTY, severity="warning", title="劝返次数不符"),
    ProblemCode(key="visits-undated", level=Level.COUNTY, severity="warning", title="劝返缺日期"),
    ProblemCode(key="visit-gap", level=Level.COUNTY, severity="warning", title="劝返间隔过长"),
    ProblemCode(key="visits-alike", level=Level.COUNTY, severity="warning", title="劝返记录雷同"),
    ProblemCode(key="two-statuses", level=Level.COUNTY, severity="error", title="类别不一"),
    ProblemCode(
        key="remark-says-otherwise", level=Level.COUNTY, severity="warning", title="零报告与备注不符"
    ),
    ProblemCode(key="zero-but-told", level=Level.COUNTY, severity="warning", title="零报告与个案矛盾"),
    ProblemCode(key="enrolled-too-young-stage", level=Level.COUNTY, severity="warning", title="适龄仍在园"),
    ProblemCode(key="age-near-bound", level=Level.COUNTY, severity="warning", title="年龄在界线上"),
    ProblemCode(
        key="priority-household",
        level=Level.COUNTY,
        severity="warning",
        title="重点家庭学生失辍学",
        urgent=True,
    ),
    ProblemCode(key="not-placed", level=Level.COUNTY, severity="warning", title="重度残疾未安置"),
    ProblemCode(key="owner-unclear", level=Level.COUNTY, severity="warning", title="责任单位不明"),
    ProblemCode(key="told-by-other", level=Level.COUNTY, severity="warning", title="责任单位没有报"),
    ProblemCode(
        key="roll-tells-out", level=Level.COUNTY, severity="warning", title="名册写明不在校", urgent=True
    ),
    ProblemCode(key="counts-disagree", level=Level.COUNTY, severity="warning", title="报表人数与登记不符"),
    ProblemCode(key="handed-over", level=Level.COUNTY, severity="warning", title="责任单位已停办"),
)
"""All problem codes, in the order in which they are shown."""

_BY_KEY = {code.key: code for code in PROBLEM_CODES}
