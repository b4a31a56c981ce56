"""Generates the spellings that clerks use for each unit.

Explicit spellings are the roster's names and aliases; the rest is generated from them by rules.
A generated spelling that would fit two units is dropped, and never takes an explicit one's place.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from config.text.text_folding import fold_text
from config.units.roster import Roster, Unit

TOWNSHIP_ENDINGS = ("街道", "镇", "乡")
"""People keep the old one after a change, so any of them goes with any short name."""

SCHOOL_ENDINGS: dict[str, tuple[str, ...]] = {
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

VILLAGE_ENDINGS: dict[str, tuple[str, ...]] = {
    "村": ("村委会", "村委", "村民委员会", "村村委会", "村村民委员会", "村支两委"),
    "社区": ("社区居委会", "社区居民委员会", "社区委员会", "居委会"),
}
"""What clerks write for a village's or neighbourhood's committee."""

_ENDINGS_WITH_CLASS = sorted(
    ((ending, name) for name, endings in SCHOOL_ENDINGS.items() for ending in endings),
    key=lambda p: -len(p[0]),
)
_ONE_PER_COUNTY = frozenset({"职教", "特教"})
"""Classes of which a county has one, so that the bare ending names it."""

_STAGE_CLASSES = {"小学": "小学", "初中": "中学", "完全中学": "中学", "高中": "高中", "教学点": "教学点"}

_PROVINCE = "[\u4e00-\u9fff]{2,3}(?:省|市|自治区)"
_OFFICE_ENDING = re.compile(
    "(?:党委政府|人民政府|政府|党工委|党委|委员会|街道办事处|办事处|街道办|街办"
    "|党政办|社会事务办|民政和社会事务办|公共服务办|社会事务服务中心|文化服务中心|综合服务中心"
    "|文教办|教管中心|教育管理中心|教管办|教办|办公室)(?:公室)?$"
)
_PART_ENDING = re.compile("(?:小学部|初中部|高中部|幼儿部|本部)$")


class NameTrimmer:
    """Removes what surrounds a name: province and county before it, offices and parts after it."""

    def __init__(self, county_words: Iterable[str]) -> None:
        words = sorted({fold_text(word) for word in county_words} - {""}, key=len, reverse=True)
        self.county_words = tuple(words)
        self._county = re.compile(f"(?:{_PROVINCE})?(?:{'|'.join(map(re.escape, words))})") if words else None
        self._province = re.compile(_PROVINCE)

    def without_county(self, name: str) -> str:
        """Returns ``name`` without its county; unchanged if too little would be left (石柱中学)."""
        county = self._county.match(name) if self._county else None
        if county is None:
            return name
        remainder = name[county.end() :]
        if len(remainder) >= 2 and (
            class_with_ending(remainder) in _ONE_PER_COUNTY or split_class(remainder)[0]
        ):
            return remainder
        start = next(
            (name.find(word) for word in self.county_words if name[: county.end()].endswith(word)), 0
        )
        return name[start:]  # 重庆市石柱中学 → 石柱中学

    def trimmed_forms(self, name: str) -> Iterator[str]:
        """Yields ``name``, then the name without county, part of the school and office."""
        yield name
        name = self.without_county(name.removeprefix("中共"))
        yield name
        if part := _PART_ENDING.sub("", name):
            yield part
        office = name
        while (bare := _OFFICE_ENDING.sub("", office)) != office:
            office = bare
            yield office

    def after_province(self, name: str) -> str | None:
        """Returns the rest after a bare province (重庆市沙子镇), which identifies a township but not a school; None without one."""
        province = self._province.match(name)
        return name[province.end() :] if province else None


def class_with_ending(name: str) -> str | None:
    """Returns the class of schools whose ending is the whole ``name``; None if there is none."""
    return next((school_class for ending, school_class in _ENDINGS_WITH_CLASS if ending == name), None)


def split_class(name: str) -> tuple[str, str | None]:
    """Returns (stem, class) of a school's name: 朝阳小学校 gives (朝阳, 小学); any other name is all stem."""
    for ending, ending_class in _ENDINGS_WITH_CLASS:
        if name.endswith(ending):
            return name[: -len(ending)], ending_class
    return name, None


def shorten_township(name: str) -> str:
    """Returns a township's short name, at least two characters: 沙子镇 gives 沙子."""
    name = _OFFICE_ENDING.sub("", name)
    return next(
        (name[: -len(k)] for k in TOWNSHIP_ENDINGS if name.endswith(k) and len(name) - len(k) >= 2), name
    )


def spell_township(unit: Unit) -> list[str]:
    """Returns generated spellings of a township: the short name, alone and with any kind after it."""
    shorts = {shorten_township(fold_text(name)): None for name in (unit.name, *unit.aliases)}
    return [short + kind for short in shorts if len(short) >= 2 for kind in ("", *TOWNSHIP_ENDINGS)]


def spell_school(unit: Unit, township_names: Sequence[str], trimmer: NameTrimmer) -> list[str]:
    """Returns generated spellings of a school; ``township_names`` are the spellings of its township, longest first."""
    spellings: dict[str, None] = {}
    for spelled in (unit.name, *unit.aliases):
        name = trimmer.without_county(fold_text(spelled))
        stem, own_class = split_class(name)
        if own_class is None:
            continue
        own_township = next(
            (township_name for township_name in township_names if stem.startswith(township_name)), None
        )
        remainder = stem.removeprefix(own_township or "")
        if not remainder and own_township is None:
            if own_class in _ONE_PER_COUNTY:
                spellings |= dict.fromkeys(SCHOOL_ENDINGS[own_class])
            continue
        stems = [remainder]
        if remainder in trimmer.county_words:
            stems = list(trimmer.county_words)
        elif own_class == "教学点" and len(remainder) > 2:
            stems = [remainder.removesuffix("村"), remainder.removesuffix("村") + "村"]
        # One character is no name (三河口小学 in 三河镇); a whole stem stands without its township.
        prefixes = (
            [*township_names, ""]
            if len(remainder) >= 2
            else list(township_names)
            if own_township is not None
            else [""]
        )
        endings = [
            ending
            for school_class in _classes_of_school(unit, own_class)
            for ending in SCHOOL_ENDINGS[school_class]
        ]
        spellings |= {
            prefix + middle + ending: None for prefix in prefixes for middle in stems for ending in endings
        }
    return list(spellings)


def spell_other(unit: Unit, township_names: Sequence[str], trimmer: NameTrimmer) -> list[str]:
    """Returns generated spellings of a village, 学区 or department: with and without township, committee and 县."""
    spellings: dict[str, None] = {}
    for spelled in (unit.name, *unit.aliases):
        folded = fold_text(spelled)
        name = trimmer.without_county(folded)
        own_township = next((town for town in township_names if name.startswith(town)), "")
        remainder = name.removeprefix(own_township)
        ending = next((ending for ending in VILLAGE_ENDINGS if remainder.endswith(ending)), None)
        bodies = [remainder]
        if ending is not None:
            bodies += [remainder.removesuffix(ending) + more for more in VILLAGE_ENDINGS[ending]]
        stands_alone = own_township == "" or (ending is not None and len(remainder) > len(ending) + 1)
        prefixes = [*township_names, *([""] if stands_alone else [])]
        if name != folded or not township_names:
            prefixes.append("县")
        spellings |= {prefix + body: None for prefix in prefixes for body in bodies}
    return list(spellings)


def _classes_of_school(unit: Unit, own_class: str) -> set[str]:
    """Returns the class that the name ends with; for a plain 学校 or a 教学点 also that of its stage."""
    by_stage = _STAGE_CLASSES.get(unit.stage or "")
    return (
        {own_class, by_stage} if by_stage and (own_class == "九年" or by_stage == "教学点") else {own_class}
    )


def _spell(unit: Unit, township_names: Sequence[str], trimmer: NameTrimmer) -> list[str]:
    match unit.kind:
        case "township":
            return spell_township(unit)
        case "school":
            return spell_school(unit, township_names, trimmer)
        case _:
            return spell_other(unit, township_names, trimmer)


def spell_units(roster: Roster, trimmer: NameTrimmer) -> dict[str, Unit]:
    """Maps every spelling of exactly one unit to that unit; earlier tiers win."""
    names_by_township: dict[str, list[str]] = {}
    for unit in roster.of_kind("township"):
        names = {fold_text(name) for name in (unit.name, *unit.aliases)} | set(spell_township(unit))
        names_by_township[unit.name] = sorted((n for n in names if len(n) >= 2), key=lambda n: (-len(n), n))
    exact = [(fold_text(name), unit) for unit in roster.units for name in (unit.name, *unit.aliases)]
    stripped = [(trimmer.without_county(name), unit) for name, unit in exact]
    generated = [
        (spelling, unit)
        for unit in roster.units
        for spelling in _spell(unit, names_by_township.get(unit.township or "", []), trimmer)
    ]
    spellings: dict[str, Unit | None] = {}
    for tier in (exact, stripped, generated):
        tier_spellings: dict[str, Unit | None] = {}
        for spelling, unit in tier:
            if len(spelling) < 2 or spelling in spellings or spelling in trimmer.county_words:
                continue
            tier_spellings[spelling] = unit if tier_spellings.get(spelling, unit) == unit else None
        spellings |= tier_spellings
    return {spelling: unit for spelling, unit in spellings.items() if unit is not None}
