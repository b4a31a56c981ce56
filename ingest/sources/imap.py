"""Fetches mail over IMAP, with the few commands that QQ and 163 implement well.

Nothing in the mailbox is changed: the folder is opened with EXAMINE, and bodies are fetched with PEEK. A
message that the server does not deliver is skipped (:mod:`ingest.sources.narrowing`). Missed messages are
found by comparing the whole folder with the stored UIDs (:mod:`ingest.sources.comparison`).
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Self, TypeVar
from zoneinfo import ZoneInfo

from config.errors import MailboxError
from config.settings import MailboxSettings
from ingest.sources.comparison import list_uids, was_made_anew
from ingest.sources.imap_answers import (
    LARGEST_UID,
    FetchAnswer,
    Literal,
    LongLiteral,
    first_bytes,
    parse_internal_date,
)
from ingest.sources.imap_session import ImapSession, mailbox_error, open_session
from ingest.sources.imap_wire import CommandRefusedError, ConnectionLostError, Patience
from ingest.sources.narrowing import Refusal, matching_body, narrow
from ingest.sources.received_header import LARGEST_HEADER, PLAUSIBLE_YEARS, arrival_time, written_time
from ingest.sources.source import Batch, FetchedMessage, FolderView, KnownMail, RefusedMail
from store.drafts import ArrivalBasis

log = logging.getLogger(__name__)

UIDS_PER_FETCH = 50  # UIDs per FETCH; QQ refuses more
BYTES_PER_FETCH = 8_000_000
MESSAGES_PER_FETCH = 20
LARGEST_MESSAGE = 200_000_000  # bytes; providers accept less than a tenth of it
LOSSES_IN_A_ROW = (
    5  # connections lost without a message fetched in between: then the network is at fault, not a mail
)
LOSSES_PER_PASS = 10  # every one is a login, and QQ counts logins
MOST_REFUSED = (
    500  # mails recorded per pass; a server that lists more without delivering them lists what does not exist
)
CLOCK_TOLERANCE = timedelta(days=1)
_Answer = TypeVar("_Answer")
_NO_TIME = "没有一处写明何时收到"
_NOT_GIVEN = "服务器列出了这封,却没有给内容"


class _RenumberedError(Exception):
    """The folder has another UIDVALIDITY after a new connection."""


class ImapSource:
    """One folder of one account."""

    def __init__(
        self,
        mailbox: MailboxSettings,
        password: str | None,
        *,
        zone: ZoneInfo,
        patience: Patience | None = None,
    ) -> None:
        self._mailbox = mailbox
        self._password = password
        self._zone = zone
        self._patience = patience or Patience()
        self._session: ImapSession | None = None
        self._losses = 0
        self._losses_in_a_row = 0
        self._refused = 0
        self._gone = 0
        self._view: FolderView | None = None
        self._reached: dict[int, int] = {}
        self._passed: set[int] = set()

    @property
    def name(self) -> str:
        return self._mailbox.name

    def __enter__(self) -> Self:
        self._losses = self._losses_in_a_row = 0
        self._connect()
        return self

    def __exit__(self, *exception: object) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.log_out()

    def view(self) -> FolderView | None:
        return self._view

    def oldest_arrival(self) -> datetime | None:
        """Returns the arrival of the oldest message, or None for an empty folder or if the server does not give it.

        Raises:
            MailboxError: the server does not answer.
        """
        try:
            uids = self._open.search_uids(1, None)
            described = self._open.describe(uids[:1]) if uids else []
        except (CommandRefusedError, ConnectionLostError) as error:
            raise self._error(f"服务器回答有误({error}):请稍后再试") from error
        return self._server_time(described[0]) if described else None

    def missing(self, known: KnownMail) -> int:
        """Returns the number of messages of the folder that are not among the known UIDs.

        Raises:
            MailboxError: the server does not answer.
        """
        try:
            places = known.load_places(self._uidvalidity)
            listed = list_uids(self._open, places) or []
        except (CommandRefusedError, ConnectionLostError) as error:
            raise self._error(f"服务器回答有误({error}):请稍后再试") from error
        return len(set(listed).difference(places, known.refused.get(self._uidvalidity, ())))

    def batches(self, known: KnownMail) -> Iterator[Batch]:
        self._view, self._refused, self._gone = None, 0, 0
        self._reached, self._passed = {}, set()
        while True:
            try:
                yield from self._pass(known)
                return
            except _RenumberedError:
                self._passed.clear()
                log.warning("%s: the folder was renumbered meanwhile, read from its own mark", self.name)
            except ConnectionLostError as error:
                self._reconnect(error, restarting=True)
            except CommandRefusedError as error:
                raise self._error(f"服务器回答有误({error.words}):请稍后再试") from error

    def _pass(self, known: KnownMail) -> Iterator[Batch]:
        """Yields new mail, mail due again, and on a comparison mail that was never seen."""
        uidvalidity = self._uidvalidity
        known_watermark = known.watermarks.get(uidvalidity, 0)
        compare = known.compare or self._numbers_went_back(known_watermark)
        due = known.due.get(uidvalidity, frozenset())
        postponed = known.refused.get(uidvalidity, frozenset()) - due
        remarks = self._remarks_on_folder()
        listed = self._new_uids(known, max(known_watermark, self._reached.get(uidvalidity, 0)))
        if beyond := [uid for uid in listed if uid > LARGEST_UID]:
            remarks.append(
                f"服务器给的邮件编号超出范围({len(beyond)}个,最大{beyond[-1]}),没有取:请告诉邮箱服务商"
            )
        if remarks:
            yield Batch(uidvalidity=uidvalidity, remarks=tuple(remarks))
        new = [uid for uid in listed if uid <= LARGEST_UID and uid not in postponed | self._passed]
        again = sorted(due.difference(new, self._passed))
        yield from self._fetch(new, len(again))
        yield from self._fetch(again, 0)
        if compare:
            yield from self._compare(known, postponed)
        exists = self._open.folder.exists
        self._view = FolderView(
            uidvalidity=uidvalidity,
            exists=None if exists is None else max(exists - self._gone, 0),
            compared=compare,
        )

    def _compare(self, known: KnownMail, postponed: frozenset[int]) -> Iterator[Batch]:
        """Yields the messages at unknown UIDs of the whole folder, and a remark with their number."""
        uidvalidity = self._uidvalidity
        places = known.load_places(uidvalidity)
        listed = self._ask(lambda session: list_uids(session, places))
        if listed is None:
            yield Batch(uidvalidity=uidvalidity, remarks=("服务器不肯列出全部邮件,这次没有核对",))
            return
        turn = datetime.now(UTC).toordinal()
        same = {uid: places[uid] for uid in listed if uid in places}
        remark = "补收{}封以前看不到的邮件"
        missing = sorted(set(listed).difference(places, postponed, self._passed))
        if self._ask(lambda session: was_made_anew(session, same, turn)):
            yield Batch(uidvalidity=uidvalidity, made_anew=True)
            remark = "邮箱被重建过(编号没变,邮件变了):已从头重新收{}封,收过的不会重复登记"
            missing = listed
        count = 0
        for batch in self._fetch([uid for uid in missing if uid <= LARGEST_UID], 0):
            count += len(batch.messages)
            yield batch
        if count:
            yield Batch(uidvalidity=uidvalidity, remarks=(remark.format(count),))

    def _ask(self, question: Callable[[ImapSession], _Answer]) -> _Answer | None:
        """Returns the answer to an optional question, or None if there is none."""
        try:
            return question(self._open)
        except CommandRefusedError as error:
            log.info("%s: not answered: %s", self.name, error.words)
        except ConnectionLostError as error:
            self._reconnect(error, restarting=False)
        return None

    def _remarks_on_folder(self) -> list[str]:
        if self._open.folder.uidvalidity is None:
            return ["服务器没有给文件夹编号(UIDVALIDITY):邮件照收,每天核对一遍是否有变"]
        return []

    def _numbers_went_back(self, watermark: int) -> bool:
        """Returns whether the next UID was already used, which happens only in a folder made anew."""
        uidnext = self._open.folder.uidnext
        return uidnext is not None and 0 < uidnext <= watermark

    def _new_uids(self, known: KnownMail, watermark: int) -> list[int]:
        """Returns the UIDs above the watermark; if SEARCH finds none although there is more mail than known, by FETCH."""
        uids = self._open.search_uids(watermark + 1, None)
        exists = self._open.folder.exists or 0
        if uids or exists <= known.count_places(self._uidvalidity):
            return uids or []
        try:
            answers = self._open.describe_from(watermark + 1, exists)
        except CommandRefusedError as error:
            log.info("%s: SEARCH names nothing, and FETCH lists nothing: %s", self.name, error.words)
            return []
        return sorted({answer.uid for answer in answers if answer.uid is not None})

    def _fetch(self, uids: Sequence[int], more_later: int) -> Iterator[Batch]:
        """Yields these messages in batches; undelivered ones are in ``refused`` or ``gone`` of a batch."""
        remaining = len(uids) + more_later
        for start in range(0, len(uids), UIDS_PER_FETCH):
            chunk = uids[start : start + UIDS_PER_FETCH]
            for piece, described in narrow(chunk, lambda part: self._open.describe(part), self._on_loss):
                if isinstance(described, Refusal):
                    remaining -= 1
                    yield self._settle_refusal(piece[0], described, None, remaining)
                    described.reconnect()
                    continue
                by_uid = {answer.uid: answer for answer in described if answer.uid is not None}
                for group in self._groups(piece, by_uid):
                    for batch in self._fetch_bodies(group, by_uid, remaining):
                        remaining = batch.remaining
                        yield batch

    def _groups(self, uids: Sequence[int], described: dict[int, FetchAnswer]) -> Iterator[Sequence[int]]:
        todo = list(uids)
        while todo:
            chosen: list[int] = []
            total_bytes = 0
            while todo and len(chosen) < MESSAGES_PER_FETCH:
                size = _size(described.get(todo[0]))
                if chosen and total_bytes + size > BYTES_PER_FETCH:
                    break
                total_bytes += size
                chosen.append(todo.pop(0))
            yield chosen

    def _fetch_bodies(
        self, uids: Sequence[int], described: dict[int, FetchAnswer], remaining: int
    ) -> Iterator[Batch]:
        """Yields the bodies of one group; messages missing in the answer are requested alone."""

        def ask(part: Sequence[int]) -> list[FetchAnswer]:
            return self._open.bodies(part, sum(_size(described.get(uid)) for uid in part))

        for piece, answers in narrow(uids, ask, self._on_loss):
            if isinstance(answers, Refusal):
                remaining -= 1
                yield self._settle_refusal(piece[0], answers, described.get(piece[0]), remaining)
                answers.reconnect()
                continue
            with ExitStack() as open_bodies:
                for answer in answers:
                    open_bodies.callback(answer.close)
                for batch in self._settle_answers(piece, answers, described, remaining):
                    remaining = batch.remaining
                    yield batch

    def _settle_answers(
        self,
        uids: Sequence[int],
        answers: Sequence[FetchAnswer],
        described: dict[int, FetchAnswer],
        remaining: int,
    ) -> Iterator[Batch]:
        """Yields the messages in these answers, with those not delivered."""
        messages: list[FetchedMessage] = []
        for uid in uids:
            body = matching_body(uid, described.get(uid), answers)
            message = None if body is None else self._message(uid, body, described)
            if message is None and len(uids) > 1:
                if messages:
                    yield self._batch(messages, remaining)
                    messages = []
                for batch in self._fetch_bodies([uid], described, remaining):
                    remaining = batch.remaining
                    yield batch
                continue
            remaining -= 1
            if message is not None:
                messages.append(message)
            else:
                why = _NOT_GIVEN if body is None else _NO_TIME
                yield self._settle_missing(uid, why, described.get(uid), remaining)
        if messages:
            yield self._batch(messages, remaining)

    def _settle_refusal(
        self, uid: int, refusal: Refusal, described: FetchAnswer | None, remaining: int
    ) -> Batch:
        if refusal.connection_lost:
            return self._refusal(uid, refusal.words, described, remaining)
        return self._settle_missing(uid, refusal.words, described, remaining)

    def _settle_missing(self, uid: int, why: str, described: FetchAnswer | None, remaining: int) -> Batch:
        """Returns the batch for an undelivered message: gone if a second SEARCH no longer lists it, else refused."""
        still_named = self._ask(lambda session: session.search_uids(uid, uid))
        if still_named is None or uid in still_named:
            return self._refusal(uid, why, described, remaining)
        log.warning("%s: UID %d is gone from the server, deleted meanwhile", self.name, uid)
        self._gone += 1
        self._passed.add(uid)
        return Batch(uidvalidity=self._uidvalidity, gone=(uid,), remaining=remaining)

    def _refusal(self, uid: int, why: str, described: FetchAnswer | None, remaining: int) -> Batch:
        self._refused += 1
        self._passed.add(uid)
        if self._refused > MOST_REFUSED:
            if self._refused == MOST_REFUSED + 1:
                remark = f"服务器列出了{MOST_REFUSED}多封,却不给内容:请在网页邮箱里看看,并告诉邮箱服务商"
                return Batch(uidvalidity=self._uidvalidity, remarks=(remark,), remaining=remaining)
            return Batch(uidvalidity=self._uidvalidity, remaining=remaining)
        log.warning("%s: UID %d was not given: %s", self.name, uid, why)
        refused = RefusedMail(
            uid=uid,
            reason=why,
            received_at=self._server_time(described),
            size=described.size if described else None,
        )
        return Batch(uidvalidity=self._uidvalidity, refused=(refused,), remaining=remaining)

    def _batch(self, messages: Sequence[FetchedMessage], remaining: int) -> Batch:
        self._losses_in_a_row = 0
        self._passed.update(message.uid for message in messages)
        reached = self._reached.get(self._uidvalidity, 0)
        self._reached[self._uidvalidity] = max(reached, messages[-1].uid)
        return Batch(
            uidvalidity=self._uidvalidity,
            messages=tuple(messages),
            watermark=messages[-1].uid,
            remaining=remaining,
        )

    def _message(self, uid: int, body: Literal, described: dict[int, FetchAnswer]) -> FetchedMessage | None:
        """Returns the message, or None if nothing gives its arrival."""
        received_at, basis = self._arrival(uid, first_bytes(body, LARGEST_HEADER), described)
        if received_at is None:
            return None
        return FetchedMessage(
            raw=body.file if isinstance(body, LongLiteral) else body,
            received_at=received_at,
            mailbox=self.name,
            uidvalidity=self._uidvalidity,
            uid=uid,
            basis=basis,
        )

    def _arrival(
        self, uid: int, head: bytes, described: dict[int, FetchAnswer]
    ) -> tuple[datetime | None, ArrivalBasis]:
        """Returns the arrival of a message and its source, never the time of fetching.

        Without a valid INTERNALDATE, it is that of the newest Received header, then of the nearest message in
        the folder (UIDs are assigned in order of arrival), and last the sender's Date.
        """
        by_server = self._server_time(described.get(uid))
        by_hop = arrival_time(head)
        latest = datetime.now(UTC) + CLOCK_TOLERANCE
        if by_server is not None and (by_server <= latest or by_hop is None or by_hop > latest):
            return by_server, ArrivalBasis.SERVER
        if by_hop is not None:
            return by_hop, ArrivalBasis.RECEIVED
        nearest = sorted((abs(other - uid), other) for other in described if other != uid)
        by_neighbour = next(
            (time for _, other in nearest if (time := self._server_time(described[other])) is not None), None
        )
        if by_neighbour is not None:
            return by_neighbour, ArrivalBasis.NEIGHBOUR
        return written_time(head), ArrivalBasis.DATE

    def _server_time(self, described: FetchAnswer | None) -> datetime | None:
        if described is None:
            return None
        offset = datetime.now(self._zone).utcoffset() or timedelta(0)
        time = parse_internal_date(described.internal_date, offset)
        return time if time is not None and time.year in PLAUSIBLE_YEARS else None

    @property
    def _open(self) -> ImapSession:
        assert self._session is not None
        return self._session

    @property
    def _uidvalidity(self) -> int:
        return (self._open.folder.uidvalidity or 0) % (LARGEST_UID + 1)

    def _connect(self) -> None:
        self._session = open_session(self._mailbox, self._password, self._patience)

    def _on_loss(self, error: ConnectionLostError) -> None:
        self._reconnect(error, restarting=False)

    def _reconnect(self, error: ConnectionLostError, *, restarting: bool) -> None:
        """Logs in again, unless that was needed too often.

        Args:
            restarting: whether the pass restarts anyway, so that another UIDVALIDITY changes nothing.

        Raises:
            MailboxError: it was needed too often, or the new login fails.
            _RenumberedError: the folder has another UIDVALIDITY now.
        """
        before = self._uidvalidity
        self._open.close()
        self._session = None
        self._losses += 1
        self._losses_in_a_row += 1
        if self._losses > LOSSES_PER_PASS or self._losses_in_a_row > LOSSES_IN_A_ROW:
            raise self._error(f"连接反复中断({error}):已取到的不会丢,请稍后再试") from error
        log.warning("%s: connection lost (%s), reconnecting", self.name, error)
        time.sleep(self._patience.reconnect * self._losses_in_a_row)
        self._connect()
        if self._uidvalidity != before and not restarting:
            raise _RenumberedError

    def _error(self, what: str) -> MailboxError:
        return mailbox_error(self._mailbox, what)


def _size(described: FetchAnswer | None) -> int:
    """Returns the expected size of a message in bytes, limited to ``LARGEST_MESSAGE`` whatever the server claims."""
    return min(described.size or 0, LARGEST_MESSAGE) if described else 0
