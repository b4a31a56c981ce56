"""The made-up county: the same from the same seed, true to itself, as large as asked."""

import csv
import io
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from config.identity_numbers import check_digit
from config.units.roster import STAGES, load_roster
from kongchuo.demo.county import AS_OF, ZONE, make_county
from ledger.results import FormState, GapKind

ROLLS = ("附件1", "附件2")
LEDGERS = ("附件3", "附件4")
_DIGEST = """
import hashlib
from kongchuo.demo.county import make_county
county = make_county(4, schools=13, mails=60, rows=400)
hashed = hashlib.sha256(county.units_csv().encode())
for mail in county.mails:
    hashed.update(mail.raw + mail.received_at.isoformat().encode())
truth = county.truth
for record in truth.records:
    hashed.update(repr((record.unit, record.form, sorted(record.values.items()), record.clean)).encode())
hashed.update(repr([sorted(each, key=str) for each in (
    truth.states.items(), truth.late, truth.nil, truth.gaps, truth.cases.items())]).encode())
hashed.update(repr((truth.duplicates, truth.quarantined, truth.ignored)).encode())
print(hashed.hexdigest())
"""


@pytest.fixture(scope="module")
def county():
    return make_county(1, schools=26, mails=150, rows=3_000)


def owing(county):
    return [unit for unit in county.units if unit.parent is None]


def made_in_a_process_of_its_own(hash_seed: str) -> str:
    """What one interpreter makes of a seed; sets and strings are ordered otherwise in each."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _DIGEST],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=Path(__file__).parents[4],
    )  # fmt: skip
    return done.stdout


def test_the_same_seed_gives_the_same_bytes_whatever_the_hash_order():
    assert made_in_a_process_of_its_own("1") == made_in_a_process_of_its_own("2")


def test_another_seed_gives_other_mails(county):
    other = make_county(2, schools=26, mails=150, rows=3_000)

    assert {mail.raw for mail in other.mails}.isdisjoint(mail.raw for mail in county.mails)


@pytest.mark.parametrize(("schools", "mails", "rows"), [(60, 300, 1_500), (12, 120, 3_000), (26, 150, 2_000)])
def test_there_are_about_as_many_mails_and_rows_as_asked(schools, mails, rows):
    county = make_county(3, schools=schools, mails=mails, rows=rows)

    assert len(county.mails) == pytest.approx(mails, rel=0.05)
    assert sum(record.form in ROLLS for record in county.truth.records) == pytest.approx(rows, rel=0.05)


def test_the_roster_loads_as_an_administrators_would(county, tmp_path):
    file = tmp_path / "units.csv"
    file.write_text(county.units_csv(), "utf-8")

    roster = load_roster(file)

    assert [unit.name for unit in roster.units] == [unit.name for unit in county.units]
    assert {unit.name: unit.emails for unit in roster.units} == {
        unit.name: unit.emails for unit in county.units
    }


def test_there_are_33_townships_and_schools_of_every_stage(county):
    assert len([unit for unit in county.units if unit.kind == "township"]) == 33
    assert {unit.stage for unit in county.units if unit.kind == "school"} == set(STAGES)
    assert [unit.stage for unit in county.units if unit.parent] == ["教学点"]


def test_no_two_units_share_a_name_or_an_address(county):
    names = [name for unit in county.units for name in (unit.name, *unit.aliases)]
    addresses = [address for unit in county.units for address in unit.emails]

    assert len(set(names)) == len(names)
    assert len(set(addresses)) == len(addresses)
    assert all(address.endswith("@example.org") for address in addresses)


def test_every_number_that_stands_is_valid_and_belongs_to_nobody(county):
    numbers = [record.values["id_number"] for record in county.truth.records if record.clean]

    assert all(len(number) == 18 and number.startswith("509999") for number in numbers)
    assert all(number[17] == check_digit(number[:17]) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_a_number_tells_the_birth_date_and_the_sex(county):
    for record in county.truth.records:
        if record.clean:
            number = record.values["id_number"]
            assert record.values["birth_date"].replace("-", "") == number[6:14]
            assert record.values["sex"] == ("男" if int(number[16]) % 2 else "女")


def test_mails_arrive_in_order_between_the_notice_and_the_question(county):
    moments = [mail.received_at for mail in county.mails]

    assert moments == sorted(moments)
    assert moments[-1] < AS_OF
    assert moments[0] > AS_OF - timedelta(days=18)
    assert {moment.tzinfo for moment in moments} == {ZONE}


def test_every_mail_is_whole_mime_with_a_number_of_its_own(county):
    parsed = [message_from_bytes(mail.raw, policy=policy.default) for mail in county.mails]

    assert not [part.defects for message in parsed for part in message.walk() if part.defects]
    assert len({message["Message-ID"] for message in parsed}) == len(parsed)


def test_every_form_always_owed_has_a_state(county):
    for unit in owing(county):
        roll, ledger = ROLLS[unit.kind == "school"], LEDGERS[unit.kind == "school"]
        has_ledger = unit.stage not in ("幼儿园", "高中", "职业学校")
        stated = {form for name, form in county.truth.states if name == unit.name}
        assert stated - {"附件5", "附件6"} == ({roll, ledger} if has_ledger else {roll})


def test_the_gaps_follow_from_the_states(county):
    truth = county.truth
    by_kind = {kind: {(unit, form) for unit, form, each in truth.gaps if each is kind} for kind in GapKind}
    in_state = {state: {key for key, each in truth.states.items() if each is state} for state in FormState}

    assert by_kind[GapKind.MISSING] == in_state[FormState.MISSING]
    assert by_kind[GapKind.INCOMPLETE] | by_kind[GapKind.PROOF] == in_state[FormState.INCOMPLETE]
    assert by_kind[GapKind.LATE] == truth.late
    assert not truth.late & in_state[FormState.MISSING]


def test_nothing_stands_of_a_form_that_is_missing_or_reports_nothing(county):
    truth = county.truth
    filled = {(record.unit, record.form) for record in truth.records}
    standing = {key for key, state in truth.states.items() if state is not FormState.MISSING}

    assert filled == standing - truth.nil
    assert truth.nil <= standing


def test_every_child_on_a_ledger_is_a_case_and_no_other(county):
    listed = [record.values["id_number"] for record in county.truth.records if record.form in LEDGERS]

    assert sorted(listed) == sorted(county.truth.cases)


def test_the_persuasion_form_is_missing_where_a_child_is_out_of_school(county):
    out = {
        (record.unit, {"附件3": "附件5", "附件4": "附件6"}[record.form])
        for record in county.truth.records
        if record.values.get("status") in ("失学", "辍学")
    }

    assert out == {key for key in county.truth.states if key[1] in ("附件5", "附件6")}
    assert {county.truth.states[key] for key in out} == {FormState.MISSING}


def test_the_story_has_each_of_its_mishaps(county):
    truth = county.truth
    kinds = Counter(kind for _, _, kind in truth.gaps)
    told = [message_from_bytes(mail.raw, policy=policy.default) for mail in county.mails]

    assert set(kinds) == set(GapKind)
    assert {"open", "returned", "excused"} == set(truth.cases.values())
    assert {record.values["status"] for record in truth.records if record.form in LEDGERS} == {
        "失学", "辍学", "休学", "延缓入学"
    }  # fmt: skip
    assert truth.nil
    assert min(truth.duplicates, truth.quarantined, truth.ignored) > 0
    assert any("更正" in message["Subject"] for message in told)
    assert any(message["Auto-Submitted"] == "auto-replied" for message in told)
    assert any(part.get_content_type() == "message/rfc822" for message in told for part in message.walk())


def test_the_roster_file_names_contact_and_phone(county):
    rows = list(csv.DictReader(io.StringIO(county.units_csv())))

    assert {"name", "kind", "stage", "township", "aliases", "emails", "contact", "phone"} <= rows[0].keys()
    assert all(row["contact"] and row["phone"] for row in rows)
