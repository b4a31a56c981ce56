"""Finds the unit that a whole cell names (:meth:`UnitNames.resolve`), or all that a text names (``find``)."""

import re
from collections.abc import Callable
from functools import lru_cache

from rapidfuzz.distance import OSA

from config.notice import Notice
from config.text.text_folding import fold_text, fold_text_with_breaks
from config.units.generated_spellings import TOWNSHIP_ENDINGS, NameTrimmer, spell_units
from config.units.roster import Roster, Unit

_LONGEST_CELL = 60
_HAN = "\u4e00-\u9fff"
_EDGES = re.compile(r"^[\s0-9.、,:;·'\"《<\-_]+|[\s.。、,:;·'\"》>\-_]+$")
_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")

_OTHER_COUNTY = re.compile(f"[{_HAN}](?<![我全本各该片任辖社校城])[县区旗州]$")
"""The name of another county right before: 涪陵区|龙潭镇."""


class UnitNames:
    """The spellings of all units, indexed for lookups; small enough to send to a child process."""

    def __init__(self, roster: Roster, notice: Notice) -> None:
        self._roster, self._notice = roster, notice
        self._trimmer = NameTrimmer(notice.county_words)
        self._spellings = spell_units(roster, self._trimmer)
        towns = tuple(s for s, unit in self._spellings.items() if unit.kind == "township")
        # Anchored: says by itself where the unit is. The others need the edge of a word before them.
        self._anchored = frozenset(
            spelling
            for spelling, unit in self._spellings.items()
            if (spelling.startswith(towns) if unit.kind == "school" else _has_kind(spelling))
        )
        lengths: dict[str, set[int]] = {}
        for spelling in self._spellings:
            lengths.setdefault(spelling[:2], set()).add(len(spelling))
        self._lengths = {start: tuple(sorted(sizes, reverse=True)) for start, sizes in lengths.items()}
        words = notice.wording.unit_names
        county = "".join(f"|{re.escape(word)}" for word in self._trimmer.county_words)
        self._before_name = re.compile(f"(?:^|[^{_HAN}]|{'|'.join(words.before)}{county})$")
        self._after_name = re.compile(f"$|[^{_HAN}]|{'|'.join(words.after)}")
        self._school_tail = re.compile("|".join(words.school_tails))
        self._part_of_school = re.compile("|".join(words.parts_of_schools))
        self._after_county = re.compile(f"(?:{county[1:] or '(?!)'})$")
        self._resolve_cached: Callable[[str], Unit | None] = lru_cache(maxsize=1 << 16)(self._resolve)
        self._find_cached: Callable[[str], tuple[Unit, ...]] = lru_cache(maxsize=1 << 13)(self._find)

    def __reduce__(self) -> tuple[type["UnitNames"], tuple[Roster, Notice]]:
        return UnitNames, (self._roster, self._notice)

    def resolve(self, text: str) -> Unit | None:
        """Returns the unit that a whole cell names; None for no unit or for two possible ones."""
        return self._resolve_cached(text) if len(text) <= 4 * _LONGEST_CELL else None

    def find(self, text: str) -> tuple[Unit, ...]:
        """Returns the units mentioned in running text, in order, without a township that is part of a school's name."""
        return self._find_cached(text)

    def nearest_township(self, text: str) -> Unit | None:
        """Returns the township that a whole cell names with one wrong character, if no other is as near.

        It is not done for schools: 第二小学 is one character from 第三小学.
        """
        whole = self.fold_name(text)
        if not 3 <= len(whole) <= 8:
            return None
        units = {
            unit.name: unit
            for spelling, unit in self._spellings.items()
            if unit.kind == "township"
            and len(spelling) == len(whole)
            and OSA.distance(spelling, whole, score_cutoff=1) == 1
        }
        return next(iter(units.values())) if len(units) == 1 else None

    def fold_name(self, text: str) -> str:
        """Returns the text for comparing names: half width, no blanks, no county before it."""
        return self._trimmer.without_county(_EDGES.sub("", fold_text(text)))

    def _resolve(self, text: str) -> Unit | None:
        whole = _EDGES.sub("", fold_text(text))
        if not 2 <= len(whole) <= _LONGEST_CELL:
            return None
        if (unit := self._look_up(whole)) is not None:
            return unit
        inside = _BRACKETS.findall(whole)
        if not inside:
            return None
        outer = self._look_up(_EDGES.sub("", _BRACKETS.sub("", whole)))
        inner = next((unit for piece in inside if (unit := self._look_up(piece)) is not None), None)
        if outer is None or inner is None or inner.kind == "township":
            return outer
        return inner if inner.parent == outer.name else None  # 沙子镇小学(盘龙教学点)

    def _look_up(self, whole: str) -> Unit | None:
        for form in self._trimmer.trimmed_forms(whole):
            if (unit := self._spellings.get(form)) is not None:
                return unit
        after_province = self._trimmer.after_province(whole)
        for form in self._trimmer.trimmed_forms(after_province) if after_province else ():
            unit = self._spellings.get(form)
            if unit is not None and unit.kind == "township" and form.endswith(TOWNSHIP_ENDINGS):
                return unit
        return None

    def _find(self, text: str) -> tuple[Unit, ...]:
        folded, breaks = fold_text_with_breaks(text)
        units: dict[str, Unit] = {}
        start = 0
        enclosing: tuple[int, Unit] | None = None  # a township that only says where the next name is
        while start < len(folded) - 1:
            step = 1
            for length in self._lengths.get(folded[start : start + 2], ()):
                end = start + length
                spelling = folded[start:end]
                unit = self._spellings.get(spelling)
                if unit is None or end > len(folded):
                    continue
                if unit.kind == "township" and self._starts_school_name(folded, end, breaks):
                    enclosing, step = (end, unit), length
                    break
                if self._is_unit_name(spelling, unit, folded, start, breaks, enclosing):
                    units[unit.name] = unit
                    step = length
                    break
            start += step
        return tuple(units.values())

    def _starts_school_name(self, text: str, end: int, breaks: frozenset[int]) -> bool:
        tail = self._school_tail.match(text, end)
        return tail is not None and not (end in breaks and tail[0] == "学校")

    def _is_unit_name(
        self,
        spelling: str,
        unit: Unit,
        text: str,
        start: int,
        breaks: frozenset[int],
        enclosing: tuple[int, Unit] | None,
    ) -> bool:
        """Returns whether the spelling at ``start`` is the unit's name, and not part of another word."""
        end = start + len(spelling)
        if unit.kind == "school" and self._part_of_school.match(text, end):
            return False
        before = text[max(0, start - 12) : start]
        edge_after = end in breaks or self._after_name.match(text, end) is not None
        if spelling not in self._anchored:
            if enclosing is not None and enclosing[0] == start:
                return unit.township in (None, enclosing[1].name)
            edge_before = start in breaks or self._before_name.search(before) is not None
            if not edge_before or ((unit.kind == "township" or len(spelling) == 2) and not edge_after):
                return False
        return (
            start in breaks
            or not _OTHER_COUNTY.search(before)
            or self._after_county.search(before) is not None
        )


def _has_kind(spelling: str) -> bool:
    """Returns whether a township's spelling ends with 镇, 乡 or 街道 after a name."""
    return spelling.endswith(TOWNSHIP_ENDINGS) and len(spelling) > 2
