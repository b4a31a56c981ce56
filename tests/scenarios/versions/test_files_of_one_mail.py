"""The files of one mail are parts of one filing, never versions of each other, whatever their order."""

from collections.abc import Sequence

import pytest

from ledger.assessment import Judgements
from ledger.results import CaseState, FormState
from tests.builders.counties.scenario_county import Child, ScenarioCounty, a_child

Row = dict[str, object]
SCHOOL = "西沱中学"
FIVE = tuple(a_child(f"甲{n}") for n in "一二三四五")
OTHERS = tuple(a_child(f"乙{n}") for n in "一二三四五")
one_way_and_the_other = pytest.mark.parametrize("order", [1, -1], ids=["in-order", "reversed"])


def send(
    county: ScenarioCounty, form: str, *files: Sequence[Row], order: int = 1, on: str = "2023-09-20"
) -> None:
    county.add_mail([(SCHOOL, form, rows) for rows in files][::order], on=on)


def send_in_pieces(county: ScenarioCounty, form: str, *files: Sequence[Row], on: str = "2023-09-20") -> None:
    for hour, rows in enumerate(files, 10):
        county.add_mail([(SCHOOL, form, rows)], on=on, at=f"{hour}:00")


def served(child: Child, on: str = "2023-09-18") -> Row:
    return {"name": child.name, "id_number": child.number, "notice_served_on": on}


def current(county: ScenarioCounty, form: str, on: str = "2023-12-31") -> list[str]:
    return sorted(str(row.values["name"]) for row in county.snapshot_at(on).current_rows(form))


def problems(county: ScenarioCounty, on: str = "2023-12-31") -> list[str]:
    return sorted(problem.code for problem in Judgements(county.snapshot_at(on)).problems)


@one_way_and_the_other
def test_both_documents_of_a_form_are_current(county, order):
    visits = [child.visits_row("2023-09-18") for child in FIVE]
    send(county, "附件6", visits, [served(child) for child in FIVE], order=order)

    rows = county.snapshot_at("2023-09-26").current_rows("附件6")

    assert sum("visits" in row.values for row in rows) == 5
    assert sum("notice_served_on" in row.values for row in rows) == 5
    assert problems(county) == []


@pytest.mark.parametrize("in_pieces", [False, True])
def test_a_document_sent_again_replaces_its_own_kind_only(county, in_pieces):
    sending = send_in_pieces if in_pieces else send
    sending(county, "附件6", [child.visits_row("2023-09-18") for child in FIVE], [served(c) for c in FIVE])
    corrected = [child.visits_row("2023-09-19") for child in FIVE[:4]]
    send(county, "附件6", corrected, on="2023-09-22")

    rows = county.snapshot_at("2023-09-26").current_rows("附件6")

    assert [row.values["visits"][0]["date"] for row in rows if "visits" in row.values] == ["2023-09-19"] * 4
    assert sum("notice_served_on" in row.values for row in rows) == 5


def test_both_documents_in_one_file_replace_the_two(county):
    send(county, "附件6", [child.visits_row("2023-09-18") for child in FIVE], [served(c) for c in FIVE])
    whole = [child.visits_row("2023-09-18") | served(child) for child in FIVE[:4]]
    send(county, "附件6", whole, on="2023-09-22")

    assert current(county, "附件6") == sorted(child.name for child in FIVE[:4])
    assert problems(county) == []


@one_way_and_the_other
@pytest.mark.parametrize("form", ["附件2", "附件4"])
def test_lists_in_several_files_are_one_list(county, form, order):
    rows = [c.enrolled_row() if form == "附件2" else c.out_row() for c in (*FIVE, *OTHERS)]
    send(county, form, rows[:5], rows[4:], order=order)

    assert current(county, form) == sorted(child.name for child in (*FIVE, *OTHERS))
    assert county.form(SCHOOL, form).records == 10
    assert problems(county) == []


@one_way_and_the_other
def test_a_short_file_beside_the_whole_list_drops_nobody(county, order):
    rows = [child.enrolled_row() for child in FIVE]
    send(county, "附件2", rows, rows[:4], order=order)

    assert current(county, "附件2") == sorted(child.name for child in FIVE)
    assert county.suspected() == []


@pytest.mark.parametrize("in_pieces", [False, True])
def test_one_of_two_files_sent_again_replaces_its_counterpart_only(county, in_pieces):
    sending = send_in_pieces if in_pieces else send
    sending(
        county,
        "附件2",
        [c.enrolled_row() for c in (*FIVE, *OTHERS[:3])],
        [c.enrolled_row() for c in OTHERS[3:]],
    )
    send(county, "附件2", [child.enrolled_row() for child in (*FIVE, *OTHERS[:2])], on="2023-10-20")

    assert current(county, "附件2") == sorted(c.name for c in (*FIVE, *OTHERS[:2], *OTHERS[3:]))
    assert [case.name for case in county.suspected("2023-10-21")] == [OTHERS[2].name]


@pytest.mark.parametrize("in_pieces", [False, True])
def test_the_smaller_of_two_files_sent_again_replaces_its_counterpart_only(county, in_pieces):
    sending = send_in_pieces if in_pieces else send
    sending(county, "附件2", [c.enrolled_row() for c in FIVE], [c.enrolled_row() for c in OTHERS[:3]])
    send(county, "附件2", [child.enrolled_row() for child in OTHERS[:2]], on="2023-10-20")

    assert current(county, "附件2") == sorted(c.name for c in (*FIVE, *OTHERS[:2]))


def test_a_whole_list_replaces_both_files(county):
    send(county, "附件2", [c.enrolled_row() for c in FIVE], [c.enrolled_row() for c in OTHERS])
    send(county, "附件2", [c.enrolled_row() for c in (*FIVE[:4], *OTHERS[:4])], on="2023-10-20")

    assert current(county, "附件2") == sorted(c.name for c in (*FIVE[:4], *OTHERS[:4]))


def test_an_addition_left_out_of_the_next_whole_list_is_asked_about(county):
    send(county, "附件2", [c.enrolled_row() for c in FIVE])
    send(county, "附件2", [OTHERS[0].enrolled_row()], on="2023-09-25")
    send(county, "附件2", [c.enrolled_row() for c in FIVE], on="2023-10-20")

    assert [case.name for case in county.suspected("2023-10-21")] == [OTHERS[0].name]


@one_way_and_the_other
def test_two_files_that_contradict_each_other_are_a_question_with_both(county, order):
    child = FIVE[0]
    send(county, "附件4", [child.out_row("休学")], [child.out_row("辍学")], order=order)

    found = [p for p in Judgements(county.snapshot_at("2023-09-26")).problems if p.code == "files-disagree"]

    assert len({problem.record_id for problem in found}) == 2
    assert all("休学" in problem.message and "辍学" in problem.message for problem in found)
    assert county.form(SCHOOL, "附件4").warnings == 2
    assert county.only_case().state is CaseState.OPEN


@one_way_and_the_other
@pytest.mark.parametrize("leave", ["休学", "延缓入学"])
@pytest.mark.parametrize("out", ["失学", "辍学"])
def test_a_child_who_is_on_leave_in_one_file_alone_stays_out_of_school(county, order, leave, out):
    child = FIVE[0]
    send(
        county,
        "附件4",
        [child.out_row(leave, approved_by="县教委", until="2024-07-01")],
        [child.out_row(out, whereabouts="在家")],
        order=order,
    )
    county.add_proofs(SCHOOL, "附件4", f"{child.name}诊断证明.jpg")

    case = county.only_case()

    assert (case.state, case.status) == (CaseState.OPEN, out)


@one_way_and_the_other
def test_two_days_of_one_event_are_a_question(county, order):
    child = FIVE[0]
    send(
        county,
        "附件4",
        [child.out_row(since="2023-09-04")],
        [child.out_row(since="2023-09-11")],
        [child.out_row(since="2023-09", grade="七年级")],
        order=order,
    )

    assert problems(county, "2023-09-26") == ["files-disagree"] * 2


@one_way_and_the_other
@pytest.mark.parametrize("day", [None, "2023-09-20", "2023-09-18"])
def test_a_return_in_one_file_alone_does_not_close_what_the_other_keeps_open(county, order, day):
    child = FIVE[0]
    send(
        county,
        "附件4",
        [child.out_row(outcome="已返校", returned_on=day)],
        [child.out_row(outcome="未返校")],
        order=order,
    )

    assert county.only_case().state is CaseState.OPEN


@one_way_and_the_other
def test_a_zero_report_beside_rows_leaves_the_rows_and_is_asked_about(county, order):
    send(county, "附件4", [], [FIVE[0].out_row()], order=order)

    form = county.form(SCHOOL, "附件4")

    assert (form.records, form.nil, form.state) == (1, False, FormState.RECEIVED)
    assert len(county.findings("zero-but-told")) == 1


def test_what_a_later_mail_corrects_is_no_question(county):
    child = FIVE[0]
    send(county, "附件4", [child.out_row("休学")], [child.out_row("辍学")])
    send(county, "附件4", [child.out_row("辍学")], on="2023-09-22")

    assert problems(county, "2023-09-26") == []
