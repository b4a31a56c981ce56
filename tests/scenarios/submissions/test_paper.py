"""纸质件: whether the signed and sealed paper has come, beside the mail and never instead of it."""

from ledger.assessment import Judgements
from ledger.officer_decisions import obligation_subject
from ledger.results import FormState
from ledger.submissions.rates import rate_tables
from tests.builders.counties.scenario_county import NOTICE, ScenarioCounty, a_child


def came_on_paper(county: ScenarioCounty, unit: str, form: str, on: str = "2023-09-26") -> None:
    county.add_decision("paper", obligation_subject(NOTICE.id, unit, form), "收到纸质件", on, on)


def test_R27_paper_is_noted_for_each_unit_and_form_and_is_a_rate_of_its_own(county):
    county.add_submission("西沱镇", "附件3", nil=True)
    county.add_submission("黄水镇", "附件3", nil=True)
    came_on_paper(county, "西沱镇", "附件3")
    snapshot = county.snapshot_at("2023-09-27")

    rates = rate_tables(snapshot, Judgements(snapshot).status)["due"].by_form["附件3"]

    assert county.form("西沱镇", "附件3", "2023-09-27").paper_received_on.isoformat() == "2023-09-26"
    assert county.form("黄水镇", "附件3", "2023-09-27").paper_received_on is None
    assert (rates.paper_expected, rates.with_paper) == (2, 1)


def test_paper_without_the_mail_is_not_both(county):
    came_on_paper(county, "西沱镇", "附件3")

    form = county.form("西沱镇", "附件3", "2023-09-27")

    assert (form.state, form.has_both) == (FormState.MISSING, False)


def test_paper_that_has_not_come_makes_no_gap(county):
    county.add_submission("西沱镇", "附件1", a_child().enrolled_row())
    county.add_submission("西沱镇", "附件3", nil=True)

    assert county.form("西沱镇", "附件3").paper_owed
    assert county.gaps("西沱镇") == []


def test_what_was_not_yet_noted_on_a_day_is_not_known_on_it(county):
    county.add_submission("西沱镇", "附件3", nil=True)
    came_on_paper(county, "西沱镇", "附件3", on="2023-09-28")

    assert county.form("西沱镇", "附件3", "2023-09-27").paper_received_on is None
    assert county.form("西沱镇", "附件3", "2023-09-29").has_both


def test_a_note_that_was_withdrawn_counts_no_more(county):
    came_on_paper(county, "西沱镇", "附件3")
    (noted,) = county.snapshot_at("2023-09-27").decisions
    county.add_decision("withdraw", str(noted.id), "退回重盖", "2023-09-27")

    assert county.form("西沱镇", "附件3", "2023-09-28").paper_received_on is None


def test_only_forms_that_the_notice_names_owe_paper(county):
    forms = {form.key: form.paper for form in NOTICE.forms}

    assert [key for key, owed in forms.items() if owed] == ["附件3", "附件4", "附件5", "附件6"]
    assert not county.form("西沱镇", "附件1").paper_owed
