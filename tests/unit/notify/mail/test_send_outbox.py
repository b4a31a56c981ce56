"""Backing off; the server itself is played in tests/integration/outgoing/test_smtp.py."""

from datetime import timedelta

from config.errors import MailServerError
from notify.mail.send_outbox import LONGEST_RETRY, MAX_ATTEMPTS, THROTTLED_RETRY, next_attempt_at
from notify.mail.smtp_errors import MailRejectedError, MailThrottledError
from tests.builders.values.sample_digests import AS_OF

FAILED = MailServerError("连不上")


def test_each_failure_doubles_the_wait() -> None:
    waits = [(next_attempt_at(attempts, AS_OF, FAILED) or AS_OF) - AS_OF for attempts in range(4)]

    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]


def test_no_wait_is_longer_than_six_hours() -> None:
    assert next_attempt_at(MAX_ATTEMPTS - 2, AS_OF, FAILED) == AS_OF + LONGEST_RETRY


def test_a_throttle_is_given_its_quarter_of_an_hour() -> None:
    assert next_attempt_at(0, AS_OF, MailThrottledError("慢点")) == AS_OF + THROTTLED_RETRY


def test_what_a_server_will_never_take_is_held_at_once() -> None:
    assert next_attempt_at(0, AS_OF, MailRejectedError("550")) is None


def test_after_days_of_trying_a_mail_is_held() -> None:
    assert next_attempt_at(MAX_ATTEMPTS - 1, AS_OF, FAILED) is None
