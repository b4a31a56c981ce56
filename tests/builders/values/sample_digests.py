"""Builds the judgements of a made-up county as the ledger would return them."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.notice import Notice
from config.units.roster import Unit
from ledger.assessment import Assessment
from ledger.changes import Changes
from ledger.lists.past_figures import PastDifference
from ledger.questions.open_questions import NumberedQuestion, find_questions
from ledger.results import (
    Case,
    CaseState,
    Finding,
    FormState,
    FormStatus,
    Gap,
    GapKind,
    Origin,
    Status,
    UnitStatus,
    Visit,
)
from ledger.submissions.unconfirmed_mail import UnconfirmedMail
from notify.digest.build_digest import DigestSources, build_digest
from notify.digest.digest import Digest
from store.stored_values import Disposition, StoredFile, StoredProblem
from tests.builders.values.form_tables import NOTICE

ZONE = ZoneInfo("Asia/Shanghai")
DUE = datetime(2023, 9, 25, 23, 59, 59, tzinfo=ZONE)
AS_OF = datetime(2023, 9, 26, 8, 0, tzinfo=ZONE)
ANNOUNCED = NOTICE.model_copy(update={"title": "关于做好2023年秋季学期义务教育控辍保学工作的通知"})
NAME, ID = "谭小样", "509999201203041231"


def a_form(form: str, state: FormState, **more: Any) -> FormStatus:
    came = state in (FormState.RECEIVED, FormState.INCOMPLETE)
    values: dict[str, Any] = {
        "form": form,
        "owed": state is not FormState.NOT_OWED,
        "due": DUE if state is not FormState.NOT_OWED else None,
        "state": state,
        "late": False,
        "received_at": DUE - timedelta(days=1) if came else None,
        "first_received_at": DUE - timedelta(days=1) if came else None,
        "versions": int(came),
        "nil": False,
        "records": 12 if came else 0,
        "errors": 0,
        "warnings": 0,
        "proof_owed": 0,
        "proof_received": 0,
    }
    return FormStatus(**{**values, **more})


def a_unit(name: str, *forms: FormStatus, kind: str = "school") -> UnitStatus:
    """Returns a unit's status; a township's deduction is 0.1 per time, as in the notice."""
    counted = sum(form.state is FormState.MISSING or form.late for form in forms)
    per_form = round(0.1 * counted, 1) if kind == "township" else None
    per_due = 0.1 if counted and kind == "township" else (0.0 if kind == "township" else None)
    return UnitStatus(
        unit=name,
        kind=kind,
        forms=forms,
        deduction_per_due_date=per_due,
        deduction_per_form=per_form,
        deduction_counted=per_due,
    )


def a_status(*units: UnitStatus, as_of: datetime = AS_OF) -> Status:
    return Status(notice="2023-autumn", as_of=as_of, units=units)


def gaps_of(status: Status) -> tuple[Gap, ...]:
    """Returns the gaps that the ledger would list for this status."""
    found = []
    for unit in status.units:
        for form in unit.forms:
            if form.state is FormState.MISSING:
                kind, detail = GapKind.MISSING, "截止后仍未收到"
            elif form.state is FormState.INCOMPLETE:
                kind, detail = GapKind.INCOMPLETE, f"身份证号校验位不对{form.errors}处"
            elif form.late:
                kind, detail = GapKind.LATE, "晚于截止时间"
            else:
                continue
            days = (status.as_of.date() - DUE.date()).days
            points = 0.1 if unit.kind == "township" and kind is not GapKind.INCOMPLETE else None
            found.append(
                Gap(
                    unit=unit.unit,
                    kind=unit.kind,
                    form=form.form,
                    gap=kind,
                    due=form.due,
                    days_late=days,
                    deduction=points,
                    detail=detail,
                    under_review=form.under_review,
                    candidate=kind is not GapKind.INCOMPLETE,
                )
            )
    return tuple(found)


def a_case(**more: Any) -> Case:
    values: dict[str, Any] = {
        "case_id": "c1",
        "name": NAME,
        "id_number": ID,
        "status": "辍学",
        "state": CaseState.OPEN,
        "responsible_unit": "西沱中学",
        "opened_on": date(2023, 9, 10),
        "visits": (Visit(number=1, date=date(2023, 9, 12), result="未返校"),),
        "next_visit_due": date(2023, 9, 17),
        "days_overdue": 9,
        "escalation": "none",
        "closed_on": None,
        "closed_by": None,
        "origins": (Origin(submission_id="s1", form="附件4", row=7),),
        "details": {"grade": "七年级", "household_category": "一般户", "guardian_phone": "13900000000"},
    }
    return Case(**{**values, **more})


def a_file(**more: Any) -> StoredFile:
    values: dict[str, Any] = {
        "file_id": "f0a1b2c3d4",
        "message_id": "m1",
        "sender": "clerk@example.org",
        "subject": "材料",
        "received_at": datetime(2023, 9, 25, 10, 3, tzinfo=ZONE),
        "path": ("材料.zip", "附件4.xlsx"),
        "size": 1024,
        "sha256": "0" * 64,
        "disposition": Disposition.QUARANTINED,
        "links": (),
        "reason": "看不出是哪个单位报的",
        "reason_code": "unknown-unit",
        "unit_hint": None,
        "form_hint": "附件4",
    }
    return StoredFile(**{**values, **more})


def a_problem(**more: Any) -> StoredProblem:
    values: dict[str, Any] = {
        "submission_id": "s1",
        "unit": "西沱中学",
        "form": "附件4",
        "file_id": "f1",
        "sheet": "Sheet1",
        "row": 7,
        "cell": "D7",
        "field": "id_number",
        "code": "id-checksum",
        "severity": "error",
        "value": ID,
        "message": f"身份证号校验位不对,请核对({ID})",
        "record_id": "r1",
    }
    return StoredProblem(**{**values, **more})


def roster_of(status: Status) -> dict[str, Unit]:
    """Returns the roster's units by name, with a stage and one contact each."""
    stages = {
        "幼儿园": "幼儿园",
        "小学": "小学",
        "初中": "初中",
        "中学": "九年一贯制",
        "职教中心": "职业学校",
    }
    return {
        unit.unit: Unit(
            name=unit.unit,
            kind="township" if unit.kind == "township" else "school",
            stage=next((stage for word, stage in stages.items() if unit.unit.endswith(word)), None),
            township=None,
            contact="马老师",
            phone="023-73330000",
        )
        for unit in status.units
    }


def digest_of(
    status: Status,
    *,
    cases: tuple[Case, ...] = (),
    files: tuple[StoredFile, ...] = (),
    problems: tuple[StoredProblem, ...] = (),
    suspected: tuple[Case, ...] = (),
    findings: tuple[Finding, ...] = (),
    unconfirmed: tuple[UnconfirmedMail, ...] = (),
    past: tuple[PastDifference, ...] = (),
    asked: tuple[NumberedQuestion, ...] = (),
    since: Changes | None = None,
    due: datetime | None = DUE,
    notice: Notice = ANNOUNCED,
    answer_address: str = "",
) -> Digest:
    assessment = Assessment(
        status=status,
        gaps=gaps_of(status),
        cases=cases,
        suspected=suspected,
        findings=findings,
        problems=problems,
        unconfirmed=unconfirmed,
    )
    questions = find_questions(assessment, files, (), ()) if answer_address else ()
    sources = DigestSources(
        assessment=assessment,
        asked=[*asked, *(NumberedQuestion(number, one) for number, one in enumerate(questions, 1))],
        answer_address=answer_address,
        files=files,
        office="石柱县教委乡村教育振兴办",
        notice=notice,
        due=due,
        roster=roster_of(status),
        rolls=(),
        past=past,
        since=since,
    )
    return build_digest(sources)


def a_busy_county(as_of: datetime = AS_OF) -> Digest:
    """Returns a digest of 33 townships and 80 schools on the day after the due date, with some of everything."""
    return digest_of(_a_busy_status(as_of), cases=_BUSY_CASES, files=_BUSY_FILES, problems=(a_problem(),))


def a_full_morning(answer_address: str = "") -> Digest:
    """Returns a digest of the same units with as much to do as the demo's county three days after the due date.

    Args:
        answer_address: the address for replies that answer questions; without one no question is
            numbered.
    """
    cases = tuple(
        a_case(case_id=f"c{n}", responsible_unit=f"样例{n % 30}小学", days_overdue=max(0, 20 - n))
        for n in range(36)
    )
    findings = tuple(
        Finding(
            finding_id=f"f{n}", code="leave-without-end", severity="warning", name=NAME, id_number=None,
            units=(f"样例{n % 20}小学",), records=(), message=f"休学没有写截止时间,按2024-03-{n % 28 + 1:02}期满处理:请样例{n % 20}小学补填截止时间",
        )
        for n in range(31)
    )  # fmt: skip
    status = _a_busy_status(AS_OF)
    return digest_of(status, cases=cases, files=_BUSY_FILES, findings=findings, answer_address=answer_address)


def _a_busy_status(as_of: datetime) -> Status:
    received, missing, incomplete, no = (
        FormState.RECEIVED,
        FormState.MISSING,
        FormState.INCOMPLETE,
        FormState.NOT_OWED,
    )
    units = []
    for number in range(33):
        name = (
            ["西沱镇", "王场镇", "沿溪镇", "黎场乡", "万安街道", "悦崃镇"][number]
            if number < 6
            else f"样例{number}乡"
        )
        states = (missing, missing) if number in (0, 9) else (received, missing) if number in (2, 5, 7, 20) else (
            (received, incomplete) if number == 4 else (received, received)
        )  # fmt: skip
        units.append(
            a_unit(
                name,
                a_form("附件1", states[0], late=number == 12),
                a_form(
                    "附件3",
                    states[1],
                    nil=number % 2 == 1 and states[1] is received,
                    under_review=int(number == 5),
                    errors=2 if states[1] is incomplete else 0,
                ),
                a_form("附件5", missing if number == 9 else no),
                kind="township",
            )
        )
    for number in range(45):
        name = ["西沱中学", "南宾小学", "桥头小学", "马武初中"][number] if number < 4 else f"样例{number}小学"
        state = incomplete if number % 9 == 3 else missing if number % 6 == 1 else received
        units.append(
            a_unit(
                name,
                a_form("附件2", missing if number % 7 == 2 else received, late=number % 13 == 5),
                a_form("附件4", state, nil=number % 3 == 0 and state is received, errors=3 if state is incomplete else 0,
                       under_review=int(number == 7)),
                a_form("附件6", missing if number == 0 else no),
            )
        )  # fmt: skip
    units += [
        a_unit(f"样例{number}幼儿园", a_form("附件2", missing if number < 32 else received))
        for number in range(35)
    ]
    units.append(a_unit("县职教中心", a_form("附件2", missing)))
    return a_status(*units, as_of=as_of)


_BUSY_CASES = (
        a_case(),
        a_case(case_id="c2", name="马样", responsible_unit="西沱镇", status="失学", visits=(), days_overdue=3,
               is_watched=True, details={"household_category": "脱贫户", "grade": "三年级"}),
        a_case(case_id="c3", name="向样样", responsible_unit="马武初中", escalation="owed", days_overdue=0,
               next_visit_due=date(2023, 9, 29), visits=tuple(
                   Visit(number=n, date=date(2023, 9, 5 + 5 * n), result="未返校") for n in (1, 2, 3))),
        a_case(case_id="c4", name="秦样", status="休学", on_leave=True, next_visit_due=None, days_overdue=0, visits=()),
    )  # fmt: skip
_BUSY_FILES = (
        a_file(),
        a_file(file_id="a91b22", path=("辍学学生台账(加密).xlsx",), reason="文件有密码,打不开", reason_code="encrypted",
               unit_hint="西沱镇", form_hint="附件3", subject="西沱镇报送"),
        a_file(file_id="b77c01", path=(), reason="只有超大附件的链接:附件2.xlsx(5.2 MB,2023年10月20日过期)",
               reason_code="linked-attachment", unit_hint="桥头小学", form_hint="附件2", subject="桥头小学附件2"),
    )  # fmt: skip
