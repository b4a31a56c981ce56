"""An address that mail does not reach is a question until the roster has another."""

from collections.abc import Mapping
from datetime import UTC, datetime

from config.answers.answer_words import QuestionKind
from config.units.roster import Roster, Unit
from ledger.assessment import Assessment
from ledger.questions.open_questions import SETTLE, Question, find_questions
from ledger.questions.returned_addresses import ReturnedAddress, find_returned_addresses
from ledger.results import Status
from store.stored_values import ACCEPTED, IN_FLIGHT, DeliveryStatus, OutboxMail, StoredDecision

AT = datetime(2023, 9, 25, 1, tzinfo=UTC)
GONE = "gone@example.org"
ROSTER = Roster(
    (Unit(name="西沱镇", kind="township", stage=None, township=None, emails=("Gone@example.org",)),)
)
RETURNED = ReturnedAddress(address=GONE, units=("西沱镇",), reason="退信:550 no such user")


def a_mail(fates: Mapping[str, str]) -> OutboxMail:
    return OutboxMail(
        key="receipt:1", purpose="receipt", sender="o@example.org", recipients=tuple(fates), head="", size=1,
        queued_at=AT, attempts=1, next_at=None, sent_at=AT, error=None, state=DeliveryStatus.SENT, fates=fates,
        tried_at=AT,
    )  # fmt: skip


def questions(*decisions: StoredDecision) -> tuple[Question, ...]:
    status = Status(notice="n", as_of=AT, units=())
    assessment = Assessment(status=status, gaps=(), cases=(), suspected=(), findings=(), problems=())
    return find_questions(assessment, (), (), decisions, [RETURNED])


def test_what_came_back_is_found_with_its_unit_and_the_servers_words() -> None:
    came_back = a_mail({"Gone@example.org": RETURNED.reason, "there@example.org": ACCEPTED})

    assert find_returned_addresses([came_back], ROSTER) == (RETURNED,)


def test_a_later_mail_that_was_taken_or_is_under_way_ends_it() -> None:
    came_back = a_mail({GONE: RETURNED.reason})

    for fate in (ACCEPTED, IN_FLIGHT):
        assert find_returned_addresses([came_back, a_mail({GONE: fate})], ROSTER) == ()


def test_an_address_that_the_roster_has_no_more_is_not_asked_about() -> None:
    assert find_returned_addresses([a_mail({GONE: RETURNED.reason})], Roster(())) == ()


def test_it_is_a_question_that_says_what_to_do() -> None:
    (asked,) = questions()

    assert (asked.kind, asked.key.subject, asked.unit) == (QuestionKind.ADDRESS, GONE, "西沱镇")
    assert asked.about == "西沱镇的邮箱 gone@example.org"
    assert asked.sentence == "信没有送到(退信:550 no such user):请向单位问明现在的邮箱,更正名册"


def test_it_is_not_asked_again_once_somebody_said_so() -> None:
    settled = StoredDecision(
        id=1, kind=SETTLE, subject=f"address|{GONE}", detail=None, why="单位已撤并", who="王", at=AT
    )  # fmt: skip

    assert questions(settled) == ()
