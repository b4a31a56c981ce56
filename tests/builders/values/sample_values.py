"""Builds stored values and judgements with every field filled in; a test names only the fields it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from config.units.roster import Roster
from ledger.results import (
    Case,
    CaseState,
    FormState,
    FormStatus,
    Gap,
    GapKind,
    Origin,
    Status,
    UnitStatus,
    Visit,
)
from ledger.senders import DEFAULT_RULES, know_senders
from store.stored_values import Disposition, StoredFile, StoredProblem, StoredRecord, SubmissionLink

NUMBER = "509999201104010019"
MASKED = "509999********0019"
ARRIVED = datetime(2023, 9, 24, 2, 3, 0, 654_321, tzinfo=UTC)
DUE = datetime(2023, 9, 25, 15, 59, 59, tzinfo=UTC)


NO_SENDERS = know_senders(Roster(()), DEFAULT_RULES, (), (), ())
"""A roster without addresses, and no decisions."""


def a_file(**changes: Any) -> StoredFile:
    sample = StoredFile(
        file_id="f1",
        message_id="m1",
        sender="a@example.org",
        subject="西沱镇小学报表",
        received_at=ARRIVED,
        path=("材料.zip", "附件4.xlsx"),
        size=10240,
        sha256="ab",
        disposition=Disposition.RECORDED,
        links=(SubmissionLink(submission_id="s1", unit="西沱镇小学", form="附件4"),),
        reason=None,
        reason_code=None,
        unit_hint=None,
        form_hint=None,
    )
    return replace(sample, **changes)


def a_record(**changes: Any) -> StoredRecord:
    values = {"name": "甲", "id_number": NUMBER, "student_number": f"G{NUMBER}", "remark": f"身份证{NUMBER}"}
    sample = StoredRecord(
        record_id="r1",
        submission_id="s1",
        unit="西沱镇小学",
        form="附件4",
        file_id="f1",
        sheet="Sheet1",
        row=7,
        received_at=ARRIVED,
        values=values,
        problems=("id-checksum",),
    )
    return replace(sample, **changes)


def a_problem(**changes: Any) -> StoredProblem:
    sample = StoredProblem(
        submission_id="s1",
        unit="西沱镇小学",
        form="附件4",
        file_id="f1",
        sheet="Sheet1",
        row=7,
        cell="D7",
        field="id_number",
        code="id-checksum",
        severity="error",
        value=NUMBER,
        message=f"{NUMBER}校验位不对,请核对",
        record_id="r1",
    )
    return replace(sample, **changes)


def a_form(**changes: Any) -> FormStatus:
    sample = FormStatus(
        form="附件1",
        owed=True,
        due=DUE,
        state=FormState.RECEIVED,
        late=False,
        received_at=ARRIVED,
        first_received_at=ARRIVED,
        versions=1,
        nil=False,
        records=213,
        errors=0,
        warnings=0,
        proof_owed=0,
        proof_received=0,
    )
    return replace(sample, **changes)


def a_status(*forms: FormStatus) -> Status:
    unit = UnitStatus(
        unit="西沱镇",
        kind="township",
        forms=forms,
        deduction_per_due_date=0.1,
        deduction_per_form=0.2,
        deduction_counted=0.1,
    )
    return Status(notice="2023-autumn", as_of=DUE, units=(unit,))


def a_gap(**changes: Any) -> Gap:
    sample = Gap(
        unit="西沱镇",
        kind="township",
        form="附件3",
        gap=GapKind.MISSING,
        due=DUE,
        days_late=1,
        deduction=0.1,
        detail="至今未收到",
    )
    return replace(sample, **changes)


def a_case(**changes: Any) -> Case:
    sample = Case(
        case_id="c1",
        name="甲",
        id_number=NUMBER,
        status="辍学",
        state=CaseState.OPEN,
        responsible_unit="西沱镇",
        opened_on=date(2023, 9, 10),
        visits=(Visit(number=1, date=date(2023, 9, 12), result="未返校"),),
        next_visit_due=date(2023, 9, 17),
        days_overdue=9,
        escalation="owed",
        closed_on=None,
        closed_by=None,
        origins=(Origin(submission_id="s1", form="附件4", row=7),),
    )
    return replace(sample, **changes)
