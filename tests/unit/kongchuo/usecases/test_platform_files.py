"""Tables of the platform as people save them: read whole, or refused with what to mend."""

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from config.errors import ConfigError
from config.read_notice import load_notice
from kongchuo.usecases.platform_files import PlatformFile, read_platform_file
from ledger.results import ListedChild

NOTICE = load_notice(Path("2023-autumn.toml"))
NAMES = {"西沱镇": "西沱镇", "西沱镇小学": "西沱镇小学", "西沱小学": "西沱镇小学"}
SOUND = "509999201203041231"


def read(file: Path) -> PlatformFile:
    return read_platform_file(file, NOTICE, NAMES.get)


def text(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    file = folder / "平台.csv"
    file.write_text("\n".join(lines) + "\n", encoding)
    return file


def workbook(folder: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for place, (name, rows) in enumerate(sheets.items()):
        sheet = book.worksheets[0] if place == 0 else book.create_sheet()
        assert isinstance(sheet, Worksheet)
        sheet.title = name
        for row in rows:
            sheet.append(row)
    file = folder / "平台.xlsx"
    book.save(file)
    return file


def test_numbers_by_unit_are_read_by_their_headings(tmp_path: Path) -> None:
    file = text(
        tmp_path,
        "学校名称,在校学生数,疑似辍学,返校人数",
        "西沱小学,213人,1,",
        '西沱镇,"1,024",0,2',
        "合计,1237,1,2",
    )

    assert read(file).numbers == {
        "西沱镇小学": {"enrolled": 213, "suspected": 1},
        "西沱镇": {"enrolled": 1024, "suspected": 0, "returned": 2},
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_two_columns_in_any_encoding_are_a_list(tmp_path: Path, encoding: str) -> None:
    file = text(tmp_path, "学生姓名,身份证件号", f"谭 小样,'{SOUND[:6]} {SOUND[6:]}", encoding=encoding)

    assert [(one.name, one.id_number) for one in read(file).children or ()] == [("谭小样", SOUND)]


def test_a_workbook_may_hold_numbers_and_a_list_below_its_titles(tmp_path: Path) -> None:
    file = workbook(
        tmp_path,
        数字=[["2023年10月平台数据"], [], ["单位", "在读", "失学辍学"], ["西沱镇", 33, 2]],
        名单=[["失学辍学学生"], ["姓名", "身份证号", "学校"], ["谭小样", SOUND, "西沱小学"]],
    )

    found = read(file)

    assert found.numbers == {"西沱镇": {"enrolled": 33, "out": 2}}
    assert found.children == (ListedChild(name="谭小样", id_number=SOUND, unit="西沱镇小学"),)


def test_a_list_without_anybody_is_a_list(tmp_path: Path) -> None:
    assert read(text(tmp_path, "姓名,身份证号,学校")).children == ()


def test_who_has_no_sound_number_is_kept_and_told(tmp_path: Path) -> None:
    file = text(
        tmp_path,
        "姓名,身份证号,学校",
        "甲一,,西沱镇",
        f"甲二,{SOUND[:-1]}9,外地小学",
        ",,",
        "合计,,2",
        "填表人:某某,,",
    )

    found = read(file)

    assert [(one.name, one.unit) for one in found.children or ()] == [
        ("甲一", "西沱镇"),
        ("甲二", "外地小学"),
    ]
    assert found.remarks == (
        "第2行甲一没有身份证号,只能按姓名对照",
        "第3行甲二的身份证号有误,请在平台核对",
    )


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["单位,在读", "某某小学,3"], "第2行的单位“某某小学”不在名册"),
        (["单位,在读", "西沱镇,三十"], "第2行西沱镇的在读“三十”不是人数"),
        (["单位,在读", "西沱镇,-3"], "第2行西沱镇的在读“-3”不是人数"),
        (["单位,在读", "西沱镇,3", "西沱镇,4"], "第3行的“西沱镇”写了两次"),
        (["姓名,电话", "甲一,1"], "没有能录入的表"),
        ([""], "读不出表格|没有能录入的表"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(tmp_path: Path, lines: list[str], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read(text(tmp_path, *lines))


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "平台.xlsx"
    file.write_bytes(b"PK\x03\x04 not a workbook")

    with pytest.raises(ConfigError, match="读不出表格"):
        read(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="打不开"):
        read(tmp_path / "没有.csv")
