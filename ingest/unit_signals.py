"""Collects the signals for the unit of a table or file: each mention of a unit, with its weight."""

import re
from collections.abc import Iterable, Mapping, Sequence

from config.notice import Notice
from config.text.text_folding import clean_text
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster, Unit
from ingest.context import IngestContext
from ingest.mail_words import own_lines
from parsers.mail.mail_contents import Mail, MailHead
from parsers.records import ParsedForm, Signal

ASSIGNED_WEIGHT = 100.0
PROPERTIES_WEIGHT = 50.0
"""For a form that this program made for a unit: it outweighs all but an assignment, and contrary text in the file is a conflict."""
DECLARED_WEIGHT, TITLE_WEIGHT, ROWS_WEIGHT, FILE_WEIGHT = 5.0, 4.0, 4.0, 3.0
NEAR_NAME_WEIGHT = 3.0
"""For a township's name with one character wrong, where no other name is as near."""
SUBJECT_WEIGHT, SHEET_WEIGHT, SENDER_WEIGHT, BODY_WEIGHT, SENDER_NAME_WEIGHT = 2.5, 2.0, 2.0, 1.5, 1.0
SHARED_ADDRESS_WEIGHT = 0.5
"""For an address of several units, which indicates none of them alone."""

AGREEING_ROWS_SHARE = 0.8
"""The share (0..1) of rows that must name one unit before the rows are a signal for it."""
_TEXT_LENGTH = 80
_SIGNATURE_LINES = 6


def signal_of_assignment(unit: Unit) -> Signal:
    """Returns the signal of a person's decision, which outweighs all others."""
    return Signal(source="assigned", value=unit.name, weight=ASSIGNED_WEIGHT)


class SignalCollector:
    """Collects mentions of units of the right kind; a unit with a ``parent`` counts as its parent."""

    def __init__(self, sender_kinds: Mapping[str, str] | None, names: UnitNames, roster: Roster) -> None:
        self.sender_kinds = sender_kinds
        self.names = names
        self.roster = roster
        self.signals: list[Signal] = []
        self.units_of_other_kind: dict[
            str, str
        ] = {}  # by unit of another kind, the first source that named it

    def add_text(self, source: str, weight: float, text: str | None) -> bool:
        """Adds the units named in ``text``, sharing the weight among them; returns whether there are any."""
        if not text or not text.strip():
            return False
        whole = self.names.resolve(text)
        return self.add_units(source, weight, [whole] if whole else self.names.find(text), text)

    def add_first(self, source: str, weight: float, texts: Iterable[str]) -> bool:
        """Adds the units in the first of the texts that names any; returns whether there are any."""
        return any(self.add_text(source, weight, text) for text in texts)

    def add_units(self, source: str, weight: float, units: Iterable[Unit], text: str) -> bool:
        """Adds these units, sharing the weight among those of the right kind; returns whether there are any."""
        reporters: dict[str, Unit] = {}
        for unit in units:
            reporter = self.reporter(unit)
            if self.sender_kinds is None or reporter.kind in self.sender_kinds:
                reporters[reporter.name] = reporter
            else:
                self.units_of_other_kind.setdefault(reporter.name, source)
        for name in reporters:
            weight_per_unit = weight / len(reporters)
            self.signals.append(
                Signal(source=source, value=name, weight=weight_per_unit, text=text[:_TEXT_LENGTH])
            )
        return bool(reporters)

    def reporter(self, unit: Unit) -> Unit:
        """Returns the unit that sends this form for a unit."""
        return self.roster.reporting_unit(unit, self.sender_kinds)

    def totals(self) -> list[tuple[str, float]]:
        """Returns the units with their total weights, heaviest first; ties are sorted by name, so that every run gives the same."""
        sums: dict[str, float] = {}
        for signal in self.signals:
            sums[signal.value] = sums.get(signal.value, 0.0) + signal.weight
        return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))

    def sources(self, unit: str) -> list[str]:
        """Returns the sources of the signals for a unit, in order of first mention."""
        return list(dict.fromkeys(signal.source for signal in self.signals if signal.value == unit))


def collect_signals(
    reading: ParsedForm | None, form: str | None, path: Sequence[str], mail: Mail, context: IngestContext
) -> SignalCollector:
    """Returns the signals for the unit from a table, the names of its file and its mail."""
    collector = SignalCollector(_sender_kinds(form, context.notice), context.names, context.roster)
    if reading is not None:
        _collect_from_table(collector, reading)
    collector.add_first("file", FILE_WEIGHT, path_names(path))
    collector.add_text("subject", SUBJECT_WEIGHT, mail.head.clean_subject)
    collector.add_first("body", BODY_WEIGHT, _own_first_and_last_lines(mail.whole_body))
    _collect_from_sender(collector, mail.head, context.learned_senders)
    collector.add_text("sender_name", SENDER_NAME_WEIGHT, mail.head.sender_name)
    return collector


def path_names(path: Sequence[str]) -> list[str]:
    """Returns the names of files and folders without their extensions, innermost first."""
    pieces = [piece for name in map(clean_text, path) for piece in re.split(r"[/\\]", name)]
    return [re.sub(r"\.[A-Za-z0-9]{1,5}$", "", piece) for piece in reversed(pieces)]


def _sender_kinds(form: str | None, notice: Notice) -> Mapping[str, str] | None:
    """Returns the kinds of units that send this form, with their Chinese names; None if any unit may."""
    spec = notice.by_key.get(form or "")
    if spec is None or not spec.owed:
        return None
    return {kind: notice.units.kinds.get(kind, kind) for kind in spec.senders}


def _collect_from_table(collector: SignalCollector, reading: ParsedForm) -> None:
    if reading.made_for is not None and (
        unit := collector.roster.get(collector.roster.current_name(reading.made_for))
    ):
        collector.add_units("properties", PROPERTIES_WEIGHT, [unit], unit.name)
    if not collector.add_text("declared", DECLARED_WEIGHT, reading.stated_unit) and reading.stated_unit:
        nearest_township = collector.names.nearest_township(reading.stated_unit)  # 西坨镇 for 西沱镇
        collector.add_units(
            "declared", NEAR_NAME_WEIGHT, [nearest_township] if nearest_township else [], reading.stated_unit
        )
    collector.add_text("title", TITLE_WEIGHT, reading.title)
    _collect_from_rows(collector, reading.unit_values)
    collector.add_text("sheet", SHEET_WEIGHT, reading.sheet)


def _collect_from_rows(collector: SignalCollector, spellings: Sequence[tuple[str, int]]) -> None:
    """Adds a signal for the unit that nearly all rows name; unknown names count against it."""
    rows = sum(count for spelling, count in spellings if spelling.strip())
    counts: dict[str, int] = {}
    for spelling, count in spellings:
        if (unit := collector.names.resolve(spelling)) is not None:
            name = collector.reporter(unit).name
            counts[name] = counts.get(name, 0) + count
    if not counts:
        return
    name, count = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
    if count >= AGREEING_ROWS_SHARE * rows and (unit := collector.roster.get(name)) is not None:
        collector.add_units("rows", ROWS_WEIGHT, [unit], f"{name} {count}/{rows}行")


def _collect_from_sender(
    collector: SignalCollector, head: MailHead, learned_senders: Mapping[str, str]
) -> None:
    address = head.sender.strip().lower()
    learned_unit = collector.roster.get(
        learned_senders.get(head.sender) or learned_senders.get(address) or ""
    )
    units_of_address = [
        unit
        for unit in collector.roster.by_email(address)
        if collector.sender_kinds is None or unit.kind in collector.sender_kinds
    ]
    reporter_names = {collector.reporter(unit).name for unit in units_of_address}
    if learned_unit is not None:
        collector.add_units("sender", SENDER_WEIGHT, [learned_unit], address)
    elif len(reporter_names) == 1:
        collector.add_units("sender", SENDER_WEIGHT, units_of_address, address)
    elif reporter_names:
        collector.add_units("sender", SHARED_ADDRESS_WEIGHT * len(reporter_names), units_of_address, address)


def _own_first_and_last_lines(body: str) -> list[str]:
    """Returns the last lines from the bottom up, then the first ones, without text quoted from earlier mails."""
    lines = own_lines(body)
    tail = lines[-_SIGNATURE_LINES:]
    return [*reversed(tail), *lines[:-_SIGNATURE_LINES][:_SIGNATURE_LINES]]
