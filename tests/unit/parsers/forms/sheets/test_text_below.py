"""What stands below the last table of a Word document, and documents without one."""

import io

import docx
import pytest

from tests.builders.files.clerk_files import MIDDLE, dropout_row, mail, process_mail
from tests.builders.values.form_tables import REGISTER_HEADING

TITLE = "县内失学辍学休学延缓入学学生台账"
NIL = "无失学、辍学、休学、延缓入学学生"
NOTE = "填表说明:1.本表一式两份。2.类别填失学、辍学、休学、延缓入学。"
SIGNED = f"填报单位(盖章):{MIDDLE}    制表人:乙老师    填报时间:2023年9月24日"


def document(rows, below, *, above=(TITLE,)):
    """A Word file of paragraphs, a table and more paragraphs."""
    made = docx.Document()
    for line in above:
        made.add_paragraph(line)
    table = made.add_table(len(rows), len(rows[0]))
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            table.cell(y, x).text = "" if value is None else str(value)
    for line in below:
        made.add_paragraph(line)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def outcome(data):
    return process_mail(mail({"台账.docx": data}, sender="unknown@example.net", subject="报表"))


@pytest.mark.parametrize(
    "below", [[NIL, NOTE, SIGNED], [NIL, SIGNED], [SIGNED], [NIL, MIDDLE, "2023年9月24日"]]
)
def test_a_zero_report_whose_unit_signs_below_the_table_is_one(below):
    assert outcome(document([REGISTER_HEADING], below)).submissions == {(MIDDLE, "附件4"): ()}


@pytest.mark.parametrize("below", [[SIGNED], [NOTE, SIGNED], [MIDDLE, "2023年9月24日"]])
def test_rows_whose_unit_signs_below_the_table_are_the_unit_s(below):
    data = document([REGISTER_HEADING, dropout_row()], below)

    assert outcome(data).submissions == {(MIDDLE, "附件4"): ("甲一",)}


def test_the_blank_template_with_its_notes_below_stays_one():
    data = document([REGISTER_HEADING], [NOTE, "填报单位(盖章):        填报人:"])

    assert outcome(data).outcomes == ("ignored",)


def test_a_letter_below_a_register_stays_a_letter():
    letter = ["劝返学生送达书", "您的孩子甲一,自2023年9月5日起未到校。", MIDDLE, "2023年9月12日"]
    data = document([REGISTER_HEADING, dropout_row()], letter, above=(TITLE, SIGNED))

    assert outcome(data).submissions == {(MIDDLE, "附件4"): ("甲一",), (MIDDLE, "附件6"): ("甲一",)}


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("关于做好2023年秋季学期义务教育控辍保学工作的通知.docx", ("ignored",)),
        ("西沱中学控辍保学工作总结.docx", ("quarantined",)),
        ("关于控辍保学工作的情况汇报.docx", ("quarantined",)),
    ],
)
def test_only_the_notice_itself_is_ignored_as_the_notice(name, outcomes):
    made = docx.Document()
    made.add_paragraph("高度重视,加强领导,层层落实责任。")
    buffer = io.BytesIO()
    made.save(buffer)

    assert process_mail(mail({name: buffer.getvalue()}, subject=MIDDLE)).outcomes == outcomes
