"""Builds lines of suspected dropouts (疑似): the unit to ask, and where the child was last listed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from config.text.masking import mask_id
from config.text.output_mask import TextFilter
from ledger.questions.open_questions import suspected_key
from ledger.results import Case
from notify.digest.lines.question_lines import QuestionLine
from store.stored_values import QuestionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectedLine:
    """A child who was on a roll or register before and is on none now."""

    case_id: str
    name: str
    shown_name: str
    masked_id: str
    unit: str
    last_seen: str
    question: QuestionLine | None = None


def build_suspected_lines(
    suspected: Iterable[Case],
    show_name: TextFilter,
    questions: Mapping[QuestionKey, QuestionLine] = MappingProxyType({}),
) -> tuple[SuspectedLine, ...]:
    """Returns the lines, sorted by the unit to ask."""
    return tuple(
        SuspectedLine(
            case_id=each.case_id,
            name=each.name,
            shown_name=show_name(each.name),
            masked_id=mask_id(each.id_number or ""),
            unit=each.responsible_unit,
            last_seen=each.details.get("last_seen", ""),
            question=questions.get(suspected_key(each.case_id)),
        )
        for each in suspected
    )
