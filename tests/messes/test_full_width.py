"""Every mess again as full-width input methods write it: the same answers, to the last value of every row."""

import pytest

from config.text.text_folding import clean_text
from store.blocks import open_block
from tests.builders.counties.full_width import widen
from tests.builders.files import clerk_files
from tests.builders.files.clerk_files import (
    MIDDLE,
    SCHOOL,
    MailOutcome,
    blocks_of,
    dropout_row,
    mail,
    process_mail,
    register4,
    word,
    xlsx,
)
from tests.builders.values.form_tables import REGISTER_HEADING, id_number
from tests.messes.cases import MESSES
from tests.messes.mess import Mess

FORM6_GRID = [
    ["学生姓名:甲一", "性别:", "男", "出生年月:", "2012-03"],
    [f"身份证号:{id_number()}", "家长姓名:", "甲父", "联系电话:", "13800000001"],
    ["第一次劝返", "劝返时间", "2023.9.12", "劝返人员", "乙老师"],
    [None, "劝返情况", "家访(电话联系),未返校", None, None],
]


@pytest.fixture
def in_full_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clerk_files, "as_written", widen)


@pytest.mark.parametrize("mess", MESSES, ids=lambda mess: mess.name)
def test_it_comes_to_the_same(mess: Mess, monkeypatch: pytest.MonkeyPatch):
    narrow = process_mail(mess.raw())
    monkeypatch.setattr(clerk_files, "as_written", widen)
    wide = process_mail(mess.raw())

    assert wide.outcomes == narrow.outcomes, wide.files
    assert [code for _, _, code in wide.files] == [code for _, _, code in narrow.files]
    assert (wide.submissions, wide.nil) == (narrow.submissions, narrow.nil)
    assert _rows(wide) == _rows(narrow)


def _rows(outcome: MailOutcome) -> list[tuple[str, list[str]]]:
    """Each row's values, and the codes of its problems and of its table's."""
    return [
        (repr(values), sorted(problem.code for problem in block.all_problems()))
        for file in outcome.draft.files
        for block in blocks_of(file)
        for values in block.all_values()
    ]


@pytest.mark.usefixtures("in_full_width")
def test_a_stated_unit_is_understood_where_nothing_else_names_it():
    rows = [["附件4"], [f"填报单位(盖章):{SCHOOL}"], REGISTER_HEADING, [1, "无"]]

    outcome = process_mail(mail({"报表.xlsx": xlsx(rows)}, subject="报表", body=""))

    assert outcome.nil == {(SCHOOL, "附件4")}


@pytest.mark.usefixtures("in_full_width")
def test_a_filled_grid_is_no_blank_template():
    data = word(([f"{MIDDLE}义务教育阶段辍学学生劝返登记表"], FORM6_GRID))

    outcome = process_mail(mail({"附件6.docx": data}))

    assert outcome.submissions == {(MIDDLE, "附件6"): ("甲一",)}
    values = blocks_of(outcome.draft.files[0])[0].values(0)
    assert values["id_number"] == id_number()
    assert [visit["date"] for visit in values["visits"]] == ["2023-09-12"]


@pytest.mark.usefixtures("in_full_width")
def test_a_letter_whose_student_stands_behind_a_label():
    lines = [
        "劝返学生送达书",
        "甲父家长:",
        f"学生姓名:甲一 身份证号:{id_number()}",
        "送达时间:2023年9月12日",
        MIDDLE,
    ]

    outcome = process_mail(mail({"附件6.docx": word((lines, []))}, subject=MIDDLE))

    values = blocks_of(outcome.draft.files[0])[0].values(0)
    assert (values["name"], values["id_number"]) == ("甲一", id_number())
    assert values["notice_served_on"] == "2023-09-12"


@pytest.mark.usefixtures("in_full_width")
def test_a_quoted_mail_speaks_for_nobody():
    rows = [["附件4"], REGISTER_HEADING, [1, "无"]]
    body = f"请查收。\n发件人:{SCHOOL} <someone@example.org>\n{SCHOOL}\n"

    outcome = process_mail(mail({"报表.xlsx": xlsx(rows)}, subject="回复", body=body))

    assert [code for _, _, code in outcome.files] == ["unknown-unit"]


@pytest.mark.usefixtures("in_full_width")
def test_a_problem_shows_what_the_clerk_wrote():
    row = list(dropout_row())
    row[7] = "9月(未定)"

    outcome = process_mail(mail({"附件4.xlsx": xlsx(register4(row))}))

    (problem,) = open_block(outcome.draft.files[0].submissions[0].block).all_problems()
    assert problem.value == widen("9月(未定)") != clean_text(problem.value or "")
    assert widen("9月(未定)") in problem.message
    assert outcome.draft.files[0].path == (widen("附件4.xlsx"),)
