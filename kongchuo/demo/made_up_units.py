"""Makes up the roster: the townships of the bundled list, schools of every stage, and one 教学点."""

import csv
import io
from collections.abc import Sequence
from importlib import resources
from random import Random

from config.units.roster import Unit
from kongchuo.demo.made_up_names import SCHOOL_WORDS, SURNAMES

COMPULSORY = ("小学", "初中", "九年一贯制", "完全中学", "特殊教育学校")  # the stages that owe 附件4
_STAGES = (
    "小学", "小学", "初中", "幼儿园", "小学", "九年一贯制", "幼儿园", "小学", "初中", "完全中学", "高中", "职业学校", "特殊教育学校",
)  # fmt: skip
_ENDINGS = {
    "小学": "小学",
    "初中": "中学",
    "九年一贯制": "学校",
    "幼儿园": "幼儿园",
    "完全中学": "完全中学",
    "高中": "高级中学",
    "职业学校": "职业中学",
    "特殊教育学校": "特殊教育学校",
}
_SHORT_FORMS = {
    "镇小学": "小学",
    "完全中学": "完中",
    "高级中学": "高中",
    "职业中学": "职中",
    "特殊教育学校": "特校",
}
_COLUMNS = ("name", "kind", "stage", "township", "aliases", "emails", "parent", "zone", "contact", "phone")
_AREAS = ("东片区", "西片区", "南片区", "北片区")


def make_units(random: Random, schools: int) -> list[Unit]:
    """Returns 33 townships, then ``schools`` schools, then one 教学点 with a parent if there is a 小学."""
    towns = _townships()
    units = [_unit(random, name, None, name, _AREAS[index % 4]) for index, name in enumerate(towns)]
    names: set[str] = set()
    for number in range(schools):
        stage = _STAGES[number % len(_STAGES)]
        index = number % len(towns)
        short = towns[index].removesuffix("街道").removesuffix("镇").removesuffix("乡")
        word = SCHOOL_WORDS[(number // len(towns)) % len(SCHOOL_WORDS)] if number >= len(towns) else ""
        name = f"{short}{'镇' if not word and stage == '小学' else ''}{word}{_ENDINGS[stage]}"
        while name in names:
            name = f"{short}第{random.choice('二三四五六七八九')}{word}{_ENDINGS[stage]}"
        names.add(name)
        units.append(_unit(random, name, stage, towns[index], _AREAS[index % 4]))
    parent = next((unit for unit in units if unit.stage == "小学"), None)
    if parent is not None and parent.township and parent.area:
        name = f"{parent.township}青龙教学点"
        units.append(_unit(random, name, "教学点", parent.township, parent.area, parent.name))
    return units


def units_csv(units: Sequence[Unit]) -> str:
    """Returns the roster as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for unit in units:
        cells = (getattr(unit, "area" if column == "zone" else column) for column in _COLUMNS)
        writer.writerow(";".join(cell) if isinstance(cell, tuple) else cell or "" for cell in cells)
    return out.getvalue()


def _townships() -> list[str]:
    text = (resources.files("config") / "notices" / "shizhu-townships.csv").read_text("utf-8-sig")
    return [row["name"] for row in csv.DictReader(io.StringIO(text))]


def _unit(
    random: Random, name: str, stage: str | None, town: str, area: str, parent: str | None = None
) -> Unit:
    number = random.randint(0, 99_999_999)
    aliases = [name.removesuffix(long) + short for long, short in _SHORT_FORMS.items() if name.endswith(long)]
    return Unit(
        name=name,
        kind="school" if stage else "township",
        stage=stage,
        township=town if stage else None,
        aliases=tuple(aliases),
        emails=(f"u{number:08}@example.org",),
        parent=parent,
        area=area,
        contact=random.choice(SURNAMES) + "老师",
        phone=f"139{number:08}",
    )
