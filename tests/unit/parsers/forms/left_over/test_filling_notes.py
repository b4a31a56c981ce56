"""Notes on filling in, and lists of values to choose from, beside a table: furniture, unless a child is told of."""

import pytest

from parsers.forms.left_over.filling_notes import is_filling_note
from tests.builders.files.clerk_files import MIDDLE, dropout_row, mail, process_mail, register4, xlsx
from tests.builders.values.form_tables import NOTICE, id_number

STATUSES = ["类别", "失学", "辍学", "休学", "延缓入学"]
FAMILIES = [
    "家庭类别",
    "一般户",
    "脱贫户",
    "脱贫不稳定户",
    "边缘易致贫户",
    "突发严重困难户",
    "低保户",
    "特困供养",
    "孤儿",
]
REASONS = ["原因", "厌学", "因病", "家庭困难", "残疾", "外出务工", "早婚早育", "随父母外出", "其他"]
RESULTS = ["劝返结果", "已返校", "未返校", "同意返校", "未见到人"]


def beside(rows, column):
    """The rows of a register with a column of cells beside them, a blank column between."""
    width = max(len(row) for row in rows) + 1
    height = max(len(rows), len(column))
    tall = [*map(list, rows), *([] for _ in range(height - len(rows)))]
    return [
        [*row, *[None] * (width - len(row)), column[index] if index < len(column) else None]
        for index, row in enumerate(tall)
    ]


NOTES_IN_A_COLUMN = [
    [
        "填表说明:",
        "1.类别从下拉框中选择",
        "2.身份证号18位,最后一位X大写",
        "3.时间格式:2023-09-01",
        "4.本表一式两份",
    ],
    [None, None, None, "填表说明", "学生姓名以户口簿为准", "证明材料另附", "休学学生附审批表"],
    ["注意事项", "表内各栏不得空缺", "县内就读的由学校填报"],
    ["注:劝返3次仍未返校的,下达通知书", "★休学须附医院证明"],
    STATUSES,
    FAMILIES,
    REASONS,
    RESULTS,
    ["下拉选项", *STATUSES[1:], *REASONS[1:]],
    ["失学、辍学、休学、延缓入学", "厌学/因病/家庭困难", "是或否"],
]


@pytest.mark.parametrize("column", NOTES_IN_A_COLUMN)
@pytest.mark.parametrize("row", [dropout_row(), (1, "无")])
def test_notes_and_lists_of_values_beside_a_table_are_nothing(column, row):
    result = process_mail(mail({"附件4.xlsx": xlsx(beside(register4(row), column))}))

    assert (result.outcomes, result.codes) == (("forms",), frozenset())
    assert result.nil == (frozenset() if row == dropout_row() else {(MIDDLE, "附件4")})


@pytest.mark.parametrize(
    "lists",
    [
        [STATUSES],
        [STATUSES, REASONS, RESULTS],
        [FAMILIES, STATUSES, ["学段", "小学", "初中"], ["是否寄宿", "是", "否"]],
        [["性别", "男", "女"], ["民族", "汉族", "土家族", "苗族"], REASONS],
        [
            ["学校", "西沱中学", "黄水中学", "西沱镇小学"],
            ["乡镇", "西沱镇", "黄水镇"],
            ["年级", "七年级", "八年级"],
        ],
        [["与学生关系", "父子", "母子", "父女", "祖孙"], STATUSES],
    ],
)
@pytest.mark.parametrize("name", ["数据字典", "下拉选项", "Sheet2"])
@pytest.mark.parametrize("row", [dropout_row(), (1, "无")])
def test_a_sheet_of_values_to_choose_from_is_nothing(lists, name, row):
    height = max(map(len, lists))
    values = [[column[i] if i < len(column) else None for column in lists] for i in range(height)]
    for rows in (values, [[name], *values], values[1:]):
        data = xlsx(register4(row), rows, names=("附件4", name))

        result = process_mail(mail({"附件4.xlsx": data}))

        assert (result.outcomes, result.codes) == (("forms",), frozenset())
        assert result.submissions == {(MIDDLE, "附件4"): ("甲一",) if row == dropout_row() else ()}


@pytest.mark.parametrize("cell", ["注:八年级2班谭晓雨因病未到校", f"说明:谭晓雨{id_number(serial=125)}"])
def test_a_child_in_a_note_beside_a_table_is_asked_about(cell):
    rows = beside(register4(dropout_row()), [None, None, "填表说明", None, cell])

    assert process_mail(mail({"附件4.xlsx": xlsx(rows)})).outcomes == ("quarantined",)


@pytest.mark.parametrize("text", ["该生母亲愿意配合学校工作", "谭晓雨", "9月12日已上门", "西沱镇南坪村三组"])
def test_what_is_said_of_a_child_is_no_filling_note(text):
    assert not is_filling_note(text, NOTICE)
