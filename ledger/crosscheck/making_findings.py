"""Makes findings, and leaves out those that an officer has waived."""

from collections.abc import Iterable, Sequence

from config.problem_codes import problem_code
from ledger.children.columns.child_columns import number_of
from ledger.results import Finding, Gap, GapKind
from store.short_ids import short_id
from store.stored_values import ObligationKey, StoredDecision, StoredRecord


def make_finding(
    code: str,
    rows: Sequence[StoredRecord],
    message: str,
    *marks: str,
    others: Sequence[str] = (),
    asks_for: ObligationKey | None = None,
) -> Finding:
    """Returns a finding with an id derived from its code, child, filings and marks.

    Args:
        rows: the contradicting rows; the child's name and number are taken from the first row that gives
            them.
        marks: distinguish findings of one code about one child and the same filings.
        others: further units that the finding is shown to, though they sent none of the rows.
        asks_for: the obligation that the finding asks a unit to meet.
    """
    ordered = sorted(rows, key=lambda row: (row.unit, row.form, row.record_id))
    who = next((str(row.values["name"]) for row in rows if row.values.get("name")), "")
    number = next((result for row in rows if (result := number_of(row))), None)
    parts = (code, number or who, *(f"{row.unit}{row.form}" for row in ordered), *marks)
    return Finding(
        finding_id=short_id(*parts),
        code=code,
        severity=problem_code(code).severity,
        name=who,
        id_number=number,
        units=tuple(dict.fromkeys((*(row.unit for row in ordered), *others))),
        records=tuple(dict.fromkeys(row.record_id for row in ordered)),
        message=message,
        periods=tuple(dict.fromkeys(row.period for row in ordered if row.period is not None)),
        names=tuple(sorted({str(row.values["name"]) for row in rows if row.values.get("name")})),
        asks_for=asks_for,
    )


def without_waived(findings: Iterable[Finding], decisions: Iterable[StoredDecision]) -> tuple[Finding, ...]:
    """Returns each finding once, without those that an officer waived, by code, name and id."""
    waived = {decision.subject for decision in decisions if decision.kind == "waive"}
    by_id = {finding.finding_id: finding for finding in findings}
    remaining = (finding for finding in by_id.values() if finding.finding_id not in waived)
    return tuple(sorted(remaining, key=lambda f: (f.code, f.name, f.finding_id)))


def without_repeated_gaps(findings: Iterable[Finding], gaps: Iterable[Gap]) -> tuple[Finding, ...]:
    """Returns the findings without those that ask for a child in a form that is missing altogether and so a gap already."""
    missing = {gap.key for gap in gaps if gap.gap is GapKind.MISSING}
    return tuple(finding for finding in findings if finding.asks_for not in missing)
