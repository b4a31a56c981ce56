"""Builds lines of cross-check findings: the child, the units, and the contradiction between their submissions."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from config.problem_codes import Level, codes_of, problem_code
from config.text.masking import mask_id, mask_quoted
from config.text.output_mask import TextFilter
from ledger.questions.open_questions import finding_key
from ledger.results import Finding
from notify.digest.lines.question_lines import QuestionLine
from store.stored_values import QuestionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One contradiction, as a question to one or two units."""

    finding_id: str
    code: str
    title: str
    urgent: bool
    name: str
    shown_name: str
    masked_id: str
    units: str
    message: str
    severity: str
    repeats_gap: bool
    """Whether it only repeats, for one child, a gap of the unit: that a form has not come."""
    question: QuestionLine | None = None


def build_finding_lines(
    findings: Iterable[Finding],
    show_name: TextFilter,
    mask_names: TextFilter,
    beside_gaps: Collection[Finding],
    order: Mapping[str, int],
    questions: Mapping[QuestionKey, QuestionLine] = MappingProxyType({}),
) -> tuple[FindingLine, ...]:
    """Returns the lines, urgent kinds first, then errors, then by kind and unit; ``mask_names`` hides names in messages.

    Args:
        beside_gaps: findings that add something to a gap.
        order: maps each unit to its position in the roster.
    """
    ids_beside = {each.finding_id for each in beside_gaps}
    lines = [
        FindingLine(
            finding_id=each.finding_id,
            code=each.code,
            title=problem_code(each.code).title,
            urgent=problem_code(each.code).urgent,
            name=each.name,
            shown_name=show_name(each.name),
            masked_id=mask_id(each.id_number or ""),
            units="、".join(each.units),
            message=mask_names(mask_quoted(_message(each))),
            severity=each.severity,
            repeats_gap=each.finding_id not in ids_beside,
            question=question,
        )
        for each in findings
        for question in [questions.get(finding_key(each.finding_id, each.pair))]
    ]
    ranks = {code.key: rank for rank, code in enumerate(codes_of(Level.COUNTY))}
    return tuple(
        sorted(
            lines,
            key=lambda one: (
                not one.urgent,
                one.severity != "error",
                ranks[one.code],
                order.get(one.units.split("、")[0], len(order)),
                one.units,
            ),
        )
    )


def _message(finding: Finding) -> str:
    """Returns the contradiction without the commands after it, which are for a terminal."""
    return finding.message.partition("是:kongchuo")[0] if finding.pair else finding.message
