"""Ages: a sound number is believed before a typed birth date, and nobody just outside of age is passed over (notice 三)."""

import pytest

from tests.builders.counties.scenario_county import a_child, reading_with

SCHOOL = "西沱中学"


def test_a_typed_birth_date_accuses_no_kindergarten_of_a_child_that_is_four_by_its_number(county):
    county.add_submission(
        "西沱幼儿园", "附件2", a_child(born="20190501").enrolled_row(stage="学前", birth_date="2016-05-01")
    )
    assert county.findings("enrolled-too-young-stage") == []


def test_a_child_that_is_seven_by_its_number_is_asked_about_whatever_was_typed(county):
    county.add_submission(
        "西沱幼儿园", "附件2", a_child(born="20160501").enrolled_row(stage="学前", birth_date="2019-05-01")
    )
    (finding,) = county.findings("enrolled-too-young-stage")
    assert "2016-05-01" in finding.message


@pytest.mark.parametrize("status", ["辍学", "失学"])
def test_a_child_just_grown_too_old_is_asked_about(county, status):
    county.add_submission(SCHOOL, "附件4", a_child(born="20060820").out_row(status))

    assert county.only_case().state == "aged_out"
    (finding,) = county.findings("age-near-bound")
    assert "刚过义务教育年龄" in finding.message


def test_nobody_is_asked_about_who_is_older_or_back(county):
    county.add_submission(
        SCHOOL,
        "附件4",
        a_child("甲一", born="20050820").out_row(),
        a_child("乙二", born="20060820").out_row(outcome="已返校", returned_on="2023-09-12"),
    )
    assert county.findings("age-near-bound") == []


def test_a_child_grown_too_old_with_the_new_school_year_is_asked_about(county):
    county.add_submission(SCHOOL, "附件4", a_child(born="20061001").out_row())

    assert county.only_case("2024-08-31").state == "open"
    assert county.only_case("2024-09-02").state == "aged_out"
    assert len(county.findings("age-near-bound", "2024-09-02")) == 1


def test_a_child_not_yet_of_age_needs_no_leave(county):
    county.add_submission(
        "西沱镇小学", "附件4", a_child(born="20170910").out_row("延缓入学", until="2024-08-31")
    )

    (finding,) = county.findings("age-near-bound")
    assert "无需办理延缓入学" in finding.message


def test_how_near_is_a_reading(county):
    county.notice = reading_with(ages={"born_from": "2006-09-01", "born_to": "2017-08-31", "near_days": 5})
    county.add_submission(SCHOOL, "附件4", a_child(born="20060820").out_row())

    assert county.findings("age-near-bound") == []


def test_a_roll_s_word_on_a_child_just_grown_too_old_is_heard(county):
    county.add_submission(
        SCHOOL, "附件2", a_child(born="20060820").enrolled_row(study_status="辍学", stage="初中")
    )
    assert len(county.findings("roll-tells-out")) == 1


def test_a_roll_by_number_with_another_date_typed_is_found_by_the_birth_date_of_the_number(county):
    child = a_child("谭甲一", born="20120304")
    out = child.out_row(guardian="谭大山", id_number=None)
    county.add_submission(SCHOOL, "附件4", out)
    county.add_submission(
        "黄水中学", "附件2", child.enrolled_row(guardian="谭大山", birth_date="2002-03-04"), on="2023-09-22"
    )
    assert county.only_case().state == "moved"
