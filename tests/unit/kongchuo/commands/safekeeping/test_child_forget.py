"""``child forget`` purges a child's mails that nothing keeps, and says of each other why it stays and until when."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.errors import StoreError
from kongchuo.office import Office, open_office
from kongchuo.usecases.retention.child_forgetting import plan_forgetting
from kongchuo.usecases.retention.held_of_child import find_held
from kongchuo.usecases.retention.purge_office import plan_request, purge
from store.audit.audit_line import AuditLine
from tests.builders.counties.scenario_county import ScenarioCounty, a_child
from tests.builders.offices.office_folder import an_office, run_kongchuo

SCHOOL, TOWN = "西沱镇小学", "西沱镇"
CHILD, OTHER, GROWN = a_child("谭小雨"), a_child("向大山"), a_child("冉长大", born="20080304")
NOW = datetime.now(UTC)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)
Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return an_office(tmp_path / "office")


@pytest.fixture
def ask(config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Gives the exit code and the JSON of ``child forget``."""

    def forget(called: str, *options: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = run_kongchuo(monkeypatch, "child", "forget", called, "--config", config, "--json", *options)
        return code, json.loads(capsys.readouterr().out)

    return forget


def arrivals(office: Office) -> set[str]:
    """The days on which the mails that are still there arrived."""
    return {f"{mail.received_at:%Y-%m-%d}" for mail in office.store.purging.old_mails(END_OF_TIME)}


def test_mails_that_nothing_keeps_go_and_nobody_elses(
    config: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_office(config) as office:
        county = ScenarioCounty(office.store)
        county.add_submission(SCHOOL, "附件2", CHILD.enrolled_row(), on="2023-09-21")
        county.add_submission(TOWN, "附件1", GROWN.enrolled_row(), on="2023-09-22")
        county.add_decision("note", f"unit:{SCHOOL}", f"{CHILD.name}的家长来过", on="2023-10-01")

    assert ask(CHILD.name, "--dry-run")[0] == 0
    code, answer = ask(CHILD.number, "--why", "监护人申请")

    assert (code, answer["may_go"], answer["purged_mails"], answer["earliest"]) == (0, True, 1, None)
    with open_office(config) as office:
        assert arrivals(office) == {"2023-09-22"}
        assert [one.why for one in office.store.decisions.made(END_OF_TIME)] == ["〔已清理〕的家长来过"]
        *_, entry = office.store.audit.entries()
    assert (entry.what, entry.why, entry.children) == ("child forget: 1 mails", "监护人申请", 1)
    capsys.readouterr()
    assert run_kongchuo(monkeypatch, "child", "export", "--config", config, CHILD.number) == 2
    assert "没有登记过" in capsys.readouterr().err


def test_what_is_within_its_time_stays_until_the_day_after(config: Path, ask: Ask) -> None:
    arrived = (NOW - timedelta(days=30)).date()
    with open_office(config) as office:
        county = ScenarioCounty(office.store)
        county.add_submission(SCHOOL, "附件2", CHILD.enrolled_row(), on="2023-09-21")
        county.add_submission(SCHOOL, "附件2", CHILD.enrolled_row(), OTHER.enrolled_row(), on=f"{arrived}")

    code, answer = ask(CHILD.number, "--why", "监护人申请")

    assert (code, answer["may_go"], answer["purged_mails"]) == (1, False, 0)
    old, young = answer["mails"]
    assert (old["why"], old["until"]) == (None, None)
    assert young["why"] == "还没有满保存期"
    until = datetime.fromisoformat(young["until"]).date()
    assert answer["earliest"] == young["until"]
    assert timedelta(days=540) < until - arrived < timedelta(days=553)
    with open_office(config) as office:
        assert len(arrivals(office)) == 2
        *_, entry = office.store.audit.entries()
    assert (entry.what, entry.why, entry.children) == ("child forget refused", "监护人申请", 1)


def test_an_open_case_keeps_its_mails_without_a_day(config: Path, ask: Ask) -> None:
    with open_office(config) as office:
        ScenarioCounty(office.store).add_submission(SCHOOL, "附件4", CHILD.out_row(), on="2023-09-20")

    code, answer = ask(CHILD.number, "--why", "监护人申请")

    assert (code, answer["earliest"]) == (1, None)
    assert [(mail["why"], mail["until"]) for mail in answer["mails"]] == [("这名学生的个案没有结案", None)]


def test_a_closed_case_stays_until_the_child_is_of_age(config: Path, ask: Ask) -> None:
    with open_office(config) as office:
        county = ScenarioCounty(office.store)
        county.add_submission(SCHOOL, "附件4", CHILD.out_row(), on="2023-09-20")
        county.add_submission(SCHOOL, "附件2", CHILD.enrolled_row(), on="2023-10-24")

    code, answer = ask(CHILD.number, "--why", "监护人申请")

    assert (code, answer["earliest"]) == (1, "2029-03-04")
    assert {mail["why"] for mail in answer["mails"]} == {"这名学生还没有到个案保存的年龄"}


def test_another_childs_case_keeps_a_mail_with_both(config: Path, ask: Ask) -> None:
    with open_office(config) as office:
        ScenarioCounty(office.store).add_submission(
            SCHOOL, "附件4", OTHER.out_row(), GROWN.out_row("休学"), on="2023-09-20"
        )

    code, answer = ask(GROWN.number, "--why", "监护人申请")

    assert code == 1
    assert answer["mails"][0]["why"] == "同一封邮件、同一个单位别的个案还要留"


def test_an_earlier_version_of_the_same_form_goes_too(config: Path, ask: Ask) -> None:
    """Without the later one it would be current again, with whoever was taken off it."""
    with open_office(config) as office:
        county = ScenarioCounty(office.store)
        county.add_submission(SCHOOL, "附件2", OTHER.enrolled_row(), on="2023-09-20")
        county.add_submission(SCHOOL, "附件2", OTHER.enrolled_row(), CHILD.enrolled_row(), on="2023-10-20")
        county.add_submission(TOWN, "附件1", GROWN.enrolled_row(), on="2023-09-22")

    code, answer = ask(CHILD.number, "--why", "监护人申请")

    assert (code, len(answer["mails"]), answer["purged_mails"]) == (0, 1, 2)
    with open_office(config) as office:
        assert arrivals(office) == {"2023-09-22"}


def test_what_a_person_holds_stays(config: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_office(config) as office:
        ScenarioCounty(office.store).add_submission(SCHOOL, "附件2", CHILD.enrolled_row(), on="2023-09-21")
    assert run_kongchuo(monkeypatch, "hold", "--config", config, "--unit", SCHOOL, "--why", "受检查") == 0

    code, answer = ask(CHILD.number, "--why", "监护人申请")

    assert (code, answer["mails"][0]["why"]) == (1, "有人决定不得清理")


def test_what_is_held_between_plan_and_deletion_stays(config: Path) -> None:
    with open_office(config) as office:
        county = ScenarioCounty(office.store)
        county.add_submission(SCHOOL, "附件2", CHILD.enrolled_row(), on="2023-09-21")
        going = plan_forgetting(office, find_held(office, CHILD.number, NOW), NOW).going
        county.add_decision("hold", f"unit:{SCHOOL}", "受检查", on="2024-01-01")

        with pytest.raises(StoreError, match="再运行一次"):
            purge(office, plan_request(office, going, NOW), AuditLine("child forget", "office", NOW))

        assert arrivals(office) == {"2023-09-21"}


def test_a_list_that_the_office_entered_is_told_of(config: Path, ask: Ask) -> None:
    with open_office(config) as office:
        county = ScenarioCounty(office.store)
        county.add_submission(SCHOOL, "附件2", CHILD.enrolled_row(), on="2023-09-21")
        detail = json.dumps([{"name": CHILD.name, "id_number": CHILD.number}], ensure_ascii=False)
        county.add_decision("platform-children", "2023-09", "国家平台", on="2023-10-01", detail=detail)

    code, answer = ask(CHILD.number, "--why", "监护人申请")

    assert (code, answer["purged_mails"], answer["lists"]) == (1, 1, 1)


def test_it_wants_a_reason_and_says_in_words_what_stays(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_office(config) as office:
        ScenarioCounty(office.store).add_submission(SCHOOL, "附件4", CHILD.out_row(), on="2023-09-20")
    assert run_kongchuo(monkeypatch, "child", "forget", CHILD.name, "--config", config) == 2
    assert "--why" in capsys.readouterr().err
    with open_office(config) as office:
        assert office.store.audit.entries() == ()

    asked = run_kongchuo(
        monkeypatch, "child", "forget", CHILD.name, "--config", config, "--why", "监护人申请"
    )

    said = capsys.readouterr().out
    assert asked == 1
    assert "现在不能删除" in said
    assert "第四十七条第二款" in said
    assert "2023年9月20日收到的西沱镇小学 附件4" in said
    assert CHILD.name not in said
