"""What a digest reported is kept with it: the next one says the same as by judging again, and what was said is the truth."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from kongchuo.demo.county import make_county
from kongchuo.office import Office, open_office
from kongchuo.usecases.office_mail import compose_digest_mail, queue_office_mail, state_of_last_digest
from ledger.assessment import assess
from ledger.changes import find_changes, reported_state
from ledger.officer_decisions import CLOSE, WITHDRAW
from ledger.senders import ACCEPT
from store import Store
from store.retention.purged_mails import PurgeReason
from store.stored_values import ObligationKey, ReportedState
from tests.builders.offices.installed_office import InstalledOffice, write_mails, write_office

FIRST = datetime.fromisoformat("2023-09-26T08:00:00.250+08:00")
SECOND = datetime.fromisoformat("2023-09-30T08:00:00+08:00")
SENT = FIRST.replace(microsecond=0)
"""As the mail's Date says."""
_SMTP = '\n[smtp]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\nsender = "office@example.org"\n'


def polled_office(folder: Path, seed: int) -> InstalledOffice:
    county = make_county(seed, schools=5, mails=45, rows=250)
    office = write_office(
        folder / "office", county, f'maildir = "{write_mails(folder / "mail", county.mails)}"'
    )
    config = office.folder / "kongchuo.toml"
    config.write_text(config.read_text("utf-8") + _SMTP, "utf-8")
    assert office.run("poll")[0] in (0, 1)
    return office


@contextmanager
def with_first_digest(installed: InstalledOffice) -> Iterator[Office]:
    with open_office(installed.folder / "kongchuo.toml") as office:
        queue_office_mail(office, compose_digest_mail(office, FIRST))
        yield office


def judged_again(office: Office) -> ReportedState:
    return reported_state(office.notice.id, assess(office.snapshot_at(FIRST)))


def assert_both_ways_agree(office: Office) -> None:
    kept, again = state_of_last_digest(office, SENT), judged_again(office)
    later = assess(office.snapshot_at(SECOND))
    assert replace(again, as_of=kept.as_of) == kept
    assert find_changes(kept, later) == replace(find_changes(again, later), since=SENT)


@pytest.mark.parametrize("seed", range(11, 15))
def test_both_ways_say_the_same_of_generated_counties(tmp_path: Path, seed: int) -> None:
    with with_first_digest(polled_office(tmp_path, seed)) as office:
        kept = office.store.outbox.find_reported(office.notice.id, SENT)

        assert kept is not None
        assert kept.versions
        assert kept.missing
        assert kept.open_cases
        assert_both_ways_agree(office)


def test_both_ways_say_the_same_after_decisions_that_came_between(tmp_path: Path) -> None:
    dice = Random(7)
    with with_first_digest(polled_office(tmp_path, 12)) as office:
        cases = sorted(state_of_last_digest(office, SENT).open_cases)
        closed = dice.sample(cases, min(3, len(cases)))
        for hour, case in enumerate(closed):
            when = FIRST + timedelta(hours=1 + hour)
            office.store.decisions.record(CLOSE, case, "已返校", "officer", when, "returned")
        number = office.store.decisions.made(SECOND)[-1].id
        office.store.decisions.record(WITHDRAW, str(number), "弄错了", "officer", SECOND - timedelta(hours=1))

        assert_both_ways_agree(office)
        later = assess(office.snapshot_at(SECOND))
        assert find_changes(state_of_last_digest(office, SENT), later).closed >= len(closed) - 1


def test_a_sender_accepted_later_brings_what_the_last_digest_did_not_count(tmp_path: Path) -> None:
    """Judged again, the form would have been there already, and no digest would ever have told of it."""
    installed = polled_office(tmp_path, 11)
    with open_office(installed.folder / "kongchuo.toml") as office:
        author = office.snapshot_at(FIRST).submissions[0].sent_by.author
    roster = installed.folder / "units.csv"
    roster.write_text(roster.read_text("utf-8").replace(author, ""), "utf-8")
    with with_first_digest(installed) as office:
        known = office.snapshot_at(FIRST)
        stranger = next(one for one in known.unconfirmed if one.key not in known.versions)
        office.store.decisions.record(
            ACCEPT, stranger.file_id, "打电话问过", "officer", SECOND - timedelta(hours=1)
        )

        kept, later = state_of_last_digest(office, SENT), assess(office.snapshot_at(SECOND))

        assert stranger.key not in kept.versions
        assert judged_again(office).versions[stranger.key] == 1
        assert find_changes(kept, later).arrived > find_changes(judged_again(office), later).arrived


def test_a_unit_with_a_new_name_is_compared_under_it(tmp_path: Path) -> None:
    state = ReportedState(
        notice="x",
        as_of=SENT,
        versions={ObligationKey("旧镇", "附件4"): 2},
        missing=frozenset({ObligationKey("旧镇", "附件3"), ObligationKey("旧镇", "附件5", "2023-09")}),
        open_cases=frozenset(),
        suspected=frozenset(),
    )
    store = Store.open(f"sqlite:///{tmp_path}/x.db", tmp_path / "archive", {"旧镇": "新镇"}.__getitem__)
    store.outbox.queue(
        key="digest:x:1", purpose="digest", raw=b"", sender="s", recipients=("r",), when=SENT, reported=state
    )

    found = store.outbox.find_reported("x", SENT)

    store.close()
    assert found is not None
    assert found.versions == {ObligationKey("新镇", "附件4"): 2}
    assert found.missing == {ObligationKey("新镇", "附件3"), ObligationKey("新镇", "附件5", "2023-09")}


def test_a_purge_that_takes_no_mail_leaves_what_was_reported(tmp_path: Path) -> None:
    with with_first_digest(polled_office(tmp_path, 13)) as office:
        said = office.store.outbox.find_reported(office.notice.id, SENT)
        office.store.purging.begin()
        office.store.purging.purge({"unknown": 9}, PurgeReason.RETENTION, SECOND)
        office.store.purging.forget_bodies(office.store.purging.old_bodies(SECOND))
        office.store.purging.finish()

        assert said is not None
        assert office.store.outbox.find_reported(office.notice.id, SENT) == said


def test_after_a_purge_of_mail_the_last_digest_is_judged_again(tmp_path: Path) -> None:
    with with_first_digest(polled_office(tmp_path, 13)) as office:
        oldest = office.store.purging.old_mails(SECOND)[0].message_id
        office.store.purging.begin()
        office.store.purging.purge({oldest: 9}, PurgeReason.RETENTION, SECOND)
        office.store.purging.finish()

        assert office.store.outbox.find_reported(office.notice.id, SENT) is None
        assert replace(state_of_last_digest(office, SENT), as_of=SENT) == replace(
            judged_again(office), as_of=SENT
        )
