"""Collects the results that the program must reach on the made-up county."""

from dataclasses import dataclass, field

from ledger.results import CaseState, FormState, GapKind

UnitForm = tuple[str, str]
"""A unit's name and a form's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRecord:
    """A row that must be recorded, with its values; ``clean`` rows have no problem."""

    unit: str
    form: str
    values: dict[str, object]
    clean: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundTruth:
    """The expected results at ``county.AS_OF``."""

    records: tuple[ExpectedRecord, ...]
    states: dict[UnitForm, FormState]
    late: frozenset[UnitForm]
    nil: frozenset[UnitForm]
    gaps: frozenset[tuple[str, str, GapKind]]
    cases: dict[str, str]  # identity number → CaseState
    duplicates: int
    quarantined: int
    ignored: int


@dataclass(slots=True)
class GroundTruthBuilder:
    """Collects the expected results while the county is made."""

    records: list[ExpectedRecord] = field(default_factory=list)
    states: dict[UnitForm, FormState] = field(default_factory=dict)
    late: set[UnitForm] = field(default_factory=set)
    nil: set[UnitForm] = field(default_factory=set)
    gaps: set[tuple[str, str, GapKind]] = field(default_factory=set)
    cases: dict[str, str] = field(default_factory=dict)
    duplicates: int = 0
    quarantined: int = 0
    ignored: int = 0

    def add_row(self, key: UnitForm, values: dict[str, object], *, clean: bool = True) -> None:
        """Adds a row of a unit's form."""
        unit, form = key
        self.records.append(ExpectedRecord(unit=unit, form=form, values=values, clean=clean))

    def add_case(self, id_number: str, state: CaseState) -> None:
        """Notes the state in which the case of this child must end."""
        self.cases[id_number] = state.value

    def form_received(self, key: UnitForm, gap_kind: GapKind | None, *, late: bool) -> None:
        """Marks a form as received; ``gap_kind`` is the gap that remains."""
        self.states[key] = FormState.INCOMPLETE if gap_kind else FormState.RECEIVED
        if gap_kind:
            self.gaps.add((*key, gap_kind))
        if late:
            self.late.add(key)
            self.gaps.add((*key, GapKind.LATE))

    def form_missing(self, key: UnitForm) -> None:
        """Marks a due form as not received in any readable way."""
        self.states[key] = FormState.MISSING
        self.gaps.add((*key, GapKind.MISSING))

    def truth(self) -> GroundTruth:
        """Returns the expected results as an immutable value."""
        return GroundTruth(
            records=tuple(self.records),
            states=dict(self.states),
            late=frozenset(self.late),
            nil=frozenset(self.nil),
            gaps=frozenset(self.gaps),
            cases=dict(self.cases),
            duplicates=self.duplicates,
            quarantined=self.quarantined,
            ignored=self.ignored,
        )
