"""Contradictions between units: each found once, with both sides, and gone when the data no longer say it."""

from dataclasses import replace

import pytest

from ledger.results import CaseState
from tests.builders.counties.scenario_county import NOTICE, a_child, reading_with


def test_enrolled_twice(county):
    child = a_child()
    county.add_submission("西沱中学", "附件2", child.enrolled_row())
    county.add_submission("黄水中学", "附件2", child.enrolled_row())

    (found,) = county.findings("enrolled-twice")

    assert (found.units, len(found.records), found.severity) == (("西沱中学", "黄水中学"), 2, "error")


def test_in_and_out(county):
    child = a_child()
    county.add_submission("西沱镇", "附件1", child.enrolled_row())
    county.add_submission("西沱中学", "附件2", child.enrolled_row())

    assert len(county.findings("in-and-out")) == 1
    assert county.findings("enrolled-twice") == []


def test_out_but_enrolled_until_the_child_is_back(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission("黄水中学", "附件2", child.enrolled_row())
    assert len(county.findings("out-but-enrolled")) == 1

    county.add_submission("西沱中学", "附件4", child.out_row(outcome="已返校"), on="2023-10-01")
    assert county.findings("out-but-enrolled", "2023-10-02") == []


def test_out_but_enrolled_ends_when_the_list_that_told_is_replaced_and_the_case_is_closed(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission("黄水中学", "附件2", child.enrolled_row(), on="2023-09-22")
    county.add_submission("西沱中学", "附件4", on="2023-09-24", nil=True, replaces=True)

    assert [case.state for case in county.cases()] == [CaseState.MOVED]
    assert county.findings("out-but-enrolled") == []


def test_out_but_enrolled_stays_while_the_case_is_open(county):
    child = a_child()
    county.add_submission("黄水中学", "附件2", child.enrolled_row(), on="2023-09-08")
    county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-12")
    county.add_submission("西沱中学", "附件4", on="2023-09-24", nil=True, replaces=True)

    assert [case.state for case in county.cases()] == [CaseState.OPEN]
    assert len(county.findings("out-but-enrolled")) == 1


def test_same_id_other_name(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件2", child.enrolled_row())
    county.add_submission("黄水中学", "附件2", child.enrolled_row() | {"name": "乙二"})

    assert len(county.findings("same-id-other-name")) == 1


def test_a_slip_in_one_number_may_be_the_same_child_but_two_sound_numbers_never(county):
    child, twin = a_child("甲一", serial=101), a_child("甲一", serial=103)
    slipped = child.number[:17] + ("1" if child.number[17] != "1" else "2")
    county.add_submission("西沱中学", "附件2", child.enrolled_row())
    county.add_submission(
        "黄水中学", "附件2", child.enrolled_row() | {"id_number": slipped}, problems=["id-checksum"]
    )
    county.add_submission("西沱镇小学", "附件2", twin.enrolled_row())

    assert [finding.units for finding in county.findings("maybe-same")] == [("西沱中学", "黄水中学")]


def test_two_statuses(county):
    child = a_child()
    county.add_submission("西沱镇", "附件3", child.out_row("休学"))
    county.add_submission("西沱中学", "附件4", child.out_row("辍学"))

    assert len(county.findings("two-statuses")) == 1


def test_persuasion_form_missing(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row())
    assert len(county.findings("persuasion-form-missing")) == 1

    county.add_submission("西沱中学", "附件6", child.visits_row("2023-09-12"))
    assert county.findings("persuasion-form-missing") == []


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("visits-disagree", {"visits_made": 3, "visits": [{"date": "2023-09-12", "result": "未返校"}]}),
        (
            "visit-gap",
            {
                "visits": [
                    {"date": "2023-09-10", "result": "未返校"},
                    {"date": "2023-09-18", "result": "未返校"},
                ]
            },
        ),
        ("visits-alike", {"since": "2023-09-15", "visits": [{"date": "2023-09-10", "result": "未返校"}]}),
        ("priority-household", {"household_category": "脱贫户"}),
        ("not-placed", {"disability": "智力残疾一级"}),
    ],
)
def test_what_one_row_says_of_itself(county, code, values):
    county.add_submission("西沱中学", "附件4", a_child().out_row(**values))

    assert len(county.findings(code)) == 1


def test_a_count_of_visits_that_another_form_lists_in_full_is_right(county):
    child = a_child()
    days = ("2023-09-08", "2023-09-13", "2023-09-18", "2023-09-23")
    first_three = child.visits_row(*days[:3])["visits"]
    county.add_submission(
        "西沱中学", "附件4", child.out_row(visits_made=4, visits=first_three), on="2023-09-24"
    )
    assert len(county.findings("visits-disagree")) == 1

    county.add_submission("西沱中学", "附件6", child.visits_row(*days), on="2023-09-24")
    assert county.findings("visits-disagree") == []


def test_a_count_beyond_the_visits_that_other_forms_list_is_asked_about(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row(visits_made=3))
    county.add_submission("西沱中学", "附件6", child.visits_row("2023-09-10", "2023-09-15"))
    (finding,) = county.findings("visits-disagree")
    assert "填劝返3次" in finding.message
    assert "一共列出2次" in finding.message

    county.add_submission(
        "西沱中学", "附件6", child.visits_row("2023-09-10", "2023-09-15", "2023-09-20"), on="2023-09-24"
    )
    assert county.findings("visits-disagree") == []


def test_excused_too_long(county):
    county.add_submission("西沱中学", "附件4", a_child().out_row("休学", until="2023-10-01"))

    assert county.findings("excused-too-long", "2023-10-01") == []
    assert len(county.findings("excused-too-long", "2023-10-02")) == 1


def test_remark_says_otherwise(county):
    county.add_submission("西沱中学", "附件4", nil=True)
    county.add_submission("西沱中学", "附件2", a_child().enrolled_row(remark="在家,未读书"))

    assert len(county.findings("remark-says-otherwise")) == 1


def test_enrolled_too_young_stage(county):
    county.add_submission(
        "西沱幼儿园",
        "附件2",
        a_child(born="20170101").enrolled_row(stage="学前"),
        a_child(born="20180101").enrolled_row(stage="学前"),
    )

    assert len(county.findings("enrolled-too-young-stage")) == 1


def test_owner_unclear(county):
    county.add_submission("西沱镇", "附件3", a_child().out_row("失学", household_township="某某镇"))

    assert len(county.findings("owner-unclear")) == 1


def test_a_waived_finding_is_not_shown_again_and_ids_are_stable(county):
    child = a_child()
    county.add_submission("西沱中学", "附件2", child.enrolled_row())
    county.add_submission("黄水中学", "附件2", child.enrolled_row())
    (found,) = county.findings("enrolled-twice")
    assert county.findings("enrolled-twice", "2023-10-01") == [found]

    county.add_decision("waive", found.finding_id, "双学籍已核实", on="2023-10-02")

    assert county.findings("enrolled-twice", "2023-10-03") == []


class TestZeroButTold:
    def test_nil_beside_a_persuasion_form_that_names_a_child(self, county):
        county.add_submission("西沱镇", "附件3", nil=True)
        county.add_submission("西沱镇", "附件5", a_child("甲一").visits_row("2023-09-08", "2023-09-13"))

        (finding,) = county.findings("zero-but-told")

        assert finding.message == "西沱镇的附件3是零报告,附件5却有这名学生,还没有返校:请核对后重报附件3"

    def test_nil_after_a_child_who_is_still_out(self, county):
        county.add_submission("西沱中学", "附件4", a_child("甲一").out_row(), on="2023-09-15")
        county.add_submission("西沱中学", "附件4", nil=True, on="2023-09-20")

        (finding,) = county.findings("zero-but-told")

        assert "先前的附件4却有这名学生" in finding.message

    def test_nil_after_a_child_who_is_back_contradicts_nothing(self, county):
        child = a_child("甲一")
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-15")
        county.add_submission(
            "西沱中学", "附件4", child.out_row(outcome="已返校", returned_on="2023-09-18"), on="2023-09-19"
        )
        county.add_submission("西沱中学", "附件4", nil=True, on="2023-09-20")

        assert county.findings("zero-but-told") == []

    def test_a_child_after_nil_contradicts_nothing(self, county):
        county.add_submission("西沱中学", "附件4", nil=True, on="2023-09-15")
        county.add_submission("西沱中学", "附件4", a_child("甲一").out_row(), on="2023-10-20")

        assert county.findings("zero-but-told", "2023-10-21") == []

    def test_another_unit_s_nil_contradicts_nothing(self, county):
        county.add_submission("西沱镇", "附件3", nil=True)
        county.add_submission("西沱中学", "附件4", a_child("甲一").out_row())

        assert county.findings("zero-but-told") == []


@pytest.mark.parametrize(("many", "found"), [(2, 1), (3, 0)])
def test_many_children_visited_on_one_day_are_a_reading(county, many, found):
    county = replace(
        county, notice=reading_with(persuasion=NOTICE.persuasion.model_dump() | {"many_a_day": many})
    )
    for name in ("甲一", "乙二"):
        county.add_submission("西沱中学", "附件6", a_child(name).visits_row("2023-09-12"))

    assert len(county.findings("visits-alike")) == found
