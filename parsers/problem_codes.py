"""Holds the problem codes of ``forms.md`` found while reading, each with its severity and Chinese sentence.

A sentence says what is wrong and what to do; ``{value}`` and other words are filled in.
"""

from parsers.records import Problem, Severity

_CATALOGUE: dict[str, tuple[Severity, str]] = {
    # a file or table
    "empty-form": ("error", "表里没有学生:请填写后重报;确无学生的请在表内注明并盖章说明"),
    "heading-missing": ("error", "表头缺少“{heading}”一列{candidate}:请按模板补上后重报"),
    "heading-guessed": ("warning", "“{value}”一列按“{heading}”登记:请核对,下次请用模板的表头"),
    "other-period": ("warning", "标题写的是“{value}”,不是本学期:请核对是否发错了文件"),
    "form-conflict": ("warning", "文件名像{value},内容是{form}:已按内容登记,请核对"),
    "old-sheet": ("warning", "工作表“{value}”的标题不是本学期的,没有登记:请核对,要登记的请改好标题单独重报"),
    "nil-contradicted": ("warning", "第{value}行写着没有学生,表里却有学生:已登记这些学生,请核对"),
    "left-over": ("warning", "{cells}还有内容没有读进去(“{value}”):请核对,是学生的请填进表内再报"),
    # identity
    "id-missing": ("error", "没有身份证号:请补填18位身份证号"),
    "id-length": ("error", "身份证号不是18位:请核对"),
    "id-checksum": ("error", "身份证号校验位不对:请核对每一位"),
    "id-precision": ("error", "身份证号以数字格式保存,末几位已丢失:请把单元格设为文本后重新填写"),
    "id-birth-mismatch": ("warning", "出生日期与身份证号不一致:请核对"),
    "id-sex-mismatch": ("warning", "性别与身份证号不一致:请核对"),
    "age-out-of-range": ("warning", "不在6至16周岁范围内:请核对出生日期,或移出本表"),
    # a value
    "required-missing": ("error", "“{heading}”没有填:请补填"),
    "value-unknown": ("warning", "“{heading}”填的“{value}”看不懂:请按模板的选项填写"),
    "date-invalid": ("warning", "“{heading}”填的“{value}”不是日期:请按“2023-9-1”的样式填写"),
    "date-future": ("warning", "“{heading}”晚于报送日期:请核对"),
    "date-order": ("warning", "时间先后不对({value}):请核对"),
    "phone-invalid": ("warning", "电话“{value}”不对:请填11位手机号,或区号加座机号"),
    "formula-error": ("warning", "“{heading}”是公式错误({value}):请改为实际内容"),
    # a row
    "duplicate-in-file": ("warning", "与第{value}行是同一名学生:请删去重复的一行"),
    "unit-mismatch": ("warning", "这一行写的是“{value}”,不是本单位:请核对,或改由该单位报送"),
    "row-struck-out": ("warning", "这一行画了删除线,仍已登记:请核对,不该算的请删去这一行后重报"),
    "row-hidden": (
        "warning",
        "这一行在表里是隐藏的(筛选或隐藏行),仍已登记:请核对,不该算的请删去这一行后重报",
    ),
    "scope-mismatch": ("warning", "“{value}”不属于本表的范围(县内、县外有别):请核对应填哪张表"),
    "proof-missing": ("warning", "注明没有证明材料:休学、延缓入学须附证明,请补交"),
}


def make_problem(
    code: str,
    *,
    severity: Severity | None = None,
    sheet: str | None = None,
    row: int | None = None,
    cell: str | None = None,
    field: str | None = None,
    value: str | None = None,
    **words: str,
) -> Problem:
    """One finding, its sentence filled in from the catalogue."""
    default_severity, sentence = _CATALOGUE[code]
    return Problem(
        code=code,
        severity=severity or default_severity,
        message=sentence.format_map({"value": _shorten(value), "field": field, "heading": field, **words}),
        sheet=sheet,
        row=row,
        cell=cell,
        field=field,
        value=value,
    )


def problem_sentences() -> dict[str, tuple[Severity, str]]:
    """Every code that reading can find, with its usual severity and its sentence."""
    return dict(_CATALOGUE)


def _shorten(value: str | None) -> str:
    text = value or ""
    return text if len(text) <= 20 else f"{text[:19]}…"
