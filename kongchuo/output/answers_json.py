"""Facts and judgements as the JSON of contract §4: fixed keys, sorted lists, numbers of persons masked."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from config.masking import mask_id, mask_text
from config.notice import FormSpec
from ingest.summary import PollSummary
from ledger.lists.platform import PLATFORM_CHILDREN
from ledger.officer_decisions import problem_id
from ledger.results import Case, Finding, FormStatus, Gap, Rates, Status, UnitStatus
from ledger.submissions.rates import RateTable
from store.stored_values import Disposition, StoredDecision, StoredFile, StoredProblem, StoredRecord

_NUMBERS = ("id_number", "student_number")


def document(value: Any) -> str:
    """One JSON document; the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, indent=1)


@dataclass(frozen=True, slots=True)
class Masking:
    """Whether numbers of persons are shown; ``--reveal`` is audited where it is asked for."""

    reveal: bool = False

    def number(self, text: str | None) -> str | None:
        return text if text is None or self.reveal else mask_id(text)

    def text(self, text: str | None) -> str | None:
        return text if text is None or self.reveal else mask_text(text)

    def field(self, key: str | None, text: str | None) -> str | None:
        """What stands under a key of a form: a number of a person, or running text."""
        return self.number(text) if key in _NUMBERS else self.text(text)

    def inside(self, value: Any) -> Any:
        """Running text wherever it stands in a value."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.inside(item) for item in value]
        if isinstance(value, dict):
            return {key: self.inside(item) for key, item in value.items()}
        return value


def tally_json(done: PollSummary) -> dict[str, Any]:
    return {
        "messages": done.messages,
        "new_messages": done.new_messages,
        "files": done.files,
        "submissions": done.submissions,
        "evidence": done.proofs,
        "duplicates": done.duplicates,
        "ignored": done.ignored,
        "quarantined": done.quarantined,
        "errors": list(done.errors),
    }


def files_json(files: Iterable[StoredFile], zone: ZoneInfo, masking: Masking) -> list[dict[str, Any]]:
    """Every file, by arrival."""
    return [
        {
            "file_id": file.file_id,
            "message_id": file.message_id,
            "from": file.sender,
            "subject": masking.text(file.subject),
            "received_at": when(file.received_at, zone),
            "path": [masking.text(part) for part in file.path],
            "size": file.size,
            "sha256": file.sha256,
            "disposition": file.disposition.value,
            "submissions": [
                {"submission_id": link.submission_id or None, "unit": link.unit, "form": link.form or None}
                for link in file.links
            ],
            "reason": None if file.disposition is Disposition.RECORDED else masking.text(file.reason),
            "code": file.reason_code,
            "unit_hint": file.unit_hint,
            "form_hint": file.form_hint,
        }
        for file in files
    ]


def status_json(status: Status, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "notice": status.notice,
        "as_of": when(status.as_of, zone),
        "units": [_unit(unit, zone) for unit in status.units],
    }


def _unit(unit: UnitStatus, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "unit": unit.unit,
        "kind": unit.kind,
        "forms": [_form(form, zone) for form in unit.forms],
        "deduction": {"per_due_date": unit.deduction_per_due_date, "per_form": unit.deduction_per_form},
    }


def _form(form: FormStatus, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "form": form.form,
        "owed": form.owed,
        "due": when(form.due, zone),
        "state": form.state.value,
        "late": form.late,
        "received_at": when(form.received_at, zone),
        "first_received_at": when(form.first_received_at, zone),
        "versions": form.versions,
        "nil": form.nil,
        "records": form.records,
        "errors": form.errors,
        "warnings": form.warnings,
        "proof_owed": form.proof_owed,
        "proof_received": form.proof_received,
        "under_review": form.under_review,
        "blocking": list(form.blocking),
        "exempted": form.exempted,
        "extended": form.extended,
    }


def rates_json(tables: Mapping[str, RateTable]) -> dict[str, Any]:
    """By denominator (``due``, ``all``): the whole and its parts, with DHIS2's five names."""
    return {
        scope: {
            "whole": _rates(table.whole),
            "base": _rates(table.base),
            "triggered": _rates(table.triggered),
            "by_kind": {name: _rates(rates) for name, rates in table.by_kind.items()},
            "by_form": {name: _rates(rates) for name, rates in table.by_form.items()},
            "by_zone": {name: _rates(rates) for name, rates in table.by_area.items()},
        }
        for scope, table in tables.items()
    }


def _rates(rates: Rates) -> dict[str, Any]:
    """Rates are percentages to one place; null where nothing is expected."""
    return {
        "EXPECTED_REPORTS": rates.expected,
        "ACTUAL_REPORTS": rates.actual,
        "ACTUAL_REPORTS_ON_TIME": rates.on_time,
        "REPORTING_RATE": _percent(rates.actual, rates.expected),
        "REPORTING_RATE_ON_TIME": _percent(rates.on_time, rates.expected),
        "late": rates.late,
        "incomplete": rates.incomplete,
        "missing": rates.missing,
        "zero": rates.zero,
        "usable": rates.usable,
    }


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def findings_json(findings: Iterable[Finding], masking: Masking) -> list[dict[str, Any]]:
    return [
        {
            "code": finding.code,
            "severity": finding.severity,
            "name": finding.name,
            "id_number": masking.number(finding.id_number),
            "units": list(finding.units),
            "records": list(finding.records),
            "message": masking.text(finding.message),
            "finding_id": finding.finding_id,
        }
        for finding in findings
    ]


def gaps_json(gaps: Iterable[Gap], zone: ZoneInfo) -> list[dict[str, Any]]:
    return [
        {
            "unit": gap.unit,
            "kind": gap.kind,
            "form": gap.form,
            "gap": gap.gap.value,
            "due": when(gap.due, zone),
            "days_late": gap.days_late,
            "deduction": gap.deduction,
            "detail": gap.detail,
            "under_review": gap.under_review,
        }
        for gap in gaps
    ]


def cases_json(cases: Iterable[Case], masking: Masking) -> list[dict[str, Any]]:
    return [
        {
            "case_id": case.case_id,
            "name": case.name,
            "id_number": masking.number(case.id_number),
            "status": case.status,
            "state": case.state.value,
            "responsible_unit": case.responsible_unit,
            "opened_on": case.opened_on.isoformat(),
            "visits": [
                {
                    "date": day(visit.date),
                    "result": visit.result,
                    "number": visit.number,
                    "place": masking.text(visit.place),
                    "people": masking.text(visit.people),
                    "content": masking.text(visit.content),
                }
                for visit in case.visits
            ],
            "next_visit_due": day(case.next_visit_due),
            "days_overdue": case.days_overdue,
            "escalation": case.escalation,
            "closed_on": day(case.closed_on),
            "closed_by": masking.text(case.closed_by),
            "origins": [
                {"submission_id": origin.submission_id, "form": origin.form, "row": origin.row}
                for origin in case.origins
            ],
            "notes": [masking.text(note) for note in case.notes],
            "observed_until": day(case.observed_until),
            "doubts": [masking.text(doubt) for doubt in case.doubts],
            "timeline": [
                {
                    "date": day(event.date),
                    "what": masking.text(event.what),
                    "origin": masking.text(event.origin),
                }
                for event in case.timeline
            ],
        }
        for case in cases
    ]


def records_json(records: Iterable[StoredRecord], form: FormSpec, masking: Masking) -> list[dict[str, Any]]:
    """Rows with every key of the form, then where they come from."""
    return [
        {
            **_values(record, form, masking),
            "record_id": record.record_id,
            "submission_id": record.submission_id,
            "unit": record.unit,
            "form": record.form,
            "file_id": record.file_id,
            "sheet": record.sheet,
            "row": record.row,
            "problems": list(record.problems),
        }
        for record in records
    ]


def _values(record: StoredRecord, form: FormSpec, masking: Masking) -> dict[str, Any]:
    keys: Sequence[str] = (
        *form.fields,
        *(key for key in sorted(record.values) if key not in form.fields and key != "extra"),
    )
    found = {key: masking.inside(record.values.get(key)) for key in keys}
    for key in _NUMBERS:
        if isinstance(value := record.values.get(key), str):
            found[key] = masking.number(value)
    found["extra"] = masking.inside(record.values.get("extra") or {})
    return found


def problems_json(problems: Iterable[StoredProblem], masking: Masking) -> list[dict[str, Any]]:
    return [
        {
            "unit": problem.unit,
            "form": problem.form,
            "file_id": problem.file_id,
            "sheet": problem.sheet,
            "row": problem.row,
            "cell": problem.cell,
            "field": problem.field,
            "code": problem.code,
            "severity": problem.severity,
            "value": masking.field(problem.field, problem.value),
            "message": masking.text(problem.message),
            "record_id": problem.record_id,
            "problem_id": problem_id(problem),
            "explained": problem.explained,
        }
        for problem in problems
    ]


def decisions_json(decisions: Iterable[StoredDecision], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Numbers of persons are masked, in a list of the platform and in what people typed."""
    return [
        {
            "id": decision.id,
            "kind": decision.kind,
            "subject": decision.subject,
            "detail": mask_text(decision.detail)
            if decision.kind == PLATFORM_CHILDREN and decision.detail
            else decision.detail,
            "why": mask_text(decision.why),
            "who": decision.who,
            "at": when(decision.at, zone),
        }
        for decision in decisions
    ]


def when(instant: datetime | None, zone: ZoneInfo) -> str | None:
    """ISO 8601 with the office's offset, to the second."""
    return None if instant is None else instant.astimezone(zone).isoformat(timespec="seconds")


def day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
