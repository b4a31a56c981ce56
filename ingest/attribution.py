"""Decides which unit a table or a file belongs to, from weighted signals.

Every mention of a unit is a signal with a weight: the text of a table weighs more than the name of its file,
and the name more than the sender. Where two units have similar weights none is chosen, and a person is asked
with both shown (A22).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from config.units.roster import Unit
from ingest.attribution_reasons import conflict_reason, unknown_reason
from ingest.context import IngestContext
from ingest.unit_signals import SignalCollector, collect_signals, path_names
from parsers.mail.mail_contents import Mail
from parsers.records import ParsedForm, Signal

MINIMUM_WEIGHT = 2.0
"""The least total weight for which a unit is chosen."""
CONFLICT_SHARE = 0.6
"""A second unit with this share (0..1) of the first one's weight is a conflict."""

_FILE_SOURCES = frozenset({"declared", "title", "rows", "sheet", "file"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The unit, or the reason for choosing none, with all signals."""

    unit: Unit | None
    code: Literal["unknown-unit", "unit-conflict"] | None
    reason: str | None
    signals: tuple[Signal, ...] = ()


def attribute(
    reading: ParsedForm | None, form: str | None, path: Sequence[str], mail: Mail, context: IngestContext
) -> Attribution:
    """Returns the unit of a table, or without ``reading``, of the file at ``path``."""
    collector = collect_signals(reading, form, path, mail, context)
    return _choose_unit(collector, form, reading, path_names(path)[0] if path else "")


def _choose_unit(
    collector: SignalCollector, form: str | None, reading: ParsedForm | None, file_name: str
) -> Attribution:
    signals = tuple(collector.signals)
    if (made_for := _made_for(collector)) is not None:
        return _confirm_made_for(made_for, collector, form, reading, file_name)
    totals = collector.totals()
    # A clerk may send for other schools too, so signals in the file count before the sender.
    candidates = [pair for pair in totals if _FILE_SOURCES.intersection(collector.sources(pair[0]))] or totals
    if not candidates or candidates[0][1] < MINIMUM_WEIGHT:
        return Attribution(
            unit=None, code="unknown-unit", reason=unknown_reason(collector, form, reading), signals=signals
        )
    best, weight = candidates[0]
    if _declares_unknown_unit(collector, reading) and not _FILE_SOURCES.intersection(collector.sources(best)):
        # The table names a unit that is not on the roster: the sender must not replace it.
        return Attribution(
            unit=None, code="unknown-unit", reason=unknown_reason(collector, form, reading), signals=signals
        )
    if len(candidates) > 1 and candidates[1][1] >= CONFLICT_SHARE * weight:
        reason = conflict_reason(
            collector, [name for name, total in candidates if total >= CONFLICT_SHARE * weight]
        )
        return Attribution(unit=None, code="unit-conflict", reason=reason, signals=signals)
    other_unit = _other_unit_in_table(collector, best) or _other_unit_in_name(collector, best, file_name)
    if other_unit is not None:
        reason = conflict_reason(collector, [other_unit, best])
        return Attribution(unit=None, code="unit-conflict", reason=reason, signals=signals)
    return Attribution(unit=collector.roster.get(best), code=None, reason=None, signals=signals)


def _made_for(collector: SignalCollector) -> str | None:
    """Returns the unit for which this program made the form, by the file's properties, or None."""
    return next((signal.value for signal in collector.signals if signal.source == "properties"), None)


def _confirm_made_for(
    made_for: str, collector: SignalCollector, form: str | None, reading: ParsedForm | None, file_name: str
) -> Attribution:
    """Chooses the unit for which this program made the form, unless the file itself names another; then a person decides."""
    signals = tuple(collector.signals)
    if _declares_unknown_unit(collector, reading):
        return Attribution(
            unit=None, code="unknown-unit", reason=unknown_reason(collector, form, reading), signals=signals
        )
    for source in ("declared", "title", "rows"):
        named = {signal.value for signal in signals if signal.source == source}
        if named and made_for not in named:
            reason = conflict_reason(collector, [min(named), made_for])
            return Attribution(unit=None, code="unit-conflict", reason=reason, signals=signals)
    if (other_unit := _other_unit_in_name(collector, made_for, file_name)) is not None:
        reason = conflict_reason(collector, [other_unit, made_for])
        return Attribution(unit=None, code="unit-conflict", reason=reason, signals=signals)
    return Attribution(unit=collector.roster.get(made_for), code=None, reason=None, signals=signals)


def _declares_unknown_unit(collector: SignalCollector, reading: ParsedForm | None) -> bool:
    declared = (reading.stated_unit or "").strip() if reading else ""
    return bool(declared) and "declared" not in {m.source for m in collector.signals}


def _other_unit_in_table(collector: SignalCollector, best: str) -> str | None:
    """Returns a unit that the table itself names, if no signal for ``best`` is from the table."""
    table = ("declared", "title", "rows")
    named = {signal.value for signal in collector.signals if signal.source in table}
    return min(named) if named and best not in named else None


def _other_unit_in_name(collector: SignalCollector, best: str, file_name: str) -> str | None:
    """Returns the only unit in the file's name, if it is not the one chosen.

    A table copied from another school and a file with the wrong school in its name look alike, so a person
    decides.
    """
    named = [
        signal.value for signal in collector.signals if signal.source == "file" and signal.text in file_name
    ]
    return named[0] if len(named) == 1 and named[0] != best else None
