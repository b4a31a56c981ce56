"""Extensions, exemptions and explanations: who decided, when, why, and for how long it holds."""

from ledger.assessment import Judgements
from ledger.officer_decisions import obligation_subject, problem_id
from ledger.results import FormState
from tests.builders.counties.scenario_county import NOTICE, ScenarioCounty, a_child


def test_a_unit_with_more_time_is_not_missing_until_it_has_passed(county):
    county.add_decision(
        "extend", obligation_subject(NOTICE.id, "西沱镇", "附件3"), "发大水", "2023-09-24", "2023-09-28"
    )

    assert county.form("西沱镇", "附件3", "2023-09-27").state is FormState.PENDING
    assert county.form("西沱镇", "附件3", "2023-09-27").extended == "发大水"
    assert county.form("西沱镇", "附件1", "2023-09-27").state is FormState.MISSING
    assert county.form("西沱镇", "附件3", "2023-09-29").state is FormState.MISSING


def test_what_comes_within_the_extension_is_not_late(county):
    county.add_decision(
        "extend", obligation_subject(NOTICE.id, "西沱镇", None), "发大水", "2023-09-24", "2023-09-28"
    )
    county.add_submission("西沱镇", "附件3", nil=True, on="2023-09-27")

    assert not county.form("西沱镇", "附件3", "2023-09-29").late


def test_an_extension_counts_from_when_it_was_granted(county):
    county.add_decision(
        "extend", obligation_subject(NOTICE.id, "西沱镇", None), "发大水", "2023-09-27", "2023-09-30"
    )

    assert county.form("西沱镇", "附件3", "2023-09-26").state is FormState.MISSING
    assert county.form("西沱镇", "附件3", "2023-09-28").state is FormState.PENDING


def test_an_exempted_unit_owes_nothing_and_the_reason_is_shown(county):
    county.add_decision("exempt", obligation_subject(NOTICE.id, "西沱中学", "附件4"), "已撤并", "2023-09-24")

    assert county.owed_forms("西沱中学") == {"附件2"}
    assert county.form("西沱中学", "附件4").exempted == "已撤并"


def test_a_decision_that_was_withdrawn_counts_no_more(county):
    county.add_decision("exempt", obligation_subject(NOTICE.id, "西沱中学", "附件4"), "已撤并", "2023-09-24")
    (granted,) = county.snapshot_at("2023-09-25").decisions
    county.add_decision("withdraw", str(granted.id), "弄错了", "2023-09-26")

    assert county.owed_forms("西沱中学", "2023-09-25") == {"附件2"}
    assert county.owed_forms("西沱中学", "2023-09-27") == {"附件2", "附件4"}


def explained(county: ScenarioCounty, on: str) -> list[str | None]:
    return [problem.explained for problem in Judgements(county.snapshot_at(on)).problems]


def test_an_explained_value_counts_no_more_and_is_still_shown(county):
    county.add_submission("西沱中学", "附件4", a_child("甲一").out_row(), problems=["phone-invalid"])
    (problem,) = Judgements(county.snapshot_at("2023-09-21")).problems
    county.add_decision("explain", problem_id(problem), "确为四位短号", "2023-09-22", "西沱中学|附件4")

    assert county.form("西沱中学", "附件4", "2023-09-21").errors == 1
    assert county.form("西沱中学", "附件4", "2023-09-23").errors == 0
    assert county.form("西沱中学", "附件4", "2023-09-23").state is FormState.RECEIVED
    assert explained(county, "2023-09-23") == ["确为四位短号"]


def test_an_explanation_holds_in_a_new_version_while_the_value_stays(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row(), problems=["phone-invalid"])
    (problem,) = Judgements(county.snapshot_at("2023-09-21")).problems
    county.add_decision("explain", problem_id(problem), "确为四位短号", "2023-09-22", "西沱中学|附件4")

    county.add_submission(
        "西沱中学", "附件4", child.out_row(remark="又报"), problems=["phone-invalid"], on="2023-10-08"
    )
    assert explained(county, "2023-10-09") == ["确为四位短号"]

    county.add_submission(
        "西沱中学", "附件4", child.out_row(), problems=["phone-invalid"], value="999", on="2023-10-18"
    )
    assert explained(county, "2023-10-19") == [None]


def test_a_persuasion_form_waived_for_one_child_is_still_owed_for_another(county):
    first, second = a_child("甲一"), a_child("乙二")
    county.add_submission("西沱中学", "附件4", first.out_row(), second.out_row())
    cases = {case.name: case.case_id for case in county.cases()}
    county.add_decision("waive-form", cases["甲一"], "已随父母迁出", on="2023-09-21", detail="附件6")

    assert county.form("西沱中学", "附件6").state == "missing"
    county.add_submission(
        "西沱中学",
        "附件6",
        second.visits_row("2023-09-12", notice_served_on="2023-09-12"),
        on="2023-09-22",
        proofs=["乙二劝返照片.png"],
    )
    assert county.form("西沱中学", "附件6").state == "received"
    case = next(one for one in county.cases() if one.name == "甲一")
    assert (case.state, [note for note in case.notes if "免报附件6" in note] != []) == ("open", True)


def test_a_waiver_for_the_only_child_holds_through_new_versions_until_it_is_withdrawn(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_decision("waive-form", county.only_case().case_id, "病重", on="2023-09-21", detail="附件6")
    county.add_submission("西沱中学", "附件4", child.out_row(reason="因病"), on="2023-09-22")
    assert not county.form("西沱中学", "附件6").owed

    (decision,) = county.snapshot_at("2023-09-26").decisions
    county.add_decision("withdraw", str(decision.id), "记错", on="2023-09-24")
    assert county.form("西沱中学", "附件6").state == "missing"
