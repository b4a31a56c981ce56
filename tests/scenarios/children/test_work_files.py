"""一生一案: the work file of a child who returned (notice 二(一))."""

from tests.builders.counties.scenario_county import a_child

SCHOOL = "西沱中学"


def come_back(county, name="谭甲一", child=None):
    row = (child or a_child(name)).out_row(outcome="已返校", returned_on="2023-09-12")
    county.add_submission(SCHOOL, "附件4", row)


def test_a_child_who_returned_has_none_until_a_file_so_named_comes(county):
    come_back(county)
    assert county.only_case().work_file is None

    county.add_proofs(SCHOOL, "附件4", "谭甲一一生一案.docx", on="2023-09-22")
    assert "谭甲一一生一案.docx" in county.only_case("2023-09-23").work_file
    assert county.only_case("2023-09-21").work_file is None


def test_a_work_file_that_reads_as_a_form_of_that_child_alone_is_one_too(county):
    child = a_child("谭甲一")
    come_back(county, child=child)
    row = child.visits_row("2023-09-08", result="已返校")
    county.add_submission(SCHOOL, "附件6", row, on="2023-09-22", file_name="谭甲一一生一案.docx")

    (case,) = county.cases()
    assert "谭甲一一生一案.docx(2023-09-22)" in case.work_file
    assert county.form(SCHOOL, "附件6").records == 1


def test_a_list_so_named_is_nobody_s_work_file(county):
    children = [a_child("谭甲一"), a_child("马乙二")]
    for child in children:
        come_back(county, child=child)
    rows = [child.visits_row("2023-09-08", result="已返校") for child in children]
    county.add_submission(SCHOOL, "附件6", *rows, on="2023-09-22", file_name="一生一案台账.xlsx")

    assert [case.work_file for case in county.cases()] == [None, None]


def test_another_child_s_file_is_none_of_it(county):
    come_back(county)
    county.add_proofs(SCHOOL, "附件4", "马乙二一生一案.docx", "一生一案.docx", on="2023-09-22")

    assert county.only_case().work_file is None


def test_an_officer_s_word_is_one_and_can_be_withdrawn(county):
    come_back(county)
    county.add_decision("file", county.only_case().case_id, "档案已核", on="2023-09-22")
    assert "档案已核" in county.only_case().work_file

    (decision,) = county.snapshot_at("2023-09-26").decisions
    county.add_decision("withdraw", str(decision.id), "记错", on="2023-09-24")
    assert county.only_case().work_file is None


def test_it_proves_no_leave_and_an_open_case_has_none(county):
    county.add_submission(SCHOOL, "附件4", a_child("谭甲一").out_row("休学", until="2024-01-31"))
    county.add_proofs(SCHOOL, "附件4", "谭甲一工作档案.docx", on="2023-09-22")

    assert county.form(SCHOOL, "附件4").proof_received == 0
    assert county.only_case().work_file is None


def say(county, *children, text, on="2023-09-22"):
    for child in children:
        come_back(county, child)
    county.add_words(SCHOOL, text, on=on)


def test_words_that_name_a_child_are_of_that_child(county):
    say(county, "谭甲一", "马乙二", text="谭甲一已建立一生一案")

    assert {case.name: case.work_file is not None for case in county.cases()} == {
        "谭甲一": True,
        "马乙二": False,
    }


def test_words_on_all_are_of_whoever_was_back(county):
    say(county, "谭甲一", "马乙二", text="返校学生已全部建立一生一案")
    assert all("邮件正文" in case.work_file for case in county.cases())


def test_words_on_all_are_not_of_who_came_back_later(county):
    say(county, "谭甲一", text="返校学生已全部建立一生一案", on="2023-09-11")
    assert county.only_case().work_file is None
