"""Says in Chinese what pydantic finds wrong with a value of a TOML file, and which key was likely meant."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

_VALUE_ERRORS = {
    "missing": "缺少这一项,请补上",
    "string_type": "应为文字,请加英文双引号",
    "string_too_short": "不能为空",
    "int_type": "应为整数,不加引号",
    "int_parsing": "应为整数,不加引号",
    "int_from_float": "应为整数",
    "float_type": "应为数字,不加引号",
    "float_parsing": "应为数字,不加引号",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "date_type": "应为日期,写成 2023-09-25,不加引号",
    "date_parsing": "应为日期,写成 2023-09-25,不加引号",
    "date_from_datetime_parsing": "应为日期,写成 2023-09-25,不加引号",
    "datetime_type": "应为日期和时间,写成 2023-09-25T12:00:00",
    "time_type": "应为时间,写成 12:00:00,不加引号",
    "time_parsing": "应为时间,写成 12:00:00,不加引号",
    "path_type": "应为路径,请加英文双引号",
    "tuple_type": "应为列表,请加方括号 [ ]",
    "too_short": "至少要有一个",
    "dict_type": "应为一节,请写成单独一行的方括号标题",
    "model_type": "应为一节,请写成单独一行的方括号标题",
    "model_attributes_type": "应为一节,请写成单独一行的方括号标题",
    "greater_than": "数字太小,要大于{gt}",
    "greater_than_equal": "数字太小,至少是{ge}",
    "less_than": "数字太大,要小于{lt}",
    "less_than_equal": "数字太大,最多是{le}",
}
"""By pydantic's name of the error; a bound is that of the value."""


def describe_value_error(kind: str, context: Mapping[str, object]) -> str | None:
    """Returns in Chinese what is wrong with a value and how to write it; None for an error without a sentence.

    Args:
        kind: pydantic's name of the error.
        context: pydantic's details, such as the bound of a number.
    """
    sentence = _VALUE_ERRORS.get(kind)
    return sentence.format_map(context) if sentence is not None else None


def suggest_key(position: Sequence[int | str], model: type[BaseModel]) -> str:
    """Returns what to do about a key that the model does not know: the likely one, or those that there are."""
    likely = likely_key(position, model)
    if likely is not None:
        return f"是不是 {likely}\uff1f"
    allowed = _allowed_keys(position, model)
    return f"请删去(可用的有 {'、'.join(allowed)})" if allowed else "请删去"


def likely_key(position: Sequence[int | str], model: type[BaseModel]) -> str | None:
    """Returns the key that was likely meant by one that the model does not know."""
    close = difflib.get_close_matches(str(position[-1]), _allowed_keys(position, model), n=1)
    return close[0] if close else None


def _allowed_keys(position: Sequence[int | str], model: type[BaseModel]) -> list[str]:
    """Returns the keys that are allowed beside a position; empty if the model has no such position."""
    here: type[BaseModel] | None = model
    for part in position[:-1]:
        if isinstance(part, str) and here is not None and part in here.model_fields:
            here = next(_models_in(here.model_fields[part].annotation), None)
    return sorted(here.model_fields.keys() - {"path"}) if here is not None else []


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
