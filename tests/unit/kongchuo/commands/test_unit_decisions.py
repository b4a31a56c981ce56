import json
from pathlib import Path

import pytest

from config.mail.mail_providers import AuthenticationResult
from store.stored_values import MessageSender
from tests.builders.counties.scenario_county import ScenarioCounty
from tests.builders.offices.office_folder import an_office, open_store, run_kongchuo

Captured = pytest.CaptureFixture[str]
DAY = ("--as-of", "2023-09-26")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return an_office(tmp_path)


def run_json(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, config: Path, *arguments: str
) -> list[dict[str, object]]:
    capsys.readouterr()
    assert run_kongchuo(monkeypatch, *arguments, "--json", "--config", config) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_a_unit_may_be_given_more_time_and_that_may_be_taken_back(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def forms_missing() -> list[object]:
        return [
            gap["form"] for gap in run_json(monkeypatch, capsys, config, "gaps", "--unit", "西沱镇", *DAY)
        ]

    assert forms_missing() == ["附件1", "附件3"]
    extended = ("extend", "--unit", "西沱镇", "--form", "3", "--until", "2023-09-28", "--why", "发大水")
    assert run_kongchuo(monkeypatch, *extended, "--config", config, "--as-of", "2023-09-24") == 0
    assert "西沱镇附件3宽限到9月28日" in capsys.readouterr().out
    assert forms_missing() == ["附件1"]

    (granted,) = run_json(monkeypatch, capsys, config, "decisions", *DAY)
    assert (granted["kind"], granted["why"]) == ("extend", "发大水")
    number = str(granted["id"])
    assert run_kongchuo(monkeypatch, "withdraw", number, "--why", "弄错", "--config", config, *DAY) == 0
    assert forms_missing() == ["附件1", "附件3"]


@pytest.fixture
def strange_files(config: Path) -> tuple[str, str]:
    """A zero report of an address that the roster does not know, and a forged one of the unit's own."""
    with open_store(config) as store:
        county = ScenarioCounty(store)
        failed = (AuthenticationResult(server="mx.qq.com", failed=True),)
        files = (
            county.add_submission(
                "西沱镇", "附件3", nil=True, sent_by=MessageSender(author="23@example.net"), on="2023-09-20"
            ),
            county.add_submission(
                "西沱镇",
                "附件1",
                sent_by=MessageSender(author="xituo@example.org", authentication=failed),
                nil=True,
                on="2023-09-20",
            ),
        )
    return files


def states(monkeypatch: pytest.MonkeyPatch, capsys: Captured, config: Path) -> dict[str, str]:
    capsys.readouterr()
    assert run_kongchuo(monkeypatch, "status", "--json", "--config", config, *DAY) == 0
    (unit,) = [u for u in json.loads(capsys.readouterr().out)["units"] if u["unit"] == "西沱镇"]
    return {form["form"]: form["state"] for form in unit["forms"] if form["owed"]}


def test_an_accepted_file_counts_at_once_and_no_more_when_that_is_withdrawn(
    config: Path, strange_files: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    unknown, _ = strange_files
    assert states(monkeypatch, capsys, config) == {"附件1": "unconfirmed", "附件3": "unconfirmed"}

    accepted = ("accept", unknown[:6], "--by", "秦科长", "--config", config)
    assert run_kongchuo(monkeypatch, *accepted) == 0
    assert "23@example.net替西沱镇报的都计入" in capsys.readouterr().out
    assert states(monkeypatch, capsys, config) == {"附件1": "unconfirmed", "附件3": "received"}

    (decision,) = run_json(monkeypatch, capsys, config, "decisions")
    assert (decision["kind"], decision["who"], decision["why"]) == ("accept", "秦科长", "核实属实")
    assert (
        run_kongchuo(monkeypatch, "withdraw", str(decision["id"]), "--why", "弄错", "--config", config) == 0
    )
    assert states(monkeypatch, capsys, config)["附件3"] == "unconfirmed"


def test_accepting_a_mail_that_failed_its_checks_teaches_no_address(
    config: Path, strange_files: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, "accept", *strange_files, "--config", config) == 0
    assert "只计入这一份" in capsys.readouterr().out
    assert states(monkeypatch, capsys, config) == {"附件1": "received", "附件3": "received"}
    assert [d["detail"] for d in run_json(monkeypatch, capsys, config, "decisions")] == [
        "23@example.net 西沱镇",
        None,
    ]


def test_files_say_who_is_proven_and_what_waits(
    config: Path, strange_files: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    files = run_json(monkeypatch, capsys, config, "files")
    assert [(file["standing"], file["unconfirmed"]) for file in files] == [
        ("unknown", True),
        ("failed", True),
    ]

    assert run_kongchuo(monkeypatch, "files", "--config", config) == 0
    table = capsys.readouterr().out
    assert "未核实来源\uff1a不明地址" in table
    assert "未核实来源\uff1a冒名嫌疑" in table


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["extend", "--unit", "西沱镇", "--until", "明天", "--why", "x"], "不是日期"),
        (["exempt", "--unit", "某地", "--why", "x"], "名册里没有“某地”"),
        (["explain", "abc", "--why", "x"], "没有编号为“abc”的问题"),
        (["accept", "f00"], "没有编号为“f00”的文件"),
        (["withdraw", "7", "--why", "x"], "没有编号为“7”的决定"),
        (["status", "--notice", "1999"], "没有“1999”这份通知\uff0c现有\uff1a2023-autumn"),
    ],
)
def test_a_decision_about_nothing_is_refused(
    arguments: list[str], says: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, *arguments, "--config", config) == 2
    assert says in capsys.readouterr().err
