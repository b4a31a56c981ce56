"""Tables that are not a heading over its rows."""

import pytest

from tests.builders.files.clerk_files import MIDDLE, dropout_row, mail, process_mail, register4, word, xlsx
from tests.builders.values.form_tables import REGISTER_HEADING, TITLES, id_number, read_sheets, sheet

ABOVE = ["附件4", TITLES["附件4"], f"填报单位:{MIDDLE}"]
TWO = (dropout_row(), dropout_row("乙二", 125))


def turned(rows):
    return [list(column) for column in zip(*rows, strict=True)]


def test_heading_and_rows_in_two_tables_of_a_document_are_one():
    document = word((ABOVE, [REGISTER_HEADING]), ([], TWO))

    result = process_mail(mail({"附件4.docx": document}))

    assert result.submissions == {(MIDDLE, "附件4"): ("甲一", "乙二")}
    assert result.nil == frozenset()
    assert result.codes == frozenset()


def test_a_table_that_goes_on_behind_a_page_is_read_to_its_end():
    document = word((ABOVE, [REGISTER_HEADING, TWO[0]]), ([], [TWO[1]]))

    assert process_mail(mail({"附件4.docx": document})).submissions == {(MIDDLE, "附件4"): ("甲一", "乙二")}


def test_rows_that_do_not_fit_the_heading_before_are_nobody_s():
    document = word((ABOVE, [REGISTER_HEADING, TWO[0]]), ([], [("谭晓雨", id_number(serial=125), "某校")]))

    result = process_mail(mail({"附件4.docx": document}))

    assert result.outcomes == ("quarantined",)


@pytest.mark.parametrize("count", [1, 2])
def test_a_table_on_its_side_is_read_column_by_column(count):
    rows = [*([line] for line in ABOVE), *turned([REGISTER_HEADING, *TWO[:count]])]

    result = process_mail(mail({"附件4.xlsx": xlsx(rows)}))

    assert result.submissions == {(MIDDLE, "附件4"): ("甲一", "乙二")[:count]}
    assert result.codes == frozenset()


def test_places_in_a_table_on_its_side_are_as_the_sheet_shows_them():
    wrong = tuple("13800" if cell == "13800000001" else cell for cell in dropout_row("乙二", 125))
    rows = [*([line] for line in ABOVE), *turned([REGISTER_HEADING, TWO[0], wrong])]

    (form,) = read_sheets(sheet(rows)).forms

    assert [record.row for record in form.records] == [2, 3]
    assert [(problem.code, problem.cell) for problem in form.records[1].problems] == [("phone-invalid", "C9")]


def test_a_table_on_its_side_below_a_signature_leaves_nothing_over():
    rows = [*([line] for line in ABOVE), *turned([REGISTER_HEADING, *TWO]), ["填报人:谭某  审核人:马某"]]

    assert read_sheets(sheet(rows)).left_over == ()


def test_an_ordinary_register_is_not_turned():
    assert [record.row for record in read_sheets(sheet(register4(*TWO))).forms[0].records] == [5, 6]
