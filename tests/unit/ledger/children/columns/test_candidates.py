"""Who is found among the few candidates of a long list is who would be found among all of it."""

from random import Random

import pytest

from ledger.children.columns.candidates import find_candidates
from ledger.children.columns.child_columns import ChildColumns, birth_of, number_of
from ledger.children.group_rows import persons_with_rows
from ledger.children.link_children import link
from ledger.children.linked_children import NO_DECISIONS, Link
from ledger.children.person import Person, person_of
from store.questions.stored_rows import StoredRows
from store.stored_values import StoredRecord
from tests.builders.counties.two_rolls import make_rolls
from tests.builders.values.stored_submissions import a_row


def found(persons: list[Person], rows: tuple[StoredRecord, ...]) -> list[set[Link]]:
    children = persons_with_rows(
        [(row.record_id, [row]) for row in rows],
        lambda _: (),
        NO_DECISIONS,
        order=lambda row: (row.received_at, ""),
    )
    result = link(persons, [person for person, _ in children])
    return [set(result.linked), set(result.proposed), set(result.same_number)]


def as_row(person: Person, number: int) -> StoredRecord:
    row = a_row(
        f"b-{number}", name=person.name, birth_date=person.typed_birth or person.birth, id_number=person.written,
        guardian=person.guardian, guardian_phone=person.phone, household_township=person.township,
    )  # fmt: skip
    return row if person.number is not None else with_fault(row)


def with_fault(row: StoredRecord) -> StoredRecord:
    values = {field: getattr(row, field) for field in row.__dataclass_fields__}
    return StoredRecord(**(values | {"problems": ("id-checksum",)}))


@pytest.mark.parametrize("seed", range(4))
def test_a_county_s_children_are_linked_among_the_candidates_as_among_all(seed: int):
    made = make_rolls(seed, 3000, twin_share=0.1)
    wanted = Random(seed).sample(made.before, 60)
    listed = ChildColumns(StoredRows.of(as_row(person, number) for number, person in enumerate(made.now)))

    candidates = find_candidates(wanted, listed)

    assert found(wanted, candidates) == found(wanted, tuple(listed.rows))
    assert len(candidates) < 600


@pytest.mark.parametrize("seed", range(60))
def test_few_names_and_families_make_no_difference(seed: int):
    """Of a handful of facts nearly all are shared: here the rules meet each other, and rows are grouped."""
    random = Random(seed)

    def child(number: int) -> StoredRecord:
        birth = random.choice(["2012-03-04", "2012-03-05", "2013-03-04", "2012-03", None])
        written = random.choice(
            [None, "50999920120304" + random.choice(["1231", "000X", "2000"]), "509999201303041231"]
        )
        row = a_row(
            f"b-{number}",
            name=random.choice(["王浩", "王皓", "王再", "王冉", "李浩", None]),
            birth_date=birth,
            id_number=written,
            guardian=random.choice([None, "王父", "李父"]),
            guardian_phone=random.choice([None, "13800000001", "13800000002"]),
            household_township=random.choice([None, "甲镇", "乙镇"]),
        )  # fmt: skip
        return row if random.random() < 0.5 else with_fault(row)

    listed = ChildColumns(StoredRows.of(child(number) for number in range(30)))
    wanted = [person_of(f"a{number}", [child(100 + number)]) for number in range(3)]

    assert found(wanted, find_candidates(wanted, listed)) == found(wanted, tuple(listed.rows))


def test_columns_say_of_each_row_what_is_said_of_it_alone():
    made = make_rolls(7, 500)
    rows = [as_row(person, number) for number, person in enumerate(made.now)]
    rows.append(a_row("b-900", id_number="500240201203041000", student_number="G500240201203041000"))
    rows.append(a_row("b-901", id_number="500240201203041000"))
    rows.append(a_row("b-902", student_number="G500240201203040011"))
    listed = ChildColumns(StoredRows.of(rows))

    assert listed.numbers == [number_of(row) for row in rows]
    assert listed.births == [birth_of(row) for row in rows]
    assert listed.names == [row.values.get("name") for row in rows]
