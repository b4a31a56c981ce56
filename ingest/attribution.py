"""Whose a table or a file is: what it says weighs more than what it is called, and that more than who sent it.

Every mention of a unit is weighed and kept. Where two units are claimed with comparable weight,
nobody is chosen: a person is told both claims (domain A22).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from config.notice import Notice, UnitKind
from config.text_folding import clean_text
from config.units.roster import Roster, Unit
from config.units.unit_names import UnitNames
from ingest.context import IngestContext
from parsers.mail.mime import Mail, MailHead
from parsers.records import ParsedForm, Signal

ASSIGNED_WEIGHT = 100.0
DECLARED_WEIGHT, TITLE_WEIGHT, ROWS_WEIGHT, FILE_WEIGHT = 5.0, 4.0, 4.0, 3.0
NEAR_NAME_WEIGHT = 3.0
"""A township's name with one character wrong, where no other is as near."""
SUBJECT_WEIGHT, SHEET_WEIGHT, SENDER_WEIGHT, BODY_WEIGHT, SENDER_NAME_WEIGHT = 2.5, 2.0, 2.0, 1.5, 1.0
SHARED_ADDRESS_WEIGHT = 0.5
"""An address that several units write from speaks for none of them alone."""

AGREEING_ROWS_SHARE = 0.8
"""This share of the rows must name one unit before the rows speak for it."""
MINIMUM_WEIGHT = 2.0
"""The least that a unit is chosen for."""
CONFLICT_SHARE = 0.6
"""A second claim with this share of the first one's weight is a conflict."""

_FILE_SOURCES = frozenset({"declared", "title", "rows", "sheet", "file"})
_SOURCE_NAMES = {
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
_UNIT_KIND_NAMES: dict[UnitKind, str] = {"township": "乡镇(街道)", "school": "学校"}
_PLACEHOLDER = re.compile(r"[x×_*\s]{2,}|[某□○〇]{1,}|^(乡镇|街道|学校|盖章|公章|[()、/: ])*$", re.IGNORECASE)
_QUOTED_LINE = re.compile(
    r"^\s*(>|-{2,}\s*(原始邮件|original message|转发)|发件人:|from:|在.{4,40}写道)", re.IGNORECASE
)
_TEXT_LENGTH = 80
_SIGNATURE_LINES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The unit, or why there is none; and all that was weighed."""

    unit: Unit | None
    code: Literal["unknown-unit", "unit-conflict"] | None
    reason: str | None
    signals: tuple[Signal, ...] = ()


def attribute(
    reading: ParsedForm | None, form: str | None, path: Sequence[str], mail: Mail, context: IngestContext
) -> Attribution:
    """Decides whose ``reading`` is, or, without one, whose the file at ``path`` is."""
    collector = _SignalCollector(_sender_kind(form, context.notice), context.names, context.roster)
    if reading is not None:
        _collect_from_table(collector, reading)
    collector.add_first("file", FILE_WEIGHT, _path_names(path))
    collector.add_text("subject", SUBJECT_WEIGHT, mail.head.clean_subject)
    collector.add_first("body", BODY_WEIGHT, _own_first_and_last_lines(mail.body))
    _collect_from_sender(collector, mail.head, context.learned_senders)
    collector.add_text("sender_name", SENDER_NAME_WEIGHT, mail.head.sender_name)
    return _choose_unit(collector, form, reading)


def signal_of_assignment(unit: Unit) -> Signal:
    """Returns the signal of a person's decision, which outweighs all others."""
    return Signal(source="assigned", value=unit.name, weight=ASSIGNED_WEIGHT)


class _SignalCollector:
    """Collects mentions of units of the right kind, a child unit's as its parent's."""

    def __init__(self, kind: UnitKind | None, names: UnitNames, roster: Roster) -> None:
        self.kind = kind
        self.names = names
        self.roster = roster
        self.signals: list[Signal] = []
        self.wrong_kind: dict[str, str] = {}  # unit of the other kind, by where it was seen first

    def add_text(self, source: str, weight: float, text: str | None) -> bool:
        """Weigh what ``text`` names; several names share the weight. False where it names none."""
        if not text or not text.strip():
            return False
        whole = self.names.resolve(text)
        return self.add_units(source, weight, [whole] if whole else self.names.find(text), text)

    def add_first(self, source: str, weight: float, texts: Iterable[str]) -> bool:
        """Weigh the first of the texts that names a unit."""
        return any(self.add_text(source, weight, text) for text in texts)

    def add_units(self, source: str, weight: float, units: Iterable[Unit], text: str) -> bool:
        reporters: dict[str, Unit] = {}
        for unit in units:
            reporter = self.roster.reporting_unit(unit)
            if self.kind in (None, reporter.kind):
                reporters[reporter.name] = reporter
            else:
                self.wrong_kind.setdefault(reporter.name, source)
        for name in reporters:
            weight_per_unit = weight / len(reporters)
            self.signals.append(
                Signal(source=source, value=name, weight=weight_per_unit, text=text[:_TEXT_LENGTH])
            )
        return bool(reporters)

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


def _collect_from_table(collector: _SignalCollector, reading: ParsedForm) -> None:
    if not collector.add_text("declared", DECLARED_WEIGHT, reading.stated_unit) and reading.stated_unit:
        nearest_township = collector.names.nearest_township(reading.stated_unit)  # 西坨镇 for 西沱镇
        collector.add_units(
            "declared", NEAR_NAME_WEIGHT, [nearest_township] if nearest_township else [], reading.stated_unit
        )
    collector.add_text("title", TITLE_WEIGHT, reading.title)
    _collect_from_rows(collector, reading.unit_values)
    collector.add_text("sheet", SHEET_WEIGHT, reading.sheet)


def _collect_from_rows(collector: _SignalCollector, spellings: Sequence[tuple[str, int]]) -> None:
    """The unit column speaks where nearly all rows agree; blanks and unknown names count against it."""
    rows = sum(count for spelling, count in spellings if spelling.strip())
    counts: dict[str, int] = {}
    for spelling, count in spellings:
        if (unit := collector.names.resolve(spelling)) is not None:
            name = collector.roster.reporting_unit(unit).name
            counts[name] = counts.get(name, 0) + count
    if not counts:
        return
    name, count = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
    if count >= AGREEING_ROWS_SHARE * rows and (unit := collector.roster.get(name)) is not None:
        collector.add_units("rows", ROWS_WEIGHT, [unit], f"{name} {count}/{rows}行")


def _collect_from_sender(
    collector: _SignalCollector, head: MailHead, learned_senders: Mapping[str, str]
) -> None:
    address = head.sender.strip().lower()
    learned_unit = collector.roster.get(
        learned_senders.get(head.sender) or learned_senders.get(address) or ""
    )
    units_of_address = [
        unit for unit in collector.roster.by_email(address) if collector.kind in (None, unit.kind)
    ]
    reporter_names = {collector.roster.reporting_unit(unit).name for unit in units_of_address}
    if learned_unit is not None:
        collector.add_units("sender", SENDER_WEIGHT, [learned_unit], address)
    elif len(reporter_names) == 1:
        collector.add_units("sender", SENDER_WEIGHT, units_of_address, address)
    elif reporter_names:
        collector.add_units("sender", SHARED_ADDRESS_WEIGHT * len(reporter_names), units_of_address, address)


def _path_names(path: Sequence[str]) -> list[str]:
    """Names of files and folders, innermost first, less their extensions."""
    pieces = [piece for name in map(clean_text, path) for piece in re.split(r"[/\\]", name)]
    return [re.sub(r"\.[A-Za-z0-9]{1,5}$", "", piece) for piece in reversed(pieces)]


def _own_first_and_last_lines(body: str) -> list[str]:
    """The last lines from the bottom up, then the first ones; what is quoted from earlier mail is not his."""
    own_lines: list[str] = []
    for line in body.splitlines():
        if _QUOTED_LINE.match(line):
            break
        if line.strip():
            own_lines.append(line.strip())
    tail = own_lines[-_SIGNATURE_LINES:]
    return [*reversed(tail), *own_lines[:-_SIGNATURE_LINES][:_SIGNATURE_LINES]]


def _choose_unit(collector: _SignalCollector, form: str | None, reading: ParsedForm | None) -> Attribution:
    signals = tuple(collector.signals)
    totals = collector.totals()
    # A clerk sends for other schools too (domain M-02): what the file says goes before the envelope.
    candidates = [pair for pair in totals if _FILE_SOURCES.intersection(collector.sources(pair[0]))] or totals
    if not candidates or candidates[0][1] < MINIMUM_WEIGHT:
        return Attribution(
            unit=None, code="unknown-unit", reason=_unknown_reason(collector, form, reading), signals=signals
        )
    best, weight = candidates[0]
    if _declares_unknown_unit(collector, reading) and not _FILE_SOURCES.intersection(collector.sources(best)):
        # The table says whose it is, and the roster does not know it: the sender's name must not stand in.
        return Attribution(
            unit=None, code="unknown-unit", reason=_unknown_reason(collector, form, reading), signals=signals
        )
    if len(candidates) > 1 and candidates[1][1] >= CONFLICT_SHARE * weight:
        reason = _conflict_reason(
            collector, [name for name, total in candidates if total >= CONFLICT_SHARE * weight]
        )
        return Attribution(unit=None, code="unit-conflict", reason=reason, signals=signals)
    unit_in_table = _other_unit_in_table(collector, best)
    if unit_in_table is not None:
        reason = _conflict_reason(collector, [unit_in_table, best])
        return Attribution(unit=None, code="unit-conflict", reason=reason, signals=signals)
    return Attribution(unit=collector.roster.get(best), code=None, reason=None, signals=signals)


def _declares_unknown_unit(collector: _SignalCollector, reading: ParsedForm | None) -> bool:
    declared = (reading.stated_unit or "").strip() if reading else ""
    return (
        bool(declared)
        and not _PLACEHOLDER.search(declared)
        and "declared" not in {m.source for m in collector.signals}
    )


def _other_unit_in_table(collector: _SignalCollector, best: str) -> str | None:
    """The unit that the table itself names, where all for ``best`` stands outside the table."""
    table = ("declared", "title", "rows")
    named = {signal.value for signal in collector.signals if signal.source in table}
    return min(named) if named and best not in named else None


def _conflict_reason(collector: _SignalCollector, claimed: Sequence[str]) -> str:
    claim_texts = []
    for name in claimed[:3]:
        where = "、".join(_SOURCE_NAMES[source] for source in collector.sources(name))
        claim_texts.append(f"{where}指向“{name}”")
    return f"单位对不上:{';'.join(claim_texts)}。请核实后用 kongchuo assign 文件编号 --unit 单位名 归入"


def _unknown_reason(collector: _SignalCollector, form: str | None, reading: ParsedForm | None) -> str:
    remedy = "请用 kongchuo assign 文件编号 --unit 单位名 归入"
    if collector.kind is not None and collector.wrong_kind:
        name, source = next(iter(collector.wrong_kind.items()))
        return f"{form}应由{_UNIT_KIND_NAMES[collector.kind]}报送,而{_SOURCE_NAMES[source]}写的是“{name}”:请核实是谁的表,{remedy}"
    declared = (reading.stated_unit or "").strip() if reading else ""
    if declared and not _PLACEHOLDER.search(declared) and collector.names.resolve(declared) is None:
        return f"填报单位写的是“{declared[:30]}”,名册里没有这个单位:请在名册 aliases 中补上这个写法,或{remedy[1:]}"
    if collector.signals:
        seen = "、".join(dict.fromkeys(signal.value for signal in collector.signals))
        return f"只有零星线索(可能是{seen[:60]}),不足以认定报送单位:{remedy}"
    where = "标题、填报单位、文件名、邮件主题和发件人" if reading else "文件名、邮件主题、正文和发件人"
    return f"看不出是哪个单位报的({where}里都没有名册上的单位):{remedy}"
