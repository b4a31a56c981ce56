"""What a roll says of a child is heard (notice 六(三))."""

import pytest

from ledger.results import CaseState
from tests.builders.counties.scenario_county import a_child

SCHOOL = "西沱中学"
OUT_REMARKS = [
    "未上学在家",
    "外出务工",
    "已外出打工,父母在家",
    "在家,未读书",
    "父母在外务工,本人在家务农",
    "家长反映该生已离校",
    "已返校,10月又辍学",
    "转出至重庆某小学",
    "9月起未到校",
    "跟哥哥在广东打工",
    "跟哥哥姐姐外出打工",
    "随亲戚外出务工",
    "该生常年在外务工",
    "和父亲一起在浙江打工",
    "被父母带到广东打工",
    "父母离异后辍学在家",
    "家长说不读了",
    "因病长期请假在家",
    "随舅舅生活,联系不上",
    "家长反映孩子外出打工",
]
NOT_OUT_REMARKS = [
    "父母外出打工,随爷爷奶奶生活",
    "父亲务工",
    "父亲在广东打工",
    "随父母在外就读",
    "随父母在外",
    "跟爷爷生活父母打工",
    "父母带孩子外出打工",
    "哥哥随叔叔外出打工",
    "家中哥哥已辍学打工",
    "哥哥因病休学",
    "母亲长期在家养病",
    "母亲改嫁失联",
    "联系不上家长",
    "父母未到校参加家长会",
    "跟哥哥在广东打工地就读",
    "进城务工人员随迁子女",
    "单亲,由外婆照顾,妈妈在重庆打工",
    "随父母外出务工",
    "其兄辍学",
    "姐姐休学",
    "无辍学",
    "有辍学风险",
    "未辍学",
    "曾休学一年",
    "原辍学学生,已返校",
    "休学期满,已复学",
    "转入",
    "由东莞转学到我校",
    "留守儿童",
    "控辍保学对象",
]


def roll(county, *rows, unit=SCHOOL, form="附件2", on="2023-09-20"):
    county.add_submission(unit, form, *rows, on=on)


def told_out(county, on="2023-09-26"):
    return [found.name for found in county.findings("roll-tells-out", on)]


@pytest.mark.parametrize("status", ["未到校", "休学", "辍学", "转出", "在籍不在校", "未上学在家"])
def test_any_word_but_in_school_is_a_finding_and_a_suspicion(county, status):
    roll(county, a_child("甲一").enrolled_row(study_status=status), a_child("乙二").enrolled_row())
    county.add_submission(SCHOOL, "附件4", a_child("丙三").out_row())

    assert told_out(county) == ["甲一"]
    (suspect,) = county.suspected("2023-09-26")
    assert (suspect.name, suspect.state, suspect.responsible_unit) == ("甲一", CaseState.SUSPECTED, SCHOOL)
    assert status in suspect.details["last_seen"]


@pytest.mark.parametrize("status", ["在校", None, "请假", "走读"])
def test_in_school_is_none(county, status):
    roll(county, a_child("甲一").enrolled_row(study_status=status))

    assert (told_out(county), county.suspected("2023-09-26")) == ([], [])


@pytest.mark.parametrize("remark", OUT_REMARKS)
def test_a_remark_on_the_child_counts(county, remark):
    roll(county, a_child("甲一").enrolled_row(study_status=None, remark=remark.replace(",", "\uff0c")))

    assert told_out(county) == ["甲一"]


@pytest.mark.parametrize("remark", NOT_OUT_REMARKS)
def test_a_remark_on_the_family_or_of_what_is_over_accuses_nobody(county, remark):
    roll(county, a_child("甲一").enrolled_row(remark=remark.replace(",", "\uff0c")))
    county.add_submission(SCHOOL, "附件4", nil=True)

    assert (told_out(county), county.suspected("2023-09-26")) == ([], [])
    assert county.findings("remark-says-otherwise") == []


def test_a_child_whom_the_ledger_tells_of_is_not_asked_about(county):
    child = a_child("甲一")
    roll(county, child.enrolled_row(study_status="休学"))
    county.add_submission(SCHOOL, "附件4", child.out_row("休学"))

    assert (told_out(county), county.suspected("2023-09-26")) == ([], [])


def test_a_child_with_a_case_of_another_unit_is_a_finding_and_no_second_entry(county):
    child = a_child("甲一")
    roll(county, child.enrolled_row(study_status="辍学"))
    county.add_submission("西沱镇", "附件3", child.out_row(previous_school=SCHOOL))

    assert told_out(county) == ["甲一"]
    assert county.suspected("2023-09-26") == []


def test_a_child_who_was_back_and_whom_a_later_roll_says_out_is_asked_about(county):
    child = a_child("甲一")
    county.add_submission(SCHOOL, "附件4", child.out_row(outcome="已返校", returned_on="2023-09-12"))
    roll(county, child.enrolled_row(study_status="辍学"), on="2023-09-20")

    assert told_out(county) == ["甲一"]


def test_who_moved_is_suspected_until_another_roll_shows_the_child(county):
    child = a_child("甲一")
    roll(county, child.enrolled_row(study_status="转出"))
    assert [case.name for case in county.suspected("2023-09-26")] == ["甲一"]

    roll(county, child.enrolled_row(), unit="黄水中学", on="2023-10-08")
    assert (told_out(county, "2023-10-09"), county.suspected("2023-10-09")) == ([], [])


def test_a_zero_report_against_a_remark_is_shown_though_another_roll_has_the_child(county):
    child = a_child("甲一")
    roll(county, child.enrolled_row(remark="在家\uff0c未读书"))
    roll(county, child.enrolled_row(), unit="西沱镇", form="附件1")
    county.add_submission(SCHOOL, "附件4", nil=True)

    assert len(county.findings("remark-says-otherwise")) == 1
    assert told_out(county) == []


def test_a_later_roll_of_the_school_that_shows_the_child_settles_it(county):
    child = a_child("甲一")
    roll(county, child.enrolled_row(study_status="未到校"))
    roll(county, child.enrolled_row(), on="2023-10-08")

    assert (told_out(county, "2023-10-09"), county.suspected("2023-10-09")) == ([], [])


def test_what_an_officer_accounted_for_is_settled(county):
    roll(county, a_child("甲一").enrolled_row(study_status="未到校"))
    (suspect,) = county.suspected("2023-09-26")
    county.add_decision("close", suspect.case_id, "已到校", on="2023-09-27", detail="returned")

    assert (told_out(county, "2023-09-28"), county.suspected("2023-09-28")) == ([], [])


def test_the_officer_s_unit_holds_for_a_suspicion_too(county):
    roll(county, a_child("甲一").enrolled_row(study_status="未到校"))
    (suspect,) = county.suspected("2023-09-26")
    county.add_decision("own", suspect.case_id, "户籍乡镇", on="2023-09-27", detail="西沱镇")

    assert county.suspected("2023-09-28")[0].responsible_unit == "西沱镇"


@pytest.mark.parametrize(
    ("born", "values"), [("20190101", {}), ("20030101", {}), ("20080101", {"stage": "高中"})]
)
def test_nobody_outside_the_compulsory_stage_is_meant(county, born, values):
    roll(county, a_child("甲一", born=born).enrolled_row(study_status="休学", **values))

    assert (told_out(county), county.suspected("2023-09-26")) == ([], [])


def test_a_zero_report_of_a_township_that_visits_a_school_s_child_is_right(county):
    child = a_child("甲一")
    county.add_submission(SCHOOL, "附件4", child.out_row())
    county.add_submission("西沱镇", "附件3", nil=True)
    county.add_submission("西沱镇", "附件5", child.visits_row("2023-09-18"))

    assert county.findings("zero-but-told") == []
