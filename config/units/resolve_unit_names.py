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

_SCHOOL_TAIL = re.compile(
    "(?:镇|乡|街道)?(?:"
    "(?:(?!县|外|内|各|辖|所有|全县|关于|报|就|义务|和|与|及|的|在|到|辍|失|籍|学生|等|适龄|政府|办事|附|上|秋|春|学期|中小|送|劝|表|台)"
    f"[{_HAN}]){{0,6}}?(?:小学|中学|幼儿园|幼稚园|完小|村小|教学点|特校|职中)(?!生|阶段|学段|段|部分|毕业|教育|适龄)"
    "|(?:第?[一二三四五六七八九十]+)?(?:完全|中心|九年一贯制?|九年制|一贯制)?学校(?!学生|就读)"
    "|中心校|初中(?!生|阶段|学段|段|毕业|教育)|高中(?!生|阶段|学段|段|毕业|教育)|附小|一小|二小|小(?=附)|中(?=附))"
)
"""What makes a school of the township's name before it: 沙子|中学, 沙子镇|盘龙村小学."""

_BEFORE_NAME = f"^|[^{_HAN}]|附[件表][一二三四五六七]|关于|报送|上报|转发|来自|学期|[年季秋春]|年度|情况|信息|汇总|[表账料告件单]|保学"
_AFTER_NAME = re.compile(
    f"$|[^{_HAN}]|附[件表]|表|人民政府|政府|党|办事处|街办|县外|摸排|控辍|劝返|失学|辍学|休学|延缓|零报告|无变化|台账|材料|信息|辖区"
    "|户籍|适龄|6|上报|报|关于|教管|教办|文教|社会事务|公共服务|秋|春|最终|修改|更正|补|佐证|证明"
)
_OTHER_COUNTY = re.compile(f"[{_HAN}](?<![我全本各该片任辖社校城])[县区旗州]$")
"""The name of another county right before: 涪陵区|龙潭镇."""

_PART_OF_SCHOOL = re.compile("附属|附设|幼儿园|教学点|村小|村校|生(?!活)")
"""After 沙子小学 these speak of something else: its kindergarten, its pupils."""


class UnitNames:
    """Every spelling of every unit, ready to be looked up. Cheap to send to a child process."""

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
        county = "".join(f"|{re.escape(word)}" for word in self._trimmer.county_words)
        self._before_name = re.compile(f"(?:{_BEFORE_NAME}{county})$")
        self._after_county = re.compile(f"(?:{county[1:] or '(?!)'})$")
        self._resolve_cached: Callable[[str], Unit | None] = lru_cache(maxsize=1 << 16)(self._resolve)
        self._find_cached: Callable[[str], tuple[Unit, ...]] = lru_cache(maxsize=1 << 13)(self._find)

    def __reduce__(self) -> tuple[type["UnitNames"], tuple[Roster, Notice]]:
        return UnitNames, (self._roster, self._notice)

    def resolve(self, text: str) -> Unit | None:
        """The unit that a whole cell names, or None where it names none, or could mean two."""
        return self._resolve_cached(text) if len(text) <= 4 * _LONGEST_CELL else None

    def find(self, text: str) -> tuple[Unit, ...]:
        """Every unit mentioned in running text, in order; a township inside a school's name is none."""
        return self._find_cached(text)

    def nearest_township(self, text: str) -> Unit | None:
        """The township that a whole cell means with one character wrong, if no other is as near.

        Only townships: they are a closed set. Of schools, 第二小学 is one character from 第三小学.
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
        """The text to compare names by: half width, no blanks, no county before it."""
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
        tail = _SCHOOL_TAIL.match(text, end)
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
        """Whether the spelling found at ``start`` is the unit's name there, not part of something else."""
        end = start + len(spelling)
        if unit.kind == "school" and _PART_OF_SCHOOL.match(text, end):
            return False
        before = text[max(0, start - 12) : start]
        edge_after = end in breaks or _AFTER_NAME.match(text, end) is not None
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
    """Whether a township's spelling ends with 镇, 乡 or 街道 after a name."""
    return spelling.endswith(TOWNSHIP_ENDINGS) and len(spelling) > 2
