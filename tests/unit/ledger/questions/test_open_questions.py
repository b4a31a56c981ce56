"""What waits for a person is asked once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.answers.answer_words import QuestionKind
from ledger.assessment import assess
from ledger.questions.open_questions import Question, find_questions
from store import Store
from tests.builders.counties.scenario_county import ScenarioCounty, a_child
from tests.builders.values.sample_digests import a_file

CHILDREN = [a_child(f"甲{n}") for n in "一二三四五"]


@pytest.fixture
def county(tmp_path: Path) -> Iterator[ScenarioCounty]:
    store = Store.open(f"sqlite:///{tmp_path / 'k.db'}", tmp_path / "archive")
    yield ScenarioCounty(store)
    store.close()


def questions_of(county: ScenarioCounty, on: str) -> list[Question]:
    snapshot = county.snapshot_at(on)
    return list(find_questions(assess(snapshot), snapshot.quarantined, (), snapshot.decisions))


def test_a_child_on_nobodys_list_any_more_is_asked_about_once(county: ScenarioCounty) -> None:
    rows = [child.enrolled_row() for child in CHILDREN]
    county.add_submission("西沱镇小学", "附件2", *rows, on="2023-09-20")
    county.add_submission("西沱镇小学", "附件2", *rows[:4], on="2023-10-15")

    asked = [(one.kind, one.about) for one in questions_of(county, "2023-10-20")]
    assert asked == [(QuestionKind.SUSPECTED, "甲五")]
    assert len(county.findings("gone-silent", "2023-10-20")) == 1

    (suspected,) = county.suspected("2023-10-20")
    county.add_decision("close", suspected.case_id, "电话核实,已转往外省", on="2023-10-21", detail="moved")
    assert questions_of(county, "2023-10-22") == []
    assert county.findings("gone-silent", "2023-10-22") == []


def test_a_child_with_a_case_whom_nobody_lists_any_more_is_still_asked_about(county: ScenarioCounty) -> None:
    rows = [child.out_row("延缓入学") for child in CHILDREN]
    county.add_submission("西沱镇小学", "附件4", *rows, on="2023-09-20")
    county.add_submission("西沱镇小学", "附件4", *rows[:4], on="2023-10-15")

    asked = [one.about for one in questions_of(county, "2023-10-20") if "这次谁都没报" in one.sentence]
    assert asked == ["甲五"]


def test_a_locked_file_is_asked_for_its_password_and_is_nobodys_by_a_tap(county: ScenarioCounty) -> None:
    file = a_file(
        reason_code="encrypted",
        reason="压缩包加了密码,打不开:请对方去掉密码后重发",
        unit_hint="西沱镇",
        form_hint="附件3",
    )
    snapshot = county.snapshot_at("2023-10-20")

    (asked,) = find_questions(assess(snapshot), [file], (), ())

    assert (asked.guess, asked.reply) == (None, "密码 西沱镇 这里写密码")
    assert (
        asked.sentence
        == "压缩包加了密码,打不开:知道密码的请回复“密码 西沱镇 这里写密码”,不知道的请西沱镇去掉密码后重发"
    )
