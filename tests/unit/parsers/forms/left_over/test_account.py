"""What no reader placed is told: as a question where it may be a child, else as a warning."""

from dataclasses import replace

import pytest

from store.drafts import file_id
from store.stored_values import StoredAssignment
from tests.builders.clerk_files import (
    CONTEXT,
    MIDDLE,
    dropout_row,
    mail,
    process_mail,
    pupil_row,
    register4,
    roll2,
    word,
    xlsx,
)
from tests.builders.form_tables import REGISTER_HEADING, ROLL_HEADING, TITLES, id_number, read_sheets, sheet

ANOTHER = id_number(serial=125)


def outcome_of(*rows, name="附件4.xlsx"):
    return process_mail(mail({name: xlsx(rows)}))


def test_tidy_tables_leave_nothing_over():
    for rows in (register4(dropout_row()), roll2(pupil_row()), register4(), register4([1, "无"])):
        assert read_sheets(sheet(rows)).left_over == ()


def test_two_tables_side_by_side_are_both_read():
    rows = [
        ["附件4"],
        [TITLES["附件4"]],
        [f"填报单位:{MIDDLE}"],
        [*REGISTER_HEADING, None, *REGISTER_HEADING],
        [*dropout_row(), None, *dropout_row("乙二", 125)],
        [*dropout_row("丙三", 127)],
    ]

    result = outcome_of(*rows)

    assert result.submissions == {(MIDDLE, "附件4"): ("甲一", "丙三", "乙二")}
    assert result.codes == frozenset()


def test_columns_of_two_persons_are_one_table():
    heading = (*REGISTER_HEADING, "班主任", "姓名")

    result = outcome_of(*register4((*dropout_row(), "谭老师", "谭某"), heading=heading))

    assert result.submissions == {(MIDDLE, "附件4"): ("甲一",)}


def test_children_beside_the_table_below_no_heading_are_asked_about_and_the_rest_waits():
    rows = register4((*dropout_row(), None, "谭晓雨", ANOTHER))

    result = outcome_of(*rows)

    assert result.outcomes == ("quarantined",)
    assert result.files[0][2] == "left-over"
    assert result.submissions == {}


def test_a_word_beside_a_sound_table_is_a_warning_that_names_the_cell():
    found = read_sheets(sheet(register4((*dropout_row(), None, "该生母亲愿意配合学校工作"))))

    assert [(left.cells, left.names_child) for left in found.left_over] == [("K5", False)]
    result = outcome_of(*register4((*dropout_row(), None, "该生母亲愿意配合学校工作")))
    assert result.submissions == {(MIDDLE, "附件4"): ("甲一",)}
    assert result.codes == {"left-over"}


@pytest.mark.parametrize("aside", ["请领导审阅", "√", "1", "已核对", "第1页", "/"])
def test_marks_and_courtesies_beside_a_table_are_nothing(aside):
    assert read_sheets(sheet(register4((*dropout_row(), None, aside)))).left_over == ()


@pytest.mark.parametrize(
    "said",
    [
        f"另有学生谭晓雨({ANOTHER})未到校",
        "注:我校学生谭晓雨自9月4日起未到校,已辍学。",
    ],
)
def test_no_zero_report_comes_from_a_sheet_that_speaks_of_a_child(said):
    result = outcome_of(*register4([1, "无"], [said]))

    assert result.nil == frozenset()
    assert result.outcomes == ("quarantined",)


@pytest.mark.parametrize(
    "said",
    [
        "注:如有学生辍学,请及时填报。",
        "经排查,我校无失学、辍学学生。",
        "填表说明:学生未到校的填“辍学”。",
    ],
)
def test_a_note_about_rules_is_a_zero_report_still(said):
    assert outcome_of(*register4([1, "无"], [said])).nil == {(MIDDLE, "附件4")}


def test_a_sheet_that_nobody_recognises_takes_the_zero_report_with_it():
    students = [["名单"], ["姓名", "身份证号"], ["谭晓雨", ANOTHER]]

    result = process_mail(mail({"附件4.xlsx": xlsx(register4([1, "无"]), students)}))

    assert (result.nil, result.outcomes) == (frozenset(), ("quarantined",))


def test_a_letter_that_tells_of_a_dropout_is_asked_about():
    letter = ["情况说明", f"教委:我校学生谭晓雨({ANOTHER})自9月4日起未到校,已辍学。", MIDDLE]

    result = process_mail(mail({"情况说明.docx": word((letter, []))}, subject=MIDDLE))

    assert result.outcomes == ("quarantined",)
    assert result.files[0][2] == "left-over"


def test_a_certificate_that_names_its_child_is_a_proof():
    paper = ["证明", f"兹证明学生谭晓雨({ANOTHER})因病休学。"]

    result = process_mail(mail({"谭晓雨休学证明.docx": word((paper, []))}, subject=MIDDLE))

    assert result.outcomes == ("evidence",)


def test_a_person_s_word_releases_what_waited():
    raw = mail({"附件4.xlsx": xlsx(register4((*dropout_row(), None, "谭晓雨", ANOTHER)))})
    decided = replace(
        CONTEXT, assignments={file_id("0" * 64, 0): StoredAssignment(unit=MIDDLE, form="附件4")}
    )

    result = process_mail(raw, decided)

    assert result.outcomes == ("forms",)
    assert result.submissions == {(MIDDLE, "附件4"): ("甲一",)}
    assert result.codes == {"left-over"}


def test_two_rolls_side_by_side_with_a_gap_and_unequal_length():
    rows = roll2((*pupil_row(), None, *pupil_row("乙二", 125)), heading=(*ROLL_HEADING, None, *ROLL_HEADING))

    found = read_sheets(sheet([*rows, [*[None] * 12, *pupil_row("丙三", 127)]]))

    assert [record.values["name"] for form in found.forms for record in form.records] == [
        "甲一",
        "乙二",
        "丙三",
    ]
