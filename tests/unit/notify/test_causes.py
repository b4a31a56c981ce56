"""One cause, one line; a new version is answered by what changed."""

from typing import Any

from notify.causes import causes, progress
from store.facts import ProblemFact
from tests.unit.notify.builders import a_problem


def at(row: int, **more: Any) -> ProblemFact:
    return a_problem(
        **{
            "row": row,
            "cell": f"D{row}",
            "student": f"s{row}",
            "message": "身份证号不是18位:请核对",
            "value": None,
            **more,
        }
    )


def test_three_hundred_rows_with_one_fault_are_one_sentence() -> None:
    (one,) = causes(at(row) for row in range(5, 305))

    assert (one.count, one.sentence) == (300, "第5行(D5)至第304行,共300处:身份证号不是18位:请核对")


def test_one_fault_says_its_cell() -> None:
    (one,) = causes([at(7)])

    assert one.sentence == "第7行(D7):身份证号不是18位:请核对"


def test_errors_come_before_warnings_and_frequent_ones_before_rare_ones() -> None:
    rare, often = at(5, code="id-length"), [at(6, code="id-missing"), at(7, code="id-missing")]
    warning = [
        at(row, code="phone-invalid", severity="warning", field="guardian_phone") for row in range(8, 18)
    ]

    assert [one.code for one in causes([rare, *warning, *often])] == [
        "id-missing",
        "id-length",
        "phone-invalid",
    ]


def test_numbers_of_persons_are_masked() -> None:
    (one,) = causes([at(5, message="身份证号509999201203041231不对")])

    assert "509999201203041231" not in one.sentence


def test_what_was_mended_what_stays_and_what_is_new() -> None:
    before = [at(5), at(6), at(7)]
    now = [at(6, value="别的"), at(8)]

    found = progress(before, now)

    assert (found.mended, found.still, found.new) == (2, 1, 1)


def test_a_student_who_moved_to_another_row_keeps_the_fault() -> None:
    assert progress([at(5, student="甲")], [at(9, student="甲")]).still == 1
