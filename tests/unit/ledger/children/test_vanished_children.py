"""Who is gone is found, and nobody who is there is taken for gone, though a tenth of the numbers are damaged."""

from collections.abc import Sequence

from ledger.children.columns.child_columns import ChildColumns
from ledger.children.linked_children import NO_DECISIONS, Absence, PairDecisions
from ledger.children.person import Person
from ledger.children.student_keys import aliases, case_id, child_key, roll_ids
from ledger.children.vanished_children import find_absence as find_absence_in_columns
from store.questions.stored_rows import StoredRows
from store.stored_values import StoredRecord
from tests.builders.counties.two_rolls import make_rolls
from tests.builders.values.stored_submissions import a_row

NUMBER = "509999201203041231"


def find_absence(
    before: Sequence[StoredRecord], current: Sequence[StoredRecord], pair_decisions: PairDecisions
) -> Absence:
    return find_absence_in_columns(
        [StoredRows.of(before)], ChildColumns(StoredRows.of(current)), pair_decisions
    )


def as_row(person: Person, filing: str) -> StoredRecord:
    row = a_row(
        f"{filing}-{person.key}", name=person.name, birth_date=person.birth, id_number=person.written,
        guardian=person.guardian, guardian_phone=person.phone, household_township=person.township,
    )  # fmt: skip
    sound = person.number is not None
    return _of_unit(row, f"{person.township}小学", () if sound else ("id-checksum",))


def _of_unit(row: StoredRecord, unit: str, problems: tuple[str, ...]) -> StoredRecord:
    values = {field: getattr(row, field) for field in row.__dataclass_fields__}
    return StoredRecord(**(values | {"unit": unit, "problems": problems}))


def test_a_county_s_absent_are_found_and_few_others():
    made = make_rolls(5, 8000)
    then, now = [as_row(p, "a") for p in made.before], [as_row(p, "b") for p in made.now]

    found = {row.record_id.partition("-")[2] for row in find_absence(then, now, NO_DECISIONS).absent}

    absent = {p.key for p in made.before} - {p.key for p in made.now}
    assert absent <= found
    assert len(found & absent) >= 0.98 * len(found)


def test_a_child_there_under_a_copied_number_hides_nobody():
    absent = a_row("a-0", name="甲一", birth_date="2012-03-04", id_number=NUMBER)
    other = a_row("b-0", name="乙二", birth_date="2013-05-06", id_number=NUMBER)

    assert find_absence([absent], [other], NO_DECISIONS).absent == (absent,)


def test_one_told_of_in_two_replaced_filings_is_gone_once_as_told_last():
    first = a_row("a-0", name="甲一", birth_date="2012-03-04", id_number=NUMBER)
    again = a_row("b-0", name="甲一", birth_date="2012-03-04", id_number=NUMBER)

    assert find_absence([first, again], [], NO_DECISIONS).absent == (again,)


def test_a_row_without_number_is_found_by_name_and_birth_date_in_its_own_unit():
    absent = a_row("a-0", name="甲一", birth_date="2012-03-04")
    present = a_row("b-0", name="甲一", birth_date="2012-03-04", id_number=NUMBER)

    assert find_absence([absent], [present], NO_DECISIONS).absent == ()


def test_a_new_name_with_the_family_s_facts_is_not_gone_but_a_twin_s_is():
    family = {"birth_date": "2012-03-04", "guardian": "甲父", "guardian_phone": "13800000001"}
    absent, twin = a_row("a-0", name="甲一", **family), a_row("a-1", name="甲二", **family)
    present = a_row("b-0", name="甲三", **family)

    assert find_absence([absent], [present], NO_DECISIONS).absent == ()
    assert (
        absent
        in find_absence([absent, twin], [present, a_row("b-1", name="甲二", **family)], NO_DECISIONS).absent
    )


def test_a_person_who_says_that_the_two_are_one_ends_it():
    absent = a_row("a-0", name="甲一", birth_date="2012-03-04")
    present = a_row("b-0", name="乙二", birth_date="2013-05-06", guardian="乙父")
    pair = frozenset((case_id(child_key(absent)), roll_ids(present)[0]))

    assert aliases(child_key(absent), [absent]) & pair
    assert find_absence([absent], [present], NO_DECISIONS).absent == (absent,)
    assert find_absence([absent], [present], PairDecisions(joined=frozenset({pair}))).absent == ()
