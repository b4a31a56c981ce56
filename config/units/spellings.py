"""The spellings of each unit: every way in which clerks write a township or a school (domain §4.2, §4.3).

Explicit spellings are the roster's names and aliases; the rest is generated from them by rules.
A generated spelling that would fit two units is dropped, and never takes an explicit one's place.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from config.text import squeeze
from config.units.roster import Roster, Unit

KINDS = ("街道", "镇", "乡")
"""People keep the old one after a change, so any of them goes with any short name."""

CLASSES: dict[str, tuple[str, ...]] = {
    "小学": ("小学", "小学校", "中心小学", "中心小学校", "中心校", "中心学校", "完小", "完全小学", "完全小学校", "学校小学部"),
    "中学": ("中学", "中学校", "初级中学", "初级中学校", "初中", "完全中学"),
    "九年": ("学校", "九年一贯制学校", "九年制学校", "九年一贯学校", "一贯制学校"),
    "高中": ("高级中学", "高级中学校", "高中"),
    "幼儿园": ("幼儿园", "中心幼儿园", "幼稚园", "中心幼稚园", "附属幼儿园", "附设幼儿园", "附设幼儿班"),
    "职教": ("职业教育中心", "职教中心", "职业中学", "职业中学校", "职业高级中学", "职中"),
    "特教": ("特殊教育学校", "特殊教育中心", "特教学校", "特校"),
    "教学点": ("教学点", "村小", "村小学", "村校", "小学教学点", "校点"),
}  # fmt: skip
"""Endings that mean the same kind of school; equal stems with different classes are different schools."""

_ENDINGS = sorted(
    ((ending, name) for name, endings in CLASSES.items() for ending in endings), key=lambda p: -len(p[0])
)
_LONE = frozenset({"职教", "特教"})
"""Classes of which a county has one, so that the bare ending names it."""

_STAGE_CLASSES = {"小学": "小学", "初中": "中学", "完全中学": "中学", "高中": "高中", "教学点": "教学点"}

_PROVINCE = "[\u4e00-\u9fff]{2,3}(?:省|市|自治区)"
_OFFICE = re.compile(
    "(?:党委政府|人民政府|政府|党工委|党委|委员会|街道办事处|办事处|街道办|街办"
    "|党政办|社会事务办|民政和社会事务办|公共服务办|社会事务服务中心|文化服务中心|综合服务中心"
    "|文教办|教管中心|教育管理中心|教管办|教办|办公室)(?:公室)?$"
)
_PART = re.compile("(?:小学部|初中部|高中部|幼儿部|本部)$")


class Peeler:
    """Takes off what stands around a name: province and county before it, offices and parts after."""

    def __init__(self, county_words: Iterable[str]) -> None:
        words = sorted({squeeze(word) for word in county_words} - {""}, key=len, reverse=True)
        self.county_words = tuple(words)
        self._county = re.compile(f"(?:{_PROVINCE})?(?:{'|'.join(map(re.escape, words))})") if words else None
        self._province = re.compile(_PROVINCE)

    def without_county(self, name: str) -> str:
        """``name`` less its county; as it stands where too little would be left (石柱中学)."""
        found = self._county.match(name) if self._county else None
        if found is None:
            return name
        rest = name[found.end() :]
        if len(rest) >= 2 and (class_of(rest) in _LONE or stem_and_class(rest)[0]):
            return rest
        start = next((name.find(word) for word in self.county_words if name[: found.end()].endswith(word)), 0)
        return name[start:]  # 重庆市石柱中学 → 石柱中学

    def forms(self, name: str) -> Iterator[str]:
        """``name``, then with less and less around it."""
        yield name
        name = self.without_county(name.removeprefix("中共"))
        yield name
        if part := _PART.sub("", name):
            yield part
        office = name
        while (bare := _OFFICE.sub("", office)) != office:
            office = bare
            yield office

    def beyond_province(self, name: str) -> str | None:
        """What follows a province alone (重庆市沙子镇): enough for a township, too little for a school."""
        found = self._province.match(name)
        return name[found.end() :] if found else None


def class_of(name: str) -> str | None:
    """The class of schools whose ending ``name`` as a whole is."""
    return next((name_ for ending, name_ in _ENDINGS if ending == name), None)


def stem_and_class(name: str) -> tuple[str, str | None]:
    """朝阳小学校 → (朝阳, 小学); what ends like no school is all stem."""
    for ending, found in _ENDINGS:
        if name.endswith(ending):
            return name[: -len(ending)], found
    return name, None


def short_township(name: str) -> str:
    """沙子镇 → 沙子; a short name has two characters at least."""
    name = _OFFICE.sub("", name)
    return next((name[: -len(k)] for k in KINDS if name.endswith(k) and len(name) - len(k) >= 2), name)


def spell_townships(unit: Unit) -> list[str]:
    """Generated spellings of a township: the short name, alone and with any kind after it."""
    shorts = {short_township(squeeze(name)): None for name in (unit.name, *unit.aliases)}
    return [short + kind for short in shorts if len(short) >= 2 for kind in ("", *KINDS)]


def spell_school(unit: Unit, heads: Sequence[str], peeler: Peeler) -> list[str]:
    """Generated spellings of a school; ``heads`` are the spellings of its township, longest first."""
    found: dict[str, None] = {}
    for written in (unit.name, *unit.aliases):
        name = peeler.without_county(squeeze(written))
        stem, school = stem_and_class(name)
        if school is None:
            continue
        own = next((head for head in heads if stem.startswith(head)), None)
        rest = stem.removeprefix(own or "")
        if not rest and own is None:
            if school in _LONE:
                found |= dict.fromkeys(CLASSES[school])
            continue
        stems = [rest]
        if rest in peeler.county_words:
            stems = list(peeler.county_words)
        elif school == "教学点" and len(rest) > 2:
            stems = [rest.removesuffix("村"), rest.removesuffix("村") + "村"]
        # One character is no name (三河口小学 in 三河镇); a whole stem stands without its township.
        places = [*heads, ""] if len(rest) >= 2 else list(heads) if own is not None else [""]
        endings = [ending for name_ in _classes(unit, school) for ending in CLASSES[name_]]
        found |= {place + middle + ending: None for place in places for middle in stems for ending in endings}
    return list(found)


def _classes(unit: Unit, school: str) -> set[str]:
    """The class its name ends with; a plain 学校 or a 教学点 also goes by the class of its stage."""
    by_stage = _STAGE_CLASSES.get(unit.stage or "")
    return {school, by_stage} if by_stage and (school == "九年" or by_stage == "教学点") else {school}


def spell_all(roster: Roster, peeler: Peeler) -> dict[str, Unit]:
    """Every spelling that means exactly one unit; earlier tiers win."""
    township_heads: dict[str, list[str]] = {}
    for unit in roster.of_kind("township"):
        names = {squeeze(name) for name in (unit.name, *unit.aliases)} | set(spell_townships(unit))
        township_heads[unit.name] = sorted((n for n in names if len(n) >= 2), key=lambda n: (-len(n), n))
    exact = [(squeeze(name), unit) for unit in roster.units for name in (unit.name, *unit.aliases)]
    stripped = [(peeler.without_county(name), unit) for name, unit in exact]
    generated = [
        (spelling, unit)
        for unit in roster.units
        for spelling in (
            spell_townships(unit)
            if unit.kind == "township"
            else spell_school(unit, township_heads.get(unit.township or "", []), peeler)
        )
    ]
    spellings: dict[str, Unit | None] = {}
    for tier in (exact, stripped, generated):
        claims: dict[str, Unit | None] = {}
        for spelling, unit in tier:
            if len(spelling) < 2 or spelling in spellings or spelling in peeler.county_words:
                continue
            claims[spelling] = unit if claims.get(spelling, unit) == unit else None
        spellings |= claims
    return {spelling: unit for spelling, unit in spellings.items() if unit is not None}
