"""What is true of the made-up county: gathered while its mails are made, frozen when they are all there."""

from dataclasses import dataclass, field

from ledger.results import CaseState, FormState, GapKind

Key = tuple[str, str]  # unit, form


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueRecord:
    """A row that must stand, with the values that its sheet gives; ``clean`` rows have no fault."""

    unit: str
    form: str
    values: dict[str, object]
    clean: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What must come out at ``county.AS_OF``."""

    records: tuple[TrueRecord, ...]
    states: dict[Key, FormState]
    late: frozenset[Key]
    nil: frozenset[Key]
    gaps: frozenset[tuple[str, str, GapKind]]
    cases: dict[str, str]  # identity number → CaseState
    duplicates: int
    quarantined: int
    ignored: int


@dataclass(slots=True)
class Reckoning:
    """The truth while it grows."""

    records: list[TrueRecord] = field(default_factory=list)
    states: dict[Key, FormState] = field(default_factory=dict)
    late: set[Key] = field(default_factory=set)
    nil: set[Key] = field(default_factory=set)
    gaps: set[tuple[str, str, GapKind]] = field(default_factory=set)
    cases: dict[str, str] = field(default_factory=dict)
    duplicates: int = 0
    quarantined: int = 0
    ignored: int = 0

    def row(self, key: Key, values: dict[str, object], *, clean: bool = True) -> None:
        """A row stands in a unit's form."""
        unit, form = key
        self.records.append(TrueRecord(unit=unit, form=form, values=values, clean=clean))

    def case(self, id_number: str, state: CaseState) -> None:
        self.cases[id_number] = state.value

    def came(self, key: Key, wanting: GapKind | None, *, late: bool) -> None:
        """A form came; ``wanting`` says what still keeps it from counting."""
        self.states[key] = FormState.INCOMPLETE if wanting else FormState.RECEIVED
        if wanting:
            self.gaps.add((*key, wanting))
        if late:
            self.late.add(key)
            self.gaps.add((*key, GapKind.LATE))

    def missing(self, key: Key) -> None:
        """A form that was due did not come in any way that can be read."""
        self.states[key] = FormState.MISSING
        self.gaps.add((*key, GapKind.MISSING))

    def truth(self) -> Truth:
        return Truth(
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
