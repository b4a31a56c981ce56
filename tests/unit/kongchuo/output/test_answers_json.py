import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.notice import Notice
from config.read_notice import load_notice
from config.text.output_mask import OutputMask
from ingest.poll_summary import PollSummary
from kongchuo.output.answers_json import (
    cases_json,
    files_json,
    gaps_json,
    list_to_json,
    problems_json,
    records_json,
    status_json,
    summary_json,
    to_json,
)
from kongchuo.output.shown_periods import ShownStatus
from store.stored_values import Disposition, SubmissionLink
from tests.builders.values.sample_values import (
    MASKED,
    NO_SENDERS,
    NUMBER,
    a_case,
    a_file,
    a_form,
    a_gap,
    a_problem,
    a_record,
    a_status,
)

ZONE = ZoneInfo("Asia/Shanghai")
HIDDEN, SHOWN = OutputMask(), OutputMask(reveal=True)


def test_a_list_in_pieces_is_the_list_as_one_text() -> None:
    nested = {"名": "一行\n两行\u202e", "表": [{"行": 1, "空": []}, None], "无": {}}

    for values in ([], [nested], [1, nested, "x\ny", [nested]]):
        assert "".join(list_to_json(values)) == to_json(values)


@pytest.fixture(scope="module")
def notice() -> Notice:
    return load_notice(Path("2023-autumn.toml"))


def test_a_pass_has_the_keys_of_the_contract_in_their_order() -> None:
    done = PollSummary(
        messages=12, new_messages=10, files=31, recorded=18, submissions=18, proofs=5, duplicates=3, ignored=2,
        quarantined=3, errors=("出错",),
    )  # fmt: skip

    assert summary_json(done) == {
        "messages": 12, "new_messages": 10, "files": 31, "submissions": 18, "evidence": 5,
        "duplicates": 3, "ignored": 2, "quarantined": 3, "errors": ["出错"], "unconfirmed": 0,
    }  # fmt: skip


def test_a_file_has_the_keys_of_the_contract_in_their_order() -> None:
    [file] = files_json([a_file()], ZONE, HIDDEN, NO_SENDERS)

    assert [key for key in file if key != "received_by"][:11] == [
        "file_id", "message_id", "from", "subject", "received_at", "path", "size", "sha256",
        "disposition", "submissions", "reason",
    ]  # fmt: skip
    assert file["submissions"] == [{"submission_id": "s1", "unit": "西沱镇小学", "form": "附件4"}]


def test_a_time_has_the_offset_of_the_office_and_whole_seconds() -> None:
    [file] = files_json([a_file()], ZONE, HIDDEN, NO_SENDERS)

    assert file["received_at"] == "2023-09-24T10:03:00+08:00"


def test_a_recorded_file_carries_no_reason() -> None:
    [file] = files_json([a_file(reason="读出来了")], ZONE, HIDDEN, NO_SENDERS)

    assert file["reason"] is None


def test_a_quarantined_file_carries_its_reason() -> None:
    [file] = files_json(
        [a_file(disposition=Disposition.QUARANTINED, links=(), reason="打不开")], ZONE, HIDDEN, NO_SENDERS
    )

    assert file["reason"] == "打不开"
    assert file["submissions"] == []


def test_evidence_names_the_form_it_supports_and_no_submission() -> None:
    link = SubmissionLink(submission_id="", unit="西沱镇", form="附件3")

    [file] = files_json([a_file(disposition=Disposition.PROOF, links=(link,))], ZONE, HIDDEN, NO_SENDERS)

    assert file["submissions"] == [{"submission_id": None, "unit": "西沱镇", "form": "附件3"}]


def test_a_number_in_a_file_name_or_subject_is_masked() -> None:
    [file] = files_json(
        [a_file(path=(f"甲{NUMBER}.jpg",), subject=f"关于{NUMBER}")], ZONE, HIDDEN, NO_SENDERS
    )

    assert NUMBER not in to_json(file)
    assert file["path"] == [f"甲{MASKED}.jpg"]


def test_status_has_the_keys_of_the_contract_in_their_order() -> None:
    answer = status_json(ShownStatus(status=a_status(a_form()), left_out={}), ZONE)

    assert list(answer) == ["notice", "as_of", "units", "unread"]
    assert list(answer["units"][0]) == ["unit", "kind", "forms", "deduction"]
    assert list(answer["units"][0]["forms"][0])[:14] == [
        "form", "owed", "due", "state", "late", "received_at", "first_received_at", "versions", "nil",
        "records", "errors", "warnings", "proof_owed", "proof_received",
    ]  # fmt: skip
    assert answer["units"][0]["deduction"] == {"per_due_date": 0.1, "per_form": 0.2, "counted": 0.1}


def test_a_gap_has_the_keys_of_the_contract_in_their_order() -> None:
    [gap] = gaps_json([a_gap()], ZONE, OutputMask())

    assert list(gap)[:8] == ["unit", "kind", "form", "gap", "due", "days_late", "deduction", "detail"]
    assert (gap["gap"], gap["due"]) == ("missing", "2023-09-25T23:59:59+08:00")


def test_a_case_has_the_keys_of_the_contract_and_its_number_masked() -> None:
    [case] = cases_json([a_case()], HIDDEN)

    assert list(case)[:14] == [
        "case_id", "name", "id_number", "status", "state", "responsible_unit", "opened_on", "visits",
        "next_visit_due", "days_overdue", "escalation", "closed_on", "closed_by", "origins",
    ]  # fmt: skip
    assert case["id_number"] == MASKED
    assert case["visits"][0] | {"date": "2023-09-12", "result": "未返校"} == case["visits"][0]


def test_a_case_shows_its_number_when_that_is_asked_for() -> None:
    [case] = cases_json([a_case()], SHOWN)

    assert case["id_number"] == NUMBER


def test_a_record_has_every_key_of_its_form_even_where_the_unit_left_it_empty(notice: Notice) -> None:
    form = notice.by_key["附件4"]

    [record] = records_json([a_record()], form, HIDDEN)

    assert set(form.fields) <= set(record)
    assert record["sex"] is None
    assert (record["unit"], record["row"], record["problems"]) == ("西沱镇小学", 7, ["id-checksum"])


def test_no_number_of_a_person_is_left_in_a_record(notice: Notice) -> None:
    values = {
        "name": "甲", "id_number": NUMBER, "student_number": f"G{NUMBER}", "remark": f"号{NUMBER}",
        "visits": [{"date": "2023-09-12", "people": f"张三{NUMBER}"}], "extra": {"父亲身份证": NUMBER},
    }  # fmt: skip

    [record] = records_json([a_record(values=values)], notice.by_key["附件4"], HIDDEN)

    assert NUMBER not in to_json(record)
    assert record["student_number"] == f"G{MASKED}"


def test_a_record_shows_its_numbers_when_that_is_asked_for(notice: Notice) -> None:
    [record] = records_json([a_record()], notice.by_key["附件4"], SHOWN)

    assert (record["id_number"], record["student_number"]) == (NUMBER, f"G{NUMBER}")


def test_a_problem_has_the_keys_of_the_contract_and_no_number_of_a_person() -> None:
    [problem] = problems_json([a_problem()], HIDDEN)

    assert list(problem) == [
        "unit", "form", "file_id", "sheet", "row", "cell", "field", "code", "severity", "value", "message",
        "record_id", "problem_id", "explained",
    ]  # fmt: skip
    assert (problem["value"], problem["message"]) == (MASKED, f"{MASKED}校验位不对\uff0c请核对")


def test_a_number_with_a_digit_too_few_is_masked_where_it_is_a_problem() -> None:
    [problem] = problems_json([a_problem(value="50999920110401", message="少了位数")], HIDDEN)

    assert problem["value"] != "50999920110401"
    assert "*" in problem["value"]


def test_the_document_is_chinese_as_it_is_and_can_be_read_back() -> None:
    text = to_json(gaps_json([a_gap()], ZONE, OutputMask()))

    assert "西沱镇" in text
    assert json.loads(text)[0]["unit"] == "西沱镇"


def test_sentences_are_set_and_values_stay() -> None:
    mask = OutputMask()

    assert mask.sentence("“甲,乙”不对:请核对") == "“甲,乙”不对\uff1a请核对"
    assert mask.sentence(None) is None
    assert mask.text("甲,乙") == "甲,乙"
