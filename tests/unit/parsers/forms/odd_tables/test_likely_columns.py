"""Headings that nobody listed."""

from tests.builders.form_tables import (
    id_number,
    problem_codes,
    read_register,
)

NUMBER = id_number()


def test_a_heading_nobody_listed_is_bound_by_its_words_and_its_cells_and_that_said():
    form = read_register(
        (1, "甲一", NUMBER, "辍学", "厌学"),
        heading=("序号", "姓名", "学生本人身份证号", "目前失辍学类型", "原因"),
    )

    (record,) = form.records
    assert (record.values["id_number"], record.values["status"]) == (NUMBER, "辍学")
    assert problem_codes(record) == []
    assert [(p.code, p.value) for p in form.problems] == [
        ("heading-guessed", "学生本人身份证号"),
        ("heading-guessed", "目前失辍学类型"),
    ]


def test_a_heading_whose_cells_say_something_else_is_one_question_with_the_candidate():
    form = read_register(
        (1, "甲一", NUMBER, "见附表", "厌学"), heading=("序号", "姓名", "身份证号", "目前失辍学类型", "原因")
    )

    assert [p.code for p in form.problems] == ["heading-missing"]
    assert "目前失辍学类型" in form.problems[0].message
    assert problem_codes(form.records[0]) == []
