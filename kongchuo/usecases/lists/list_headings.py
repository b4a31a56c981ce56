"""Recognises the headings of a list from elsewhere, by the notice's words for its own columns."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from config.notice import Notice
from parsers.forms.headings.bind_columns import Headings
from parsers.forms.headings.heading_text import fold_heading, fold_without_brackets

FindKey = Callable[[str], str | None]
"""Returns for a heading as written the key of its column (name, id_number, birth_date, unit, about), or None."""
UNIT_HEADINGS = ("单位", "单位名称", "报送单位", "学校(机构)名称", "学校机构名称", "乡镇", "乡镇(街道)")
ABOUT = "about"
"""The key of columns that only lists of children have; beside such a column 姓名 means children and not staff."""
_OF_CHILDREN = frozenset(
    {
        "sex", "grade", "class_name", "guardian", "household_township", "household_village", "household_address", "previous_school",
        "student_number", "status", "study_status", "since", "reason", "disability", "stage",
    }
)  # fmt: skip
_NUMBERS = ("id", "student_number", "phone")


def find_list_key(notice: Notice) -> FindKey:
    """Returns how headings of lists of children are understood: as the notice's own, and with words before them (残疾儿童姓名)."""
    own: dict[str, str] = {}
    for key, field in (
        ("unit", "household_township"), ("unit", "school"), ("name", "name"), ("id_number", "id_number"), ("birth_date", "birth_date"),
    ):  # fmt: skip
        if spec := notice.fields.get(field):
            own |= {fold_heading(word): key for word in (spec.heading, *spec.synonyms)}
    own = {fold_heading(word): "unit" for word in UNIT_HEADINGS} | own
    about = {
        fold_heading(word)
        for key in _OF_CHILDREN & notice.fields.keys()
        for word in (notice.fields[key].heading, *notice.fields[key].synonyms)
    }
    headings = Headings(notice)
    of_children = re.compile(f"^.*(?:{'|'.join(notice.wording.student) or '(?!)'})(?:的)?")

    @lru_cache(maxsize=1 << 12)
    def find_key(heading: str) -> str | None:
        for folded in dict.fromkeys((fold_heading(heading), fold_without_brackets(heading))):
            for text in (folded, of_children.sub("", folded)):
                if text and (key := own.get(text)) is not None:
                    return key
        if headings.is_name_column((heading,)):
            return "name"
        if headings.is_id_column((heading,)):
            return "id_number"
        return ABOUT if fold_heading(heading) in about else None

    return find_key


def private_columns(notice: Notice, headings: Sequence[str]) -> frozenset[int]:
    """Returns the positions of columns with personal numbers of anyone: identity, telephone and the like."""
    words = {
        fold_heading(word)
        for spec in notice.fields.values()
        if spec.kind in _NUMBERS
        for word in (spec.heading, *spec.synonyms)
    }
    return frozenset(
        column
        for column, heading in enumerate(headings)
        if (folded := fold_heading(heading)) and any(word in folded for word in words)
    )
