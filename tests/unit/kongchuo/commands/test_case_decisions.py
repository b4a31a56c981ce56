"""``cases`` and ``case``: what is shown of a child, and what a person decides on two who may be one."""

import json
from pathlib import Path

import pytest

from store import Store
from tests.builders.counties.scenario_county import Child, ScenarioCounty, a_child
from tests.builders.offices.office_folder import an_office, run_kongchuo

Captured = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
DAY = ("--as-of", "2023-10-31")
CHILD = a_child("甲一", serial=123)


def slipped(child: Child) -> str:
    return child.number[:16] + ("5" if child.number[16] != "5" else "6") + child.number[17]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An office with one child out, who may be on a roll under a slip in the number."""
    config = an_office(tmp_path)
    store = Store.open(f"sqlite:///{tmp_path / 'kongchuo.db'}", tmp_path / "archive")
    county = ScenarioCounty(store)
    county.add_submission("西沱镇小学", "附件4", CHILD.out_row(), on="2023-09-20")
    row = CHILD.enrolled_row(id_number=slipped(CHILD))
    county.add_submission("西沱镇", "附件1", row, on="2023-10-20", problems=["id-checksum"])
    store.close()
    return config


def shown(patch: Patch, capsys: Captured, config: Path, *arguments: str) -> str:
    capsys.readouterr()
    assert run_kongchuo(patch, *arguments, "--config", config, *DAY) == 0
    return capsys.readouterr().out


def the_case(patch: Patch, capsys: Captured, config: Path) -> dict[str, object]:
    (case,) = json.loads(shown(patch, capsys, config, "cases", "--all", "--json"))
    assert isinstance(case, dict)
    return case


def asked_ids(patch: Patch, capsys: Captured, config: Path) -> list[str]:
    """The two ids that the question of ``crosscheck`` names."""
    found = json.loads(shown(patch, capsys, config, "crosscheck", "--json"))
    (message,) = [str(finding["message"]) for finding in found if finding["code"] == "maybe-same"]
    return message.split("case merge ")[1].split(" --why")[0].split()


def test_one_case_is_shown_with_all_that_happened(config: Path, monkeypatch: Patch, capsys: Captured) -> None:
    case = the_case(monkeypatch, capsys, config)

    page = shown(monkeypatch, capsys, config, "cases", "--case", str(case["case_id"])[:6])

    assert "西沱镇小学附件4报辍学" in page
    assert "2023-09-20 10:00来信 附件4.xlsx Sheet1第5行" in page
    assert "疑似已在西沱镇就读" in page
    assert CHILD.number not in page


def test_a_case_that_is_not_there_is_said_so(config: Path, monkeypatch: Patch, capsys: Captured) -> None:
    assert run_kongchuo(monkeypatch, "cases", "--case", "zzzz", "--config", config, *DAY) == 2
    assert "没有编号为“zzzz”的个案" in capsys.readouterr().err


def test_json_has_what_happened_and_what_is_doubtful(
    config: Path, monkeypatch: Patch, capsys: Captured
) -> None:
    case = the_case(monkeypatch, capsys, config)

    assert case["timeline"] == [
        {"date": "2023-09-20", "what": "西沱镇小学附件4报辍学", "origin": "2023-09-20 10:00来信 附件4.xlsx Sheet1第5行"}
    ]  # fmt: skip
    assert case["doubts"] == [
        "疑似已在西沱镇就读\uff08附件1第5行\uff1b身份证号差一位\uff0c姓名、出生日期一致\uff09\uff0c请核实"
    ]
    assert case["observed_until"] is None


def test_the_commands_in_the_question_answer_it(config: Path, monkeypatch: Patch, capsys: Captured) -> None:
    one, other = asked_ids(monkeypatch, capsys, config)

    shown(monkeypatch, capsys, config, "case", "merge", one, other, "--why", "查实")

    case = the_case(monkeypatch, capsys, config)
    assert (case["state"], "经人确认" in str(case["closed_by"])) == ("moved", True)


def test_a_refused_likeness_is_not_asked_again(config: Path, monkeypatch: Patch, capsys: Captured) -> None:
    one, other = asked_ids(monkeypatch, capsys, config)

    shown(monkeypatch, capsys, config, "case", "split", one, other, "--why", "不是同一人")

    assert the_case(monkeypatch, capsys, config)["doubts"] == []


def test_an_id_that_nobody_has_is_refused(config: Path, monkeypatch: Patch, capsys: Captured) -> None:
    one, _ = asked_ids(monkeypatch, capsys, config)

    assert (
        run_kongchuo(monkeypatch, "case", "merge", one, "zzzz", "--why", "x", "--config", config, *DAY) == 2
    )
    assert "没有编号为“zzzz”" in capsys.readouterr().err


def test_a_child_just_returned_is_shown_apart(config: Path, monkeypatch: Patch, capsys: Captured) -> None:
    one = str(the_case(monkeypatch, capsys, config)["case_id"])
    assert (
        run_kongchuo(
            monkeypatch, "case", "close", one, "--why", "已到校", "--config", config, "--as-of", "2023-10-25"
        )
        == 0
    )

    page = shown(monkeypatch, capsys, config, "cases")
    assert "没有未返校的个案" in page
    assert "返校观察1件" in page
    assert "返校观察\uff08至2023-11-24\uff09" in shown(monkeypatch, capsys, config, "cases", "--all").replace(
        "\n", ""
    )


def test_a_persuasion_form_is_waived_for_one_child_and_taken_back(
    config: Path, monkeypatch: Patch, capsys: Captured
) -> None:
    def states() -> list[object]:
        units = json.loads(shown(monkeypatch, capsys, config, "status", "--json"))["units"]
        (school,) = [unit for unit in units if unit["unit"] == "西沱镇小学"]
        return [form["state"] for form in school["forms"] if form["form"] == "附件6"]

    case = the_case(monkeypatch, capsys, config)
    assert states() == ["missing"]

    said = shown(
        monkeypatch, capsys, config, "waive", str(case["case_id"])[:8], "--form", "附件6", "--why", "已随迁"
    )
    assert "免报附件6" in said
    assert states() == ["not_owed"]
    (decision,) = json.loads(shown(monkeypatch, capsys, config, "decisions", "--json"))
    assert (decision["why"], decision["subject"]) == ("已随迁", case["case_id"])

    shown(monkeypatch, capsys, config, "withdraw", str(decision["id"]), "--why", "弄错")
    assert states() == ["missing"]


@pytest.mark.parametrize(("form", "said"), [("附件4", "不是按学生报的"), ("附件9", "附件9")])
def test_a_form_that_is_not_by_child_or_is_none_cannot_be_waived_for_one(
    config: Path, monkeypatch: Patch, capsys: Captured, form: str, said: str
) -> None:
    one = str(the_case(monkeypatch, capsys, config)["case_id"])
    asked = ("waive", one, "--form", form, "--why", "x", "--config", config, *DAY)

    assert run_kongchuo(monkeypatch, *asked) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("word", ["已转走", "moved"])
def test_a_case_is_closed_by_a_chinese_word_or_a_code(
    word: str, config: Path, monkeypatch: Patch, capsys: Captured
) -> None:
    one = str(the_case(monkeypatch, capsys, config)["case_id"])

    said = shown(monkeypatch, capsys, config, "case", "close", one, "--state", word, "--why", "转学")

    assert "已转走" in said
    assert the_case(monkeypatch, capsys, config)["state"] == "moved"


def test_a_word_that_is_none_is_told_with_those_that_are(
    config: Path, monkeypatch: Patch, capsys: Captured
) -> None:
    one = str(the_case(monkeypatch, capsys, config)["case_id"])

    for word in ("已", "gone", ""):
        arguments = ("case", "close", one, "--state", word, "--why", "转学", "--config", config)
        assert run_kongchuo(monkeypatch, *arguments) == 2
        assert "可选 已返校、已批准或安置、已转走、已超龄" in capsys.readouterr().err


def decided(patch: Patch, capsys: Captured, config: Path) -> list[dict[str, object]]:
    answer = json.loads(shown(patch, capsys, config, "decisions", "--json"))
    assert isinstance(answer, list)
    return answer


def test_a_second_equal_decision_changes_nothing_and_says_so(
    config: Path, monkeypatch: Patch, capsys: Captured
) -> None:
    one = str(the_case(monkeypatch, capsys, config)["case_id"])
    close = ("case", "close", one, "--state", "已转走", "--why", "转学", "--by", "秦科长")

    first = shown(monkeypatch, capsys, config, *close)
    second = shown(monkeypatch, capsys, config, *close)

    assert "没有改动" not in first
    assert "没有改动" in second
    assert "第1号" in second
    assert [one["who"] for one in decided(monkeypatch, capsys, config)] == ["秦科长"]


def test_a_decision_that_was_turned_round_meanwhile_is_recorded_again(
    config: Path, monkeypatch: Patch, capsys: Captured
) -> None:
    one = str(the_case(monkeypatch, capsys, config)["case_id"])
    for command in (("close", "--state", "已转走"), ("reopen",), ("close", "--state", "已转走")):
        said = shown(monkeypatch, capsys, config, "case", command[0], one, *command[1:], "--why", "又核实")
        assert "没有改动" not in said

    assert the_case(monkeypatch, capsys, config)["state"] == "moved"
    assert len(decided(monkeypatch, capsys, config)) == 3


def test_two_notes_of_other_words_both_stand(config: Path, monkeypatch: Patch, capsys: Captured) -> None:
    one = str(the_case(monkeypatch, capsys, config)["case_id"])

    for words in ("已通话", "已家访", "已通话"):
        shown(monkeypatch, capsys, config, "case", "note", one, words, "--by", "秦科长")

    assert [one["why"] for one in decided(monkeypatch, capsys, config)] == ["已通话", "已家访"]
