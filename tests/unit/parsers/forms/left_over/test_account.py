"""What no reader placed is told: as a question where it may be a child, else as a warning."""

from dataclasses import replace

import pytest

from config.mail.file_ids import file_ids
from store.stored_values import StoredAssignment
from tests.builders.files.clerk_files import (
    CONTEXT,
    MIDDLE,
    blocks_of,
    dropout_row,
    mail,
    process_mail,
    pupil_row,
    register4,
    roll2,
    word,
    xlsx,
)
from tests.builders.values.form_tables import (
    REGISTER_HEADING,
    ROLL_HEADING,
    TITLES,
    id_number,
    read_sheets,
    sheet,
)

ANOTHER = id_number(serial=125)


def outcome_of(*rows, name="附件4.xlsx"):
    return process_mail(mail({name: xlsx(rows)}))


def test_tidy_tables_leave_nothing_over():
    for rows in (register4(dropout_row()), roll2(pupil_row()), register4(), register4([1, "无"])):
        assert read_sheets(sheet(rows)).left_over == ()


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("黄水失学、辍学学生劝返记录表", None),  # 黄水镇, and a child's name by its shape
        ("黄水辍学学生名单", None),
        ("黄水自9月起未到校", "left-over"),
        ("黄雯辍学学生名单", "left-over"),
    ],
)
def test_a_unit_s_bare_name_in_a_title_is_no_child(title, code):
    result = outcome_of([title], *register4(dropout_row()))

    assert [reason for _, _, reason in result.files] == [code]


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


def test_the_numbers_of_the_second_of_two_tables_may_be_headed_otherwise():
    again = ("编号", *REGISTER_HEADING[1:])
    rows = [
        [TITLES["附件4"]],
        [f"填报单位:{MIDDLE}"],
        [*REGISTER_HEADING, None, *again],
        [*dropout_row(), None, *dropout_row("乙二", 125)],
    ]

    result = outcome_of(*rows)

    assert result.submissions == {(MIDDLE, "附件4"): ("甲一", "乙二")}
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
    (file,) = file_ids("0" * 64, process_mail(raw).draft.files)
    decided = replace(CONTEXT, assignments={file: StoredAssignment(unit=MIDDLE, form="附件4")})

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


SAID = "七年级谭晓雨尚在劝返中"


@pytest.mark.parametrize(
    "rows",
    [
        [dropout_row(), [f"备注:{SAID}"]],
        [dropout_row(), ["备注", SAID]],
        [dropout_row(), [2, f"备注:{SAID}"]],
        [dropout_row(), [None, "注:", None, SAID]],
        [dropout_row(), ["说明"], [SAID]],
        [dropout_row(), ["填表说明:1.休学须附审批表。"], [f"2.{SAID}"]],
        [[f"注:{SAID}"], dropout_row()],
        [[1, "无"], ["备注", SAID]],
    ],
)
def test_a_child_told_of_in_a_note_makes_the_file_a_question_with_the_child_s_words(rows):
    result = outcome_of(*register4(*rows))

    assert (result.outcomes, result.nil) == (("quarantined",), frozenset())
    (file,) = result.draft.files
    assert file.reason_code == "left-over"
    assert "谭晓雨尚在劝返中" in (file.reason or "")


def test_a_child_told_of_between_title_and_heading_makes_the_file_a_question():
    rows = register4(dropout_row())

    assert outcome_of(*rows[:3], [f"注:另有{SAID}"], *rows[3:]).outcomes == ("quarantined",)


def test_a_long_note_is_quoted_where_it_names_the_child():
    note = f"备注:{'本表由学校德育处负责统计并逐级审核上报' * 3},{SAID}"

    (file,) = outcome_of(*register4(dropout_row(), [note])).draft.files

    assert "谭晓雨尚在劝返中" in (file.reason or "")


@pytest.mark.parametrize("note", ["注:七年级谭晓雨因病休学,证明附后", f"注:谭晓雨({ANOTHER})未到校"])
def test_a_note_about_a_child_whose_row_is_read_is_no_question(note):
    result = outcome_of(*register4(dropout_row("谭晓雨", 125), [note]))

    assert (result.outcomes, result.codes) == (("forms",), frozenset())


def test_a_note_about_a_recorded_child_and_another_is_a_question():
    result = outcome_of(*register4(dropout_row("谭晓雨", 125), ["注:谭晓雨、马子轩因病休学"]))

    assert result.outcomes == ("quarantined",)


@pytest.mark.parametrize(
    "row",
    [
        (2, "乙二", "女", None, "乙母", "13800000002", "辍学", "2023-9-10", "厌学"),
        (None, "谭晓雨", None, None, None, None, "辍学"),
        (2, "谭晓雨"),
    ],
)
def test_a_child_without_a_number_below_the_signatures_is_asked_about_and_the_rest_recorded(row):
    result = outcome_of(*register4(dropout_row(), ["填表人:李小红"], row))

    assert result.submissions == {(MIDDLE, "附件4"): ("甲一",)}
    assert result.outcomes == ("forms",)
    (problem,) = [p for file in result.draft.files for rows in blocks_of(file) for p in rows.table_problems]
    assert (problem.code, problem.row) == ("left-over", 7)


def test_names_below_the_signatures_without_anything_of_a_student_are_nobody():
    result = outcome_of(
        *register4(
            dropout_row(), ["填表人", None, "审核人"], [None, "李小红", "王大明", None, "2023年9月22日"]
        )
    )

    assert (result.outcomes, result.codes) == (("forms",), frozenset())


def test_a_number_below_the_signatures_holds_the_file():
    result = outcome_of(*register4(dropout_row(), ["填表人:李小红"], (2, None, None, ANOTHER)))

    assert result.outcomes == ("quarantined",)


def test_a_paragraph_above_a_table_of_a_document_is_no_cell():
    lines = ["附件4", TITLES["附件4"], f"填报单位:{MIDDLE}", "另有八年级2班谭晓雨9月起未到校"]

    result = process_mail(mail({"附件4.docx": word((lines, [REGISTER_HEADING, dropout_row()]))}))

    assert result.outcomes == ("quarantined",)
    assert "的表上方的文字还有内容没有读(“另有八年级2班谭晓雨9月起未到校”)" in (
        result.draft.files[0].reason or ""
    )


@pytest.mark.parametrize("names", [["李小红", "王大明"], [None, "李小红", None, None, None, "王大明"]])
def test_bare_names_below_the_students_are_asked_about_and_no_student(names):
    result = outcome_of(*register4(dropout_row(), [], names))

    assert result.submissions == {(MIDDLE, "附件4"): ("甲一",)}
    assert (result.outcomes, result.codes) == (("forms",), {"left-over"})


@pytest.mark.parametrize(
    "row",
    [
        [None, "谭晓雨", None, None, "谭建国"],
        [None, "谭晓雨", None, None, None, None, "辍学"],
        [2, "谭晓雨", "谭建国"],
    ],
    ids=["with its guardian", "with its status", "numbered"],
)
def test_a_child_with_little_more_than_its_name_is_a_student(row):
    result = outcome_of(*register4(dropout_row(), row))

    assert result.submissions == {(MIDDLE, "附件4"): ("甲一", "谭晓雨")}


def test_names_between_students_are_students():
    result = outcome_of(*register4(dropout_row(), ["李小红", "王大明"], dropout_row("乙二", 125)))

    assert len(result.submissions[MIDDLE, "附件4"]) == 3
