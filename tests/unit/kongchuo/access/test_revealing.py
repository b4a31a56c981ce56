"""Each kind of personal data is masked at each door as ``[privacy] mask`` says, and whole where somebody says why."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notify.mail.leaving_text import words_of_file
from tests.builders.counties.scenario_county import ScenarioCounty
from tests.builders.offices.office_folder import an_office, open_store, run_kongchuo
from tests.builders.values.form_tables import id_number

DAY = ("--as-of", "2023-09-26")
NUMBER = id_number("20120304")
ROW: dict[str, object] = {
    "name": "谭小雨", "id_number": NUMBER, "guardian": "谭建国", "guardian_phone": "13812345678",
    "household_township": "西沱镇", "household_village": "南坪村", "household_address": "西沱镇南坪村3组98号",
    "current_address": "西沱镇南坪村3组98号", "remark": f"谭小雨父亲谭建国13812345678,{NUMBER},住南坪村3组98号",
}  # fmt: skip
HIDDEN_AT = {
    "id": (NUMBER,),
    "id+phone": (NUMBER, "13812345678", "98号"),
    "id+phone+name": (NUMBER, "13812345678", "98号", "谭小雨", "谭建国"),
}
"""By level, what must stand nowhere."""
PRINTED = (
    ("records", "--form", "附件4"), ("records", "--form", "附件2"), ("cases", "--all"), ("problems",), ("files",), ("crosscheck",),
    ("roll",), ("questions",), ("decisions",),
)  # fmt: skip
WRITTEN = (("export", "--csv"), ("export", "--xlsx"), ("ledgers",), ("child", "export", NUMBER))


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    config = an_office(tmp_path)
    with open_store(config) as store:
        county = ScenarioCounty(store)
        county.add_submission("西沱镇小学", "附件4", ROW, on="2023-09-20")
        county.add_submission("西沱镇小学", "附件2", ROW, on="2023-09-21")
    monkeypatch.chdir(tmp_path)
    noted = ("child", "correct", NUMBER, "备注", "谭小雨住南坪村3组98号,13812345678", "--why", "谭建国来电")
    assert run_kongchuo(monkeypatch, *noted, "--config", config) == 0
    return config


def _texts(folder: Path) -> Iterator[str]:
    for file in (one for one in sorted(folder.rglob("*")) if one.is_file()):
        data = file.read_bytes()
        yield words_of_file(data) if file.suffix == ".xlsx" else data.decode()


def _all_doors(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> dict[str, str]:
    """By command, all that it prints and writes."""
    said = {}
    for command in PRINTED:
        for form in ("--json", "--tsv"):
            revealing = () if command[0] in ("questions", "decisions") else more
            assert run_kongchuo(monkeypatch, *command, form, *revealing, *DAY, "--config", config) in (0, 1)
            said[" ".join((*command, form))] = capsys.readouterr().out
    for command in WRITTEN:
        out = config.parent / "out" / "-".join(command[:2])
        day = () if command[0] == "child" else DAY
        assert run_kongchuo(monkeypatch, *command, "--out", out, *more, *day, "--config", config) == 0
        capsys.readouterr()
        said[" ".join(command[:2])] = "\n".join(_texts(out))
    return said


@pytest.mark.parametrize("level", HIDDEN_AT)
def test_what_a_level_masks_stands_at_no_door(
    level: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(config.read_text("utf-8") + f'\n[privacy]\nmask = "{level}"\n', "utf-8")

    said = _all_doors(config, monkeypatch, capsys)

    told = {(door, value) for door, text in said.items() for value in HIDDEN_AT[level] if value in text}
    assert told == set()
    shown = {value for value in HIDDEN_AT["id+phone+name"] if value not in HIDDEN_AT[level]}
    assert {value for value in shown if value in said["records --form 附件4 --json"]} == shown


def test_who_says_why_sees_all(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(config.read_text("utf-8") + '\n[privacy]\nmask = "id+phone+name"\n', "utf-8")

    said = _all_doors(config, monkeypatch, capsys, "--reveal", "--why", "核对")

    for door in ("records --form 附件4 --json", "export --csv", "child export"):
        assert [value for value in HIDDEN_AT["id+phone+name"] if value not in said[door]] == []
