"""Who saw a child can be asked for, and a trail that was tampered with says so."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.builders.counties.scenario_county import ScenarioCounty
from tests.builders.offices.office_folder import an_office, open_store, run_kongchuo
from tests.builders.values.form_tables import id_number

Captured = pytest.CaptureFixture[str]
DAY = ("--as-of", "2023-09-26")
NUMBER, OTHER = id_number("20120304"), id_number("20120305")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    config = an_office(tmp_path)
    with open_store(config) as store:
        rows: tuple[dict[str, object], ...] = (
            {"name": "谭小雨", "id_number": NUMBER},
            {"name": "冉大山", "id_number": OTHER},
        )
        ScenarioCounty(store).add_submission("西沱镇", "附件3", *rows, on="2023-09-20")
    return config


def asked(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, config: Path, *arguments: str, ends: int = 0
) -> Any:
    capsys.readouterr()
    assert run_kongchuo(monkeypatch, "audit", *arguments, "--json", "--config", config) == ends
    return json.loads(capsys.readouterr().out)


def reveal(monkeypatch: pytest.MonkeyPatch, config: Path, why: str = "核对学籍") -> None:
    shown = ("records", "--form", "附件3", "--reveal", "--why", why)
    assert run_kongchuo(monkeypatch, *shown, *DAY, "--config", config) == 0


def test_who_saw_a_child_is_told_by_number_and_by_name(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    reveal(monkeypatch, config)

    for child in (NUMBER, "谭小雨"):
        [entry] = asked(monkeypatch, capsys, config, "--child", child)
        assert (entry["what"], entry["why"], entry["children"]) == ("reveal records 附件3", "核对学籍", 2)
    assert asked(monkeypatch, capsys, config, "--child", id_number("20120306")) == []


def test_entries_are_asked_for_by_account_and_day(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    reveal(monkeypatch, config)

    [entry] = asked(monkeypatch, capsys, config)
    assert asked(monkeypatch, capsys, config, "--who", entry["account"]) == [entry]
    assert asked(monkeypatch, capsys, config, "--who", "nobody-of-that-name") == []
    assert asked(monkeypatch, capsys, config, "--since", "2020-01-01") == [entry]
    assert asked(monkeypatch, capsys, config, "--since", "2999-01-01") == []


@pytest.mark.parametrize("why", [f"查{NUMBER}", "家长13812345678问", "138 1234 5678"])
def test_a_reason_with_a_number_of_a_person_is_refused(
    config: Path, why: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    for command in (
        ("records", "--form", "附件3", "--reveal"),
        ("forms", "--out", str(config.parent / "forms")),
        ("export", "--csv", "--out", str(config.parent / "out")),
    ):
        assert run_kongchuo(monkeypatch, *command, "--why", why, *DAY, "--config", config) == 2

    assert asked(monkeypatch, capsys, config) == []
    assert not (config.parent / "forms").exists()


def test_an_entry_says_in_chinese_what_was_done(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    reveal(monkeypatch, config)

    [entry] = asked(monkeypatch, capsys, config)
    assert entry["words"] == "看完整的记录 附件3"
    assert run_kongchuo(monkeypatch, "audit", "--tsv", "--config", config) == 0
    printed = capsys.readouterr().out
    assert "看完整的记录 附件3" in printed
    assert "reveal" not in printed


def test_a_whole_trail_ends_with_0_and_a_changed_one_with_1_and_where(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    reveal(monkeypatch, config)
    reveal(monkeypatch, config)
    head = asked(monkeypatch, capsys, config, "verify")["head"]
    assert asked(monkeypatch, capsys, config, "verify", "--head", head)["faults"] == []

    with closing(sqlite3.connect(config.parent / "kongchuo.db")) as store, store:
        store.execute("UPDATE audit SET who = 'somebody' WHERE id = 1")
    changed = asked(monkeypatch, capsys, config, "verify", ends=1)
    with closing(sqlite3.connect(config.parent / "kongchuo.db")) as store, store:
        store.execute("DELETE FROM audit")
    cut = asked(monkeypatch, capsys, config, "verify", "--head", head, ends=1)

    assert [fault["number"] for fault in changed["faults"]] == [1]
    assert [fault["number"] for fault in cut["faults"]] == [2]


def test_an_export_is_written_down_even_where_numbers_are_masked(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    arguments = ("export", "--csv", "--out", str(tmp_path / "out"))
    assert run_kongchuo(monkeypatch, *arguments, *DAY, "--config", config) == 0

    [entry] = asked(monkeypatch, capsys, config, "--child", NUMBER)
    assert (entry["what"], entry["children"]) == ("export", 2)


def test_a_decision_on_a_case_is_told_to_who_asks_about_the_child(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, "cases", "--json", *DAY, "--config", config) == 0
    [case] = [one for one in json.loads(capsys.readouterr().out) if one["name"] == "谭小雨"]
    noted = ("case", "note", case["case_id"], "家访见到")
    assert run_kongchuo(monkeypatch, *noted, *DAY, "--config", config) == 0

    for child in (NUMBER, "谭小雨", case["case_id"]):
        [entry] = asked(monkeypatch, capsys, config, "--child", child)
        assert (entry["what"], entry["why"], entry["children"]) == (
            f"decide note {case['case_id']} #1",
            "家访见到",
            1,
        )
    assert asked(monkeypatch, capsys, config, "--child", OTHER) == []


def test_units_forms_are_written_down_with_the_reason(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    written = ("forms", "--out", str(tmp_path / "forms"), "--why", "开学发表")
    assert run_kongchuo(monkeypatch, *written, *DAY, "--config", config) == 0

    [entry] = asked(monkeypatch, capsys, config, "--child", NUMBER)
    assert (entry["what"], entry["why"], entry["children"]) == ("reveal forms", "开学发表", 2)


def test_forms_with_children_want_a_reason_and_blank_ones_none(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    filled = ("forms", "--unit", "西沱镇", "--out", str(tmp_path / "filled"))
    blank = ("forms", "--unit", "西沱小学", "--out", str(tmp_path / "blank"))

    assert run_kongchuo(monkeypatch, *filled, *DAY, "--config", config) == 2
    assert "理由" in capsys.readouterr().err
    assert run_kongchuo(monkeypatch, *blank, *DAY, "--config", config) == 0
    assert asked(monkeypatch, capsys, config) == []


def test_files_shown_whole_are_written_down_with_the_children_in_them(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    shown = ("files", "--reveal", "--why", "核对来件")
    assert run_kongchuo(monkeypatch, *shown, *DAY, "--config", config) == 0

    [entry] = asked(monkeypatch, capsys, config, "--child", "冉大山")
    assert (entry["what"], entry["children"]) == ("reveal files", 2)


def test_looking_at_the_key_is_written_down(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    run_kongchuo(monkeypatch, "key", "check", "--config", config)

    assert [entry["what"] for entry in asked(monkeypatch, capsys, config)] == ["key check -"]
