"""An officer overrules a value of a row, by mail and at a terminal: it counts until the unit sends another."""

from typing import Any

import pytest

from ledger.snapshot import Snapshot
from tests.builders.answers.answering_office import (
    LOOKER,
    OFFICER,
    SECOND,
    AnsweringOffice,
    a_reply,
    body_of,
)
from tests.builders.files.clerk_files import dropout_row
from tests.builders.values.form_tables import id_number


@pytest.fixture
def office(answering_office: AnsweringOffice) -> AnsweringOffice:
    """An office with the register of 西沱镇: a child with a date that reads oddly, and another."""
    answering_office.put_register(odd_row(), dropout_row("马小红", 124))
    answering_office.poll()
    return answering_office


def odd_row(since: str = "2031-9-10", status: str = "辍学") -> tuple[object, ...]:
    """谭小明, of whom the day on which he left lies in the future."""
    return (1, "谭小明", None, id_number(serial=123), "甲父", "13800000001", status, since, "厌学")


def rows(office: AnsweringOffice) -> dict[str, Any]:
    return {one["name"]: one for one in office.asked("records", "--form", "附件3")}


def value_question(office: AnsweringOffice) -> int:
    return next(
        number
        for number, one in office.questions().items()
        if one["kind"] == "value" and "2031" in one["question"]
    )


def test_a_correction_by_number_counts_is_shown_and_is_taken_back(office: AnsweringOffice) -> None:
    number, digest = value_question(office), office.digests()[OFFICER]
    assert rows(office)["谭小明"]["problems"]
    before = rows(office)
    office.put(a_reply(digest, f"改 {number} 失学辍学时间 2023-09-10 户口簿"))

    (told,) = office.poll()

    body = body_of(told)
    assert "报的是“2031-09-10”" in body
    assert "改为“2023-09-10”" in body
    row = rows(office)["谭小明"]
    assert row["since"] == "2023-09-10"
    assert row["problems"] == []
    assert [(one["field"], one["sent"], one["why"]) for one in row["overruled"]] == [
        ("since", "2031-09-10", "户口簿")
    ]
    assert number not in office.questions()
    assert "overruled" not in rows(office)["马小红"]
    assert office.asked("problems") == []
    assert office.poll() == []
    assert office.run("rerun", "--all") in (0, 1)
    assert rows(office)["谭小明"] == row
    assert office.run("rebuild", "--yes") == 0
    assert rows(office)["谭小明"] == row

    office.put(a_reply(digest, f"撤回 {number}"))
    office.poll()

    assert rows(office) == before
    assert number in office.questions()


def test_it_ends_when_the_unit_sends_another_value_and_not_before(office: AnsweringOffice) -> None:
    number = value_question(office)
    office.put(a_reply(office.digests()[OFFICER], f"{number} 改 失学辍学时间 为 2023-09-10 (户口簿)"))
    office.poll()
    office.put_register(odd_row(status="失学"), dropout_row("马小红", 124))
    office.poll()
    assert (rows(office)["谭小明"]["status"], rows(office)["谭小明"]["since"]) == ("失学", "2023-09-10")

    office.put_register(odd_row(since="2023-9-1"), dropout_row("马小红", 124))
    office.poll()

    row = rows(office)["谭小明"]
    assert row["since"] == "2023-09-01"
    assert "overruled" not in row


def test_a_row_is_named_by_unit_form_and_line_or_by_its_child(office: AnsweringOffice) -> None:
    digests = office.digests()
    office.put(
        a_reply(digests[OFFICER], "改 西沱镇 附件3 第6行 类别 失学 电话核实\n改 谭小明 姓名 谭晓明 户口簿")
    )

    (told,) = office.poll()

    assert rows(office)["马小红"]["status"] == "失学"
    assert rows(office)["谭晓明"]["overruled"][0]["sent"] == "谭小明"
    numbers = [one[1] for one in office.decisions()]
    assert all(f"撤回 {number}" in body_of(told) or number is not None for number in numbers)
    cases = {one["name"]: one for one in office.asked("cases", "--all")}
    assert "谭晓明" in cases
    assert cases["马小红"]["status"] == "失学"
    assert any("更正" in event["what"] for event in cases["马小红"]["timeline"])
    office.put(a_reply(digests[SECOND], f"撤回 {numbers[0]}", sender=SECOND))
    office.poll()
    assert rows(office)["马小红"]["status"] == "辍学"
    assert "谭晓明" in rows(office)


def test_a_number_makes_the_same_child_of_two_rows_and_its_faults_go(office: AnsweringOffice) -> None:
    wrong = id_number(serial=125)[:-1] + ("0" if id_number(serial=125)[-1] != "0" else "1")
    office.put_register(
        (1, "向小军", None, wrong, "乙父", "13800000002", "辍学", "2023-9-10", "厌学"),
        sender="xituo@example.org",
    )
    office.poll()
    right = id_number(serial=125)
    assert rows(office)["向小军"]["problems"]
    assert office.run("correct", "向小军", "身份证号", right, "--why", "户口簿") == 0

    row = rows(office)["向小军"]

    assert row["problems"] == []
    assert row["overruled"][0]["sent"] != right
    assert right not in office.capsys.readouterr().out
    assert wrong not in str(office.asked("decisions"))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("改 {n} 失学辍学时间 2023-09-10", "依据"),
        ("改 {n} 失学辍学时间 9月10日 户口簿", "年月日"),
        ("改 {n} 身份证号 123 户口簿", "身份证号"),
        ("改 {n} 类别 长个子 户口簿", "照表里的填法"),
        ("改 {n} 颜色 红 户口簿", "请写成"),
        ("改 999 类别 失学 户口簿", "没有问999"),
        ("改 西沱镇 附件3 第77行 类别 失学 户口簿", "没有找到这一行"),
        ("改 {n} 失学辍学时间 2023-09-10 可能是户口簿", "可能"),
        ("改 {n} 失学辍学时间 2031-09-10 户口簿", "报的就是这个"),
    ],
)
def test_what_is_not_sure_is_not_done(office: AnsweringOffice, line: str, says: str) -> None:
    office.put(a_reply(office.digests()[OFFICER], line.format(n=value_question(office))))

    (told,) = office.poll()

    assert office.changed() == []
    assert says in body_of(told)


def test_who_only_looks_corrects_nothing_and_two_values_are_both_handed_back(office: AnsweringOffice) -> None:
    number, digests = value_question(office), office.digests()
    office.put(a_reply(digests[LOOKER], f"改 {number} 失学辍学时间 2023-09-10 户口簿", sender=LOOKER))
    office.put(
        a_reply(
            digests[OFFICER],
            f"改 {number} 失学辍学时间 2023-09-10 户口簿\n改 {number} 失学辍学时间 2023-09-11 户口簿",
        )
    )

    office.poll()

    assert office.changed() == []


@pytest.mark.parametrize(
    "line",
    [
        "改 {} 失学辍学时间 2023-09-10 户口簿",
        "改 西沱镇 附件3 第6行 类别 失学 电话核实",
        "改 马小红 类别 失学 电话核实",
    ],
)
def test_only_rows_of_the_unit_and_form_that_are_meant_are_looked_at(
    office: AnsweringOffice, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    number = value_question(office)
    office.put_register(dropout_row("陈小强", 125), sender="school@example.org")
    office.put_table_of_nobody(dropout_row("向小军", 126))
    office.poll()
    assert office.run("answer", str(office.number("file")), "西沱镇小学", "附件4") == 0
    looked_at: list[tuple[str, str]] = []
    as_sent = Snapshot.records_as_sent

    def watched(snapshot: Snapshot, submissions: Any) -> Any:
        looked_at.extend((one.unit, one.form) for one in submissions)
        return as_sent(snapshot, submissions)

    monkeypatch.setattr(Snapshot, "records_as_sent", watched)
    assert office.run("answer", *line.format(number).split()) == 0

    assert set(looked_at) == {("西沱镇", "附件3")}
