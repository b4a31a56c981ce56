"""What a row says against itself and its table: which check finds it, and that no other form is asked."""

from pathlib import Path
from typing import get_args

import pytest

from config.notice import CheckName, FormSpec
from config.read_notice import load_notice
from config.records.record import Json
from parsers.checks.row_checks import ROW_CHECKS, RowChecks
from tests.builders.values.form_tables import NOTICE, id_number

REGISTER = NOTICE.form("附件4").model_copy(
    update={"checks": get_args(CheckName), "fields": tuple(NOTICE.fields)}
)
"""A register with every column and every check, so that a check of any form can be tried on one row of it."""
ROW: dict[str, Json] = {
    "name": "甲一",
    "id_number": id_number(),
    "status": "辍学",
    "since": "2023-09-10",
    "reason": "厌学",
    "previous_school": "西沱中学",
}
FAULTY: list[tuple[CheckName, dict[str, Json], list[str]]] = [
    ("required", {"reason": None}, ["required-missing"]),
    ("place-code", {"id_number": id_number(region="599999")}, ["id-place"]),
    ("birth-date", {"birth_date": "2012-03-05"}, ["id-birth-mismatch"]),
    ("sex", {"sex": "女"}, ["id-sex-mismatch"]),
    ("age", {"id_number": id_number("20030304")}, ["age-out-of-range"]),
    ("date-order", {"returned_on": "2023-09-01"}, ["date-order"]),
    ("proof", {"status": "休学", "proof": "无"}, ["proof-missing"]),
]


def codes(form: FormSpec, *rows: dict[str, Json]) -> list[str]:
    checks = RowChecks(form, NOTICE, "Sheet1", lambda key, row: f"A{row}")
    given: list[dict[str, Json]] = [
        {key: value for key, value in {**ROW, **row}.items() if value is not None} for row in rows
    ]
    return [p.code for row, values in enumerate(given, 1) for p in checks.check(values, row, id_valid=True)]


def with_checks(*names: CheckName) -> FormSpec:
    return REGISTER.model_copy(update={"checks": names})


def test_nothing_is_wrong_with_a_sound_row():
    assert codes(REGISTER, {}) == []


@pytest.mark.parametrize(("name", "row", "found"), FAULTY)
def test_a_check_finds_its_fault_alone_and_only_where_it_is_listed(
    name: CheckName, row: dict[str, Json], found: list[str]
):
    others = [spec.name for spec in ROW_CHECKS if spec.name != name]

    assert codes(REGISTER, row) == found
    assert codes(with_checks(name), row) == found
    assert codes(with_checks(*others), row) == []


@pytest.mark.parametrize(
    ("file", "row", "words"),
    [
        ("2023-autumn", {"id_number": id_number("20030304")}, "不在6至16周岁范围内"),
        ("2024-yunling", {"id_number": id_number("20030304")}, "不在6至15周岁范围内"),
        ("2023-autumn", {"status": "休学", "proof": "无"}, "休学、延缓入学须附证明"),
        ("2024-yunling", {"status": "病休", "proof": "无"}, ":病休须附证明"),
    ],
)
def test_what_is_asked_is_said_in_the_notices_words(file: str, row: dict[str, Json], words: str):
    notice = load_notice(Path(f"{file}.toml"))
    form = next(form for form in notice.forms if form.role == "register" and "proof" in form.fields)

    checks = RowChecks(form, notice, "Sheet1", lambda key, row: f"A{row}")
    messages = [p.message for p in checks.check({**ROW, **row}, 1, id_valid=True)]

    assert any(words in message for message in messages), messages


def test_the_second_row_of_a_student_is_found_only_where_that_is_asked():
    assert codes(with_checks("repetition"), {}, {}) == ["duplicate-in-file"]
    assert codes(with_checks("required"), {}, {}) == []


def test_every_check_tells_under_the_codes_of_its_spec():
    told = {name: set(found) for name, _, found in FAULTY} | {"repetition": {"duplicate-in-file"}}

    assert {spec.name for spec in ROW_CHECKS} == told.keys(), "a check without a row in FAULTY above"
    for spec in ROW_CHECKS:
        assert told[spec.name] <= set(spec.raises), spec.name


def test_a_number_fills_in_what_is_blank_whatever_is_checked():
    values = dict(ROW)

    RowChecks(with_checks(), NOTICE, "Sheet1", lambda key, row: None).check(values, 1, id_valid=True)

    assert (values["birth_date"], values["sex"]) == ("2012-03-04", "男")


@pytest.mark.parametrize(("role", "asked"), [("register", True), ("roll", False), ("visits", False)])
def test_a_form_that_lists_nothing_is_asked_what_its_role_is(role: str, asked: bool):
    form = REGISTER.model_copy(update={"checks": None, "role": role})

    assert ("age-out-of-range" in codes(form, {"id_number": id_number("20030304")})) is asked
    assert "id-sex-mismatch" in codes(form, {"sex": "女"})
