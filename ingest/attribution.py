"""Whose a table or a file is: what it says weighs more than what it is called, and that more than who sent it.

Every mention of a unit is weighed and kept. Where two units are claimed with comparable weight,
nobody is chosen: a person is told both claims (domain A22).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from config.notice import Notice, UnitKind
from config.units.roster import Roster, Unit
from config.units.unit_names import UnitNames
from parsers.mail.mime import MailHead
from parsers.records import ParsedForm, Signal

DECLARED, TITLE, ROWS, FILE = 5.0, 4.0, 4.0, 3.0
NEAR = 3.0
"""A township's name with one character wrong, where no other is as near."""
SUBJECT, SHEET, SENDER, BODY, SENDER_NAME = 2.5, 2.0, 2.0, 1.5, 1.0
SHARED_ADDRESS = 0.5
"""An address that several units write from speaks for none of them alone."""

ROWS_AGREE = 0.8
"""This share of the rows must name one unit before the rows speak for it."""
ENOUGH = 2.0
"""The least that a unit is chosen for."""
CLOSE = 0.6
"""A second claim with this share of the first one's weight is a conflict."""

_OF_THE_FILE = frozenset({"declared", "title", "rows", "sheet", "file"})
_SOURCES = {
    "declared": "填报单位",
    "title": "标题",
    "rows": "各行的单位列",
    "sheet": "工作表名",
    "file": "文件名",
    "subject": "邮件主题",
    "body": "邮件正文",
    "sender": "发件人地址",
    "sender_name": "发件人名称",
}
_KINDS: dict[UnitKind, str] = {"township": "乡镇(街道)", "school": "学校"}
_PLACEHOLDER = re.compile(
    r"[x×_*\s]{2,}|[某□○〇]{1,}|^(乡镇|街道|学校|盖章|公章|[()()、/:: ])*$", re.IGNORECASE
)
_QUOTED = re.compile(
    r"^\s*(>|-{2,}\s*(原始邮件|original message|转发)|发件人[::]|from:|在.{4,40}写道)", re.IGNORECASE
)
_TEXT_KEPT = 80
_SIGNATURE_LINES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The unit, or why there is none; and all that was weighed."""

    unit: Unit | None
    code: Literal["unknown-unit", "unit-conflict"] | None
    reason: str | None
    signals: tuple[Signal, ...] = ()


def attribute(
    reading: ParsedForm | None,
    form: str | None,
    *,
    path: Sequence[str],
    head: MailHead,
    body: str,
    names: UnitNames,
    roster: Roster,
    notice: Notice,
    learned: Mapping[str, str],
) -> Attribution:
    """Say whose ``reading`` is, or, without one, whose the file at ``path`` is."""
    scales = _Scales(_sender_kind(form, notice), names, roster)
    if reading is not None:
        _weigh_table(scales, reading)
    scales.put_first("file", FILE, _pieces(path))
    scales.put("subject", SUBJECT, head.subject)
    scales.put_first("body", BODY, _signature_and_greeting(body))
    _weigh_sender(scales, head, learned)
    scales.put("sender_name", SENDER_NAME, head.sender_name)
    return _judge(scales, form, reading)


class _Scales:
    """Collects mentions of units of the right kind, a child unit's as its parent's."""

    def __init__(self, kind: UnitKind | None, names: UnitNames, roster: Roster) -> None:
        self.kind = kind
        self.names = names
        self.roster = roster
        self.signals: list[Signal] = []
        self.wrong_kind: dict[str, str] = {}  # unit of the other kind, by where it was seen first

    def put(self, source: str, weight: float, text: str | None) -> bool:
        """Weigh what ``text`` names; several names share the weight. False where it names none."""
        if not text or not text.strip():
            return False
        whole = self.names.resolve(text)
        return self.put_units(source, weight, [whole] if whole else self.names.find(text), text)

    def put_first(self, source: str, weight: float, texts: Iterable[str]) -> bool:
        """Weigh the first of the texts that names a unit."""
        return any(self.put(source, weight, text) for text in texts)

    def put_units(self, source: str, weight: float, units: Iterable[Unit], text: str) -> bool:
        reporting: dict[str, Unit] = {}
        for unit in units:
            above = self.roster.reporting_unit(unit)
            if self.kind in (None, above.kind):
                reporting[above.name] = above
            else:
                self.wrong_kind.setdefault(above.name, source)
        for name in reporting:
            share = weight / len(reporting)
            self.signals.append(Signal(source=source, value=name, weight=share, text=text[:_TEXT_KEPT]))
        return bool(reporting)

    def totals(self) -> list[tuple[str, float]]:
        """Units with their weight, heaviest first; ties by name, so that every run says the same."""
        sums: dict[str, float] = {}
        for signal in self.signals:
            sums[signal.value] = sums.get(signal.value, 0.0) + signal.weight
        return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))

    def sources(self, unit: str) -> list[str]:
        return list(dict.fromkeys(signal.source for signal in self.signals if signal.value == unit))


def _sender_kind(form: str | None, notice: Notice) -> UnitKind | None:
    """Which kind of unit sends this form; None where anybody may."""
    spec = notice.by_key.get(form or "")
    return spec.sender if spec and spec.owed else None


def _weigh_table(scales: _Scales, reading: ParsedForm) -> None:
    if not scales.put("declared", DECLARED, reading.stated_unit) and reading.stated_unit:
        nearest_township = scales.names.nearest_township(reading.stated_unit)  # 西坨镇 for 西沱镇
        scales.put_units(
            "declared", NEAR, [nearest_township] if nearest_township else [], reading.stated_unit
        )
    scales.put("title", TITLE, reading.title)
    _weigh_rows(scales, reading.unit_values)
    scales.put("sheet", SHEET, reading.sheet)


def _weigh_rows(scales: _Scales, spellings: Sequence[tuple[str, int]]) -> None:
    """The unit column speaks where nearly all rows agree; blanks and unknown names count against it."""
    rows = sum(count for spelling, count in spellings if spelling.strip())
    counts: dict[str, int] = {}
    for spelling, count in spellings:
        if (unit := scales.names.resolve(spelling)) is not None:
            name = scales.roster.reporting_unit(unit).name
            counts[name] = counts.get(name, 0) + count
    if not counts:
        return
    name, count = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
    if count >= ROWS_AGREE * rows and (unit := scales.roster.get(name)) is not None:
        scales.put_units("rows", ROWS, [unit], f"{name} {count}/{rows}行")


def _weigh_sender(scales: _Scales, head: MailHead, learned: Mapping[str, str]) -> None:
    address = head.sender.strip().lower()
    taught = scales.roster.get(learned.get(head.sender) or learned.get(address) or "")
    known = [unit for unit in scales.roster.by_email(address) if scales.kind in (None, unit.kind)]
    reporting = {scales.roster.reporting_unit(unit).name for unit in known}
    if taught is not None:
        scales.put_units("sender", SENDER, [taught], address)
    elif len(reporting) == 1:
        scales.put_units("sender", SENDER, known, address)
    elif reporting:
        scales.put_units("sender", SHARED_ADDRESS * len(reporting), known, address)


def _pieces(path: Sequence[str]) -> list[str]:
    """Names of files and folders, innermost first, less their extensions."""
    pieces = [piece for name in path for piece in re.split(r"[/\\]", name)]
    return [re.sub(r"\.[A-Za-z0-9]{1,5}$", "", piece) for piece in reversed(pieces)]


def _signature_and_greeting(body: str) -> list[str]:
    """The last lines from the bottom up, then the first ones; what is quoted from earlier mail is not his."""
    own: list[str] = []
    for line in body.splitlines():
        if _QUOTED.match(line):
            break
        if line.strip():
            own.append(line.strip())
    tail = own[-_SIGNATURE_LINES:]
    return [*reversed(tail), *own[:-_SIGNATURE_LINES][:_SIGNATURE_LINES]]


def _judge(scales: _Scales, form: str | None, reading: ParsedForm | None) -> Attribution:
    signals = tuple(scales.signals)
    totals = scales.totals()
    # A clerk sends for other schools too (domain M-02): what the file says goes before the envelope.
    speaking = [pair for pair in totals if _OF_THE_FILE.intersection(scales.sources(pair[0]))] or totals
    if not speaking or speaking[0][1] < ENOUGH:
        return Attribution(
            unit=None, code="unknown-unit", reason=_why_unknown(scales, form, reading), signals=signals
        )
    best, weight = speaking[0]
    if _declares_a_stranger(scales, reading) and not _OF_THE_FILE.intersection(scales.sources(best)):
        # The table says whose it is, and the roster does not know it: the sender's name must not stand in.
        return Attribution(
            unit=None, code="unknown-unit", reason=_why_unknown(scales, form, reading), signals=signals
        )
    if len(speaking) > 1 and speaking[1][1] >= CLOSE * weight:
        reason = _why_conflict(scales, [name for name, total in speaking if total >= CLOSE * weight])
        return Attribution(unit=None, code="unit-conflict", reason=reason, signals=signals)
    inside = _against_the_table(scales, best)
    if inside is not None:
        reason = _why_conflict(scales, [inside, best])
        return Attribution(unit=None, code="unit-conflict", reason=reason, signals=signals)
    return Attribution(unit=scales.roster.get(best), code=None, reason=None, signals=signals)


def _declares_a_stranger(scales: _Scales, reading: ParsedForm | None) -> bool:
    declared = (reading.stated_unit or "").strip() if reading else ""
    return (
        bool(declared)
        and not _PLACEHOLDER.search(declared)
        and "declared" not in {m.source for m in scales.signals}
    )


def _against_the_table(scales: _Scales, best: str) -> str | None:
    """The unit that the table itself names, where all for ``best`` stands outside the table."""
    table = ("declared", "title", "rows")
    named = {signal.value for signal in scales.signals if signal.source in table}
    return min(named) if named and best not in named else None


def _why_conflict(scales: _Scales, claimed: Sequence[str]) -> str:
    claims = []
    for name in claimed[:3]:
        where = "、".join(_SOURCES[source] for source in scales.sources(name))
        claims.append(f"{where}指向“{name}”")
    return f"单位对不上:{';'.join(claims)}。请核实后用 kongchuo assign 文件编号 --unit 单位名 归入"


def _why_unknown(scales: _Scales, form: str | None, reading: ParsedForm | None) -> str:
    remedy = "请用 kongchuo assign 文件编号 --unit 单位名 归入"
    if scales.kind is not None and scales.wrong_kind:
        name, source = next(iter(scales.wrong_kind.items()))
        return (
            f"{form}应由{_KINDS[scales.kind]}报送,而{_SOURCES[source]}写的是“{name}”:请核实是谁的表,{remedy}"
        )
    declared = (reading.stated_unit or "").strip() if reading else ""
    if declared and not _PLACEHOLDER.search(declared) and scales.names.resolve(declared) is None:
        return f"填报单位写的是“{declared[:30]}”,名册里没有这个单位:请在名册 aliases 中补上这个写法,或{remedy[1:]}"
    if scales.signals:
        seen = "、".join(dict.fromkeys(signal.value for signal in scales.signals))
        return f"只有零星线索(可能是{seen[:60]}),不足以认定报送单位:{remedy}"
    where = "标题、填报单位、文件名、邮件主题和发件人" if reading else "文件名、邮件主题、正文和发件人"
    return f"看不出是哪个单位报的({where}里都没有名册上的单位):{remedy}"
