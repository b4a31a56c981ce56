"""One cause, one line; a new version is answered by what changed."""

from typing import Any

from notify.units.grouped_problems import count_problem_changes, group_problems
from store.stored_values import StoredProblem
from tests.builders.values.sample_digests import a_problem


def at(row: int, **more: Any) -> StoredProblem:
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
    (one,) = group_problems(at(row) for row in range(5, 305))

    assert (one.count, one.sentence) == (300, "第5行(D5)至第304行,共300处:身份证号不是18位:请核对")


def test_one_fault_says_its_cell() -> None:
    (one,) = group_problems([at(7)])

    assert one.sentence == "第7行(D7):身份证号不是18位:请核对"


def test_a_line_says_whose_row_it_is_and_what_stands_there() -> None:
    (one,) = group_problems([at(7, value="5099")], whose=lambda p: "谭*", found=lambda p: p.value or "")

    assert one.sentence == "第7行(D7)谭*:身份证号不是18位(填的是“5099”):请核对"


def test_many_rows_name_three_children_and_show_the_first_value() -> None:
    rows = [at(row, value=f"50{row}") for row in range(5, 10)]
    (one,) = group_problems(rows, whose=lambda p: f"生{p.row}", found=lambda p: p.value or "")

    assert one.sentence == ("第5行(D5)至第9行,共5处(生5、生6、生7等5人):身份证号不是18位(如填的“505”):请核对")


def test_a_value_that_the_message_shows_is_not_shown_twice() -> None:
    (one,) = group_problems([at(7, value="138", message="电话“138”不对:请改")], found=lambda p: p.value or "")

    assert one.sentence == "第7行(D7):电话“138”不对:请改"


def test_errors_come_before_warnings_and_frequent_ones_before_rare_ones() -> None:
    rare, often = at(5, code="id-length"), [at(6, code="id-missing"), at(7, code="id-missing")]
    warning = [
        at(row, code="phone-invalid", severity="warning", field="guardian_phone") for row in range(8, 18)
    ]

    assert [one.code for one in group_problems([rare, *warning, *often])] == [
        "id-missing",
        "id-length",
        "phone-invalid",
    ]


def test_numbers_of_persons_are_masked() -> None:
    (one,) = group_problems([at(5, message="身份证号509999201203041231不对")])

    assert "509999201203041231" not in one.sentence


def test_what_was_mended_what_stays_and_what_is_new() -> None:
    found = count_problem_changes(["甲", "乙", "丙"], ["乙", "丁"])

    assert (found.fixed, found.remaining, found.new) == (2, 1, 1)


def test_old_faults_and_new_ones_of_a_kind_are_two_lines() -> None:
    found = group_problems([at(5), at(6), at(9)], lambda p: p.row == 9)

    assert [one.sentence for one in found] == [
        "【仍未改】第5行(D5)至第6行,共2处:身份证号不是18位:请核对",
        "【新出现】第9行(D9):身份证号不是18位:请核对",
    ]


def test_rows_that_say_different_things_are_one_line_that_says_so() -> None:
    (one,) = group_problems([at(5, message="填的“初四”看不懂"), at(6, message="填的“高五”看不懂")])

    assert one.sentence == "第5行(D5)至第6行,共2处:填的“初四”看不懂(各处填法不同,见附件)"


def test_a_fault_of_the_whole_table_names_no_row() -> None:
    (one,) = group_problems([a_problem(row=None, cell=None, message="表头缺少“姓名”一列")])

    assert one.sentence == "表头缺少“姓名”一列"
