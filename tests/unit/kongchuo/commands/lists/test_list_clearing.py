"""``kongchuo clear``: the workbook that is handed back, and nobody's whole number unless it is asked for."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.builders.files.clerk_files import Row, xlsx
from tests.builders.offices.office_folder import an_office, run_kongchuo
from tests.builders.values.form_tables import id_number

Captured = pytest.CaptureFixture[str]
DAY = ("--as-of", "2023-10-31")
NUMBER = "509999201203041231"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return an_office(tmp_path)


@pytest.fixture
def handed(config: Path) -> Path:
    file = config.parent / "下发名单.csv"
    file.write_text(
        f"序号,姓名,身份证号,户籍乡镇,线索\n1,谭小样,{NUMBER},西沱镇,未入学\n合计,1,,,\n", "utf-8"
    )
    return file


def cells(folder: Path) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(folder / "下发名单-核查结果.xlsx").active
    assert sheet is not None
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def test_the_workbook_keeps_the_lists_columns_and_adds_what_was_found(
    config: Path, handed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"

    assert run_kongchuo(monkeypatch, "clear", handed, "--out", out, "--config", config, *DAY) == 0

    rows = cells(out)
    assert rows[2][:10] == (
        "序号", "姓名", "身份证号", "户籍乡镇", "线索", "核查结果", "依据", "单位", "状态", "证明材料",
    )  # fmt: skip
    assert rows[3][:6] == (1, "谭小样", "509999********1231", "西沱镇", "未入学", "疑似")
    assert rows[3][8] == "待核实"


def test_whole_numbers_are_written_only_where_asked_for_and_that_is_audited(
    config: Path, handed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    run_kongchuo(monkeypatch, "clear", handed, "--json", "--config", config, *DAY)
    (masked,) = json.loads(capsys.readouterr().out)["children"]
    run_kongchuo(monkeypatch, "clear", handed, "--json", "--reveal", "--config", config, *DAY)
    (whole,) = json.loads(capsys.readouterr().out)["children"]

    assert masked["id_number"] == "509999********1231"
    assert whole["id_number"] == NUMBER


def test_a_list_cleared_twice_is_kept_once_and_without_numbers_among_the_decisions(
    config: Path, handed: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    for _ in range(2):
        run_kongchuo(monkeypatch, "clear", handed, "--config", config, *DAY)
    capsys.readouterr()

    run_kongchuo(monkeypatch, "decisions", "--json", "--config", config, *DAY)
    said = capsys.readouterr().out
    run_kongchuo(monkeypatch, "decisions", "--config", config, *DAY)
    said += capsys.readouterr().out

    assert NUMBER not in said
    assert len(json.loads(said[: said.rindex("]") + 1])) == 1


def test_what_is_no_list_is_refused_in_chinese(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, "clear", "附件1", "--config", config, *DAY) == 2
    assert "不是比对名单" in capsys.readouterr().err


HEADINGS: Row = ["序号", "姓名", "身份证号", "户籍乡镇", "家长联系电话"]
PHONE = "13900001234"


def a_child(number: int, name: str) -> Row:
    return [number, name, id_number(serial=100 + number), "西沱镇", PHONE]


@pytest.fixture
def several(config: Path) -> Path:
    """A workbook with two lists, one of them below another in the same sheet, and sheets that are none."""
    file = config.parent / "下发名单.xlsx"
    sheets: list[list[Row]] = [
        [
            ["小学"],
            HEADINGS,
            a_child(1, "甲一明"),
            ["初中"],
            [*HEADINGS, "线索"],
            [*a_child(2, "乙二亮"), "未入学"],
        ],
        [HEADINGS, a_child(3, "丙三光")],
        [["填表说明"], ["一、请逐人核查"]],
        [["姓名", "电话"], ["丁四", PHONE]],
        [HEADINGS],
        [],
    ]
    file.write_bytes(xlsx(*sheets, names=["西沱", "黄水", "说明", "无号", "空名单", "Sheet6"]))
    return file


def test_every_list_of_a_workbook_is_cleared_and_the_other_sheets_are_named(
    config: Path, several: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    run_kongchuo(monkeypatch, "clear", several, "--json", "--config", config, *DAY)
    answer = json.loads(capsys.readouterr().out)
    run_kongchuo(monkeypatch, "clear", several, "--config", config, *DAY)
    said = capsys.readouterr().out

    assert [(one["sheet"], one["name"]) for one in answer["children"]] == [
        ("西沱", "甲一明"),
        ("西沱", "乙二亮"),
        ("黄水", "丙三光"),
    ]
    assert answer["left_out"] == [
        "“说明”不是学生名单\uff1a没有“姓名”“身份证号”两列",
        "“无号”只有“姓名”\uff0c没有“身份证号”和学生的其他情况\uff0c看不出是不是学生名单\uff1a是的\uff0c请补上再核查",
        "“空名单”有表头\uff0c下面没有学生",
        "“Sheet6”是空表",
    ]
    assert [line for line in said.splitlines() if line.startswith("没有核查")] == [
        f"没有核查\uff1a{sentence}" for sentence in answer["left_out"]
    ]


def test_each_list_of_a_workbook_is_handed_back_in_a_sheet_of_its_own(
    config: Path, several: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    run_kongchuo(monkeypatch, "clear", several, "--out", out, "--config", config, *DAY)

    workbook = openpyxl.load_workbook(out / "下发名单-核查结果.xlsx")

    assert workbook.sheetnames == ["西沱", "西沱(2)", "黄水"]
    assert [sheet["B4"].value for sheet in workbook] == ["甲一明", "乙二亮", "丙三光"]
    assert [cell.value for cell in workbook["西沱(2)"][3]][5:7] == ["线索", "核查结果"]


@pytest.mark.parametrize(("options", "shown"), [((), f"{PHONE[:3]}****{PHONE[-4:]}"), (("--reveal",), PHONE)])
def test_telephones_are_masked_unless_they_are_asked_for(
    config: Path,
    several: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    shown: str,
) -> None:
    out = tmp_path / "out"
    run_kongchuo(monkeypatch, "clear", several, "--out", out, *options, "--config", config, *DAY)

    sheet = openpyxl.load_workbook(out / "下发名单-核查结果.xlsx")["黄水"]

    assert sheet["E4"].value == shown


def test_a_child_of_a_list_that_is_found_nowhere_has_its_sheet_as_origin(
    config: Path, several: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    run_kongchuo(monkeypatch, "clear", several, "--config", config, *DAY)
    capsys.readouterr()
    run_kongchuo(monkeypatch, "cases", "--suspected", "--json", "--config", config, "--as-of", "2023-11-01")
    suspects = json.loads(capsys.readouterr().out)

    assert {one["name"]: one["origins"][0]["form"] for one in suspects} == {
        "甲一明": "下发名单“西沱”",
        "乙二亮": "下发名单“西沱”",
        "丙三光": "下发名单“黄水”",
    }


def test_lists_side_by_side_are_both_cleared_and_a_guardian_is_no_child(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    file = config.parent / "两栏.xlsx"
    left, right = HEADINGS[:4], HEADINGS[:4]
    rows: list[Row] = [
        [*left, None, *right],
        [*a_child(1, "甲一明")[:4], None, *a_child(2, "乙二亮")[:4]],
        HEADINGS[:4],
        a_child(3, "丙三光")[:4],
    ]
    guardians: list[Row] = [
        ["姓名", "身份证号", "姓名", "身份证号"],
        ["丁四", id_number(serial=105), "丁大", "509999198001011234"],
    ]
    file.write_bytes(xlsx(rows, guardians, names=["两栏", "监护人"]))

    run_kongchuo(monkeypatch, "clear", file, "--json", "--config", config, *DAY)
    answer = json.loads(capsys.readouterr().out)

    assert [one["name"] for one in answer["children"]] == ["甲一明", "乙二亮", "丙三光", "丁四"]
    assert answer["left_out"] == []


def test_a_workbook_without_a_list_is_refused_with_the_reasons(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    file = config.parent / "说明.xlsx"
    file.write_bytes(xlsx([["身份证号", "乡镇"], [NUMBER, "西沱镇"]], names=["无名"]))

    assert run_kongchuo(monkeypatch, "clear", file, "--config", config, *DAY) == 2
    assert "“无名”没有“姓名”一列" in capsys.readouterr().err


@pytest.mark.parametrize(
    "rows",
    [
        [["姓名", "乡镇"], ["丁四明", "西沱镇"]],
        [["残疾儿童姓名", "残疾类别"], ["丁四明", "肢体"]],
        [
            ["某县名单"],
            ["序号", "姓名", "性别", "电话"],
            [1, "丁四明", "男", "13900001234"],
            ["合计", "", "", ""],
        ],
        [["姓名"], ["丁四明"]],
    ],
)
def test_a_list_of_names_is_cleared_by_name_and_says_so(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, rows: list[Row]
) -> None:
    file = config.parent / "无号.xlsx"
    file.write_bytes(xlsx(rows, names=["无号"]))

    run_kongchuo(monkeypatch, "clear", file, "--json", "--config", config, *DAY)
    (child,) = json.loads(capsys.readouterr().out)["children"]
    run_kongchuo(monkeypatch, "clear", file, "--config", config, *DAY)
    said = capsys.readouterr().out

    assert (child["name"], child["id_number"], child["progress"]) == ("丁四明", None, "待核实")
    assert "没有“身份证号”一列\uff0c只按姓名对照" in said


@pytest.mark.parametrize(
    "rows",
    [
        [["儿童姓名", "证件号码"], ["谭小样", NUMBER]],
        [["适龄儿童姓名(必填)", "公民身份号码(18位)"], ["谭小样", NUMBER]],
        [["序号", "姓名", "证件信息", None], [None, None, "身份证号", "学籍号"], [1, "谭小样", NUMBER, ""]],
    ],
)
def test_headings_are_known_as_on_the_notice_s_own_forms(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, rows: list[Row]
) -> None:
    file = config.parent / "别的表头.xlsx"
    file.write_bytes(xlsx(rows))

    run_kongchuo(monkeypatch, "clear", file, "--json", "--reveal", "--config", config, *DAY)
    (child,) = json.loads(capsys.readouterr().out)["children"]

    assert (child["name"], child["id_number"]) == ("谭小样", NUMBER)


def test_a_telephone_in_any_column_is_masked(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = config.parent / "下发名单.xlsx"
    row: Row = [1, "谭小样", NUMBER, f"母亲{PHONE}", PHONE]
    file.write_bytes(xlsx([["序号", "姓名", "身份证号", "联络", "备用"], row]))

    run_kongchuo(monkeypatch, "clear", file, "--out", tmp_path, "--config", config, *DAY)

    assert cells(tmp_path)[3][3:5] == (f"母亲{PHONE[:3]}****{PHONE[-4:]}", f"{PHONE[:3]}****{PHONE[-4:]}")


def test_a_list_in_a_hidden_sheet_is_cleared_too_and_said_so(
    config: Path, several: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    workbook = openpyxl.load_workbook(several)
    workbook["黄水"].sheet_state = "hidden"
    workbook.save(several)

    run_kongchuo(monkeypatch, "clear", several, "--config", config, *DAY)
    said = capsys.readouterr().out

    assert "丙三光" in said
    assert "“黄水”是隐藏的工作表\uff0c也核查了" in said
