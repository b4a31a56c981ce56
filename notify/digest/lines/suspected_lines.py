"""疑似 children as lines: the unit to ask, and where the child was last seen."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.text.masking import mask_id
from ledger.results import Case
from notify.name_masking import TextFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectedLine:
    """A child who was on a roll or ledger before and is on none now."""

    case_id: str
    name: str
    shown_name: str
    masked_id: str
    unit: str
    last_seen: str


def build_suspected_lines(suspected: Iterable[Case], show_name: TextFilter) -> tuple[SuspectedLine, ...]:
    """By the unit that is to be asked."""
    return tuple(
        SuspectedLine(
            case_id=each.case_id,
            name=each.name,
            shown_name=show_name(each.name),
            masked_id=mask_id(each.id_number or ""),
            unit=each.responsible_unit,
            last_seen=each.details.get("last_seen", ""),
        )
        for each in suspected
    )
