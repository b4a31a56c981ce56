import pytest

from ledger.children.student_keys import group_by_student, last_statement, names_in
from tests.builders.values.stored_submissions import a_row

ONE, OTHER = "509999201203041014", "509999201304051014"
STATUSES = frozenset({"失学", "辍学", "休学", "延缓入学"})


def grouped(*rows):
    return [[row.record_id for row in own] for _, own in group_by_student(rows)]


def a_child(record_id, **values):
    return a_row(record_id, name="甲一", **values)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("李明华诊断证明.jpg", {"李明华"}),
        ("李明诊断证明.jpg", {"李明"}),
        ("李明、李明华.zip", {"李明", "李明华"}),
        ("李明华李明华", {"李明华"}),
        ("王五.jpg", set()),
        ("IMG_1.jpg", set()),
    ],
)
def test_a_short_name_is_not_read_out_of_a_longer_one(text, found):
    assert names_in(text, ["李明", "李明华"]) == found


def test_a_name_of_one_character_names_nobody():
    assert names_in("李明华证明.jpg", ["李", ""]) == frozenset()


def test_one_number_is_one_child_whatever_the_name():
    assert grouped(a_row("a-0", name="甲一", id_number=ONE), a_row("b-0", name="甲乙", id_number=ONE)) == [
        ["a-0", "b-0"]
    ]


def test_two_numbers_are_two_children_of_the_same_name():
    assert grouped(a_child("a-0", id_number=ONE), a_child("b-0", id_number=OTHER)) == [["a-0"], ["b-0"]]


def test_a_row_without_a_number_joins_the_only_child_of_its_name():
    assert grouped(a_child("a-0"), a_child("b-0", id_number=ONE, birth_date="2012-03-04")) == [["a-0", "b-0"]]


@pytest.mark.parametrize(
    ("birth", "joined"), [("2012-03", True), ("2012-03-04", True), ("2013-04-05", False)]
)
def test_it_joins_only_where_the_birth_dates_agree(birth, joined):
    rows = a_child("a-0", id_number=ONE, birth_date="2012-03-04"), a_child("b-0", birth_date=birth)

    assert (len(grouped(*rows)) == 1) is joined


def test_it_joins_nobody_where_two_have_the_name():
    rows = a_child("a-0", id_number=ONE), a_child("b-0", id_number=OTHER), a_child("c-0")

    assert grouped(*rows) == [["a-0"], ["b-0"], ["c-0"]]


@pytest.mark.parametrize(
    ("births", "children"),
    [
        (("2012-03", "2012-03-04"), [["0", "1"]]),
        (("2012-03-04", "2012-03"), [["0", "1"]]),
        (("2012", "2012-03", "2012-03-04"), [["0", "1", "2"]]),
        ((None, "2012-03-04"), [["0", "1"]]),
        (("2012-03", None, "2012-03-04"), [["0", "1", "2"]]),
        ((None, "2012-03-04", "2013-04-05"), [["0"], ["1"], ["2"]]),
        (("2012-03", "2012-04-04"), [["0"], ["1"]]),
        (("2012-03", "2012-03-04", "2012-03-05"), [["0"], ["1"], ["2"]]),  # nobody knows of which
    ],
)
def test_without_numbers_the_month_in_one_list_is_the_day_in_another(births, children):
    rows = [a_child(str(n), birth_date=birth) for n, birth in enumerate(births)]

    assert grouped(*rows) == children


def test_rows_without_name_and_number_are_never_put_together():
    assert grouped(a_row("a-0"), a_row("b-0")) == [["a-0"], ["b-0"]]


@pytest.mark.parametrize("newest", [None, "", "在外"])
def test_a_blank_or_unknown_status_takes_back_nothing(newest):
    rows = [a_child("a-0", status="辍学"), a_child("b-0", status=newest)]

    assert last_statement(rows, STATUSES).record_id == "a-0"


def test_the_newest_known_status_counts():
    rows = [a_child("a-0", status="辍学"), a_child("b-0", status="休学")]

    assert last_statement(rows, STATUSES).record_id == "b-0"
    assert last_statement([a_child("a-0")], STATUSES) is None


def test_a_number_copied_onto_another_child_makes_no_one_of_two():
    one = a_row("a-0", name="甲一", birth_date="2012-03-04", id_number=ONE)
    other = a_row("b-0", name="乙二", birth_date="2013-04-05", id_number=ONE)

    assert grouped(one, other) == [["a-0"], ["b-0"]]


FAMILY = {"guardian": "甲父", "guardian_phone": "13900000001"}
OTHER_FAMILY = {"guardian": "乙母", "guardian_phone": "13900000002"}


def test_two_of_one_name_and_birth_date_whom_one_list_gives_with_their_own_families_are_two():
    rows = [
        a_child("a-0", birth_date="2012-03-03", **FAMILY),
        a_child("a-1", birth_date="2012-03-03", **OTHER_FAMILY),
        a_child("b-0", birth_date="2012-03-03", **FAMILY),
    ]

    assert grouped(*rows) == [["a-0", "b-0"], ["a-1"]]


@pytest.mark.parametrize(
    "other",
    [OTHER_FAMILY | {"guardian_phone": FAMILY["guardian_phone"]}, {"guardian": "乙母"}, {}],
    ids=["one telephone", "no telephone", "nothing"],
)
def test_a_child_listed_twice_with_another_of_its_parents_is_one(other):
    rows = [
        a_child("a-0", birth_date="2012-03-03", **FAMILY),
        a_child("a-1", birth_date="2012-03-03", **other),
    ]

    assert grouped(*rows) == [["a-0", "a-1"]]


def test_lists_that_came_apart_make_no_two_families():
    rows = [
        a_child("a-0", birth_date="2012-03-03", **FAMILY),
        a_child("b-0", birth_date="2012-03-03", **OTHER_FAMILY),
    ]

    assert grouped(*rows) == [["a-0", "b-0"]]
