"""Whether a text speaks of a child: an identity number, or a sentence that says of a named pupil that he is out of school."""

import re
from functools import lru_cache

from config.identity_numbers import read_identity
from config.notice import Notice
from config.text.text_folding import fold_text
from parsers.fields.person_names import PERSON_NAME
from parsers.forms.zero_report import is_conditional

_ID_NUMBER = re.compile(
    r"(?<![0-9a-z])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9x](?![0-9])"
)
_CLAUSE_BREAKS = re.compile("[。;!\n]")
_DENIAL = "无|没有|未发现|不存在|0[人名]|零[人名]"
_PUPIL = re.compile(
    rf"(?:学生|孩子|被监护人|子女)[:\s]*(?:{PERSON_NAME})(?=同学|自|从|于|因|已|现|,|、|\(|身份证|目前|在家|至今|辍|失学|休学|未|$)"
    rf"|(?:{PERSON_NAME})同学"
)


def holds_id_number(text: str) -> bool:
    """Whether an identity number stands in a text: a sound one, or one whose birth date at least can be."""
    return len(text) >= 18 and _ID_NUMBER.search(fold_text(text)) is not None


def is_id_number(cell: object) -> bool:
    """Whether a cell is an identity number and nothing else, kept as text or, digits lost, as a number."""
    if isinstance(cell, str):
        return 15 <= len(cell) <= 24 and read_identity(cell).fault is None
    return isinstance(cell, float | int) and not isinstance(cell, bool) and 10**16 < cell < 10**18


def tells_of_absent_child(text: str, notice: Notice) -> bool:
    """Whether a sentence says of a named pupil that he is out of school; a rule or a denial says it of nobody."""
    if not notice.absence_words:
        return False
    absent, denied = _absence_patterns(notice.absence_words)
    return any(
        absent.search(clause)
        and _PUPIL.search(clause)
        and not is_conditional(clause)
        and not denied.search(clause)
        for clause in map(fold_text, _CLAUSE_BREAKS.split(text))
    )


@lru_cache(maxsize=8)
def _absence_patterns(words: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    said = "|".join(map(re.escape, words))
    return re.compile(said), re.compile(f"(?:{_DENIAL})[^,、]{{0,8}}(?:{said})")
