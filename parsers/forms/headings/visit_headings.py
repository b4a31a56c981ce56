"""Recognises headings and labels of persuasion visits (劝返): a visit's number, one of its parts, or all visits."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from config.notice import FormSpec
from config.notice.sections.wording import VisitWords
from config.text.text_folding import fold_text
from parsers.forms.headings.columns import Column
from parsers.forms.headings.heading_text import GROUP_SEPARATOR, fold_heading

_VISIT_NUMBER = re.compile("第?([一二三四五六七八九十1-9])(?:次|回)")
_ORDINALS = "〇一二三四五六七八九十"
OTHER_PART = "other"
"""The part of a visit whose value is not recorded."""


def visit_ordinal(text: str) -> int:
    """Returns the number that 一, 二 … or a digit means."""
    position = _ORDINALS.find(text)
    return position if position > 0 else int(text)


class VisitHeadings:
    """The headings and labels of visits, compiled from the words of one notice."""

    def __init__(self, words: VisitWords) -> None:
        names = _any_of(words.names)
        self._names = words.names
        self._parts = [
            (part, re.compile(f"{_any_of(each.headings)}|(?:{names})(?:{_any_of(each.endings)})"))
            for part, each in words.parts
        ]
        self._part_by_label = dict.fromkeys(
            _labels(words, words.other_labels, words.other_endings), OTHER_PART
        )
        for part, each in words.parts:
            self._part_by_label |= dict.fromkeys(_labels(words, each.labels, each.endings), part)
        self._general_labels = frozenset(words.general_labels)
        self._numbered_label = re.compile(
            f"第?([一二三四五六七八九十1-9])次(?:{names})?(?:{_any_of(words.number_endings)})?"
        )
        self._joined_label = re.compile(f"(?:{names})[\u4e00-\u9fff]{{2}}$")
        self._about = re.compile(_any_of((*words.names, *words.about)))
        self._no_visit = re.compile(_any_of(words.no_visit))
        self._part_heading = re.compile(f"(?:{names})(?:{_any_of(words.column_endings)})")
        self._date_heading = re.compile(f"(?:{names})(?:{_any_of(words.date_headings)})")
        self._date_headings = frozenset(words.date_headings)
        self._bare_headings = self._date_headings.union(words.bare_headings)
        self._count_headings = frozenset(words.count_headings)
        self.is_label = lru_cache(maxsize=1 << 13)(self._is_label)

    def _is_label(self, text: str) -> bool:
        """Returns whether a text labels a part of a visit, or a visit by its number."""
        return self.find_labelled_part(text) is not None or self.find_labelled_number(text) is not None

    def find_labelled_part(self, text: str) -> str | None:
        """Returns the part of a visit that a label names, ``other`` for a part that is not recorded; None if it is no label."""
        return self._part_by_label.get(fold_heading(text))

    def find_labelled_number(self, text: str) -> int | None:
        """Returns the visit's number in a label such as 第二次劝返; None if it is no such label."""
        match = self._numbered_label.fullmatch(fold_heading(text))
        return visit_ordinal(match[1]) if match else None

    def find_joined_label(self, text: str) -> int | None:
        """Returns the position in a text at which a label of a visit begins, if the text ends with one."""
        match = self._joined_label.search(text)
        return match.start() if match and match[0] in self._part_by_label else None

    def is_general_label(self, text: str) -> bool:
        """Returns whether a label means a part of a visit only where a visit has begun above it."""
        return fold_heading(text) in self._general_labels

    def speak_in(self, text: str) -> bool:
        """Returns whether a label or title is about visits and nothing else."""
        folded = fold_heading(text)
        return self._numbered_label.fullmatch(folded) is not None or self._about.search(folded) is not None

    def are_no_visit(self, text: str) -> bool:
        """Returns whether the first cell of a row below visits shows that the row is no visit."""
        return self._no_visit.search(text) is not None

    def find_number(self, stack: Sequence[str]) -> tuple[int, str] | None:
        """Returns (number, part) of the visit that a column's headings name, listed from the group down; None for others."""
        joined = "".join(stack)
        match = _VISIT_NUMBER.search(joined)
        if match is None or not (
            len(stack) > 1
            or any(name in joined for name in self._names)
            or _VISIT_NUMBER.fullmatch(fold_text(stack[-1]))
        ):
            return None
        return visit_ordinal(match[1]), self.find_part(_VISIT_NUMBER.sub("", stack[-1])) or "text"

    def find_part(self, heading: str) -> str | None:
        """Returns the part of a visit that a heading below 劝返情况 or 第一次劝返 names."""
        return next((part for part, words in self._parts if words.search(heading)), None)

    def bind_one_visit_per_row(self, form: FormSpec, columns: Sequence[Column]) -> list[Column]:
        """Returns the columns with 劝返时间, 劝返人员, 劝返结果 side by side bound to one visit, in a register of one visit a row.

        Some clerks write 劝返 over the first of them only, or only in 劝返人: 次数、时间、地点、劝返人、内容、结果.
        Of two columns for one part the first is the visit's: 结果 beside 劝返时间 is, and 劝返结果 at the end is
        the child's.
        """
        if "visits" not in form.fields:
            return list(columns)
        texts = {
            column.index: fold_heading(column.heading)
            for column in columns
            if column.kind in ("value", "extra")
            and not column.shared
            and GROUP_SEPARATOR not in column.heading
        }
        parts = {index for index, text in texts.items() if self._part_heading.match(text)}
        dates = {index for index, text in texts.items() if self._date_heading.fullmatch(text)}
        bare = self._find_bare_columns(texts, parts | dates)
        dates = dates or {index for index in bare if texts[index] in self._date_headings}
        if not dates or not parts:
            return list(columns)
        result: list[Column] = []
        bound_parts: set[str] = set()
        for column in columns:
            if column.index in parts | dates or column.index in bare:
                text = texts[column.index]
                part = self.find_part(text) or "content"
                if text in self._count_headings:
                    column = Column(column.index, column.heading, "extra")
                elif part not in bound_parts or column.kind != "value" or column.key == "visits":
                    column = Column(column.index, column.heading, "visit", "visits", number=0, part=part)
                    bound_parts.add(part)
            result.append(column)
        return result

    def _find_bare_columns(self, texts: Mapping[int, str], parts: Collection[int]) -> frozenset[int]:
        """Returns the columns with bare headings (时间, 结果) that adjoin columns which are parts of a visit."""
        bare: set[int] = set()
        for start in parts:
            for step in (-1, 1):
                index = start + step
                while texts.get(index) in self._bare_headings:
                    bare.add(index)
                    index += step
        return frozenset(bare)


def _labels(words: VisitWords, labels: Sequence[str], endings: Sequence[str]) -> list[str]:
    return [*labels, *(f"{name}{ending}" for name in words.names for ending in endings)]


def _any_of(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, words))
