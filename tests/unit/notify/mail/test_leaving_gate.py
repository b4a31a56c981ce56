"""Each kind of mail is tried with what must not leave in it; a kind without a trial fails."""

import ast
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from notify.mail.compose import AttachedFile, MailBody, MailHeaders, compose_mail
from notify.mail.encrypted_zip import encrypt_zip
from notify.mail.leaving_gate import LEAVING_RULES, Reader, find_leaks, held_sentence
from store.stored_values import DeliveryStatus, OutboxMail
from tests.builders.servers.any_recipients import AnyRecipients

ROOT = Path(__file__).parents[4]
OWN, STRANGE = "500240201203040012", "500240201105060028"
MASKED_OWN, MASKED_STRANGE = "500240********0012", "500240********0028"
MOBILE, OFFICE_MOBILE = "13800000001", "13900000002"
OWN_NAME, STRANGE_NAME = "谭晓雨", "李明华"
NAMES = (OWN_NAME, STRANGE_NAME)


class KnownRecipients(AnyRecipients):
    """A unit with one child, beside another unit with one."""

    public_phones: Set[str] = frozenset({OFFICE_MOBILE})

    def outside(self, mail: OutboxMail, reader: Reader) -> Set[str]:
        expected = {Reader.UNIT: "unit@example.org"}.get(reader, "office@example.org")
        return set(mail.recipients) - {expected}

    def not_their_numbers(self, mail: OutboxMail, numbers: Set[str]) -> Set[str]:
        return numbers - {OWN, MASKED_OWN}

    def children_of_others(self, mail: OutboxMail, text: str) -> Set[str]:
        return {STRANGE_NAME} & {name for name in NAMES if name in text}

    def children(self, text: str) -> Set[str]:
        return {name for name in NAMES if name in text}


def a_workbook(text: str) -> AttachedFile:
    book, out = openpyxl.Workbook(), BytesIO()
    sheet = book.create_sheet("表")
    sheet.append(["姓名", text])
    book.save(out)
    return AttachedFile("表.xlsx", out.getvalue(), "xlsx")


def a_document(text: str) -> AttachedFile:
    document, out = docx.Document(), BytesIO()
    document.add_table(1, 1).cell(0, 0).text = text
    document.save(out)
    return AttachedFile("文.docx", out.getvalue(), "docx")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a kind of mail is tried with: in its own words, and in its files."""

    to: str
    held_in_words: tuple[str, ...]
    held_in_files: tuple[str, ...]
    free_in_words: tuple[str, ...]
    free_in_files: tuple[str, ...]


NUMBERS = (
    OWN, STRANGE, "500240 20120304 0012", "500240-20120304-0012", f"G{OWN}", "50024020120304001x", MOBILE, "138 0000 0001",
    "+86 13800000001", "".join(chr(ord(digit) + 0xFEE0) for digit in OWN),
)  # fmt: skip
HARMLESS = (
    "0237333222 2023-10-10",
    "13800000001@example.org",
    OFFICE_MOBILE,
    MASKED_OWN,
    "谭**",
    "1a5002402012030400120f",
)
_OFFICE = Trial("office@example.org", NUMBERS, NUMBERS, (*HARMLESS, *NAMES), (*HARMLESS, *NAMES))
_BULLETIN = Trial(
    "office@example.org", (*NUMBERS, *NAMES, MASKED_OWN), (*NUMBERS, *NAMES, MASKED_OWN),
    (OFFICE_MOBILE, "谭**"), (OFFICE_MOBILE, "谭**"),
)  # fmt: skip
_UNIT = Trial(
    "unit@example.org", (*NUMBERS, MASKED_STRANGE, STRANGE_NAME), (STRANGE, "500240 20110506 0028", f"G{STRANGE}"),
    (*HARMLESS, OWN_NAME), (OWN, MOBILE, OWN_NAME, *HARMLESS),
)  # fmt: skip
_WORDS_TO_UNIT = Trial(
    "unit@example.org", (*NUMBERS, MASKED_STRANGE, STRANGE_NAME), (*NUMBERS, MASKED_STRANGE, STRANGE_NAME),
    (*HARMLESS, OWN_NAME), (*HARMLESS, OWN_NAME),
)  # fmt: skip
TRIALS: Mapping[str, Trial] = {
    "digest": _OFFICE, "transcript": _OFFICE, "overridden": _OFFICE, "confirm": _OFFICE, "alarm": _OFFICE,
    "weekly": _BULLETIN, "monthly": _BULLETIN, "held": _BULLETIN, "receipt": _UNIT, "reminder": _UNIT, "waiting": _WORDS_TO_UNIT,
}  # fmt: skip
PURPOSE_OF_TEMPLATE = {
    "digest": "digest", "bulletin": "monthly", "receipt": "receipt", "reminder": "reminder", "sweep_reminder": "reminder",
    "waiting_notice": "waiting", "answer": "transcript", "alarm": "alarm",
}  # fmt: skip
NEVER_MAILED = {"letters"}
"""The page of ``outbox --out``, which stays on this machine."""


def leaks_of(
    purpose: str, to: str, page: str = "", *attached: AttachedFile, subject: str = "题"
) -> tuple[str, ...]:
    headers = MailHeaders(subject=subject, office="县教委", as_of=datetime(2023, 9, 24, tzinfo=UTC))
    raw = compose_mail(
        headers,
        MailBody(f"<p>{page}</p>", "文字"),
        attached,
        key="k",
        sender="a@example.org",
        recipients=(to,),
    )
    mail = OutboxMail(
        key="k", purpose=purpose, sender="a@example.org", recipients=(to,), head="", size=len(raw), queued_at=headers.as_of,
        attempts=0, next_at=None, sent_at=None, error=None, state=DeliveryStatus.WAITING, fates={}, tried_at=None,
    )  # fmt: skip
    return find_leaks(mail, raw, KnownRecipients())


def test_each_kind_of_mail_has_a_rule_and_a_trial() -> None:
    assert set(TRIALS) == set(LEAVING_RULES)


def test_each_template_is_of_a_kind_with_a_trial() -> None:
    templates = {path.name.partition(".")[0] for path in ROOT.glob("notify/*/templates/*.j2")}

    assert templates == set(PURPOSE_OF_TEMPLATE) | NEVER_MAILED
    assert set(PURPOSE_OF_TEMPLATE.values()) <= set(TRIALS)


def test_no_purpose_is_written_in_code_that_has_no_rule() -> None:
    found = {
        keyword.value.value
        for path in (ROOT / "kongchuo").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "purpose" and isinstance(keyword.value, ast.Constant)
    }

    assert found - set(LEAVING_RULES) == set()


@pytest.mark.parametrize("purpose", sorted(TRIALS))
def test_what_must_not_leave_is_found_in_its_words(purpose: str) -> None:
    trial = TRIALS[purpose]

    assert [
        text for text in trial.held_in_words if not leaks_of(purpose, trial.to, f"第7行 {text} 请改")
    ] == []
    assert [
        text for text in trial.held_in_words if not leaks_of(purpose, trial.to, subject=f"题 {text}")
    ] == []


@pytest.mark.parametrize("make", [a_workbook, a_document])
@pytest.mark.parametrize("purpose", sorted(TRIALS))
def test_what_must_not_leave_is_found_in_its_files(purpose: str, make: object) -> None:
    trial = TRIALS[purpose]

    passed = [text for text in trial.held_in_files if not leaks_of(purpose, trial.to, "", make(text))]  # type: ignore[operator]

    assert passed == []


@pytest.mark.parametrize("purpose", sorted(TRIALS))
def test_what_may_leave_does(purpose: str) -> None:
    trial = TRIALS[purpose]

    held = {text: leaks for text in trial.free_in_words if (leaks := leaks_of(purpose, trial.to, text))}
    held |= {
        text: leaks
        for text in trial.free_in_files
        if (leaks := leaks_of(purpose, trial.to, "", a_workbook(text)))
    }

    assert held == {}


@pytest.mark.parametrize("purpose", sorted(TRIALS))
def test_nobody_else_gets_it(purpose: str) -> None:
    assert leaks_of(purpose, "stranger@example.org") == ("收件人里有不该收的地址",)


@pytest.mark.parametrize("purpose", sorted(TRIALS))
def test_a_file_with_a_password_goes_to_the_office_alone(purpose: str) -> None:
    closed = AttachedFile("台账.zip", encrypt_zip({"a.xlsx": b"x"}, "石柱2023"), "zip")

    is_held = bool(leaks_of(purpose, TRIALS[purpose].to, "", closed))

    assert is_held is (LEAVING_RULES[purpose].reader is not Reader.OFFICE)


def test_a_kind_that_nobody_has_thought_of_does_not_leave() -> None:
    assert leaks_of("leaflet", "office@example.org") == ("不认识这一类邮件",)


def test_what_is_said_of_it_repeats_no_number() -> None:
    leaks = leaks_of("digest", "office@example.org", OWN, AttachedFile(f"{OWN}.xlsx", b"broken", "xlsx"))
    said = held_sentence(leaks)

    assert "没有发出" in said
    assert OWN not in said
