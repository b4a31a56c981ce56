"""Plays a random history of an office from a seed, and compares the office with a plain model after each step.

Events are those of the mailbox (mail arrives, leaves, comes again; the folder is made anew), the clock, the
power (any command may be killed at any point), and people.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bench.trials.command_server import Ended
from bench.trials.crash_trials import advice_in
from bench.trials.fault_points import KILLS, Plan
from bench.trials.outcomes import Outcome, outcome_of
from bench.trials.plain_model import PlainModel, Seen
from bench.trials.scenes import COUNTY, Workshop, telling_mails, write_template
from config.errors import StoreError
from config.settings import load_settings
from ledger.officer_decisions import ASSIGN
from store import Store
from store.safekeeping.faults import Slice
from tests.builders.offices.installed_office import InstalledOffice
from tests.builders.servers.imap_peer import Habit, Peer, PeerMail, imap_peer

_START = datetime(2023, 9, 20, 1, tzinfo=UTC)
_ZONE = ZoneInfo("Asia/Shanghai")
_KILLED, _DONE = -9, (0, 1)
_KILL_RATE, _LAST_CALL = 0.3, 250
_UNTIL = "2023-10-10"

Step = Callable[["_History"], Iterator[str]]


def play(shop: Workshop, seed: int, steps: int) -> Iterator[str]:
    """Yields the faults in the history of this seed, each with its step."""
    shop.sink.messages.clear()
    with imap_peer([], Habit()) as peer:
        host = f'host = "127.0.0.1"\nport = {peer.port}\nusername = "demo"\nsecurity = "none"'
        office = write_template(shop, f"history-{seed}", COUNTY, host)
        history = _History(shop, office, peer, random.Random(seed))
        for number in range(1, steps + 1):
            step = history.chance.choices(list(_STEPS), weights=list(_STEPS.values()))[0]
            for what in (*step(history), *history.look()):
                yield f"history {seed}, step {number} {step.__name__[1:]}, {history.last}: {what}"
        for what in history.end():
            yield f"history {seed}, at its end, {history.last}: {what}"
        shop.remove(office)


@dataclass(slots=True)
class _Backup:
    file: str
    model: PlainModel


class _History:
    """An office with its mailbox and clock during a history."""

    def __init__(self, shop: Workshop, office: InstalledOffice, peer: Peer, chance: random.Random) -> None:
        self.shop, self.office, self.peer, self.chance = shop, office, peer, chance
        self.model = PlainModel()
        self.now = _START
        self.mails = [mail.raw for mail in telling_mails(COUNTY)]
        self.next_uid = 1
        self.numbers = 0
        self.hidden = False
        """The folder was made anew under its old number: only a whole comparison must find everything."""
        self.between = False
        """A command that writes mail down was killed; until the next poll the store may wait for it."""
        self.all_read = False
        """A poll has just ended well."""
        self.backups: list[_Backup] = []
        self.last = ""

    # The world

    def deliver(self, raw: bytes) -> None:
        when = f"{self.now:%d-%b-%Y %H:%M:%S +0000}"
        self.peer.mails.append(PeerMail(uid=self.next_uid, when=when, raw=raw))
        self.next_uid += 1

    def mailbox(self) -> set[str]:
        return {hashlib.sha256(mail.raw).hexdigest() for mail in self.peer.mails}

    def new_reason(self) -> str:
        self.numbers += 1
        return f"\u6838\u5b9e {self.numbers}"

    # What runs

    def run(self, *arguments: str) -> Ended:
        """Runs a command, which may be killed; a command that it advises is run first, as a user would."""
        plan = Plan()
        if self.chance.random() < _KILL_RATE:
            plan = Plan(self.chance.randint(1, _LAST_CALL), self.chance.choice(KILLS))
        ended = self._run_once(arguments, plan)
        if ended.code in (2, 3) and advice_in(ended) == "rebuild":
            self.rebuild()
            ended = self._run_once(arguments, Plan())
        return ended

    def _run_once(self, arguments: tuple[str, ...], plan: Plan) -> Ended:
        self.now += timedelta(minutes=1)
        ahead = (self.now - datetime.now(UTC)).total_seconds()
        ended = self.shop.run(self.office, arguments, plan, clock_ahead=ahead)
        self.last = f"{' '.join(arguments)} (exit {ended.code})"
        return ended

    def run_until_done(self, *arguments: str) -> Iterator[str]:
        ended = self._run_once(arguments, Plan())
        if ended.code not in _DONE:
            yield f"exit {ended.code}: {ended.err[-300:]}"

    def rebuild(self) -> None:
        if self.shop.databases.url_of(self.office.folder) is not None:
            self.shop.databases.make_empty(self.office.folder)
            self._run_once(("rebuild",), Plan())
        else:
            self._run_once(("rebuild", "--yes"), Plan())
        self.model.must_have_sent.clear()  # what had not left is made again, not kept

    def ask(self, *question: str) -> list[dict[str, str]]:
        asked = (*question, "--as-of", self.now.isoformat())
        try:
            answer: list[dict[str, str]] = self.office.ask(*asked)
        except StoreError:  # a rebuild was killed: the question says that it is to be done again
            self.rebuild()
            answer = self.office.ask(*asked)
        return answer

    # What is seen

    def look(self) -> Iterator[str]:
        """Yields the differences between the office and the model."""
        settings = load_settings(self.office.folder / "kongchuo.toml")
        store = Store.open(settings.store.url, settings.store.archive)
        try:
            if (
                store.safekeeping.has_lost_its_rows()
            ):  # every command says so, and the next one is told to rebuild
                return
            if not self.between:
                yield from (
                    f"verify: {fault.place} {fault.what}" for fault in store.safekeeping.verify(Slice())
                )
            seen = _seen(store)
        finally:
            store.close()
        if self.all_read and seen.unread:
            yield f"not read: {sorted(seen.unread)}"
        self.all_read = False
        yield from self.model.differences(seen)
        ids = {key: f"<kongchuo.{hashlib.sha256(key.encode()).hexdigest()[:32]}" for key in seen.outbox}
        received = {
            (mail.partition("@")[0], who): times for (mail, who), times in self.shop.received().items()
        }
        yield from self.model.mail_differences(received, seen.outbox, ids)

    def outcome(self) -> Outcome:
        return outcome_of(self.office)

    def end(self) -> Iterator[str]:
        """Yields the faults once all mail has been read, all has been sent, and the store was rebuilt."""
        yield from self.run_until_done("poll", "--all")
        self.model.polled(self.mailbox())
        self.hidden = self.between = False
        yield from self.look()
        yield from self.run_until_done("rerun")
        before = self.outcome()
        self.rebuild()
        after = self.outcome()
        for question, answer in before.answers.items():
            if after.answers[question] != answer:
                yield f"another answer after rebuild: {question}"
        if after.decisions != before.decisions:
            yield f"decisions after rebuild: {before.decisions} {after.decisions}"
        yield from (f"verify after rebuild: {fault}" for fault in after.faults)


def _seen(store: Store) -> Seen:
    with store.engine.connect() as connection:
        mails = frozenset(connection.exec_driver_sql("SELECT id FROM message").scalars())
    return Seen(
        mails=mails,
        unread=frozenset(message_id for message_id, _ in store.messages.unprocessed()),
        decisions=Counter(
            each.why for each in store.decisions.made(datetime.max.replace(tzinfo=UTC)) if each.kind != ASSIGN
        ),
        assignments={file: assignment.unit for file, assignment in store.decisions.assignments().items()},
        outbox={mail.key: mail.state.value for mail in store.outbox.mails()},
    )


# The mailbox


def _mail_comes(history: _History) -> Iterator[str]:
    for _ in range(history.chance.randint(1, 2)):
        if history.mails:
            history.deliver(history.mails.pop(0))
    yield from ()


def _mail_comes_again(history: _History) -> Iterator[str]:
    if history.peer.mails:
        history.deliver(history.chance.choice(history.peer.mails).raw)
    yield from ()


def _mail_is_deleted(history: _History) -> Iterator[str]:
    if history.peer.mails:
        history.peer.mails.remove(history.chance.choice(history.peer.mails))
    yield from ()


def _folder_is_made_anew(history: _History) -> Iterator[str]:
    number = str(history.chance.randint(2_000_000, 9_000_000))
    history.peer.habit = replace(history.peer.habit, uidvalidity=number)
    _renumber(history)
    history.hidden = False
    yield from ()


def _folder_is_made_anew_under_its_old_number(history: _History) -> Iterator[str]:
    _renumber(history)
    history.hidden = True
    yield from ()


def _renumber(history: _History) -> None:
    mails = list(history.peer.mails)
    history.chance.shuffle(mails)
    history.peer.mails[:] = [replace(mail, uid=number) for number, mail in enumerate(mails, start=1)]
    history.next_uid = len(mails) + 1


# The clock


def _hours_pass(history: _History) -> Iterator[str]:
    history.now += timedelta(hours=history.chance.randint(1, 30))
    yield from ()


def _clock_jumps(history: _History) -> Iterator[str]:
    history.now += timedelta(hours=history.chance.choice((-50, -3, 200)))
    yield from ()


# The service and people


def _poll(history: _History) -> Iterator[str]:
    yield from _poll_with(history, "poll")


def _poll_everything(history: _History) -> Iterator[str]:
    yield from _poll_with(history, "poll", "--all")


def _poll_with(history: _History, *arguments: str) -> Iterator[str]:
    mailbox = history.mailbox()
    history.model.interrupted_poll(mailbox)
    ended = history.run(*arguments)
    if ended.code == _KILLED:
        history.between = True
        return
    if ended.code not in _DONE:
        yield f"exit {ended.code}: {ended.err[-300:]}"
        return
    history.between, history.all_read = False, True
    history.hidden = history.hidden and "--all" not in arguments
    if not history.hidden:
        history.model.polled(mailbox)


def _rerun(history: _History) -> Iterator[str]:
    ended = history.run("rerun")
    if ended.code not in (*_DONE, _KILLED):
        yield f"exit {ended.code}: {ended.err[-300:]}"


def _digest(history: _History) -> Iterator[str]:
    ended = history.run("digest", "--send")
    if ended.code in _DONE:
        day = history.now.astimezone(_ZONE).date()
        history.model.must_have_sent.add(f"digest:2023-autumn:{day}")
    elif ended.code != _KILLED:
        yield f"exit {ended.code}: {ended.err[-300:]}"


def _receipts(history: _History) -> Iterator[str]:
    ended = history.run("receipts", "--queue")
    if ended.code not in (*_DONE, _KILLED):
        yield f"exit {ended.code}: {ended.err[-300:]}"


def _remind(history: _History) -> Iterator[str]:
    ended = history.run("remind", "--queue")
    if ended.code not in (*_DONE, _KILLED):
        yield f"exit {ended.code}: {ended.err[-300:]}"


def _decide(history: _History, *arguments: str, reason_option: str = "--why") -> Iterator[str]:
    """Makes an officer's decision with a unique reason."""
    reason = history.new_reason()
    history.model.maybe_decisions.add(reason)
    ended = history.run(*arguments, *([reason_option] if reason_option else []), reason)
    if ended.code in _DONE:
        history.model.decisions.add(reason)
    elif ended.code == 2:
        history.model.maybe_decisions.discard(reason)
    elif ended.code != _KILLED:
        yield f"exit {ended.code}: {ended.err[-300:]}"


def _extend(history: _History) -> Iterator[str]:
    unit = history.chance.choice(COUNTY.units).name
    yield from _decide(history, "extend", "--unit", unit, "--until", _UNTIL)


def _explain(history: _History) -> Iterator[str]:
    if problems := history.ask("problems"):
        yield from _decide(history, "explain", history.chance.choice(problems)["problem_id"])


def _close_case(history: _History) -> Iterator[str]:
    if cases := history.ask("cases"):
        yield from _decide(history, "case", "close", history.chance.choice(cases)["case_id"])


def _reopen_case(history: _History) -> Iterator[str]:
    if cases := history.ask("cases", "--all"):
        yield from _decide(history, "case", "reopen", history.chance.choice(cases)["case_id"])


def _note(history: _History) -> Iterator[str]:
    if cases := history.ask("cases"):
        yield from _decide(history, "case", "note", history.chance.choice(cases)["case_id"], reason_option="")


def _accept(history: _History) -> Iterator[str]:
    if files := [file for file in history.ask("files") if file["submissions"]]:
        yield from _decide(history, "accept", history.chance.choice(files)["file_id"])


def _assign(history: _History) -> Iterator[str]:
    files = [file for file in history.ask("files") if file["path"]]
    if not files:
        return
    file = history.chance.choice(files)["file_id"]
    unit = history.chance.choice(COUNTY.units).name
    ended = history.run("assign", file, "--unit", unit)
    if ended.code in _DONE:
        history.model.assigned(file, unit)
    elif ended.code == _KILLED:
        history.model.interrupted_assign(file, unit)
    elif ended.code != 2:
        yield f"exit {ended.code}: {ended.err[-300:]}"


def _backup(history: _History) -> Iterator[str]:
    file = f"{history.office.folder}/backup-{history.numbers}-{len(history.backups)}.zip"
    ended = history.run("backup", file)
    if ended.code in _DONE:
        history.backups.append(_Backup(file, history.model.snapshot()))
    elif ended.code == 2:
        return  # a killed one had written it, only its word was lost
    elif ended.code != _KILLED:
        yield f"exit {ended.code}: {ended.err[-300:]}"


def _restore(history: _History) -> Iterator[str]:
    if not history.backups:
        return
    backup = history.chance.choice(history.backups)
    on_server = history.shop.databases.url_of(history.office.folder) is not None
    ended = Ended(code=_KILLED, out="", err="", calls=())
    for _ in range(2):
        if on_server:
            history.shop.databases.make_empty(history.office.folder)
        ended = history.run("restore", backup.file, "--yes")
        if ended.code in _DONE:
            break
    if ended.code not in _DONE:
        if on_server:
            history.shop.databases.make_empty(history.office.folder)
        yield from history.run_until_done("restore", backup.file, "--yes")
    history.model = history.model.restored_to(backup.model)
    history.hidden = history.between = True


def _rebuild(history: _History) -> Iterator[str]:
    history.rebuild()
    yield from ()


_STEPS: dict[Step, int] = {
    _mail_comes: 12, _mail_comes_again: 3, _mail_is_deleted: 3, _folder_is_made_anew: 2,
    _folder_is_made_anew_under_its_old_number: 2, _hours_pass: 4, _clock_jumps: 2,
    _poll: 16, _poll_everything: 4, _rerun: 3, _digest: 6, _receipts: 3, _remind: 2, _extend: 3, _explain: 3,
    _close_case: 3, _reopen_case: 2, _note: 2, _accept: 3, _assign: 4, _backup: 3, _restore: 2, _rebuild: 1,
}  # fmt: skip
