"""Reads the roster (units.csv): the reporting units with their names, kinds and mail addresses."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from config.errors import ConfigError
from config.text.os_reasons import reason_of
from config.text.text_folding import clean_text, fold_text

STAGES = (
    "幼儿园", "小学", "初中", "九年一贯制", "完全中学", "高中", "职业学校", "特殊教育学校", "教学点",
)  # fmt: skip
COMPULSORY_STAGES = frozenset({"小学", "初中", "九年一贯制", "完全中学", "特殊教育学校", "教学点"})
UNIT_KINDS = {"township": "乡镇、街道", "school": "学校、幼儿园"}
"""The kinds of units that a notice knows without saying so."""
COLUMNS = ("name", "kind", "stage", "township", "aliases", "emails")
OPTIONAL_COLUMNS = (
    "parent",
    "zone",
    "code",
    "principal",
    "contact",
    "phone",
    "active_from",
    "active_to",
    "sends_for",
)
_MAY_BE_ABSENT = {"aliases", "emails", *OPTIONAL_COLUMNS}
_MOST_SHOWN = 5  # errors named in one message; the rest are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One 报送单位; ``name`` is its key everywhere, as the roster writes it; other fields are cleaned."""

    name: str
    kind: str
    stage: str | None
    township: str | None
    aliases: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    parent: str | None = None
    area: str | None = None
    """责任区; the column is called ``zone``."""
    code: str | None = None
    principal: str | None = None
    contact: str | None = None
    phone: str | None = None
    active_from: date | None = None
    active_to: date | None = None
    sends_for: tuple[str, ...] = ()
    """Other units, or areas, whose forms this unit may send."""


@dataclass(frozen=True)
class Roster:
    """All units, in the order of the file."""

    units: tuple[Unit, ...]

    def get(self, name: str) -> Unit | None:
        """Returns the unit of this present name, or None; aliases are not looked at."""
        return self._by_name.get(name)

    def current_name(self, name: str) -> str:
        """Returns the present name of a unit; a renamed unit keeps its old name as an alias."""
        if name in self._by_name:
            return name
        renamed = self._by_alias.get(fold_text(name))
        return renamed.name if renamed is not None else name

    def of_kind(self, kind: str) -> tuple[Unit, ...]:
        """Returns the units of one kind (``township``, ``school``) in the order of the roster."""
        return tuple(unit for unit in self.units if unit.kind == kind)

    def by_email(self, address: str) -> tuple[Unit, ...]:
        """Returns every unit that writes from this address; one clerk may write for several."""
        return self._by_email.get(address.strip().lower(), ())

    def senders_for(self, name: str) -> frozenset[str]:
        """Returns the addresses, in lower case, from which this unit's forms may be sent.

        Its own, those of units that it reports for, and those of units that may send for it or for its area.
        """
        return self._senders_by_unit.get(name, frozenset())

    def reporting_unit(self, unit: Unit, senders: Collection[str] | None = None) -> Unit:
        """Returns the unit that reports for this one: its parent's parent…, or itself.

        Args:
            senders: the kinds of units that send the form; a parent of another kind does not report for it.
        """
        line = self.with_parents(unit)
        return ([each for each in line if senders is None or each.kind in senders] or line)[-1]

    def with_parents(self, unit: Unit) -> list[Unit]:
        """Returns a unit, its parent, its parent's parent…"""
        line = [unit]
        while unit.parent and (parent := self.get(unit.parent)) and parent not in line:
            line.append(unit := parent)
        return line

    @cached_property
    def _by_name(self) -> dict[str, Unit]:
        return {unit.name: unit for unit in self.units}

    @cached_property
    def _by_alias(self) -> dict[str, Unit]:
        return {fold_text(alias): unit for unit in self.units for alias in unit.aliases}

    @cached_property
    def _senders_by_unit(self) -> dict[str, frozenset[str]]:
        in_area: dict[str, list[str]] = {}
        for unit in self.units:
            if unit.area is not None:
                in_area.setdefault(unit.area, []).append(unit.name)
        senders: dict[str, set[str]] = {}
        for unit in self.units:
            others = [name for each in unit.sends_for for name in (each, *in_area.get(each, ()))]
            for name in (unit.name, self.reporting_unit(unit).name, *others):
                senders.setdefault(name, set()).update(address.lower() for address in unit.emails)
        return {name: frozenset(addresses) for name, addresses in senders.items()}

    @cached_property
    def _by_email(self) -> dict[str, tuple[Unit, ...]]:
        units_by_email: dict[str, tuple[Unit, ...]] = {}
        for unit in self.units:
            for email in dict.fromkeys(address.lower() for address in unit.emails):
                units_by_email[email] = (*units_by_email.get(email, ()), unit)
        return units_by_email


def load_roster(path: Path, kinds: Mapping[str, str] = UNIT_KINDS) -> Roster:
    """Returns the roster in ``units.csv`` (UTF-8 with or without BOM, or GB18030); ``kinds`` are those of the notice.

    Raises:
        ConfigError: the file is missing or no roster, or lines are wrong; the message lists them all.
    """
    errors: list[str] = []
    numbered: list[tuple[int, Unit]] = []
    for line, row in _read_rows(path):
        unit = _parse_unit(line, row, kinds, errors)
        if unit is not None:
            numbered.append((line, unit))
    numbered = _name_references_as_written(numbered)
    _check_names(numbered, errors)
    _check_references(numbered, errors)
    if errors:
        more = f"……共{len(errors)}处" if len(errors) > _MOST_SHOWN else ""
        raise ConfigError(f"名册 {path} 有误:{';'.join(errors[:_MOST_SHOWN])}{more}。请改正后重试")
    if not numbered:
        raise ConfigError(f"名册 {path} 里没有单位:请每行填一个乡镇(街道)或学校")
    return Roster(tuple(unit for _, unit in numbered))


def _read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yields the line number, and the cells by heading; blank lines are skipped."""
    reader = csv.reader(io.StringIO(_read_text(path), newline=""))
    try:
        header = [clean_text(cell).strip().lower() for cell in next(reader, [])]
        missing = [name for name in COLUMNS if name not in header and name not in _MAY_BE_ABSENT]
        if missing:
            raise ConfigError(
                f"名册 {path} 第1行缺少列 {'、'.join(missing)}:表头应为 {','.join(COLUMNS)}(可另加 {','.join(OPTIONAL_COLUMNS)})"
            )
        twice = sorted({name for name in header if name and header.count(name) > 1})
        if twice:
            raise ConfigError(f"名册 {path} 第1行的列 {'、'.join(twice)} 出现了两次:请删去一列")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row = {
                    name: (cell if name == "name" else clean_text(cell)).strip()
                    for name, cell in zip(header, cells, strict=False)
                }
                row["\0extra"] = "".join(cells[len(header) :]).strip()
                yield reader.line_num, row
    except csv.Error as error:
        raise ConfigError(f"名册 {path} 第{reader.line_num}行读不出来({error}):请检查引号和逗号") from error


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(
            f"找不到名册 {path}:请检查 kongchuo.toml 的 [notice] roster,或运行 kongchuo init 生成"
        ) from error
    except OSError as error:
        raise ConfigError(f"名册 {path} 打不开({reason_of(error)}):请检查路径和读取权限") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ConfigError(f"名册 {path} 的编码认不出来:请另存为 CSV UTF-8")


def _parse_unit(line: int, row: dict[str, str], kinds: Mapping[str, str], errors: list[str]) -> Unit | None:
    name, kind, stage = row["name"], row["kind"].lower(), row["stage"]
    where = f"第{line}行{f'({name})' if name else ''}"
    before = len(errors)
    if row["\0extra"]:
        errors.append(f"{where}的格数比表头多,名称里有逗号时要加英文双引号")
    if not name:
        errors.append(f"{where}没有 name(单位名称)")
    if kind not in kinds:
        kinds_in_words = "、".join(f"{each}({word})" for each, word in kinds.items())
        errors.append(f"{where}的 kind“{row['kind']}”应为 {kinds_in_words} 之一")
    elif kind == "school" and stage not in STAGES:
        errors.append(f"{where}的 stage“{stage}”应为 {'、'.join(STAGES)} 之一")
    elif kind != "school" and stage:
        errors.append(f"{where}不是学校,stage 应留空(若是学校,kind 应为 school)")
    emails = tuple("".join(email.split()) for email in _split_list(row.get("emails", "")))
    errors += [f"{where}的邮箱“{email}”不是地址" for email in emails if not is_address(email)]
    start, end = (
        _parse_day(row.get(key, ""), f"{where}的 {key}", errors) for key in ("active_from", "active_to")
    )
    if start and end and start > end:
        errors.append(f"{where}的 active_from 晚于 active_to")
    if len(errors) > before:
        return None
    return Unit(
        name=name,
        kind=kind,
        stage=stage or None,
        township=row["township"] or None,
        aliases=_split_list(row.get("aliases", "")),
        emails=emails,
        parent=row.get("parent") or None,
        area=row.get("zone") or None,
        code=row.get("code") or None,
        principal=row.get("principal") or None,
        contact=row.get("contact") or None,
        phone=row.get("phone") or None,
        active_from=start,
        active_to=end,
        sends_for=_split_list(row.get("sends_for", "")),
    )


def is_address(text: str) -> bool:
    """Returns whether a text looks like a mail address; nothing is looked up."""
    return re.fullmatch(r"[^@\s]+@[^@\s]+", text) is not None


def is_deliverable(address: str) -> bool:
    """Returns whether a server may take mail for an address: ASCII, a domain of several labels (RFC 5321, 4.1.2 and 4.5.3.1)."""
    local, _, domain = address.rpartition("@")
    return (
        _LOCAL_PART.fullmatch(local) is not None
        and _DOMAIN.fullmatch(domain) is not None
        and len(address) <= _LONGEST_ADDRESS
    )


_LOCAL_PART = re.compile(r"(?!\.)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}(?<!\.)")
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,10}[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_LONGEST_ADDRESS = 254


def _split_list(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in re.split("[;、]", cell) if part.strip()))


def _parse_day(cell: str, where: str, errors: list[str]) -> date | None:
    if not cell:
        return None
    parts = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", cell)
    if parts:
        with suppress(ValueError):  # a day that does not exist is reported like any text that is no date
            return date(*map(int, parts.groups()))
    errors.append(f"{where}“{cell}”不是日期,请写成 2023-09-01")
    return None


def _name_references_as_written(numbered: Sequence[tuple[int, Unit]]) -> list[tuple[int, Unit]]:
    """Returns the units with township and parent spelled as in that unit's own line."""
    names = {fold_text(unit.name): unit.name for _, unit in numbered}

    def as_written(name: str | None) -> str | None:
        return names.get(fold_text(name), name) if name else None

    return [
        (
            line,
            replace(
                unit,
                township=as_written(unit.township),
                parent=as_written(unit.parent),
                sends_for=tuple(names.get(fold_text(name), name) for name in unit.sends_for),
            ),
        )
        for line, unit in numbered
    ]


def _check_names(numbered: Sequence[tuple[int, Unit]], errors: list[str]) -> None:
    """Raises ConfigError for a duplicate name or a spelling of two units."""
    names: dict[str, int] = {}
    for line, unit in numbered:
        first = names.setdefault(fold_text(unit.name), line)
        if first != line:
            errors.append(f"第{first}行与第{line}行是同一个名称“{unit.name}”")
    lines_by_alias: dict[str, dict[int, None]] = {}
    for line, unit in numbered:
        for alias in unit.aliases:
            lines_by_alias.setdefault(fold_text(alias), {})[line] = None
    for alias, lines in lines_by_alias.items():
        if alias in names:
            lines[names[alias]] = None
        if len(lines) > 1:
            line_list = "、".join(f"第{line}行" for line in sorted(lines))
            errors.append(f"别名“{alias}”同时属于{line_list},请只留给一个单位")


def _check_references(numbered: Sequence[tuple[int, Unit]], errors: list[str]) -> None:
    kinds = {unit.name: unit.kind for _, unit in numbered}
    parents = {unit.name: unit.parent for _, unit in numbered}
    areas = {unit.area for _, unit in numbered}
    for line, unit in numbered:
        where = f"第{line}行({unit.name})"
        if unit.township and kinds.get(unit.township) != "township":
            errors.append(
                f"{where}的 township“{unit.township}”不是名册里的乡镇(街道):请写 kind 是 township 的单位,没有就留空"
            )
        if unit.parent and unit.parent not in kinds:
            errors.append(f"{where}的 parent“{unit.parent}”不在名册里")
        errors += [
            f"{where}的 sends_for“{name}”不是名册里的单位,也不是 zone(责任区)"
            for name in unit.sends_for
            if name not in kinds and name not in areas
        ]
        ancestor, seen = unit.parent, set[str]()
        while ancestor and ancestor not in seen:
            if ancestor == unit.name:
                errors.append(f"{where}的 parent 绕回了它自己")
            seen.add(ancestor)
            ancestor = parents.get(ancestor)
