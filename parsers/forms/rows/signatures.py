"""Recognises signature lines of units: 填表人, 审核人, 校长, 盖章, 联系电话, 填报日期, in one cell or split over several."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from config.notice.sections.wording import SignatureWords
from config.text.text_folding import fold_text
from parsers.fields.person_names import PERSON_NAME
from parsers.forms.left_over.child_mentions import holds_id_number, is_id_number

_CHINESE = re.compile("[\u4e00-\u9fff]")
_DATE = re.compile("(?:20[0-9]{2})?(?:[-./年][0-9]{0,2}){1,2}[月日号]?[0-9]{0,2}[日号]?|[年_]{1,9}月_{0,9}日")
_BLANK_DATE = "[年_ ]{1,8}月[_ ]{1,8}日"
_UNIT_ENDING = re.compile(".{2,20}(?:小学|中学|学校|中心校|幼儿园|教学点|政府|办事处|责任区)")


def is_signature_row(texts: Sequence[str], words: SignatureWords) -> bool:
    """Returns whether a row's filled cells are a unit's signatures, labels and names together or in cells of their own.

    The first cell decides: it is a label and no child. A row of one date or one unit is a signature too; a row with
    an identity number never is.
    """
    if not texts or any(is_id_number(text) or holds_id_number(text) for text in texts):
        return False
    folded = [fold_text(text) for text in texts]
    filled = [text for text in folded if not text.isdigit()] or folded
    if len(set(filled)) == 1 and (_DATE.fullmatch(filled[0]) or _UNIT_ENDING.fullmatch(filled[0])):
        return True
    first = filled[0]
    if not _CHINESE.search(first):
        return False
    patterns = _compile_patterns(words)
    return (
        patterns.label.fullmatch(first.rstrip(":")) is not None or patterns.labelled.match(first) is not None
    )


def is_signature(text: str, words: SignatureWords) -> bool:
    """Returns whether a line is a signature line: 填报人、审核人、盖章."""
    return _compile_patterns(words).in_line.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Patterns:
    label: re.Pattern[str]
    labelled: re.Pattern[str]
    in_line: re.Pattern[str]


@lru_cache(maxsize=8)
def _compile_patterns(words: SignatureWords) -> _Patterns:
    duty, of_duty = "|".join(words.duties), "|".join(words.of_duty)
    alone, beside, seal = "|".join(words.alone), "|".join(words.beside), "|".join(words.seals)
    label = (
        rf"(?:(?:{duty})(?:{of_duty})|{alone})(?:及)?(?:{beside})?\(?(?:{seal})?(?:、|或|并|及)?(?:{seal})?\)?"
        rf"|\(?(?:单位|学校)?(?:{seal})\)?"
    )
    return _Patterns(
        label=re.compile(label),
        labelled=re.compile(rf"(?:{label})(?::.*|(?:{PERSON_NAME})$)|.{{2,20}}\((?:{seal})\):?"),
        in_line=re.compile("|".join((*words.in_lines, _BLANK_DATE))),
    )
