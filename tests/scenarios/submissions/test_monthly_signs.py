"""每月大走访、大排查: whoever sent anything in the month was heard of; silence costs nothing."""

from config.mail.mail_providers import AuthenticationResult
from ledger.submissions.monthly_signs import find_monthly_signs
from store.stored_values import MessageSender
from tests.builders.counties.scenario_county import UNITS, ScenarioCounty, a_child, address_of

SWEEPING = {"西沱镇", "黄水镇", "西沱镇小学", "西沱中学", "黄水中学"}


def silent(county: ScenarioCounty, on: str) -> set[str]:
    return set(find_monthly_signs(county.snapshot_at(on)).silent)


def test_R20_townships_and_compulsory_schools_go_round_each_month(county):
    assert silent(county, "2023-10-20") == SWEEPING
    assert {unit.name for unit in UNITS} - SWEEPING == {"西沱幼儿园", "石柱高级中学", "青龙教学点"}


def test_a_form_a_proof_and_a_mail_are_signs(county):
    county.add_submission("西沱镇", "附件3", nil=True, on="2023-10-12")
    county.add_proofs("西沱中学", "附件4", "甲一证明.jpg", on="2023-10-13")

    assert silent(county, "2023-10-20") == SWEEPING - {"西沱镇", "西沱中学"}


def test_what_came_the_month_before_is_none_for_this(county):
    county.add_submission("西沱镇", "附件3", a_child().out_row(), on="2023-09-12")

    assert "西沱镇" not in silent(county, "2023-09-30")
    assert "西沱镇" in silent(county, "2023-10-20")


def test_in_its_first_days_a_month_speaks_of_the_one_before(county):
    county.add_submission("西沱镇", "附件3", nil=True, on="2023-09-12")

    signs = find_monthly_signs(county.snapshot_at("2023-10-03"))

    assert (signs.month.month, "西沱镇" in signs.heard) == (9, True)


def test_mail_from_an_address_that_nobody_knows_meets_no_duty_and_no_accusation_follows(county):
    county.add_submission("西沱镇", "附件3", nil=True, on="2023-10-12", sent_by=address_of("不在名册"))

    signs = find_monthly_signs(county.snapshot_at("2023-10-20"))

    assert signs.unconfirmed == ("西沱镇",)
    assert "西沱镇" not in (*signs.heard, *signs.silent)


def test_a_sign_of_its_own_goes_before_one_of_a_stranger(county):
    county.add_submission("西沱镇", "附件3", nil=True, on="2023-10-12", sent_by=address_of("不在名册"))
    county.add_submission("西沱镇", "附件1", a_child().enrolled_row(), on="2023-10-14")

    signs = find_monthly_signs(county.snapshot_at("2023-10-20"))

    assert (signs.unconfirmed, "西沱镇" in signs.heard) == ((), True)


def test_mail_that_failed_its_checks_is_no_sign(county):
    forged = MessageSender(
        author=address_of("西沱镇").author,
        authentication=(AuthenticationResult(server="mx.qq.com", failed=True),),
    )
    county.add_proofs("西沱镇", None, "走访.jpg", on="2023-10-12", sent_by=forged)

    assert "西沱镇" in silent(county, "2023-10-20")


def test_silence_costs_nothing(county):
    county.add_submission("西沱镇", "附件1", a_child().enrolled_row())
    county.add_submission("西沱镇", "附件3", nil=True)

    assert "西沱镇" in silent(county, "2023-11-20")
    assert county.gaps("西沱镇", "2023-11-20") == []
