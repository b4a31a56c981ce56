import pytest

from parsers.archives.embedded_files import find_embedded_files
from parsers.mail.mail_budget import MailBudget
from tests.builders.files.clerk_files import (
    MIDDLE,
    dropout_row,
    mail,
    process_mail,
    register4,
    word,
    xls,
    xlsx,
)
from tests.builders.files.inserted_objects import packaged_object, with_members
from tests.builders.files.outlook_files import compound_file

LIST = xlsx(register4(dropout_row()))
LETTER = word((["西沱中学材料", "名单见所附表格。"], []))


def found(data: bytes) -> list[str]:
    return [name for name, _ in find_embedded_files(data, MailBudget())]


@pytest.mark.parametrize(
    ("document", "folder"), [(LETTER, "word"), (xlsx([["见所附表格"]]), "xl")], ids=["letter", "workbook"]
)
def test_a_workbook_in_a_document_is_a_file_of_its_own(document: bytes, folder: str):
    name = f"{folder}/embeddings/Microsoft_Excel_Sheet1.xlsx"

    outcome = process_mail(mail({"材料.docx": with_members(document, {name: LIST})}))

    assert outcome.submissions == {(MIDDLE, "附件4"): ("甲一",)}
    assert outcome.files[1][:2] == ("Microsoft_Excel_Sheet1.xlsx", "forms")


def test_an_old_workbook_that_is_called_bin_is_one_too():
    data = with_members(LETTER, {"word/embeddings/oleObject1.bin": xls(register4(dropout_row()))})

    assert found(data) == ["oleObject1.xls"]


def test_a_file_behind_an_icon_keeps_its_name():
    stream = packaged_object("附件4.xlsx", LIST)
    data = with_members(
        LETTER, {"word/embeddings/oleObject1.bin": compound_file({"\x01Ole10Native": stream})}
    )

    assert list(find_embedded_files(data, MailBudget())) == [("附件4.xlsx", LIST)]


def test_the_numbers_behind_a_chart_are_no_file():
    data = with_members(
        LETTER,
        {
            "word/embeddings/Microsoft_Excel_Sheet1.xlsx": LIST,
            "word/charts/_rels/chart1.xml.rels": '<Relationship Target="../embeddings/Microsoft_Excel_Sheet1.xlsx"/>',
        },
    )

    assert found(data) == []


@pytest.mark.parametrize("content", [b"", b"\0" * 600, b"GIF89a"])
def test_what_is_no_file_of_a_person_is_left_out(content: bytes):
    assert found(with_members(LETTER, {"word/embeddings/oleObject1.bin": content})) == []


def test_what_is_beyond_the_budget_of_the_mail_is_counted():
    budget = MailBudget(unfolded_bytes=100)
    data = with_members(LETTER, {"word/embeddings/a.xlsx": LIST})

    assert (list(find_embedded_files(data, budget)), budget.left_out) == ([], 1)


@pytest.mark.parametrize("written", [b"\xff" * 8, b"\0" * 8, b"\x73\x09\0\0"])
def test_a_damaged_object_is_counted_and_the_others_are_found(written: bytes):
    name = "word/embeddings/oleObject1.bin"
    data = bytearray(with_members(LETTER, {name: LIST, "word/embeddings/oleObject2.bin": LIST}))
    start = data.index(name.encode()) + len(name)
    data[start + 40 : start + 40 + len(written)] = written
    budget = MailBudget()

    assert [name for name, _ in find_embedded_files(bytes(data), budget)] == ["oleObject2.xlsx"]
    assert budget.left_out == 1
