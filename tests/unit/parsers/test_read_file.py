"""What becomes of a file as a whole."""

import pytest

from parsers.read_file import read_file
from parsers.reading_choices import ReadingChoices
from parsers.records import ParsedFile
from tests.builders.files.clerk_files import PNG
from tests.builders.files.pdf_pages import grid, pdf, text
from tests.builders.values.form_tables import NOTICE, TITLES, id_number
from tests.builders.values.small_roster import names

HEADING = ("序号", "姓名", "身份证号", "类别", "原因")


def read_pdf_register(*numbers: int) -> ParsedFile:
    rows = [(str(number), "谭小明", id_number(serial=number), "辍学", "厌学") for number in numbers]
    page = [
        text(60, 800, TITLES["附件4"]),
        text(60, 780, "填报单位:沙子镇小学"),
        *grid([HEADING, *rows], 760),
    ]
    return read_file(pdf(page), "报表.pdf", "", NOTICE, names())


def test_a_pdf_that_lacks_numbered_rows_is_asked_about():
    read = read_pdf_register(1, 2, 5)

    assert (read.outcome, read.reason_code) == ("quarantined", "left-over")
    assert "序号2的下一行是5" in (read.reason or "")
    assert len(read.forms[0].records) == 3


def test_a_pdf_whose_rows_are_numbered_on_is_whole():
    assert read_pdf_register(1, 2, 3).outcome == "forms"


def test_a_picture_tells_of_the_children_that_are_named_in_it():
    def read_scan(data: bytes, kind: str) -> tuple[str, ...]:
        return ("情况说明", "八年级2班学生谭晓雨一直没来上学。")

    read = read_file(PNG, "IMG_1.png", "", NOTICE, names(), ReadingChoices(read_scan=read_scan))

    assert read.outcome == "evidence"
    assert ["谭晓雨" in sentence for sentence in read.telling] == [True]


def test_a_photographed_roll_tells_only_of_the_children_that_it_says_are_absent():
    """Who stands on a roll is in school: it speaks against nobody's zero report."""
    on_roll, absent = id_number(serial=1), id_number(serial=3)

    def read_scan(data: bytes, kind: str) -> tuple[str, ...]:
        return (TITLES["附件2"], f"1 谭晓雨 女 {on_roll} 在校", f"2 马明 男 {absent} 辍学")

    read = read_file(PNG, "IMG_1.png", "", NOTICE, names(), ReadingChoices(read_scan=read_scan))

    assert (read.outcome, read.form_hint) == ("quarantined", "附件2")
    assert [absent in sentence for sentence in read.telling] == [True]


@pytest.mark.parametrize(
    "name", ["微信图片_20230924.jpg", "QQ图片20230925103015.jpg", "微信截图_1.png", "屏幕截图.png"]
)
def test_a_name_that_a_phone_gives_any_picture_is_no_proof_unseen(name: str):
    def read_scan(data: bytes, kind: str) -> tuple[str, ...]:
        return (TITLES["附件1"], "填报单位:西沱镇", f"1 谭晓雨 女 {id_number()}")

    read = read_file(PNG, name, "西沱镇附件1", NOTICE, names(), ReadingChoices(read_scan=read_scan))

    assert (read.outcome, read.reason_code, read.form_hint) == ("quarantined", "scanned-only", "附件1")
