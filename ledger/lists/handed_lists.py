"""Lists of children made by other authorities: forms of departments (残联, 公安 …), and files handed to the office.

A listed child that is in no case and on no roll is a suspected dropout, with the list as its origin, until it
is found or an officer closes it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import orjson

from ledger.children.student_keys import case_id
from ledger.results import ListedChild
from ledger.snapshot import Snapshot
from store.stored_values import StoredDecision

_HOME = ("household_township", "school", "household_village")
"""The columns of a list that give the unit of a child, the surest first."""
HANDED_LIST = "handed-list"
"""The kind of decision that keeps a handed list; the subject is the list's name, ``detail`` its children as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """One child on another authority's current list."""

    child: ListedChild
    list_name: str
    form: str = ""
    """The key of the form that the list is; empty for a handed file."""
    sheet: str = ""
    """The sheet, where a file has several lists."""
    row: int
    submission_id: str
    """For a handed file, the list's name."""
    told_on: date
    """The day on which the list arrived."""

    @property
    def place(self) -> str:
        """The list's name, with its sheet where it has several."""
        return f"{self.list_name}“{self.sheet}”" if self.sheet else self.list_name

    @property
    def case_id(self) -> str:
        """The case id under which officers decide on the child while it is on no roll and in no other case."""
        number = self.child.id_number
        return case_id(number or f"{self.child.name}||{self.list_name}")


def read_entries(snapshot: Snapshot) -> tuple[ListEntry, ...]:
    """Returns every child on another authority's current list, by list and row.

    A recurring list has one version per period: a later one does not remove a child that is found nowhere.
    """
    entries = [
        ListEntry(
            child=ListedChild(
                name=str(row.values.get("name") or ""),
                id_number=str(row.values.get("id_number") or ""),
                unit=str(next((row.values[key] for key in _HOME if row.values.get(key)), row.unit)),
            ),
            list_name=f"{row.unit}{row.form}",
            form=row.form,
            row=row.row,
            submission_id=row.submission_id,
            told_on=snapshot.day(row.received_at),
        )
        for form in snapshot.compare_forms
        for row in snapshot.current_rows(form.key)
    ]
    for decision in handed_lists(snapshot.decisions).values():
        entries += [
            ListEntry(
                child=ListedChild(
                    name=child["name"],
                    id_number=child["id_number"],
                    unit=child["unit"],
                    birth=child.get("birth", ""),
                ),
                list_name=decision.subject,
                sheet=child.get("sheet", ""),
                row=child["row"],
                submission_id=decision.subject,
                told_on=snapshot.day(decision.at),
            )
            for child in orjson.loads(decision.detail or "[]")
        ]
    return tuple(entry for entry in entries if entry.child.name or entry.child.id_number)


def handed_lists(decisions: Iterable[StoredDecision]) -> Mapping[str, StoredDecision]:
    """Returns by name the latest version of each handed list."""
    return {one.subject: one for one in decisions if one.kind == HANDED_LIST and one.detail}


def write_entries(entries: Sequence[ListEntry]) -> str:
    """Returns the children of a list as JSON, for the ``detail`` of the decision that keeps it."""
    return orjson.dumps(
        [
            {
                "name": entry.child.name,
                "id_number": entry.child.id_number,
                "unit": entry.child.unit,
                "row": entry.row,
                **({"birth": entry.child.birth} if entry.child.birth else {}),
                **({"sheet": entry.sheet} if entry.sheet else {}),
            }
            for entry in entries
        ]
    ).decode()
