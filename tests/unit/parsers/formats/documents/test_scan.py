"""Photographs and scans, read by tesseract where it is installed with Chinese."""

import io
import os
import shutil
import subprocess

import pytest
from PIL import Image, ImageDraw, ImageFont

from parsers.formats.documents import scan
from parsers.read_file import read_file
from tests.builders.files.shazi_register import NAMES
from tests.builders.values.form_tables import NOTICE

TITLE = "石柱县2023年秋季学期沙子镇小学6-16周岁义务教育适龄学生", "县内失学、辍学、休学、延缓入学信息台账"
NUMBERS = "509999201203041234", "509999201203041235", "509999201203041236"


def chinese_font() -> str | None:
    """A font of this machine that has Chinese letters."""
    if shutil.which("fc-match") is None:
        return None
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "file"], capture_output=True, check=False, text=True)
    return next((line.split(":")[0] for line in listed.stdout.splitlines()), None)


@pytest.fixture
def font(monkeypatch: pytest.MonkeyPatch) -> str:
    path = chinese_font()
    if scan.find_tesseract() is None or path is None:
        if os.environ.get("KONGCHUO_REQUIRE_TESSERACT"):
            pytest.fail(
                "tesseract with chi_sim or a Chinese font is missing, and KONGCHUO_REQUIRE_TESSERACT is set"
            )
        pytest.skip("needs tesseract with chi_sim, and a Chinese font")
    return path


def photo(font: str, *lines: str, turned: int = 0, kind: str = "JPEG") -> bytes:
    picture = Image.new("L", (1240, 1000), 235)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((90, 80 + 70 * number), line, font=ImageFont.truetype(font, 32), fill=30)
    out = io.BytesIO()
    picture.rotate(turned, expand=True, fillcolor=235).save(out, kind)
    return out.getvalue()


def form_lines() -> list[str]:
    rows = [f"{n}  甲{n}  女  {number}  辍学" for n, number in enumerate(NUMBERS, 1)]
    return ["附件4", *TITLE, "填报单位:沙子镇小学", "序号  姓名  性别  身份证号  类别", *rows]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "PDF"])
def test_a_photographed_form_is_said_to_be_one_and_asked_for(font, kind):
    result = read_file(photo(font, *form_lines(), kind=kind), "IMG_2031", "报送", NOTICE, NAMES)

    assert (result.outcome, result.reason_code, result.form_hint) == ("quarantined", "scanned-only", "附件4")
    assert "里是附件4,看来有3名学生" in result.reason
    assert "沙子镇小学" in result.text
    assert result.forms == ()


def test_a_certificate_stays_a_proof_and_its_words_say_whose(font):
    lines = [
        "疾病诊断证明书",
        "姓名:陈佳文  性别:女  年龄:11岁",
        "诊断:肺结核",
        "建议休学一年",
        "石柱县人民医院",
    ]

    result = read_file(photo(font, *lines), "IMG_2031.jpg", "报送", NOTICE, NAMES)

    assert (result.outcome, result.forms) == ("evidence", ())
    assert "陈佳文" in result.text


def test_a_photo_taken_sideways_is_turned(font):
    lines = [
        "疾病诊断证明书",
        "姓名:陈佳文  性别:女  年龄:11岁",
        "诊断:肺结核",
        "建议休学一年",
        "石柱县人民医院",
    ]

    assert any(
        "陈佳文" in line for line in scan.read_scan(photo(font, *lines, turned=90), "image", lambda: 60.0)
    )


def test_without_tesseract_a_picture_is_what_its_name_says(monkeypatch):
    monkeypatch.setattr(scan, "find_tesseract", lambda: None)
    out = io.BytesIO()
    Image.new("L", (800, 800), 235).save(out, "JPEG")

    form = read_file(out.getvalue(), "附件4.jpg", "报送", NOTICE, NAMES)
    proof = read_file(out.getvalue(), "IMG_2031.jpg", "报送", NOTICE, NAMES)

    assert (form.outcome, form.reason_code) == ("quarantined", "scanned-only")
    assert (proof.outcome, proof.text) == ("evidence", "")


@pytest.mark.parametrize(
    ("file_name", "outcome"),
    [
        ("附件6送达书.jpg", "evidence"),
        ("附件6/劝返学生送达书.jpg", "evidence"),
        ("谭甲一送达书照片.png", "evidence"),
        ("附件6送达书登记表.jpg", "quarantined"),
        ("附件6.jpg", "quarantined"),
    ],
)
def test_a_picture_named_for_the_letter_of_a_form_is_a_proof_unless_named_for_its_list(
    monkeypatch, file_name, outcome
):
    monkeypatch.setattr(scan, "find_tesseract", lambda: None)
    out = io.BytesIO()
    Image.new("L", (800, 800), 235).save(out, "JPEG")

    assert read_file(out.getvalue(), file_name, "报送", NOTICE, NAMES).outcome == outcome


@pytest.mark.parametrize("data", [b"\xff\xd8\xff" + bytes(500), b"\x89PNG\r\n\x1a\n" + bytes(500)])
def test_a_broken_picture_has_no_text(data):
    assert scan.read_scan(data, "image", lambda: 60.0) == ()
