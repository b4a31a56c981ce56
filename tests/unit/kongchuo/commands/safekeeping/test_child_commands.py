"""``child export`` gives all that is held of one child and nothing of another; ``child correct`` changes its row."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kongchuo.office import open_office
from tests.builders.counties.scenario_county import ScenarioCounty, a_child
from tests.builders.offices.office_folder import an_office, open_store, run_kongchuo

SCHOOL = "西沱镇小学"
CHILD, OTHER, NAMESAKE = a_child("谭小雨"), a_child("向大山"), a_child("谭小雨", born="20130405")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An office in which a child is out of school and stands on a roll, beside others."""
    config = an_office(tmp_path / "office")
    with open_office(config) as office:
        county = ScenarioCounty(office.store)
        county.add_submission(
            SCHOOL, "附件4", CHILD.out_row(guardian_phone="13800000001", reason_text="厌学"), OTHER.out_row()
        )
        county.add_submission(SCHOOL, "附件2", OTHER.enrolled_row(), on="2023-09-22")
    return config


def ask(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *options: str
) -> dict[str, Any]:
    capsys.readouterr()
    assert run_kongchuo(monkeypatch, "child", "export", "--config", config, "--json", *options) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def audited(config: Path) -> list[tuple[str, str, int]]:
    with open_store(config) as store:
        entries = [(entry.what, entry.why, entry.children) for entry in store.audit.entries()]
    return entries


@pytest.mark.parametrize("called", ["name", "number", "case"])
def test_a_child_is_found_by_name_number_or_case_and_no_other_with_it(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], called: str
) -> None:
    with open_office(config) as office:
        [case] = [one for one in ScenarioCounty(office.store).cases("2026-01-01") if one.name == CHILD.name]
    words = {"name": CHILD.name, "number": CHILD.number, "case": case.case_id}

    answer = ask(config, monkeypatch, capsys, words[called])

    assert [row["form"] for row in answer["records"]] == ["附件4"]
    assert [one["case_id"] for one in answer["cases"]] == [case.case_id]
    assert [(mail["units"], mail["forms"]) for mail in answer["mails"]] == [([SCHOOL], ["附件4"])]
    told = json.dumps(answer, ensure_ascii=False)
    assert OTHER.name not in told
    assert CHILD.number not in told
    assert "13800000001" not in told


def test_whole_numbers_want_a_reason_and_who_saw_the_child_is_told_the_next_time(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_kongchuo(monkeypatch, "child", "export", "--config", config, CHILD.name, "--reveal") == 2

    answer = ask(config, monkeypatch, capsys, CHILD.name, "--reveal", "--why", "监护人申请")
    assert answer["id_numbers"] == [CHILD.number]
    assert answer["records"][0]["guardian_phone"] == "13800000001"

    again = ask(config, monkeypatch, capsys, CHILD.name)
    assert [(one["what"], one["why"]) for one in again["seen"]] == [("reveal child export", "监护人申请")]
    assert audited(config)[0] == ("reveal child export", "监护人申请", 1)
    assert ask(config, monkeypatch, capsys, OTHER.name)["seen"] == []


def test_the_workbook_has_a_sheet_for_each_kind(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert run_kongchuo(monkeypatch, "child", "export", "--config", config, CHILD.name, "--out", out) == 0

    book = openpyxl.load_workbook(out / "child.xlsx")
    assert book.sheetnames == ["登记", "个案", "邮件", "决定", "谁看过"]
    said = {(row[5], row[6]) for row in book["登记"].iter_rows(min_row=2, values_only=True)}
    assert {("姓名", CHILD.name), ("原因(原文)", "厌学")} <= said
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert not any(OTHER.name in cell for cell in cells)


def test_namesakes_and_strangers_are_refused(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_office(config) as office:
        ScenarioCounty(office.store).add_submission(
            "西沱镇", "附件1", NAMESAKE.enrolled_row(), on="2023-09-23"
        )
    for called, told in ((CHILD.name, "不止一人"), ("查无此人", "没有登记过")):
        assert run_kongchuo(monkeypatch, "child", "export", "--config", config, called) == 2
        assert told in capsys.readouterr().err
    assert len(ask(config, monkeypatch, capsys, NAMESAKE.number)["records"]) == 1
    assert len(ask(config, monkeypatch, capsys, CHILD.number)["records"]) == 1


def test_a_correction_is_a_decision_on_the_childs_row(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run_kongchuo(
        monkeypatch, "child", "correct", "--config", config, CHILD.number, "辍学原因", "家庭困难", "--why", "监护人更正"
    )  # fmt: skip
    assert done == 0, capsys.readouterr().err

    with open_office(config) as office:
        [decision] = office.store.decisions.made(datetime.now(UTC))
    assert (decision.kind, decision.why) == ("correct", "监护人更正")
