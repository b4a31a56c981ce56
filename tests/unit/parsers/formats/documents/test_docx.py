"""Word documents as people see them: what python-docx passes over, and what it shows twice."""

import pytest

from parsers.formats.documents.docx import read_docx
from parsers.formats.workbook import EmptyDocument
from tests.builders.files.word_xml import cell, control, document, paragraph, row, run, table, texts


def grids(body: str, styles: str | None = None) -> list[list[list[object]]]:
    return [[list(row) for row in sheet.rows] for sheet in read_docx(document(body, styles)).sheets]


HEAD = texts("序号", "姓名", "身份证号")
FIRST = texts("1", "甲一", "509999201203041234")
EXPECTED = [["序号", "姓名", "身份证号"], ["1", "甲一", "509999201203041234"]]


@pytest.mark.parametrize(
    "body",
    [
        table(HEAD, FIRST),
        control(table(HEAD, FIRST)),
        table(HEAD, control(FIRST)),
        control(table(control(HEAD), control(control(FIRST)))),
        table(HEAD, row(cell(paragraph(run("1"))), control(cell(paragraph(run("甲一")))), cell(paragraph(run("509999201203041234"))))),
        table(HEAD, row(cell(paragraph(run("1"))), cell(control(paragraph(run("甲一")))), cell(paragraph(control(run("509999201203041234")))))),
    ],
    ids=["plain", "table", "row", "all", "cell", "inside a cell"],
)  # fmt: skip
def test_content_controls_are_opened_wherever_they_stand(body):
    assert grids(body) == [EXPECTED]


TO_TYPE, ASKED = paragraph(run("单击此处输入文字")), "<w:showingPlcHdr/>"


@pytest.mark.parametrize(
    "asking",
    [
        cell(control(TO_TYPE, ASKED)),
        control(cell(TO_TYPE), ASKED),
        cell(paragraph(control(run("选择"), ASKED))),
    ],
    ids=["paragraph", "cell", "run"],
)
def test_the_invitation_to_type_is_no_text(asking):
    body = table(HEAD, row(cell(paragraph(run("1"))), asking, cell("<w:p/>")))

    assert grids(body)[0][1] == ["1", None, None]


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "√"),
        ('<w:r><w:sym w:font="Wingdings 2" w:char="F052"/></w:r>', "√"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>', "□"),
        ('<w:r><w:sym w:font="Wingdings 2" w:char="0050"/></w:r>', "√"),
        (run("ü", '<w:rFonts w:ascii="Wingdings"/>'), "√"),
        (run("P", '<w:rFonts w:ascii="Wingdings 2"/>'), "√"),
        (run("P"), "P"),
    ],
)
def test_marks_of_symbol_fonts_are_read_as_they_look(mark, shown):
    assert grids(table(texts("辍学", "休学", "失学"), row(cell(paragraph(mark)), cell("<w:p/>"), cell("<w:p/>"))))[0][1][0] == shown  # fmt: skip


def field(data: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar></w:r><w:r><w:instrText>FORM</w:instrText></w:r>'


STATUSES = '<w:listEntry w:val="失学"/><w:listEntry w:val="辍学"/><w:listEntry w:val="休学"/>'


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (f'<w:ddList><w:result w:val="1"/>{STATUSES}</w:ddList>', "辍学"),
        (f"<w:ddList>{STATUSES}</w:ddList>", "失学"),
        (f'<w:ddList><w:default w:val="2"/>{STATUSES}</w:ddList>', "休学"),
        ("<w:checkBox><w:checked/></w:checkBox>", "√"),
        ('<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>', "□"),
    ],
)
def test_form_fields_of_old_show_what_was_chosen(data, shown):
    assert grids(paragraph(run("类别"), field(data))) == [[[f"类别{shown}"]]]


def test_tracked_changes_are_read_as_accepted():
    changed = paragraph(
        run("状态"),
        "<w:del><w:r><w:delText>辍学</w:delText></w:r></w:del>",
        f"<w:ins>{run('休学')}</w:ins>",
        f"<w:moveFrom>{run('甲一')}</w:moveFrom>",
    )
    deleted = row(
        cell(paragraph(run("2"))), cell(paragraph(run("乙二"))), cell("<w:p/>"), properties="<w:del/>"
    )

    assert grids(table(HEAD, FIRST, deleted) + changed) == [EXPECTED, [["状态休学"]]]


def test_hidden_text_is_not_read():
    styles = '<w:style w:type="character" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    body = paragraph(
        run("甲一"),
        run("作废", "<w:vanish/>"),
        run("作废", '<w:rStyle w:val="Secret"/>'),
        run("在校", '<w:vanish w:val="0"/>'),
    )

    assert grids(body, styles) == [[["甲一在校"]]]


def test_a_text_box_written_for_two_generations_of_programs_is_read_once():
    box = f"<w:txbxContent>{paragraph(run('附件4'))}{paragraph(run('填报单位'))}</w:txbxContent>"
    both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    body = paragraph(f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>")

    assert grids(body) == [[["附件4"], ["填报单位"]]]


@pytest.mark.parametrize("between", ["", "<w:p/>", paragraph(run("第2页"))], ids=["nothing", "a blank line", "a line"])  # fmt: skip
def test_rows_in_a_second_table_belong_to_the_heading_in_the_first(between):
    second = texts("2", "乙二", "509999201203041235")

    (grid, *rest) = grids(table(HEAD) + between + table(FIRST, second))

    assert grid == [*EXPECTED, ["2", "乙二", "509999201203041235"]]
    assert rest == []


@pytest.mark.parametrize("after", ["", table(HEAD)], ids=["last", "not last"])
def test_a_table_in_a_cell_of_a_second_table_is_read(after):
    number = "509999201203041235"
    inner = table(texts("3", "丙三", "509999201203041236"))
    second = row(
        cell(paragraph(run("2"))), cell(paragraph(run("乙二")) + inner), cell(paragraph(run(number)))
    )

    (grid, *rest) = grids(table(HEAD, FIRST) + table(second) + after)

    assert grid == [*EXPECTED, ["2", "乙二", number]]
    assert [["3", "丙三", "509999201203041236"]] in rest


def test_tables_about_one_student_each_stay_apart():
    grid = [texts("姓名", "甲一", "性别", "男"), texts("身份证号", "509999201203041234", "年级", "五")]
    other = [texts("姓名", "乙二", "性别", "女"), texts("身份证号", "509999201203041235", "年级", "六")]

    assert len(grids(table(*grid) + table(*other))) == 2


def test_merged_cells_of_both_kinds_are_told():
    first = row(
        cell(paragraph(run("户籍")), '<w:hMerge w:val="restart"/>'),
        cell("<w:p/>", "<w:hMerge/>"),
        cell(paragraph(run("姓名")), '<w:vMerge w:val="restart"/>'),
    )
    second = row(cell(paragraph(run("村"))), cell(paragraph(run("组"))), cell("<w:p/>", "<w:vMerge/>"))

    (sheet,) = read_docx(document(table(first, second))).sheets

    assert sheet.merged == ((1, 1, 1, 2), (1, 3, 2, 3))


def test_a_document_without_a_word_is_empty():
    with pytest.raises(EmptyDocument):
        read_docx(document("<w:p/>"))
