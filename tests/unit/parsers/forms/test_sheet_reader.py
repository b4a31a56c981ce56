import pytest

from parsers.formats.workbook import Workbook
from tests.builders.files.clerk_files import (
    AWAY_HEADING,
    MIDDLE,
    away_row,
    dropout_row,
    register4,
    roll1,
    roll2,
)
from tests.builders.values.form_tables import (
    READER,
    REGISTER_HEADING,
    ROLL_HEADING,
    TITLES,
    id_number,
    problem_codes,
    read_one_form,
    read_sheets,
    sheet,
)

PUPIL = (1, "甲一", "男", "土家", id_number(), "甲父", "13800000001", "西沱镇小学", "五年级", "2班", "住读")


def roll(*rows, heading=ROLL_HEADING, above=(("附件2",), (TITLES["附件2"],), ("填报单位:西沱镇小学",))):
    return read_one_form([*above, heading, *rows])


def test_a_clean_roll_comes_out_exactly():
    form = roll(PUPIL)

    assert (form.form, form.stated_unit, form.unit_values) == ("附件2", "西沱镇小学", (("西沱镇小学", 1),))
    assert form.records[0].values == {
        "seq": 1,
        "name": "甲一",
        "sex": "男",
        "ethnicity": "土家族",
        "id_number": id_number(),
        "birth_date": "2012-03-04",
        "guardian": "甲父",
        "guardian_phone": "13800000001",
        "school": "西沱镇小学",
        "grade": "五年级",
        "class_name": "2班",
        "boarding": True,
    }
    assert problem_codes(form.records[0]) == []


@pytest.mark.parametrize("height", [0, 1, 5, 12])
def test_headings_are_found_at_any_height(height):
    above = [[f"第{n}行说的话"] for n in range(height)]

    assert len(read_one_form([*above, [TITLES["附件2"]], ROLL_HEADING, PUPIL]).records) == 1


def test_a_heading_of_two_rows_is_one_heading():
    rows = [
        [TITLES["附件1"]],
        ["序号", "姓名", "身份证号", "户籍所在地", None, None, "就读学校", None, None, "监护人", None],
        [None, None, None, "乡镇", "村(社区)", "组", "省", "市", "名称", "姓名", "电话"],
        [
            1,
            "甲一",
            id_number(),
            "西沱",
            "玉石村",
            "3组",
            "广东省",
            "东莞市",
            "东莞市某小学",
            "甲父",
            "13800000001",
        ],
    ]
    merged = [(2, 4, 2, 6), (2, 7, 2, 9), (2, 10, 2, 11), (2, 1, 3, 1), (2, 2, 3, 2), (2, 3, 3, 3)]

    values = read_one_form(rows, merged=merged).records[0].values

    assert values["household_township"] == "西沱镇"
    assert (values["household_village"], values["household_group"]) == ("玉石村", "3组")
    assert (values["school_region"], values["school"]) == ("广东省东莞市", "东莞市某小学")
    assert (values["guardian"], values["guardian_phone"]) == ("甲父", "13800000001")


def test_the_same_heading_without_merged_cells_reads_alike():
    rows = [
        [TITLES["附件1"]],
        ["序号", "姓名", "身份证号", "户籍所在地", None, None, "就读学校", "学校所在地"],
        [None, None, None, "乡镇", "村(社区)", "组", None, None],
        [1, "甲一", id_number(), "西沱", "玉石村", "3组", "东莞市某小学", "广东东莞"],
    ]

    values = read_one_form(rows).records[0].values

    assert (values["household_township"], values["household_group"], values["school"]) == (
        "西沱镇",
        "3组",
        "东莞市某小学",
    )


@pytest.mark.parametrize("form", TITLES)
def test_the_title_says_which_form_it_is_whatever_the_file_is_called(form):
    heading = REGISTER_HEADING if form in ("附件3", "附件4") else (*ROLL_HEADING, "学校所在地")
    row = (
        (1, "甲一", "男", id_number(), None, None, "辍学", None, "厌学")
        if heading is REGISTER_HEADING
        else (*PUPIL, "广东东莞")
    )

    reading = read_one_form([[TITLES[form]], heading, row], name="新建 Microsoft Excel 工作表.xlsx")

    assert reading.form == form


def test_a_file_name_that_says_another_form_is_shown_not_followed():
    form = read_one_form(
        [
            [TITLES["附件4"]],
            REGISTER_HEADING,
            (1, "甲一", "男", id_number(), None, None, "辍学", None, "厌学"),
        ],
        name="附件3.xlsx",
    )

    assert form.form == "附件4"
    assert [problem.code for problem in form.problems] == ["form-conflict"]


def test_a_file_named_for_one_of_its_forms_conflicts_with_none():
    dropout = (1, "甲一", "男", id_number(), None, None, "辍学", None, "厌学")
    found = read_sheets(
        sheet([[TITLES["附件2"]], ROLL_HEADING, PUPIL], name="一"),
        sheet([[TITLES["附件4"]], REGISTER_HEADING, dropout], name="二"),
        name="附件2.xlsx",
    )

    assert [(form.form, form.problems) for form in found.forms] == [("附件2", ()), ("附件4", ())]


def test_without_title_the_file_name_decides_between_ledgers():
    rows = [REGISTER_HEADING, (1, "甲一", "男", id_number(), None, None, "辍学", None, "厌学")]

    assert read_one_form(rows, name="西沱中学附件4.xlsx").form == "附件4"
    assert read_one_form(rows, name="西沱镇附件3.xlsx").form == "附件3"


def test_a_ledger_that_nothing_tells_apart_waits_for_a_person():
    found = read_sheets(
        sheet([REGISTER_HEADING, (1, "甲一", "男", id_number(), None, None, "辍学", None, "厌学")]),
        name="台账.xlsx",
    )

    assert found.forms == ()
    assert found.unrecognised_sheets == ("Sheet1",)


def test_sheets_one_a_village_are_all_of_the_form_of_the_first():
    heading = ("序号", "姓名", "身份证号", "就读学校", "学校所在地")
    first = sheet(
        [[TITLES["附件1"]], heading, (1, "甲一", id_number(), "东莞某小学", "广东东莞")], name="玉石村"
    )
    second = sheet([heading, (1, "乙二", id_number(serial=124), "深圳某小学", "广东深圳")], name="山河村")

    found = read_sheets(first, second)

    assert [(form.form, form.sheet, len(form.records)) for form in found.forms] == [
        ("附件1", "玉石村", 1),
        ("附件1", "山河村", 1),
    ]


def test_two_forms_under_one_another_are_two_readings():
    rows = [
        [TITLES["附件2"]],
        ROLL_HEADING,
        PUPIL,
        [None],
        [TITLES["附件4"]],
        REGISTER_HEADING,
        (1, "乙二", "男", id_number(serial=125), None, None, "辍学", None, "厌学"),
    ]

    found = read_sheets(sheet(rows))

    assert [(form.form, [r.values["name"] for r in form.records]) for form in found.forms] == [
        ("附件2", ["甲一"]),
        ("附件4", ["乙二"]),
    ]


def test_a_heading_repeated_for_printing_starts_no_new_table():
    form = roll(
        PUPIL,
        ROLL_HEADING,
        (2, "乙二", "女", "汉", id_number(serial=126), None, None, "西沱镇小学", "五年级", "2班", "走读"),
    )

    assert [record.row for record in form.records] == [5, 7]


def test_an_empty_roll_is_no_zero_report():
    form = roll()

    assert not form.nil
    assert [problem.code for problem in form.problems] == ["empty-form"]


def test_the_blank_template_is_nobody_s_report():
    found = read_sheets(
        sheet(
            [
                ["附件4"],
                ["石柱县2023年秋季学期XX学校6-16周岁义务教育适龄学生县内失学、辍学、休学、延缓入学信息台账"],
                ["填报单位(盖章):"],
                REGISTER_HEADING,
            ]
        ),
        name="附件4.xlsx",
    )

    assert (found.forms, found.blank_forms) == ((), ("附件4",))


def test_no_change_is_not_nothing():
    form = read_one_form([[TITLES["附件4"]], ["填报单位:西沱中学"], REGISTER_HEADING, [None, "本月无变化"]])

    assert (form.unchanged, form.nil, form.records) == (True, False, ())


def test_a_missing_column_is_named_and_the_rows_are_kept():
    form = read_one_form(
        [[TITLES["附件4"]], ("序号", "姓名", "身份证号", "原因"), (1, "甲一", id_number(), "厌学")]
    )

    assert [(p.code, p.field) for p in form.problems] == [("heading-missing", "status")]
    assert len(form.records) == 1


def test_another_semester_s_title_is_pointed_out():
    form = read_one_form([["石柱县籍2022年秋季学期县内各级各类学校学生就读情况摸排表"], ROLL_HEADING, PUPIL])

    assert [problem.code for problem in form.problems] == ["other-period"]


def test_a_label_beside_its_value_is_no_heading():
    grid = [
        ["学生姓名", "甲一", "性别", "男", "出生年月", "2012-03"],
        ["身份证号", id_number(), "民族", "土家族", "联系电话", "13800000001"],
    ]

    assert read_sheets(sheet(grid)).forms == ()


def test_towns_that_are_merged_downwards_count_for_every_row():
    heading = ("序号", "乡镇", "姓名", "身份证号", "就读学校", "学校所在地")
    rows = [
        [TITLES["附件1"]],
        heading,
        (1, "西沱镇", "甲一", id_number(), "东莞某小学", "广东东莞"),
        (2, None, "乙二", id_number(serial=124), "深圳某小学", "广东深圳"),
    ]

    form = read_one_form(rows, merged=[(3, 2, 4, 2)])

    assert [record.values["household_township"] for record in form.records] == ["西沱镇", "西沱镇"]


def names(form):
    return [record.values.get("name") for record in form.records]


def test_last_semester_s_sheet_in_the_book_is_said_and_not_counted():
    old = [
        [TITLES["附件4"].replace("秋季", "春季")],
        [f"填报单位:{MIDDLE}"],
        REGISTER_HEADING,
        dropout_row("乙二", 125),
    ]

    found = read_sheets(sheet(register4(dropout_row()), name="2023年秋"), sheet(old, name="2023年春"))

    (form,) = found.forms
    assert names(form) == ["甲一"]
    assert [problem.code for problem in form.problems] == ["old-sheet"]


def test_grade_and_class_are_the_sheet_s_where_no_column_says_them():
    heading = [title for title in ROLL_HEADING if title not in ("年级", "班级")]
    number = id_number()
    row = [
        1,
        "甲一",
        "男" if int(number[16]) % 2 else "女",
        "土家族",
        number,
        "甲父",
        "13800000001",
        "西沱镇小学",
        "否",
    ]

    (form,) = read_sheets(sheet(roll2(row, heading=heading), name="五年级2班")).forms

    assert (form.records[0].values["grade"], form.records[0].values["class_name"]) == ("五年级", "2班")


def test_an_ordinary_sheet_name_is_no_grade():
    heading = [title for title in AWAY_HEADING if title != "年级"]

    (form,) = read_sheets(sheet(roll1(away_row()[:-1], heading=heading), name="1")).forms

    assert "grade" not in form.records[0].values


OUT = (1, "甲一", "男", id_number(), "甲父", "13800000001", "辍学", "2023-09-04", "厌学")


def decided(form, *sheets):
    content = READER.read(Workbook(sheets=sheets), "表.xlsx", "", form)
    return [(part.form, [record.values["name"] for record in part.records]) for part in content.forms]


@pytest.mark.parametrize("title", [TITLES["附件3"], TITLES["附件2"], "名单", "附件1"])
def test_a_persons_word_on_the_form_is_taken_whatever_title_and_headings_say(title):
    assert decided("附件4", sheet([[title], REGISTER_HEADING, OUT])) == [("附件4", ["甲一"])]
    assert decided("附件2", sheet([[title], REGISTER_HEADING, OUT])) == [("附件2", ["甲一"])]


def test_in_a_file_of_several_forms_a_persons_word_is_on_what_has_no_title():
    titled = sheet([[TITLES["附件3"]], REGISTER_HEADING, OUT], name="1")
    untitled = sheet([REGISTER_HEADING[:6], (1, "乙二", "女", id_number(serial=124), "乙父", "")], name="2")

    assert sorted(decided("附件2", titled, untitled)) == [("附件2", ["乙二"]), ("附件3", ["甲一"])]


def test_a_table_of_counts_is_no_form_by_a_persons_word():
    counts = sheet([["年级", "人数"], ["五年级", 3]], name="汇总")

    assert decided("附件4", counts, sheet([REGISTER_HEADING, OUT])) == [("附件4", ["甲一"])]


def test_a_roll_without_a_column_for_the_school_is_of_the_school_that_sends_it():
    form = roll(
        (1, "甲一", id_number(), "五年级"),
        (2, "乙二", id_number(serial=125), "六年级"),
        heading=("序号", "姓名", "身份证号", "年级"),
    )

    assert [problem_codes(record) for record in form.records] == [[], []]
    assert (form.stated_unit, form.problems) == ("西沱镇小学", ())


def test_a_blank_in_the_column_for_the_school_is_asked_about():
    form = roll(
        (1, "甲一", id_number(), "西沱镇小学"),
        (2, "乙二", id_number(serial=125), None),
        heading=("序号", "姓名", "身份证号", "就读学校"),
    )

    assert [problem_codes(record) for record in form.records] == [[], ["required-missing"]]
