"""What stands recorded at an instant, opened once and asked by every judgement."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from config.notice import FormSpec, Notice
from config.units.roster import Roster, Unit
from ledger.children.absence import Absence, absence
from ledger.children.enrolment import Enrolment, enrolment, sought
from ledger.children.students import Students, pair_decisions, students
from ledger.officer_decisions import Concessions, concessions, in_force
from ledger.versions.corrections import row_keys
from ledger.versions.current_versions import standing, superseded
from store import Store
from store.stored_values import (
    Disposition,
    StoredDecision,
    StoredFile,
    StoredProblem,
    StoredProof,
    StoredRecord,
    StoredSubmission,
)

Filing = tuple[str, str]  # unit, form


@dataclass(frozen=True)
class Book:
    """The notice, the roster and all that had arrived by ``as_of``. Rows are loaded when first asked for."""

    store: Store
    notice: Notice
    roster: Roster
    zone: ZoneInfo
    as_of: datetime
    over: str | None
    """The notice whose filings these are; None: those of every notice."""
    submissions: tuple[StoredSubmission, ...]

    @cached_property
    def whole(self) -> "Book":
        """The same instant over every notice in the store: a case lives on from one semester to the next."""
        every = self.store.submissions(None, self.as_of)
        return self if len(every) == len(self.submissions) else replace(self, over=None, submissions=every)

    @property
    def today(self) -> date:
        """The office's day at ``as_of``."""
        return self.as_of.astimezone(self.zone).date()

    def day(self, instant: datetime) -> date:
        """The office's day at an instant."""
        return instant.astimezone(self.zone).date()

    @cached_property
    def versions(self) -> dict[Filing, tuple[StoredSubmission, ...]]:
        """All filings by unit and form, in order of arrival."""
        found: dict[Filing, list[StoredSubmission]] = {}
        for fact in self.submissions:
            found.setdefault((fact.unit, fact.form), []).append(fact)
        return {filing: tuple(facts) for filing, facts in found.items()}

    @cached_property
    def _latest(self) -> dict[Filing, list[StoredSubmission]]:
        """By unit and form, the filings of the last semester that has any: its first replaces those before."""
        return {
            filing: [fact for fact in facts if fact.notice == facts[-1].notice]
            for filing, facts in self.versions.items()
        }

    @cached_property
    def row_keys(self) -> dict[str, tuple[tuple[str, str | None], ...]]:
        """Row ids and students of whatever was filed more than once; one key for a child whose number was mended."""
        return row_keys(self.store, self._latest.values(), self.notice.full_share)

    @cached_property
    def standing(self) -> dict[Filing, tuple[StoredSubmission, ...]]:
        """Of all filings, the ones that stand."""
        students = {
            submission: frozenset(key for _, key in rows if key is not None)
            for submission, rows in self.row_keys.items()
        }
        share = self.notice.full_share
        return {filing: standing(facts, students, share) for filing, facts in self._latest.items()}

    @cached_property
    def superseded(self) -> dict[Filing, frozenset[str]]:
        """Where several filings stand together: rows of the earlier ones that a later one tells anew."""
        together = {filing: kept for filing, kept in self.standing.items() if len(kept) > 1}
        found = {filing: superseded(kept, self.row_keys) for filing, kept in together.items()}
        return {filing: rows for filing, rows in found.items() if rows}

    def current(self, form: str, unit: str | None = None) -> tuple[StoredRecord, ...]:
        """The rows of a form that stand, by unit, arrival and place in the file."""
        filings = sorted(f for f in self.standing if f[1] == form and unit in (None, f[0]))
        gone = self._gone(filings)
        rows = self.store.records([fact for filing in filings for fact in self.standing[filing]])
        return tuple(row for row in rows if row.record_id not in gone)

    def current_problems(self, unit: str | None = None) -> tuple[StoredProblem, ...]:
        """What is wrong in the tables and rows that stand."""
        return self._problems([f for f in self.standing if unit in (None, f[0])])

    def problems_of(self, fact: StoredSubmission) -> tuple[StoredProblem, ...]:
        """What is wrong in one filing and nobody has explained."""
        marked = (self.concessions.marked(problem) for problem in self.store.problems([fact]))
        return tuple(problem for problem in marked if problem.explained is None)

    def counts(self, filing: Filing) -> tuple[int, int, int]:
        """Rows, errors and warnings that stand for one unit and form; explained ones do not count."""
        kept = self.standing.get(filing, ())
        records = sum(fact.records for fact in kept) - len(self.superseded.get(filing, ()))
        recounted = self._recounted.get(filing)
        if recounted is None:
            return records, sum(fact.errors for fact in kept), sum(fact.warnings for fact in kept)
        counting = [problem for problem in recounted if problem.explained is None]
        errors = sum(problem.severity == "error" for problem in counting)
        return records, errors, len(counting) - errors

    @cached_property
    def _recounted(self) -> dict[Filing, list[StoredProblem]]:
        """The problems that stand where the filings' own sums are not the whole truth."""
        filings = self.superseded.keys() | (self.concessions.explained_filings & self.standing.keys())
        found: dict[Filing, list[StoredProblem]] = {filing: [] for filing in filings}
        for problem in self._problems(filings):
            found[problem.unit, problem.form].append(problem)
        return found

    def _problems(self, filings: Collection[Filing]) -> tuple[StoredProblem, ...]:
        gone = self._gone(filings)
        kept = [fact for filing in filings for fact in self.standing[filing]]
        found = (problem for problem in self.store.problems(kept) if problem.record_id not in gone)
        return tuple(self.concessions.marked(problem) for problem in found)

    def _gone(self, filings: Collection[Filing]) -> set[str]:
        return {row for filing in filings for row in self.superseded.get(filing, ())}

    @cached_property
    def case_forms(self) -> tuple[FormSpec, ...]:
        """The forms whose rows speak of children out of school (附件3–6)."""
        return tuple(form for form in self.notice.forms if form.proof_statuses or form.proof_every)

    @cached_property
    def case_rows(self) -> tuple[StoredRecord, ...]:
        """Every row of these forms that ever came, oldest first: a case does not close by silence."""
        keys = {form.key for form in self.case_forms}
        rows = self.store.records([fact for fact in self.submissions if fact.form in keys])
        return tuple(
            sorted(rows, key=lambda r: (r.received_at, r.submission_id, r.sheet, r.row, r.record_id))
        )

    @cached_property
    def students(self) -> Students:
        """The children of these rows, as passes link them and people have merged and split them."""
        return students(self.case_rows, self.decisions)

    @cached_property
    def enrolment(self) -> Enrolment:
        """Where the standing rolls (附件1/2) show these children, and where perhaps."""
        cases = {form.key for form in self.case_forms}
        rolls = [fact for filing, facts in self.standing.items() if filing[1] not in cases for fact in facts]
        gone = self._gone(self.standing.keys())
        rows = self.store.records_where(rolls, sought(self.students)) if self.students.all else ()
        return enrolment(
            self.students, [row for row in rows if row.record_id not in gone], pair_decisions(self.decisions)
        )

    @cached_property
    def statuses(self) -> frozenset[str]:
        """The statuses (失学, 辍学 …) that the notice knows."""
        field = self.notice.fields.get("status")
        vocabulary = self.notice.vocabularies.get(field.choices or "") if field else None
        return frozenset(vocabulary.values) if vocabulary else frozenset()

    @cached_property
    def evidence(self) -> tuple[StoredProof, ...]:
        return self.store.proofs(self.over, self.as_of)

    @cached_property
    def decisions(self) -> tuple[StoredDecision, ...]:
        """What people had decided by then and not withdrawn, oldest first."""
        return in_force(self.store.decisions(self.as_of))

    @cached_property
    def concessions(self) -> Concessions:
        """What units were granted under this notice."""
        return concessions(self.decisions, self.notice.id)

    @cached_property
    def quarantined(self) -> tuple[StoredFile, ...]:
        return self.store.files(self.as_of, Disposition.QUARANTINED)

    @cached_property
    def under_review(self) -> dict[str, tuple[StoredFile, ...]]:
        """Quarantined files by the unit that they seem to be of."""
        found: dict[str, list[StoredFile]] = {}
        for file in self.quarantined:
            for unit in {file.unit_hint, *(link.unit for link in file.links)} - {None}:
                found.setdefault(str(unit), []).append(file)
        return {unit: tuple(files) for unit, files in found.items()}

    @cached_property
    def roll_forms(self) -> tuple[FormSpec, ...]:
        """The forms that list who is in school (附件1, 附件2)."""
        cases = {form.key for form in self.case_forms}
        return tuple(f for f in self.notice.forms if "school" in f.fields and f.key not in cases)

    @cached_property
    def rows(self) -> tuple[StoredRecord, ...]:
        """Every row that stands, by form."""
        return tuple(row for form in self.notice.forms for row in self.current(form.key))

    @cached_property
    def rolls(self) -> tuple[StoredRecord, ...]:
        """Every standing row of the rolls."""
        forms = {form.key for form in self.roll_forms}
        return tuple(row for row in self.rows if row.form in forms)

    @cached_property
    def absence(self) -> Absence:
        """Who stood in filings that were replaced, and stands nowhere now."""
        replaced = [
            fact
            for filing, facts in self.versions.items()
            for fact in facts
            if fact.records and fact not in self.standing[filing]
        ]
        if not replaced:
            return absence((), (), pair_decisions(()))
        return absence(self.store.records(replaced), self.rows, pair_decisions(self.decisions))

    def unit(self, name: str) -> Unit | None:
        return self.roster.get(name)


def open_book(store: Store, notice: Notice, roster: Roster, zone: ZoneInfo, as_of: datetime) -> Book:
    """Open the book at an instant; the same store and instant give the same book."""
    submissions = store.submissions(notice.id, as_of)
    return Book(store, notice, roster, zone, as_of.astimezone(zone), notice.id, submissions)
