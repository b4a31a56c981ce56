"""kongchuo notice new."""

from pathlib import Path

import pytest

from config.read_notice import load_notice
from kongchuo.usecases.new_office import NewOffice, files_of, write_office
from tests.builders.offices.office_folder import run_kongchuo


@pytest.fixture
def config(tmp_path: Path) -> Path:
    write_office(tmp_path, files_of(NewOffice()))
    return tmp_path / "kongchuo.toml"


def test_the_next_notice_is_written_and_every_shifted_day_told(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_kongchuo(monkeypatch, "notice", "new", "--semester", "2027秋", "--config", config) == 0

    made = config.parent / "notices" / "2027-autumn.toml"
    said = capsys.readouterr().out
    assert load_notice(made).title == "2027年秋季学期控辍保学"
    assert said.count("2023-09-25 → 2027-09-25") == 4
    assert "周六\uff0c不上班\uff1a请看是否改期" in said
    assert 'file = "notices/2027-autumn.toml"' in said
    assert 'others = ["notices/2023-autumn.toml"]' in said
    assert f"notice check {made}" in said
    told = config.read_text("utf-8").replace(
        'file = "notices/2023-autumn.toml"', 'file = "notices/2027-autumn.toml"'
    )
    config.write_text(told, "utf-8")
    assert run_kongchuo(monkeypatch, "notice", "check", "--config", config) == 0


def test_without_a_semester_that_of_today_is_made(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_kongchuo(monkeypatch, "notice", "new", "--config", config) == 0

    made = {path.name for path in (config.parent / "notices").iterdir()} - {"2023-autumn.toml"}
    assert len(made) == 1
    assert int(made.pop()[:4]) >= 2026


@pytest.mark.parametrize(("semester", "says"), [("明年", "不是学期"), ("2023秋", "现行通知就是")])
def test_a_semester_that_cannot_be_made_is_told(
    semester: str,
    says: str,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_kongchuo(monkeypatch, "notice", "new", "--semester", semester, "--config", config) == 2
    assert says in capsys.readouterr().err


def test_a_notice_that_is_there_is_not_written_over(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (config.parent / "notices" / "2027-autumn.toml").write_text("mine")

    assert run_kongchuo(monkeypatch, "notice", "new", "--semester", "2027秋", "--config", config) == 2
    assert (config.parent / "notices" / "2027-autumn.toml").read_text() == "mine"
