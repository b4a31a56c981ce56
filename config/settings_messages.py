"""Turns an error of pydantic into one Chinese line: the key, and what to write instead."""

from collections.abc import Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.value_errors import describe_value_error, likely_key, suggest_key


def describe_error(error: ValidationError, model: type[BaseModel]) -> str:
    """Returns the first error in Chinese, with the number of others; values are left out, since one may be a secret."""
    details = error.errors(include_url=False, include_input=False)
    mistyped = [detail for detail in details if detail["type"] == "extra_forbidden"]
    # A mistyped key explains why the right one is missing, and not the other way round.
    details = [
        *mistyped,
        *(one for one in details if one not in mistyped and not _is_mistyped(one, mistyped, model)),
    ]
    more = f"(另有{len(details) - 1}处有误)" if len(details) > 1 else ""
    return f"{_describe_detail(details[0], model)}{more}"


def _describe_detail(detail: ErrorDetails, model: type[BaseModel]) -> str:
    position, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
    where = _key_in_file(position)
    if kind == "value_error":
        return f"{where}:{context['error']}" if where else str(context["error"])
    if kind == "literal_error":
        return f"{where}:只能是 {context['expected'].replace(' or ', ' 或 ').replace(chr(39), chr(34))}"
    if kind == "extra_forbidden":
        return f"{where}:不认识的键,{suggest_key(position, model)}"
    if kind == "tuple_type":
        return f"{where}:{'请写成 [[mailbox]](两层方括号)' if position == ('mailbox',) else '应为列表,请加方括号 [ ]'}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"{where}:应为一节,请写成单独一行的 [{position[0]}]"
    return f"{where}:{describe_value_error(kind, context) or '写得不对,请对照 README.zh-CN.md 改正'}"


def _is_mistyped(missing: ErrorDetails, mistyped: Sequence[ErrorDetails], model: type[BaseModel]) -> bool:
    """Returns whether a key is missing because it is there with another spelling."""
    return missing["type"] == "missing" and any(
        missing["loc"] == (*detail["loc"][:-1], likely_key(detail["loc"], model)) for detail in mistyped
    )


def _key_in_file(position: Sequence[int | str]) -> str:
    """Returns a key as the file shows it: ``[[mailbox]] 第2个 port``."""
    match position:
        case ["mailbox", int(number), *rest]:
            return " ".join(["[[mailbox]]", f"第{number + 1}个", *map(str, rest)])
        case ["mailbox"]:
            return "[[mailbox]]"
        case [section, *rest]:
            return " ".join([f"[{section}]", *(str(part) for part in rest if not isinstance(part, int))])
        case _:
            return ""
