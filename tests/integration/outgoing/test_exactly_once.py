"""Each mail is sent once, though senders are killed at work and the server fails at random.

``KONGCHUO_SENDINGS=200 pytest -s tests/integration/outgoing/test_exactly_once.py`` runs as many trials and prints what it saw.
"""

import os
import random
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import SmtpSettings
from notify.mail.send_outbox import unsent_mails
from store import Store
from tests.builders.servers.any_recipients import send_to_anybody
from tests.builders.servers.faulty_smtp import (
    SENDER,
    START,
    faulty_server,
    message_id,
    queue_mails,
    start_sender,
)

TRIALS = int(os.environ.get("KONGCHUO_SENDINGS", "3"))
MAILS, KILLS = 8, 4
SEEN: Counter[str] = Counter()


@pytest.mark.parametrize("seed", range(TRIALS))
def test_nothing_is_sent_twice_and_nothing_is_lost_through_kills_and_faults(
    seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    url = f"sqlite:///{tmp_path / 'k.db'}"
    store = Store.open(url, tmp_path / "archive")
    queue_mails(store, MAILS)
    began = time.time()

    with faulty_server(seed, fault_rate=0.5) as server:
        two = [start_sender(url, server.port, began) for _ in range(2)]
        for _ in range(KILLS):
            time.sleep(0.03 + chance.random() * 0.15)
            victim = chance.randrange(2)
            SEEN["killed at work"] += two[victim].is_alive()
            two[victim].kill()
            two[victim].join()
            two[victim] = start_sender(url, server.port, began)
        server.fault_rate = 0.0
        for held in (mail for mail in unsent_mails(store.outbox) if mail.state == "held"):
            store.outbox.make_due_again(held.key, START)  # a person saw to what the server refused
        for process in two:
            process.join(60)
            assert process.exitcode == 0
        for held in (mail for mail in unsent_mails(store.outbox) if mail.state == "held"):
            store.outbox.make_due_again(held.key, START)
        last = start_sender(url, server.port, began)
        last.join(60)
        assert last.exitcode == 0

        twice = {what: times for what, times in server.accepted.items() if times > 1}
        assert twice == {}
        for mail in store.outbox.mails():
            assert mail.state in ("sent", "uncertain")
            for who in mail.recipients:
                taken = server.accepted[message_id(mail.key), who]
                if mail.fates.get(who) == "accepted":
                    assert taken == 1
                elif mail.fates.get(who) != "in-flight":
                    assert taken == 0
        doubtful = unsent_mails(store.outbox)
        assert {mail.key for mail in doubtful} == {m.key for m in store.outbox.mails() if m.state != "sent"}
        SEEN.update(mails=MAILS, uncertain=len(doubtful), trials=1)
        SEEN["uncertain, had been taken"] += sum(server.find_sent(doubtful).values())

        smtp = SmtpSettings(host="127.0.0.1", port=server.port, security="none", sender=SENDER)
        send_to_anybody(
            store.outbox, smtp, None, lambda: START + timedelta(days=9), sent_mail_finder=server
        )  # asks the folder of sent mail
        for mail in store.outbox.mails():
            SEEN["left for a person with a witness"] += mail.state != "sent"
            for who in mail.recipients:
                taken = server.accepted[message_id(mail.key), who]
                assert taken == 1 if mail.state == "sent" else taken <= 1

    print(dict(SEEN), dict(server.fault_counts))
    store.close()
