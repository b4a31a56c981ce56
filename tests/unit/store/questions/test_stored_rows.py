from store.questions.stored_rows import StoredRows, by_unit_form_and_arrival
from tests.builders.values.stored_submissions import a_row

ROWS = (
    a_row("a-0", name="甲一", boarding=True),
    a_row("a-1", name="乙二", remark=""),
    a_row("b-0", name="丙三", boarding=False),
)


def test_rows_of_several_submissions_are_a_sequence_of_records():
    rows = StoredRows.of(ROWS)

    assert (tuple(rows), len(rows), rows[2], rows[-1]) == (ROWS, 3, ROWS[2], ROWS[2])
    assert (rows[1:], rows.at([2, 0])) == (ROWS[1:], (ROWS[2], ROWS[0]))
    assert not StoredRows()


def test_a_column_has_one_entry_a_row():
    rows = StoredRows.of(ROWS)

    assert rows.column("boarding") == [True, None, False]
    assert rows.texts("remark") == [None, None, None]
    assert rows.record_ids == ["a-0", "a-1", "b-0"]
    assert rows.column("nothing of this name") == [None] * 3


def test_rows_left_out_are_out_of_every_column():
    rows = StoredRows.of(ROWS).without({"a-0", "b-0"})

    assert (tuple(rows), rows.column("name"), rows.places_of({"a-1", "a-0"})) == ((ROWS[1],), ["乙二"], [0])


def test_submissions_come_in_the_order_asked_for():
    rows = StoredRows.joined((StoredRows.of(ROWS[2:]), StoredRows.of(ROWS[:2])))

    assert tuple(rows) == (ROWS[2], *ROWS[:2])
    assert tuple(rows.sorted_by(by_unit_form_and_arrival)) == ROWS
    assert [tuple(own) for own in rows.by_unit().values()] == [(ROWS[2], *ROWS[:2])]
