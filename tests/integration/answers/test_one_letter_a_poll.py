"""Within one poll one mail goes back to a person: each line of theirs is told once, whatever breaks between."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from kongchuo.answering import answering_mail
from kongchuo.usecases.office_mail import send_due_mail
from parsers.reading.reader_pool import ReaderPool
from store.aggregates.question_store import QuestionStore
from tests.builders.answers.answering_office import (
    OFFICER,
    SECOND,
    AnsweringOffice,
    a_reply,
    body_of,
)

QUESTIONS = 4


@pytest.fixture
def office(answering_office: AnsweringOffice) -> AnsweringOffice:
    """An office that was asked four questions, each about a mail with a link."""
    for _ in range(QUESTIONS):
        answering_office.put_question()
    answering_office.poll()
    return answering_office


def answer_each(office: AnsweringOffice) -> EmailMessage:
    """One mail a question, as taps on a telephone make them."""
    digest = office.digests()[OFFICER]
    answer_from(office, digest)
    return digest


def answer_from(office: AnsweringOffice, digest: EmailMessage, first: int = 1) -> None:
    for number in range(first, QUESTIONS + 1):
        text = f"{number} 西沱镇小学 附件4"
        office.put(a_reply(digest, text, mail_id=f"<m{number}@x.org>", sent_at=second(number)))


def second(number: int) -> datetime:
    """Mails of one second have no order."""
    return datetime.now(UTC) + timedelta(seconds=2 * number - 60)


def times_told(mails: list[EmailMessage], of: str = OFFICER) -> list[int]:
    told = "".join(body_of(mail) for mail in mails if str(mail["To"]) == of)
    return [told.count(f"问{number}\uff1a") for number in range(1, QUESTIONS + 1)]


@pytest.mark.parametrize("place", [0, 1, 2, QUESTIONS + 1])
def test_what_one_person_wrote_in_several_mails_is_told_in_one(office: AnsweringOffice, place: int) -> None:
    """Wherever among them is the one of which nothing can be carried out."""
    digest = answer_each(office)
    office.put(a_reply(digest, "99 同意", sent_at=second(place) + timedelta(seconds=1)))

    (told,) = office.poll()

    assert times_told([told]) == [1] * QUESTIONS
    assert f"已办{QUESTIONS}条" in str(told["Subject"])
    assert "没有照办1条" in str(told["Subject"])
    assert [one[:2] for one in office.assignments()] == [("西沱镇小学", "附件4")] * QUESTIONS
    assert office.poll() == []


def test_each_person_is_told_of_their_own(office: AnsweringOffice) -> None:
    digests = office.digests()
    answer_from(office, digests[OFFICER], first=3)
    office.put(a_reply(digests[SECOND], "1 不用处理", sender=SECOND))
    office.put(a_reply(digests[SECOND], "2 不用处理", sender=SECOND))

    told = office.poll()

    assert sorted(str(mail["To"]) for mail in told) == sorted((OFFICER, SECOND))
    assert times_told(told) == [0, 0, 1, 1]
    assert times_told(told, SECOND) == [1, 1, 0, 0]


def test_a_reply_to_such_a_mail_counts_as_one_to_us(office: AnsweringOffice) -> None:
    answer_each(office)
    (told,) = office.poll()
    office.put(a_reply(told, "撤回 2"))

    (again,) = office.poll()

    assert "已撤回" in body_of(again)
    assert len(office.assignments()) == QUESTIONS - 1


def test_what_was_asked_for_comes_in_a_mail_of_its_own(office: AnsweringOffice) -> None:
    digest = answer_each(office)
    office.put(a_reply(digest, "未报"))

    told = office.poll()

    assert len(told) == 2
    assert times_told(told) == [1] * QUESTIONS


@pytest.mark.parametrize("settled", range(QUESTIONS))
def test_a_crash_after_some_of_them_tells_each_once(
    office: AnsweringOffice, monkeypatch: pytest.MonkeyPatch, settled: int
) -> None:
    answer_each(office)
    settle, count = QuestionStore.settle, 0

    def dies(store: QuestionStore, *given: Any) -> Any:
        nonlocal count
        count += 1
        if count > settled:
            raise KeyboardInterrupt
        return settle(store, *given)

    with monkeypatch.context() as patch:
        patch.setattr(QuestionStore, "settle", dies)
        office.run("poll")
    assert times_told(office.poll()) == [1] * QUESTIONS
    assert len(office.assignments()) == QUESTIONS
    assert office.poll() == []


def test_a_mail_that_left_between_is_not_repeated(
    office: AnsweringOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process sends what waits while the next mail is dealt with."""
    answer_each(office)
    read_again = answering_mail._read_again

    def sends_first(opened: Any, message_ids: tuple[str, ...]) -> None:
        read_again(opened, message_ids)
        if len(office.assignments()) == 2:
            send_due_mail(opened, opened.settings.smtp)

    monkeypatch.setattr(answering_mail, "_read_again", sends_first)
    told = office.poll()

    assert len(told) == 2
    assert times_told(told) == [1] * QUESTIONS


def test_one_pool_of_readers_serves_all_answers_of_a_poll(
    office: AnsweringOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for serial in (123, 124):
        office.put_table_of_nobody([serial, "谭小明", None, str(serial)])
    office.poll()
    files = sorted(office.questions())[-2:]
    digest = office.digests()[OFFICER]
    for number in files:
        office.put(a_reply(digest, f"{number} 西沱镇小学 附件4"))
    opened: list[ReaderPool] = []

    class CountedPool(ReaderPool):
        def __enter__(self) -> ReaderPool:
            opened.append(self)
            return super().__enter__()

    monkeypatch.setattr(answering_mail, "ReaderPool", CountedPool)
    office.poll()

    assert len(opened) == 1
