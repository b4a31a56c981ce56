import pytest

from tests.builders.files.clerk_files import SCHOOL, away_row, dropout_row, pupil_row, register4, roll1, roll2
from tests.builders.values.form_tables import (
    REGISTER_HEADING,
    TITLES,
    id_number,
    problem_codes,
    read_one_form,
    read_register,
)

NUMBER = id_number()

DROPOUT = (1, "甲一", "男", id_number(), "甲父", "13800000001", "辍学", "2023-9-10", "厌学")


def test_a_clean_row_comes_out_exactly():
    (record,) = read_register(DROPOUT).records

    assert record.row == 5
    assert record.problems == ()
    assert record.values == {
        "seq": 1,
        "name": "甲一",
        "sex": "男",
        "id_number": id_number(),
        "guardian": "甲父",
        "guardian_phone": "13800000001",
        "status": "辍学",
        "since": "2023-09-10",
        "reason": "厌学",
        "reason_text": "厌学",
        "birth_date": "2012-03-04",
    }


@pytest.mark.parametrize(
    "row",
    [
        (None,) * 9,
        ("合计", None, None, None, None, None, "1人"),
        (None, "合计", "1"),
        ("填表说明:1.本表由学校填写。2.无失学学生的也要报。",),
        ("注:休学须附证明",),
        (None, "填报人:丙三", None, "审核人:丁四"),
        ("主要负责人(签字):      填报人:     年  月  日",),
        REGISTER_HEADING,
        (2, None, None, None, None, None, None, None, None),
        ("例", "张三", "男", "500240201001011234", "张父", "13800000000", "辍学", "2023.9", "厌学"),
        (2, "张三", "男", "500240201001011234", None, None, "辍学", None, None),
        (2, "XXX", None, None, None, None, None, None, None),
    ],
)
def test_what_is_no_student_makes_no_record(row):
    assert [r.values["name"] for r in read_register(DROPOUT, row).records] == ["甲一"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ((2, None, "女", id_number(serial=124), "乙母", None, "失学", None, "家庭困难"), "required-missing"),
        ((2, "乙二", "女", None, "乙母", None, "失学", None, "家庭困难"), "id-missing"),
        ((2, "乙二", "女", id_number()[:17], "乙母", None, "失学", None, "家庭困难"), "id-length"),
        ((2, "乙二", None, 5.0999920120304122e17, "乙母", None, "失学", None, "家庭困难"), "id-precision"),
        ((2, "乙二", "男", id_number(serial=124), None, None, "失学", None, "因病"), "id-sex-mismatch"),
        ((2, "乙二", None, id_number("20030304"), None, None, "失学", None, "因病"), "age-out-of-range"),
        ((2, "乙二", None, id_number(serial=124), None, "1380000", "失学", None, "因病"), "phone-invalid"),
        ((2, "乙二", None, id_number(serial=124), None, None, "在家", None, "因病"), "value-unknown"),
        ((2, "乙二", None, id_number(serial=124), None, None, "失学", "开学", "因病"), "date-invalid"),
        ((2, "乙二", None, id_number(), None, None, "失学", None, "因病"), "duplicate-in-file"),
        ((None, None, None, None, "乙母", "13800000002", "失学", None, "家庭困难"), "required-missing"),
    ],
)
def test_a_child_with_a_faulty_row_is_kept_and_the_fault_is_named(row, code):
    record = read_register(DROPOUT, row).records[1]

    assert code in problem_codes(record)
    assert all(problem.row == 6 and problem.message for problem in record.problems)


def test_a_problem_names_its_cell():
    record = read_register((1, "甲一", "男", id_number()[:17], None, None, "辍学", None, "厌学")).records[0]

    assert [(p.cell, p.field, p.value) for p in record.problems] == [("D5", "id_number", id_number()[:17])]


@pytest.mark.parametrize(
    "row",
    [
        (1, "无", None, None, None),
        ("无",),
        (None, "零报告"),
        ("本校无失学、辍学、休学、延缓入学学生",),
        ("经排查,我校无失学辍学学生。",),
        (1, "/", "/", "/", "/", "/", "/", "/", "/"),
        (1, "没有", "无", "无", "无", "无", "无", "无", "无"),
        (None, None, None, None),
    ],
)
def test_a_ledger_that_says_or_shows_nothing_is_a_zero_report(row):
    form = read_register(row)

    assert form.nil
    assert form.records == ()


def test_four_ticked_columns_say_the_status():
    heading = ("序号", "姓名", "身份证号", "失学", "辍学", "休学", "延缓入学", "原因")

    (record,) = read_register(
        (1, "甲一", id_number(), None, "√", None, None, "厌学"), heading=heading
    ).records

    assert record.values["status"] == "辍学"
    assert record.problems == ()


def test_a_column_that_no_key_claims_is_kept_under_its_heading():
    (record,) = read_register((*DROPOUT, "是"), heading=(*REGISTER_HEADING, "是否易地搬迁")).records

    assert record.values["extra"] == {"是否易地搬迁": "是"}


def test_three_columns_of_visits_are_three_visits_in_order_of_date():
    heading = (*REGISTER_HEADING, "第一次劝返", "第二次劝返", "第三次劝返")

    (record,) = read_register(
        (*DROPOUT, "9月12日家访,未见到人", "9月17日电话,未返校", "9.22 已返校"), heading=heading
    ).records

    assert [(v["number"], v["date"], v["result"]) for v in record.values["visits"]] == [
        (1, "2023-09-12", "未见到人"),
        (2, "2023-09-17", "未返校"),
        (3, "2023-09-22", "已返校"),
    ]


def test_several_dates_in_one_cell_are_several_visits():
    (record,) = read_register((*DROPOUT, "9.12、9.17、9.22"), heading=(*REGISTER_HEADING, "劝返时间")).records

    assert [v["date"] for v in record.values["visits"]] == ["2023-09-12", "2023-09-17", "2023-09-22"]


def test_from_to_in_one_cell_is_since_and_until():
    row = (1, "甲一", "男", id_number(), None, None, "休学", "2023.9.1—2024.7.10", "因病")

    (record,) = read_register(row).records

    assert (record.values["since"], record.values["until"]) == ("2023-09-01", "2024-07-10")


def names(form):
    return [record.values.get("name") for record in form.records]


@pytest.mark.parametrize(
    "row",
    [
        (None, "双坝村小计", "3人"),
        (None, "3人", None, "双坝村小计"),
        (None, None, None, "长岭村", "合计", 3),
        (None, "6", None, "全镇总计"),
        ("合计:3人",),
    ],
)
def test_a_subtotal_anywhere_in_a_row_is_no_student(row):
    form = read_one_form(roll1(away_row(), row, away_row("乙二", 125)))

    assert names(form) == ["甲一", "乙二"]


def test_a_child_whose_reason_counts_something_is_a_child():
    row = [*dropout_row()[:-1], "累计旷课30天"]

    assert names(read_one_form(register4(row))) == ["甲一"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("1.谭晓雨", "谭晓雨"),
        ("2、马子轩", "马子轩"),
        ("(3)冉欣怡", "冉欣怡"),
        ("①谭晓雨", "谭晓雨"),
        ("1·谭晓雨", "谭晓雨"),
        ("谭晓雨*", "谭晓雨"),
        ("谭晓雨(一班)", "谭晓雨"),
        ("(五1班)谭晓雨", "谭晓雨"),
        ("谭晓雨(女)", "谭晓雨"),
        ("甲依·买买提", "甲依·买买提"),
        (f"谭晓雨{NUMBER}", "谭晓雨"),
    ],
)
def test_what_stands_with_a_name_comes_off_it(written, name):
    assert names(read_register((1, written, None, NUMBER, None, None, "辍学", None, "厌学"))) == [name]


@pytest.mark.parametrize("heading", ["班级", "年级班级"])
def test_the_class_of_its_own_column_is_believed_before_one_beside_the_name(heading):
    (record,) = read_register(
        (*dropout_row("谭晓雨(一班)"), "三年级3班"), heading=(*REGISTER_HEADING, heading)
    ).records

    assert (record.values["name"], record.values["class_name"]) == ("谭晓雨", "3班")


def test_a_remark_behind_a_name_and_the_remark_column_are_both_kept():
    form = read_register(
        (1, "谭晓雨(已返校)", None, NUMBER, None, None, "辍学", None, "厌学", "家访两次"),
        heading=(*REGISTER_HEADING, "备注"),
    )

    assert form.records[0].values["remark"] == "已返校;家访两次"


def test_words_about_visits_without_date_or_number_are_no_visit_and_are_kept():
    (record,) = read_register(
        (*dropout_row()[:-1], "厌学", "多次劝返无效"), heading=(*REGISTER_HEADING, "劝返情况")
    ).records

    assert "visits" not in record.values
    assert record.values["extra"] == {"劝返情况": "多次劝返无效"}


def test_what_stands_below_the_signatures_is_no_student_without_name_and_number():
    rows = [
        [1],
        ["填表人:谭老师", None, None, None, "审核人:马主任"],
        ["联系电话:023-73330000", None, None, None, None, None, None, "2023年9月22日"],
    ]

    form = read_register(*rows)

    assert (form.records, form.nil) == ((), True)


def test_a_child_below_the_signatures_is_read():
    form = read_register(dropout_row(), ["填表人:谭老师"], dropout_row("乙二", 125))

    assert names(form) == ["甲一", "乙二"]


def test_a_number_in_two_cells_below_one_heading_is_one_number():
    heading = (*REGISTER_HEADING[:4], None, *REGISTER_HEADING[4:])
    row = (1, "甲一", None, NUMBER[:10], NUMBER[10:], None, None, "辍学", None, "厌学")

    form = read_one_form([[TITLES["附件4"]], heading, row], merged=[(2, 4, 2, 5)])

    (record,) = form.records
    assert (record.values["id_number"], problem_codes(record), form.problems) == (NUMBER, [], ())


def test_nothing_and_a_student_in_one_table_contradict_each_other():
    form = read_register([1, "无"], dropout_row())

    assert names(form) == ["甲一"]
    assert [problem.code for problem in form.problems] == ["nil-contradicted"]


def test_strokes_in_the_empty_lines_below_the_students_contradict_nothing():
    assert read_register(dropout_row(), [2, "/", "/"], [3, "无"]).problems == ()


@pytest.mark.parametrize("end", ["以下空白", "(以下空白)", "[以下空白]", "——以下空白——"])
@pytest.mark.parametrize("column", [0, 1])
def test_what_says_that_nothing_follows_is_no_student(end, column):
    form = read_register(DROPOUT, below=[[None] * column + [end]])

    assert [record.values["name"] for record in form.records] == ["甲一"]


SPLIT_SIGNATURES = [
    ["填表人:", "李小红", None, "审核人:", "王大明"],
    [None, "填表人:", "李小红", "审核人:", "王大明"],
    ["填 表 人", "李小红", "审 核 人", "王大明"],
    ["校长", "王大明", "负责人", "马主任", "联系电话", "13900000000"],
    [None, "联系人", "李小红", "联系电话", "73330000"],
    ["填报日期", "2023年9月22日"],
    ["校长签字:", "王大明"],
    [None, None, None, None, None, None, None, "西沱中学"],
]
WITHOUT_NUMBERING = REGISTER_HEADING[1:]


@pytest.mark.parametrize("signature", SPLIT_SIGNATURES)
@pytest.mark.parametrize("heading", [REGISTER_HEADING, WITHOUT_NUMBERING])
def test_signatures_split_over_cells_are_no_student_wherever_they_are(signature, heading):
    child = dropout_row()[-len(heading) :]

    below = read_one_form(register4(child, signature, heading=heading))
    above = read_one_form(register4(signature, child, heading=heading))

    assert (names(below), names(above)) == (["甲一"], ["甲一"])
    assert [problem.code for form in (below, above) for problem in form.problems] == []


@pytest.mark.parametrize("signature", SPLIT_SIGNATURES)
@pytest.mark.parametrize("nil", [[1, "无"], [1]])
def test_signatures_split_over_cells_cost_no_zero_report(signature, nil):
    form = read_one_form(register4(nil, signature))

    assert (form.records, form.nil, form.problems) == ((), True, ())


def test_a_child_without_a_number_below_signatures_that_stand_above_the_students_is_read():
    form = read_register(["填表人:", "李小红"], (1, "乙二", "女", None, "乙母", None, "辍学", None, "厌学"))

    assert names(form) == ["乙二"]


def test_a_list_of_duties_is_no_list_of_signatures():
    heading = ("责任层级", "责任人", "责任范围", "联系电话")
    title = "石柱县2023年秋季学期义务教育学校“三保四包”责任体系细化表"

    form = read_one_form([["附件7"], [title], heading, ["校长", "王大明", "全校", "13900000000"]])

    assert [record.values["responsible_person"] for record in form.records] == ["王大明"]


@pytest.mark.parametrize(
    "row",
    [[2, "备注:表内学生均已劝返"], ["备注", "表内学生均已劝返,情况属实"], [None, "注", "表内学生均已劝返"]],
)
def test_a_note_in_any_cell_is_no_student(row):
    assert names(read_register(dropout_row(), row)) == ["甲一"]


def test_one_value_of_the_notice_alone_in_a_row_is_no_student():
    assert names(read_register(dropout_row(), (*(None,) * 8, "外出务工"))) == ["甲一"]


@pytest.mark.parametrize("row", [(1, "0"), ("", "0"), (1, "0", "0")])
def test_a_nought_where_the_name_would_stand_is_nobody(row):
    form = read_register(row)

    assert (form.nil, form.records) == (True, ())


@pytest.mark.parametrize(
    "note", ["注:无此类学生的也须零报告。", "无此类学生的也须零报告", "3.无失学学生的须填零报告"]
)
def test_a_note_below_the_names_reports_nothing(note):
    rows = [
        [TITLES["附件4"]],
        ["姓名", "身份证号", "类别", "原因"],
        ["甲一", id_number(), "辍学", "厌学"],
        [note],
    ]

    form = read_one_form(rows)

    assert [record.values["name"] for record in form.records] == ["甲一"]
    assert problem_codes(form) == []


def test_a_birth_date_that_is_none_is_told_once():
    rows = [
        [TITLES["附件2"]],
        ["姓名", "身份证号", "出生日期", "就读学校", "年级"],
        ["甲一", id_number(), "2012-13-04", "西沱中学", "五年级"],
    ]

    (record,) = read_one_form(rows).records

    assert problem_codes(record) == ["date-invalid"]


def test_a_child_without_a_number_whose_remark_says_no_change_is_a_student():
    form = read_register(DROPOUT, (2, "谭小明", "男", None, None, None, "辍学", None, "无变化"))

    assert [record.values.get("name") for record in form.records] == ["甲一", "谭小明"]


GROUPED = ("户籍所在乡镇", "村(社区)", "序号", "姓名", "身份证号", "类别", "发生时间", "原因")


def _grouped(*places, merged=()):
    """A register with the places of its rows left of 序号."""
    rows = [
        [*place, n, f"甲{name}", id_number(serial=101 + 2 * n), "辍学", "2023-9-1", "厌学"]
        for n, (place, name) in enumerate(zip(places, "一二三四", strict=False), 1)
    ]
    form = read_one_form([[TITLES["附件3"]], ["填报单位:西沱镇"], GROUPED, *rows], merged=merged)
    return [(r.values.get("household_township"), r.values.get("household_village")) for r in form.records]


def test_a_group_left_of_the_numbers_is_written_once():
    """As a text file has it, whose merged cells are lost."""
    places = _grouped(("西沱镇", "南坪村"), ("", ""), ("西沱镇", "月台村"), (None, None))

    assert places == [*[("西沱镇", "南坪村")] * 2, *[("西沱镇", "月台村")] * 2]


def test_a_group_of_which_something_is_written_is_as_written():
    assert _grouped(("西沱镇", "南坪村"), ("西沱镇", "")) == [("西沱镇", "南坪村"), ("西沱镇", None)]


def test_a_blank_cell_in_a_table_that_merges_its_groups_is_blank():
    merged = ((4, 1, 5, 1), (4, 2, 5, 2))

    places = _grouped(("西沱镇", "南坪村"), ("", ""), ("", ""), merged=merged)

    assert places == [("西沱镇", "南坪村"), ("西沱镇", "南坪村"), (None, None)]


@pytest.mark.parametrize(
    ("schools", "read"),
    [
        ((SCHOOL, None, None), [SCHOOL, SCHOOL, SCHOOL]),
        ((SCHOOL, None, None, SCHOOL, None), [SCHOOL] * 5),  # once on each page
        ((SCHOOL, None, SCHOOL), [SCHOOL, None, SCHOOL]),  # one forgot it
        ((None, None, None), [None, None, None]),
        ((SCHOOL, None), [SCHOOL, None]),
    ],
)
def test_a_unit_that_only_the_first_row_tells_is_every_row_s(schools, read):
    """A text file has lost that the cells of 学校 were merged."""
    rows = [[*pupil_row(f"甲{n}", 121 + 2 * n)] for n in range(len(schools))]
    for row, school in zip(rows, schools, strict=True):
        row[7] = school

    form = read_one_form(roll2(*rows))

    assert [record.values.get("school") for record in form.records] == read


@pytest.mark.parametrize(
    "row",
    [
        ["必填"] * 9,
        ["数字", "文本", "男/女", "文本格式", "文本", "11位", "失学/辍学/休学/延缓入学", "年-月-日", "文本"],
        [None, "(与户口簿一致)", None, "(18位)", None, "(手机)", "(下拉选择)", "(如2023-9-1)", "(简述)"],
        ["x"] * 9,
        [2, "2"],
    ],
)
def test_what_says_how_to_fill_in_a_column_is_no_student(row):
    form = read_one_form(register4(row, dropout_row()))

    assert ([record.values["name"] for record in form.records], form.problems) == (["甲一"], ())


@pytest.mark.parametrize("name", ["(谭晓雨)", "2"])
def test_a_row_that_tells_of_somebody_is_one_however_the_name_is_written(name):
    assert len(read_register((2, name, None, None, "甲父", "13800000001", "辍学", None, "厌学")).records) == 1
