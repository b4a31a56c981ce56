"""Makes the rows of the exported tables: the commands' JSON values, flattened, each with the source of the row.

Values are masked as in the commands.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from config.notice import FormSpec
from config.text.output_mask import OutputMask
from kongchuo.export import export_columns as tables
from kongchuo.export.export_columns import Column, TableSpec, field_columns
from kongchuo.office import Office
from kongchuo.output.answers_json import (
    cases_json,
    decisions_json,
    files_json,
    iso_time,
    problems_json,
    records_json,
    status_json,
)
from kongchuo.output.shown_periods import ShownStatus
from ledger.assessment import Judgements
from ledger.children.student_keys import case_id
from ledger.lists.rolls import map_rows_to_cases
from ledger.officer_decisions import (
    ASSIGN,
    EVERY_FORM,
    EXPLAIN,
    WITHDRAW,
    decisions_in_force,
    read_file_notes,
)
from ledger.results import Case, Gap
from ledger.snapshot import Snapshot
from store.stored_values import ObligationKey, StoredDecision, StoredFile, StoredSubmission

Row = Mapping[str, Any]
_END = datetime.max.replace(tzinfo=UTC)
CURRENT, REPLACED, UNCONFIRMED = "current", "replaced", "unconfirmed"


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """A table with its rows, which are made on demand."""

    spec: TableSpec
    rows: Iterable[Row]


@dataclass(frozen=True)
class Export:
    """All tables of an office at an instant, for these notices."""

    office: Office
    notices: tuple[str, ...]
    as_of: datetime
    mask: OutputMask

    @property
    def tables(self) -> tuple[ExportedTable, ...]:
        """The tables in the order of the reference, their rows not made yet."""
        return (
            ExportedTable(tables.RECORDS.with_columns(self._field_columns), self._records()),
            ExportedTable(tables.PROBLEMS, self._problems()),
            ExportedTable(tables.FILES, self._files()),
            ExportedTable(tables.OBLIGATIONS, self._obligations()),
            ExportedTable(tables.CASES, self._cases()),
            ExportedTable(tables.VISITS, self._visits()),
            ExportedTable(tables.DECISIONS, self._decisions()),
            ExportedTable(tables.ASSIGNMENTS, self._assignments()),
        )

    @property
    def dictionary(self) -> ExportedTable:
        """Returns the table that describes the columns of all tables."""
        rows = [
            {
                "table": table.spec.name,
                "column": column.name,
                "type": column.type.value,
                "pandas": column.type.in_pandas,
                "says": self.mask.sentence(column.says),
            }
            for table in self.tables
            for column in table.spec.columns
        ]
        return ExportedTable(tables.DICTIONARY, rows)

    @cached_property
    def _judgements(self) -> tuple[Judgements, ...]:
        return tuple(
            Judgements(self.office.with_notice(notice).snapshot_at(self.as_of)) for notice in self.notices
        )

    @cached_property
    def _across(self) -> Judgements:
        return self._judgements[0].across_notices

    @cached_property
    def _submissions(self) -> Mapping[str, StoredSubmission]:
        across = self._across.snapshot
        return {one.submission_id: one for one in (*across.submissions, *across.unconfirmed)}

    @cached_property
    def _versions(self) -> Mapping[str, int]:
        """Maps each current submission to its version number within unit, form and period."""
        numbers: dict[tuple[str, ObligationKey], int] = {}
        result = {}
        for one in self._across.snapshot.submissions:
            place = one.notice, one.key
            result[one.submission_id] = numbers[place] = numbers.get(place, 0) + 1
        return result

    @cached_property
    def _case_by_record(self) -> Mapping[str, str]:
        across = self._across
        of_registers = {
            row.record_id: case_id(student.key)
            for student in across.students.all
            for row in (*student.rows, *student.unconfirmed_rows)
        }
        return map_rows_to_cases(across.students, across.enrolment) | of_registers

    def _place(self, submission: StoredSubmission | None) -> dict[str, Any]:
        """Returns the columns on a row's source, the same in every table."""
        if submission is None:
            return {}
        return {
            "notice": submission.notice,
            "unit": submission.unit,
            "form": submission.form,
            "period": submission.period,
            "file_id": submission.file_id,
            "version": self._versions.get(submission.submission_id),
            "submission_id": submission.submission_id,
        }

    @cached_property
    def _field_columns(self) -> tuple[Column, ...]:
        """Returns a column for every field in these notices' forms, in the order of the forms."""
        fields = {}
        for notice in self.office.notices.all:
            if notice.id in self.notices:
                keys = [*dict.fromkeys(key for form in notice.forms for key in form.fields), *notice.fields]
                fields.update({key: notice.fields[key] for key in keys if key not in fields})
        return field_columns(fields.items())

    def _records(self) -> Iterator[Row]:
        for judgements in self._judgements:
            states = _RowStates(judgements.snapshot)
            for form in judgements.snapshot.notice.forms:
                yield from self._records_of(judgements.snapshot, form, states)

    def _records_of(self, snapshot: Snapshot, form: FormSpec, states: "_RowStates") -> Iterator[Row]:
        sent = [one for one in (*snapshot.submissions, *snapshot.unconfirmed) if one.form == form.key]
        records = snapshot.records_of(sent)
        for record, values in zip(records, records_json(records, form, self.mask), strict=True):
            submission = self._submissions[record.submission_id]
            yield values | self._place(submission) | {
                "state": states.state_of(record.submission_id, record.record_id),
                "case_id": self._case_by_record.get(record.record_id),
                "received_at": iso_time(submission.received_at, self.office.zone),
            }  # fmt: skip

    def _problems(self) -> Iterator[Row]:
        for judgements in self._judgements:
            snapshot = judgements.snapshot
            states = _RowStates(snapshot)
            problems = [
                *snapshot.stored_problems((*snapshot.submissions, *snapshot.unconfirmed)),
                *(one for each in judgements.cross_file.values() for one in each),
            ]
            for problem, values in zip(problems, problems_json(problems, self.mask), strict=True):
                place = self._place(self._submissions[problem.submission_id])
                yield place | values | {"state": states.state_of(problem.submission_id, problem.record_id)}

    @cached_property
    def _all_files(self) -> tuple[StoredFile, ...]:
        return self.office.store.files.arrived(self.as_of)

    def _files(self) -> Iterator[Row]:
        notes = read_file_notes(decisions_in_force(self.office.store.decisions.made(self.as_of)))
        answers = files_json(self._all_files, self.office.zone, self.mask, self.office.senders(), notes)
        for file, values in zip(self._all_files, answers, strict=True):
            for link in file.links or (None,):
                yield values | {
                    "state": values["disposition"],
                    "sender": values["from"],
                    "name": values["path"][-1] if values["path"] else None,
                    **(self._place(self._submissions.get(link.submission_id)) if link else {}),
                    **({"unit": link.unit, "form": link.form or None, "period": link.period} if link else {}),
                    "file_id": file.file_id,
                }

    def _obligations(self) -> Iterator[Row]:
        for judgements in self._judgements:
            gaps: dict[tuple[str, str, str | None], list[Gap]] = {}
            for gap in judgements.gaps:
                gaps.setdefault((gap.unit, gap.form, gap.key.period), []).append(gap)
            status = status_json(ShownStatus(status=judgements.status, left_out={}), self.office.zone)
            for unit in status["units"]:
                for form in unit["forms"]:
                    place = unit["unit"], form["form"], form.get("period")
                    current = judgements.snapshot.current_versions.get(ObligationKey(*place), ())
                    found = gaps.get(place, [])
                    yield form | {
                        "notice": status["notice"],
                        "unit": unit["unit"],
                        "kind": unit["kind"],
                        "file_id": current[-1].file_id if current else None,
                        "version": form["versions"],
                        "gaps": [gap.gap.value for gap in found],
                        "days_late": max((gap.days_late for gap in found), default=None),
                        "deduction": max((gap.deduction for gap in found if gap.deduction), default=None),
                    }

    @cached_property
    def _all_cases(self) -> tuple[Case, ...]:
        return (*self._across.cases, *self._across.suspected)

    def _origin_of(self, case: Case) -> dict[str, Any]:
        """Returns the source of the last row on a child; its unit is the responsible one."""
        told = [
            self._submissions[o.submission_id] for o in case.origins if o.submission_id in self._submissions
        ]
        last = max(told, key=lambda one: one.last_arrival, default=None)
        return self._place(last) | {"unit": case.responsible_unit}

    def _cases(self) -> Iterator[Row]:
        for case, values in zip(self._all_cases, cases_json(self._all_cases, self.mask), strict=True):
            yield values | self._origin_of(case) | {"visit_count": len(case.visits)}

    def _visits(self) -> Iterator[Row]:
        for case, values in zip(self._all_cases, cases_json(self._all_cases, self.mask), strict=True):
            for visit in values["visits"]:
                yield visit | self._origin_of(case) | {"case_id": case.case_id, "state": case.state.value}

    def _decisions(self) -> Iterator[Row]:
        decisions = self.office.store.decisions.made(self.as_of)
        in_force = {decision.id for decision in decisions_in_force(decisions)}
        subjects = _KnownSubjects(self.office, self._all_cases, self._all_files)
        for decision, values in zip(
            decisions, decisions_json(decisions, self.office.zone, self.mask), strict=True
        ):
            state = "withdrawal" if decision.kind == WITHDRAW else "in_force"
            yield values | subjects.named_by(decision) | {
                "state": state if decision.id in in_force or decision.kind == WITHDRAW else "withdrawn"
            }  # fmt: skip

    def _assignments(self) -> Iterator[Row]:
        """Yields the assignments of files in force; those made before decisions were recorded have no reason."""
        decided = {one.subject: one for one in self.office.store.decisions.made(_END) if one.kind == ASSIGN}
        assigned = self.office.store.decisions.assignments()
        for file in self._all_files:
            if (assignment := assigned.get(file.file_id)) is None:
                continue
            decisions = decisions_json(filter(None, [decided.get(file.file_id)]), self.office.zone, self.mask)
            links = [self._submissions.get(link.submission_id) for link in file.links]
            yield (self._place(links[0]) if len(links) == 1 else {}) | {
                "unit": assignment.unit,
                "form": assignment.form,
                "file_id": file.file_id,
                "state": file.disposition.value,
                "who": assignment.who,
                "question": assignment.question,
                "came_by": assignment.came_by,
                **{key: values[key] for values in decisions for key in ("why", "at")},
            }


class _RowStates:
    """Finds whether rows of a snapshot's submissions are current."""

    def __init__(self, snapshot: Snapshot) -> None:
        current = snapshot.current_versions
        self._current = {one.submission_id for facts in current.values() for one in facts}
        self._unconfirmed = {one.submission_id for one in snapshot.unconfirmed}
        self._superseded = snapshot.superseded_ids([*current])

    def state_of(self, submission_id: str, record_id: str | None) -> str:
        if submission_id in self._unconfirmed:
            return UNCONFIRMED
        counts = submission_id in self._current and record_id not in self._superseded
        return CURRENT if counts else REPLACED


class _KnownSubjects:
    """Finds the unit, form, file and case that a decision names."""

    def __init__(self, office: Office, cases: Sequence[Case], files: Sequence[StoredFile]) -> None:
        self._office = office
        self._notices = {notice.id: notice for notice in office.notices.all}
        self._cases = {case.case_id: case for case in cases}
        self._files = {file.file_id: file for file in files}

    def named_by(self, decision: StoredDecision) -> dict[str, Any]:
        if (case := self._cases.get(decision.subject)) is not None:
            return {"unit": case.responsible_unit, "case_id": case.case_id}
        if (file := self._files.get(decision.subject)) is not None:
            units, forms = ({getattr(link, name) for link in file.links} for name in ("unit", "form"))
            return {
                "unit": units.pop() if len(units) == 1 else None,
                "form": forms.pop() if len(forms) == 1 else None,
                "file_id": file.file_id,
            }
        parts = (decision.detail if decision.kind == EXPLAIN else decision.subject) or ""
        return self._of_parts(parts.split("|"))

    def _of_parts(self, parts: Sequence[str]) -> dict[str, Any]:
        """Returns the columns in a subject such as ``2023-autumn|西沱中学|附件4``, ``西沱中学|附件4`` or ``2023-09|西沱镇``."""
        named: dict[str, Any] = {}
        for part in parts:
            unit = self._office.roster.get(self._office.roster.current_name(part))
            if part in self._notices:
                named["notice"] = part
            elif unit is not None:
                named["unit"] = unit.name
            elif any(part in notice.by_key for notice in self._notices.values()):
                named["form"] = part
            elif named.get("form") and part != EVERY_FORM and "period" not in named and "notice" in named:
                named["period"] = part
        return named
