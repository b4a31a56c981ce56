"""What stands recorded at an instant, opened once and asked by every judgement."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from config.notice import FormSpec, Notice
from config.roster import Roster, Unit
from ledger.concessions import Concessions, concessions, in_force
from ledger.standing import current_rows, standing
from parsers.identity import student_key
from store import Store
from store.facts import (
    DecisionFact,
    Disposition,
    EvidenceFact,
    FileFact,
    ProblemFact,
    RecordFact,
    SubmissionFact,
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
    submissions: tuple[SubmissionFact, ...]

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
    def versions(self) -> dict[Filing, tuple[SubmissionFact, ...]]:
        """All filings by unit and form, in order of arrival."""
        found: dict[Filing, list[SubmissionFact]] = {}
        for fact in self.submissions:
            found.setdefault((fact.unit, fact.form), []).append(fact)
        return {filing: tuple(facts) for filing, facts in found.items()}

    @cached_property
    def standing(self) -> dict[Filing, tuple[SubmissionFact, ...]]:
        """Of these, the ones that stand; a semester's first filing replaces those of the semester before."""
        latest = {
            filing: [fact for fact in facts if fact.notice == facts[-1].notice]
            for filing, facts in self.versions.items()
        }
        several = [fact.submission_id for facts in latest.values() if len(facts) > 1 for fact in facts]
        students = self.store.student_keys(several)
        return {filing: standing(facts, students, self.notice.full_share) for filing, facts in latest.items()}

    def current(self, form: str, unit: str | None = None) -> tuple[RecordFact, ...]:
        """The rows of a form that stand, by unit, arrival and place in the file."""
        filings = sorted(f for f in self.standing if f[1] == form and unit in (None, f[0]))
        return tuple(row for row in self._current_of(filings))

    def current_problems(self, unit: str | None = None) -> tuple[ProblemFact, ...]:
        """What is wrong in the tables and rows that stand."""
        filings = [f for f in self.standing if unit in (None, f[0])]
        kept = [fact for filing in filings for fact in self.standing[filing]]
        superseded = self._superseded_rows(filings)
        found = (p for p in self.store.problems(kept) if p.record_id not in superseded)
        return tuple(self.concessions.marked(problem) for problem in found)

    def counts(self, filing: Filing) -> tuple[int, int, int]:
        """Rows, errors and warnings that stand for one unit and form; explained ones do not count."""
        kept = self.standing.get(filing, ())
        with_rows = [fact for fact in kept if fact.records]
        if len(with_rows) < 2 and filing not in self.concessions.explained_filings:
            return (sum(f.records for f in kept), sum(f.errors for f in kept), sum(f.warnings for f in kept))
        superseded = self._superseded_rows([filing])
        standing = (p for p in self.store.problems(kept) if p.record_id not in superseded)
        found = [p for p in standing if self.concessions.marked(p).explained is None]
        errors = sum(p.severity == "error" for p in found)
        return sum(f.records for f in kept) - len(superseded), errors, len(found) - errors

    def _superseded_rows(self, filings: Iterable[Filing]) -> set[str]:
        several = [f for f in filings if sum(bool(fact.records) for fact in self.standing[f]) > 1]
        rows = {r.record_id for r in self.store.records([fact for f in several for fact in self.standing[f]])}
        return rows - {row.record_id for row in self._current_of(several)}

    def _current_of(self, filings: Iterable[Filing]) -> list[RecordFact]:
        wanted = list(filings)
        rows: dict[str, list[RecordFact]] = {}
        for row in self.store.records([fact for filing in wanted for fact in self.standing[filing]]):
            rows.setdefault(row.submission_id, []).append(row)
        keys = {row.record_id: student_key(row.values, row.problems) for own in rows.values() for row in own}
        return [row for filing in wanted for row in current_rows(self.standing[filing], rows, keys)]

    @cached_property
    def case_forms(self) -> tuple[FormSpec, ...]:
        """The forms whose rows speak of children out of school (附件3–6)."""
        return tuple(form for form in self.notice.forms if form.proof_statuses or form.proof_every)

    @cached_property
    def case_rows(self) -> tuple[RecordFact, ...]:
        """Every row of these forms that ever came, oldest first: a case does not close by silence."""
        keys = {form.key for form in self.case_forms}
        rows = self.store.records([fact for fact in self.submissions if fact.form in keys])
        return tuple(
            sorted(rows, key=lambda r: (r.received_at, r.submission_id, r.sheet, r.row, r.record_id))
        )

    def enrolled(self, keys: Iterable[str]) -> tuple[RecordFact, ...]:
        """The standing rows of rolls (附件1/2) that speak of these students."""
        cases = {form.key for form in self.case_forms}
        rolls = [fact for filing, facts in self.standing.items() if filing[1] not in cases for fact in facts]
        return self.store.enrolled(rolls, list(keys))

    @cached_property
    def statuses(self) -> frozenset[str]:
        """The statuses (失学, 辍学 …) that the notice knows."""
        field = self.notice.fields.get("status")
        vocabulary = self.notice.vocabularies.get(field.choices or "") if field else None
        return frozenset(vocabulary.values) if vocabulary else frozenset()

    @cached_property
    def evidence(self) -> tuple[EvidenceFact, ...]:
        return self.store.evidence(self.over, self.as_of)

    @cached_property
    def decisions(self) -> tuple[DecisionFact, ...]:
        """What people had decided by then and not withdrawn, oldest first."""
        return in_force(self.store.decisions(self.as_of))

    @cached_property
    def concessions(self) -> Concessions:
        """What units were granted under this notice."""
        return concessions(self.decisions, self.notice.id)

    @cached_property
    def quarantined(self) -> tuple[FileFact, ...]:
        return self.store.files(self.as_of, Disposition.QUARANTINED)

    @cached_property
    def under_review(self) -> dict[str, tuple[FileFact, ...]]:
        """Quarantined files by the unit that they seem to be of."""
        found: dict[str, list[FileFact]] = {}
        for file in self.quarantined:
            for unit in {file.unit_hint, *(claim.unit for claim in file.claims)} - {None}:
                found.setdefault(str(unit), []).append(file)
        return {unit: tuple(files) for unit, files in found.items()}

    @cached_property
    def rolls(self) -> tuple[RecordFact, ...]:
        """Every standing row of the forms that list who is in school (附件1, 附件2)."""
        cases = {form.key for form in self.case_forms}
        keys = [form.key for form in self.notice.forms if "school" in form.fields and form.key not in cases]
        return tuple(row for key in keys for row in self.current(key))

    def unit(self, name: str) -> Unit | None:
        return self.roster.get(name)


def open_book(store: Store, notice: Notice, roster: Roster, zone: ZoneInfo, as_of: datetime) -> Book:
    """Open the book at an instant; the same store and instant give the same book."""
    submissions = store.submissions(notice.id, as_of)
    return Book(store, notice, roster, zone, as_of.astimezone(zone), notice.id, submissions)
