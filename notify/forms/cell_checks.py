"""Checks that a cell makes while a clerk types: choices, numbers by GB 11643, telephones, dates and their order.

The formulas use no function younger than Excel 97, no array constant (a check may have none) and no reference to rows of
the form itself, which move when a clerk inserts one. Excel holds 255 characters of one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from config.notice import FormSpec
from config.text.punctuation import set_punctuation
from notify.forms.form_plan import FormColumn, Strictness
from parsers.checks.row_checks import DATE_ORDER
from parsers.checks.unit_checks import EVENT_DATES

PLACES_NAME = "kc_places"
"""The name of a range of 17 rows: their row numbers are the positions of the digits of an identity number."""
_STYLES: Mapping[Strictness, Literal["stop", "warning", "information"]] = {
    "only": "stop",
    "ask": "warning",
    "suggest": "information",
}
_FIRST_DAY = "DATE(1990,1,1)"
_LAST_DAY = "DATE(2100,1,1)"
_TITLE = "请核对"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedColumns:
    """The column letters of a sheet by field, and its first and last row to fill in."""

    form: FormSpec
    letters: Mapping[tuple[str, int], str]
    """By key and visit (0 for none), the letter of the column that holds it; of a visit the column of its day."""
    first: int
    last: int


def check_column(
    column: FormColumn, position: int, sheet: CheckedColumns, list_name: str | None
) -> DataValidation | None:
    """Returns what the cells of a column are checked by; None where they take anything.

    Args:
        list_name: the name of the cells that hold the column's choices.
    """
    cell = f"{get_column_letter(position)}{sheet.first}"
    if list_name is not None:
        check = DataValidation(type="list", formula1=list_name, errorStyle=_STYLES[column.strictness])
        check.showErrorMessage = column.strictness != "suggest"
        tell = "不在选项里,请点右边的箭头选择" if column.strictness == "only" else "不在选项里,确定要这样填吗"
    elif column.kind == "id":
        repeats = "repetition" in (sheet.form.checks or ("repetition",)) and sheet.form.role != "visits"
        check = DataValidation(
            type="custom", formula1=identity_formula(cell, sheet.last if repeats else None)
        )
        tell = (
            "身份证号不对:应为18位,最后一位是校验码,也不能与别的行重复,请对照户口簿"
            if repeats
            else ("身份证号不对:应为18位,最后一位是校验码,请对照户口簿")
        )
    elif column.kind == "phone":
        check = DataValidation(type="custom", formula1=phone_formula(cell))
        tell = "电话不对:手机11位,座机写区号;几个电话用“、”隔开"
    elif column.is_date:
        check = DataValidation(type="custom", formula1=_date_formula(column, cell, sheet))
        tell = (
            "请填日期,如2023-9-5;不晚于今天,前后日期不矛盾"
            if _is_past(column)
            else "请填日期,如2023-9-5,前后日期不矛盾"
        )
    elif column.kind == "int" and column.key != "seq":
        check = DataValidation(type="whole", operator="between", formula1="0", formula2="99999999")
        tell = "请填数字"
    else:
        return None
    check.allow_blank = True
    check.errorTitle, check.error = set_punctuation(_TITLE), set_punctuation(tell)
    if column.kind in ("id", "phone") or column.is_date:
        check.showInputMessage = True
        check.prompt = set_punctuation(tell)
    check.showErrorMessage = check.showErrorMessage if list_name is not None else True
    check.add(f"{cell}:{get_column_letter(position)}{sheet.last}")
    return check


def identity_formula(cell: str, last: int | None = None) -> str:
    """Returns a formula that is true for a valid number in ``cell``: length, check character, a day that exists.

    Args:
        last: the last row within which the number must be unique; None if it may repeat. The formula appends ``*``, because
            COUNTIF takes texts of digits as numbers and compares only fifteen digits.
    """
    column, row = cell.rstrip("0123456789"), cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    places = f"ROW({PLACES_NAME})"
    once = f',COUNTIF({column}${row}:{column}${last},{cell}&"*")=1' if last is not None else ""
    return (
        f'AND(LEN({cell})=18,MID("10X98765432",MOD(SUMPRODUCT(MID({cell},{places},1)*MOD(2^(18-{places}),11)),11)+1,1)'
        f"=UPPER(RIGHT({cell})),MONTH(DATE(MID({cell},7,4),MID({cell},11,2),MID({cell},13,2)))=--MID({cell},11,2){once})"
    )


def phone_formula(cell: str) -> str:
    """Returns the formula that holds for a mobile number, a number with its area code, or several numbers."""
    bare = f'SUBSTITUTE({cell},"-","")'
    return (
        f'OR(ISNUMBER(FIND("、",{cell})),AND(LEN({cell})=11,LEFT({cell})="1",MID({cell},2,1)>"2",ISNUMBER(--{cell})),'
        f'AND(LEFT({cell})="0",LEN({bare})>=10,LEN({bare})<=12,ISNUMBER(--{bare})))'
    )


def _is_past(column: FormColumn) -> bool:
    return column.key in EVENT_DATES or column.part == "date"


def _date_formula(column: FormColumn, cell: str, sheet: CheckedColumns) -> str:
    """Returns a formula for a possible day, after earlier dates; a birth date must agree with the identity number."""
    conditions = [
        f"ISNUMBER({cell})",
        f"{cell}>={_FIRST_DAY}",
        f"{cell}<{'TODAY()+1' if _is_past(column) else _LAST_DAY}",
    ]

    def beside(key: str, visit: int = 0) -> str | None:
        letter = sheet.letters.get((key, visit))
        return f"${letter}{sheet.first}" if letter is not None else None

    if column.part == "date":
        if (before := beside("visits", column.visit - 1)) is not None:
            conditions.append(f"OR(NOT(ISNUMBER({before})),{cell}>={before})")
    else:
        for earlier, later in DATE_ORDER:
            if later == column.key and (other := beside(earlier)) is not None:
                conditions.append(f"OR(NOT(ISNUMBER({other})),{cell}>={other})")
            if earlier == column.key and (other := beside(later)) is not None:
                conditions.append(f"OR(NOT(ISNUMBER({other})),{cell}<={other})")
    if column.key == "birth_date" and (number := beside("id_number")) is not None:
        conditions.append(
            f"IF(LEN({number})=18,YEAR({cell})*10000+MONTH({cell})*100+DAY({cell})=--MID({number},7,8),TRUE)"
        )
    return f"AND({','.join(conditions)})"
