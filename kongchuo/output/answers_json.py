"""Formats answers as JSON (docs/contract.md, JSON): fixed keys, sorted lists, numbers of persons masked."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from config.notice import FormSpec
from config.notice.rhythm import Period
from config.records.record import ROW_MARK
from config.text.output_mask import OutputMask
from config.text.punctuation import set_punctuation
from ingest.poll_summary import PollSummary
from kongchuo.output.shown_periods import ShownStatus
from kongchuo.output.terminal_text import escape_in_json
from ledger.lists.handed_lists import HANDED_LIST
from ledger.lists.platform import PLATFORM_CHILDREN
from ledger.officer_decisions import problem_id
from ledger.results import Case, Finding, FormStatus, Gap, Rates, UnitStatus
from ledger.senders import Senders
from ledger.submissions.rates import RateTable
from store.answers.overruled_values import CORRECT
from store.safekeeping.faults import Fault
from store.stored_values import Disposition, StoredDecision, StoredFile, StoredProblem, StoredRecord

SCHEMA_VERSION = 1
"""The version of all answers; it grows when a key is removed or changes its meaning, not when one is added (docs/contract.md)."""


def to_json(answer: Any) -> str:
    """Returns a JSON document with its schema version; in a list each entry has it. Equal answers give equal bytes."""
    return _written(
        [_versioned(entry) for entry in answer] if isinstance(answer, list) else _versioned(answer)
    )


def _versioned(entry: Any) -> Any:
    return {"schema_version": SCHEMA_VERSION, **entry} if isinstance(entry, dict) else entry


def _written(value: Any) -> str:
    return escape_in_json(json.dumps(value, ensure_ascii=False, indent=1))


def error_to_json(kind: str, exit_status: int, message: str) -> str:
    """Returns an error as one line of JSON for stderr."""
    error = {"kind": kind, "exit_status": exit_status, "message": set_punctuation(message)}
    return escape_in_json(json.dumps(_versioned({"error": error}), ensure_ascii=False))


def list_to_json(values: Iterable[Any]) -> Iterator[str]:
    """Yields the text of :func:`to_json` for a list piece by piece, so that a long one is never in memory as a whole."""
    opening = "[\n "
    for value in values:
        yield opening + _written(_versioned(value)).replace("\n", "\n ")
        opening = ",\n "
    yield "[]" if opening.startswith("[") else "\n]"


def summary_json(summary: PollSummary) -> dict[str, Any]:
    return {
        "messages": summary.messages,
        "new_messages": summary.new_messages,
        "files": summary.files,
        "submissions": summary.submissions,
        "evidence": summary.proofs,
        "duplicates": summary.duplicates,
        "ignored": summary.ignored,
        "quarantined": summary.quarantined,
        "errors": [set_punctuation(error) for error in summary.errors],
        "unconfirmed": summary.unconfirmed,
    } | ({"remarks": list(map(set_punctuation, summary.remarks))} if summary.remarks else {})


def files_json(
    files: Iterable[StoredFile],
    zone: ZoneInfo,
    mask: OutputMask,
    senders: Senders,
    notes: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Iterator[dict[str, Any]]:
    """Yields every file in order of arrival, with how far its sender is proven; ``notes`` are people's remarks by file."""
    for file in files:
        yield {
            "file_id": file.file_id,
            "message_id": file.message_id,
            "from": file.sender,
            "subject": mask.text(file.subject),
            "received_at": iso_time(file.received_at, zone),
            "path": [mask.text(part) for part in file.path],
            "size": file.size,
            "sha256": file.sha256,
            "disposition": file.disposition.value,
            "submissions": [
                {
                    "submission_id": link.submission_id or None,
                    "unit": link.unit,
                    "form": link.form or None,
                    **({} if link.period is None else {"period": link.period}),
                }
                for link in file.links
            ],
            "reason": None if file.disposition is Disposition.RECORDED else mask.sentence(file.reason),
            "code": file.reason_code,
            "unit_hint": file.unit_hint,
            "form_hint": file.form_hint,
            "standing": senders.standing_of_file(file).value,
            "received_by": file.arrival_basis.value,
            "unconfirmed": senders.is_unconfirmed(file),
            **(
                {"notes": [mask.sentence(said) for said in said_of]}
                if (said_of := notes.get(file.file_id))
                else {}
            ),
        }


def status_json(shown: ShownStatus, zone: ZoneInfo) -> dict[str, Any]:
    """Returns the state of each unit and form; ``periods_left_out`` if earlier periods are not shown."""
    status = shown.status
    return {
        "notice": status.notice,
        "as_of": iso_time(status.as_of, zone),
        "units": [_unit_json(unit, zone) for unit in status.units],
        "unread": status.unread,
        **({"periods_left_out": dict(shown.left_out)} if shown.left_out else {}),
    }


def _unit_json(unit: UnitStatus, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "unit": unit.unit,
        "kind": unit.kind,
        "forms": [_form_json(form, zone) for form in unit.forms],
        "deduction": {
            "per_due_date": unit.deduction_per_due_date,
            "per_form": unit.deduction_per_form,
            "counted": unit.deduction_counted,
        },
    }


def _form_json(form: FormStatus, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "form": form.form,
        "owed": form.owed,
        "due": iso_time(form.due, zone),
        "state": form.state.value,
        "late": form.late,
        "received_at": iso_time(form.received_at, zone),
        "first_received_at": iso_time(form.first_received_at, zone),
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
        "unconfirmed": form.unconfirmed,
        "paper_owed": form.paper_owed,
        "paper_received_on": iso_date(form.paper_received_on),
        **_period_json(form.period),
    }


def _period_json(period: Period | None) -> dict[str, str]:
    """Returns the key ``period``; empty for forms without periods."""
    return {} if period is None else {"period": period.key}


def rates_json(tables: Mapping[str, RateTable]) -> dict[str, Any]:
    """Maps each denominator (``due``, ``all``) to its rates, total and by part, with DHIS2's five names."""
    return {
        scope: {
            "whole": _rates_json(table.whole),
            "base": _rates_json(table.base),
            "triggered": _rates_json(table.triggered),
            "by_kind": {name: _rates_json(rates) for name, rates in table.by_kind.items()},
            "by_form": {name: _rates_json(rates) for name, rates in table.by_form.items()},
            "by_zone": {name: _rates_json(rates) for name, rates in table.by_area.items()},
        }
        | _by_period_json(table)
        for scope, table in tables.items()
    }


def _by_period_json(table: RateTable) -> dict[str, Any]:
    """Returns the key ``by_period``; empty if no form of the notice has periods."""
    by_period = {
        form: {period: _rates_json(rates) for period, rates in of_form.items()}
        for form, of_form in table.by_period.items()
    }
    return {"by_period": by_period} if by_period else {}


def _rates_json(rates: Rates) -> dict[str, Any]:
    """Returns rates as percentages with one decimal; null where nothing is expected."""
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
        "paper_expected": rates.paper_expected,
        "with_paper": rates.with_paper,
        "with_paper_rate": _percent(rates.with_paper, rates.paper_expected),
    }


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def findings_json(findings: Iterable[Finding], mask: OutputMask) -> list[dict[str, Any]]:
    return [
        {
            "code": finding.code,
            "severity": finding.severity,
            "name": mask.name(finding.name),
            "id_number": mask.number(finding.id_number),
            "units": list(finding.units),
            "records": list(finding.records),
            "message": mask.sentence(finding.message),
            "finding_id": finding.finding_id,
        }
        for finding in findings
    ]


def gaps_json(gaps: Iterable[Gap], zone: ZoneInfo, mask: OutputMask) -> list[dict[str, Any]]:
    """Returns the gaps; their sentences name children as the mask shows them."""
    return [
        {
            "unit": gap.unit,
            "kind": gap.kind,
            "form": gap.form,
            "gap": gap.gap.value,
            "due": iso_time(gap.due, zone),
            "days_late": gap.days_late,
            "deduction": gap.deduction,
            "detail": mask.knowing(gap.names).sentence(gap.detail),
            "under_review": gap.under_review,
            "candidate": gap.candidate,
            **_period_json(gap.period),
        }
        for gap in gaps
    ]


def cases_json(cases: Iterable[Case], mask: OutputMask) -> list[dict[str, Any]]:
    return [
        {
            "case_id": case.case_id,
            "name": mask.name(case.name),
            "id_number": mask.number(case.id_number),
            "status": case.status,
            "state": case.state.value,
            "responsible_unit": case.responsible_unit,
            "opened_on": case.opened_on.isoformat(),
            "visits": [
                {
                    "date": iso_date(visit.date),
                    "result": visit.result,
                    "number": visit.number,
                    "place": mask.text(visit.place),
                    "people": mask.text(visit.people),
                    "content": mask.text(visit.content),
                }
                for visit in case.visits
            ],
            "next_visit_due": iso_date(case.next_visit_due),
            "days_overdue": case.days_overdue,
            "escalation": case.escalation,
            "closed_on": iso_date(case.closed_on),
            "closed_by": mask.sentence(case.closed_by),
            "origins": [
                {"submission_id": origin.submission_id, "form": origin.form, "row": origin.row}
                for origin in case.origins
            ],
            "notes": [mask.sentence(note) for note in case.notes],
            "observed_until": iso_date(case.observed_until),
            "episode": case.episode,
            "work_file": mask.sentence(case.work_file),
            "doubts": [mask.sentence(doubt) for doubt in case.doubts],
            "timeline": [
                {
                    "date": iso_date(event.date),
                    "what": mask.sentence(event.what),
                    "origin": mask.sentence(event.origin),
                }
                for event in case.timeline
            ],
        }
        for case in cases
    ]


def records_json(
    records: Iterable[StoredRecord],
    form: FormSpec,
    mask: OutputMask,
    unconfirmed: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Returns rows with every key of the form and their source; ``unconfirmed`` are ids of submissions."""
    return [
        {
            **_record_values(record, form, mask),
            "record_id": record.record_id,
            "submission_id": record.submission_id,
            "unit": record.unit,
            "form": record.form,
            "file_id": record.file_id,
            "sheet": record.sheet,
            "row": record.row,
            "problems": list(record.problems),
            "unconfirmed": record.submission_id in unconfirmed,
            **({} if record.period is None else {"period": record.period}),
            **_overruled_json(record, mask),
        }
        for record in records
    ]


def _overruled_json(record: StoredRecord, mask: OutputMask) -> dict[str, Any]:
    """Returns the key ``overruled`` for values that a person corrected; empty for other records."""
    words = [
        {
            "field": one.field,
            "sent": mask.field(one.field, one.sent) if isinstance(one.sent, str) else one.sent,
            "who": one.who,
            "why": mask.text(one.why),
            "at": one.at.isoformat(timespec="seconds"),
        }
        for one in record.overruled
    ]
    return {"overruled": words} if words else {}


def _record_values(record: StoredRecord, form: FormSpec, mask: OutputMask) -> dict[str, Any]:
    keys: Sequence[str] = (
        *form.fields,
        *(key for key in sorted(record.values) if key not in form.fields and key not in ("extra", ROW_MARK)),
    )
    mask = mask.knowing_row(record.values)
    values = {key: mask.nested(record.values.get(key), key) for key in keys}
    values["extra"] = mask.nested(record.values.get("extra") or {})
    return values


def problems_json(problems: Iterable[StoredProblem], mask: OutputMask) -> list[dict[str, Any]]:
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
            "value": mask.field(problem.field, problem.value),
            "message": mask.sentence(problem.message, (problem,)),
            "record_id": problem.record_id,
            "problem_id": problem_id(problem),
            "explained": mask.text(problem.explained),
        }
        for problem in problems
    ]


def decisions_json(
    decisions: Iterable[StoredDecision], zone: ZoneInfo, mask: OutputMask
) -> list[dict[str, Any]]:
    """Returns the decisions; persons are masked in lists of the platform and in people's texts."""
    return [
        {
            "id": decision.id,
            "kind": decision.kind,
            "subject": decision.subject,
            "detail": mask.text(decision.detail)
            if decision.kind in (PLATFORM_CHILDREN, HANDED_LIST, CORRECT) and decision.detail
            else decision.detail,
            "why": mask.text(decision.why),
            "who": decision.who,
            "at": iso_time(decision.at, zone),
            "question": decision.question,
            "came_by": decision.came_by,
        }
        for decision in decisions
    ]


def iso_time(instant: datetime | None, zone: ZoneInfo) -> str | None:
    """Returns the instant in ISO 8601 with the office's offset, to the second."""
    return None if instant is None else instant.astimezone(zone).isoformat(timespec="seconds")


def iso_date(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def faults_json(faults: Sequence[Fault]) -> Any:
    """Returns the faults for ``verify --json``."""
    return [{"place": set_punctuation(fault.place), "what": set_punctuation(fault.what)} for fault in faults]
