"""Pictures on their way through the whole program: a scanned form, and a proof in the cell of a workbook."""

import io
import os
import subprocess
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image, ImageDraw, ImageFont

from kongchuo.demo.county import make_county
from kongchuo.demo.made_up_mails import MadeUpMail
from parsers.formats.documents.scan import find_tesseract
from tests.builders.files.clerk_files import mail
from tests.builders.offices.installed_office import InstalledOffice, write_mails, write_office
from tests.builders.values.form_tables import REGISTER_HEADING, TITLES

WHEN = datetime(2023, 9, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
NUMBERS = "509999201203041231", "509999201203041258"


def office_with(tmp_path: Path, name: str, data: bytes) -> InstalledOffice:
    """An office that got one mail with this file, from the address of 西沱镇."""
    county = make_county(1, schools=1, mails=1, rows=40)
    sender = next(unit.emails[0] for unit in county.units if unit.name == "西沱镇")
    folder = write_mails(tmp_path / "mail", [MadeUpMail(mail({name: data}, sender=sender), WHEN)])
    office = write_office(tmp_path, county, f'maildir = "{folder}"')
    office.ask("poll")
    return office


def status_of(office: InstalledOffice, unit: str, form: str):
    units = office.ask("status", "--as-of", "2023-09-28")["units"]
    return next(f for u in units if u["unit"] == unit for f in u["forms"] if f["form"] == form)


@pytest.fixture
def font() -> str:
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "file"], capture_output=True, check=False, text=True)
    path = next((line.split(":")[0] for line in listed.stdout.splitlines()), None)
    if find_tesseract() is None or path is None:
        if os.environ.get("KONGCHUO_REQUIRE_TESSERACT"):
            pytest.fail("tesseract with chi_sim or a Chinese font is missing, and is required")
        pytest.skip("needs tesseract with chi_sim, and a Chinese font")
    return path


def scan(font: str) -> bytes:
    """附件3 of 西沱镇, photographed."""
    picture = Image.new("L", (1240, 1000), 235)
    draw = ImageDraw.Draw(picture)
    title = TITLES["附件3"]
    student = f"1  甲一  女  {NUMBERS[0]}  辍学"
    lines = ["附件3", title[:28], title[28:], "填报单位:西沱镇", "序号 姓名 性别 身份证号 类别", student]
    for number, line in enumerate(lines):
        draw.text((90, 80 + 70 * number), line, font=ImageFont.truetype(font, 32), fill=30)
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def test_a_scanned_form_waits_for_its_table_and_is_never_a_record(tmp_path, font):
    office = office_with(tmp_path, "IMG_2023.jpg", scan(font))

    (file,) = office.ask("files")
    state = status_of(office, "西沱镇", "附件3")

    assert (file["unit_hint"], file["form_hint"], file["code"]) == ("西沱镇", "附件3", "scanned-only")
    assert "请对方发Excel电子表" in file["reason"]
    assert office.ask("records", "--form", "附件3") == []
    assert (state["state"], state["under_review"]) == ("missing", 1)


def workbook(*anchors: str) -> bytes:
    """附件3 with two children on leave, and pictures at these cells; proofs stand in column J."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in ([TITLES["附件3"]], ["填报单位:西沱镇"], [*REGISTER_HEADING, "证明材料"]):
        page.append(row)
    for number, (name, identity) in enumerate(zip(("甲一", "乙二"), NUMBERS, strict=True), 1):
        page.append([number, name, None, identity, "甲父", "13800000001", "休学", "2023-9-10", "因病", None])
    for anchor in anchors:
        out = io.BytesIO()
        Image.new("RGB", (60, 18), "white").save(out, "PNG")
        page.add_image(SheetImage(out), anchor)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_a_picture_in_the_cell_for_proofs_proves_its_own_row(tmp_path):
    office = office_with(tmp_path, "附件3.xlsx", workbook("J4"))

    state = status_of(office, "西沱镇", "附件3")

    assert (state["records"], state["proof_owed"], state["proof_received"]) == (2, 2, 1)
