"""Cross-check findings as lines: the child, the units, and the contradiction between their submissions."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.problem_codes import Level, codes_of, problem_code
from config.text.masking import mask_id, mask_text
from ledger.results import Finding
from notify.name_masking import TextFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One question to one or two units."""

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


def build_finding_lines(
    findings: Iterable[Finding], show_name: TextFilter, mask_names: TextFilter
) -> tuple[FindingLine, ...]:
    """The urgent kinds first, then errors, then by kind; ``mask_names`` hides names in messages."""
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
            message=mask_names(mask_text(each.message)),
            severity=each.severity,
        )
        for each in findings
    ]
    order = {code.key: rank for rank, code in enumerate(codes_of(Level.COUNTY))}
    return tuple(
        sorted(lines, key=lambda one: (not one.urgent, one.severity != "error", order[one.code], one.units))
    )
