"""A mailbox on an IMAP server, read with the few commands that QQ and 163 do right (``mail-providers.md``).

Nothing there is changed: the folder is examined, bodies are peeked at.
"""

import imaplib
import logging
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from config.errors import MailboxError
from config.settings import Mailbox
from ingest.sources import Batch, Incoming

log = logging.getLogger(__name__)

CONNECT_SECONDS, READ_SECONDS = 20.0, 60.0
LISTED = 50  # UIDs a FETCH; QQ refuses more
FETCHED_BYTES = 8_000_000
FETCHED = 20
RECONNECTS = 3
PAUSE = 1.0
_IDENTITY = {"name": "kongchuo", "version": "0.1", "vendor": "kongchuo"}
_LOST = (IMAPClientAbortError, ConnectionError, TimeoutError, ssl.SSLError, socket.timeout, EOFError, OSError)


class ImapSource:
    """One account's folder."""

    def __init__(self, mailbox: Mailbox, password: str | None, *, zone: ZoneInfo) -> None:
        self._mailbox = mailbox
        self._password = password
        self._zone = zone
        self._client: IMAPClient | None = None
        self._uidvalidity = 0

    @property
    def name(self) -> str:
        return self._mailbox.name

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(self, *exception: object) -> None:
        client, self._client = self._client, None
        if client is not None:
            try:
                client.logout()
            except (*_LOST, IMAPClientError) as error:
                log.debug("logout of %s: %s", self.name, error)  # all that was asked for is here

    def batches(self, watermarks: Mapping[int, int]) -> Iterator[Batch]:
        done = watermarks.get(self._uidvalidity, 0)
        lost = 0
        while True:
            try:
                uids = self._uids_above(done)
                for number in range(0, len(uids), LISTED):
                    for batch in self._fetched(uids[number : number + LISTED], len(uids) - number):
                        yield batch
                        done = batch.watermark or done
                        lost = 0
                return
            except _LOST as error:
                lost += 1
                if lost > RECONNECTS:
                    raise MailboxError(
                        self._said(f"连接反复中断({_brief(error)}):已取到的不会丢,请稍后再试")
                    ) from error
                log.warning("%s: connection lost (%s), reconnecting", self.name, _brief(error))
                self.__exit__()
                time.sleep(PAUSE * lost)
                before = self._uidvalidity
                self._connect()
                if self._uidvalidity != before:
                    done = watermarks.get(self._uidvalidity, 0)
            except IMAPClientError as error:
                raise MailboxError(self._said(f"服务器回答有误({_brief(error)}):请稍后再试")) from error

    def _uids_above(self, done: int) -> list[int]:
        assert self._client is not None
        # n:* always answers with the last message at least (RFC 3501 6.4.8): drop what is not above.
        return sorted(uid for uid in self._client.search(["UID", f"{done + 1}:*"]) if uid > done)

    def _fetched(self, uids: Sequence[int], remaining: int) -> Iterator[Batch]:
        assert self._client is not None
        sizes = self._client.fetch(uids, ["INTERNALDATE", "RFC822.SIZE"])
        todo = list(uids)
        while todo:
            chosen: list[int] = []
            weight = 0
            while todo and len(chosen) < FETCHED:
                size = int(sizes.get(todo[0], {}).get(b"RFC822.SIZE", 0))
                if chosen and weight + size > FETCHED_BYTES:
                    break
                weight += size
                chosen.append(todo.pop(0))
            bodies = self._client.fetch(chosen, ["BODY.PEEK[]"])
            messages = tuple(
                incoming
                for uid in chosen
                if (incoming := self._incoming(uid, bodies.get(uid, {}), sizes.get(uid, {}))) is not None
            )
            remaining -= len(chosen)
            yield Batch(
                uidvalidity=self._uidvalidity, messages=messages, watermark=chosen[-1], remaining=remaining
            )

    def _incoming(self, uid: int, body: Mapping[bytes, Any], about: Mapping[bytes, Any]) -> Incoming | None:
        """The message; None where it was deleted between listing and fetching."""
        assert self._client is not None
        raw = body.get(b"BODY[]")
        if raw is None:
            again = self._client.fetch([uid], ["INTERNALDATE", "BODY.PEEK[]"]).get(uid)
            if again is None:
                log.info("%s: UID %d is gone from the server", self.name, uid)
                return None
            raw, about = again.get(b"BODY[]"), again
            if raw is None:
                raise MailboxError(self._said(f"第{uid}号邮件取不下来:请在网页邮箱里打开看看,稍后再试"))
        return Incoming(
            raw=raw,
            received_at=self._instant(about.get(b"INTERNALDATE")),
            mailbox=self.name,
            uidvalidity=self._uidvalidity,
            uid=uid,
        )

    def _instant(self, stamp: datetime | None) -> datetime:
        if stamp is None:  # RFC 3501 knows no message without one; arrival is then now, never the Date header
            return datetime.now(UTC)
        return stamp if stamp.tzinfo else stamp.replace(tzinfo=self._zone)

    def _connect(self) -> None:
        """Connect, log in once, examine the folder; every way to fail gets its own sentence."""
        box = self._mailbox
        try:
            self._client = client = self._opened()
        except ssl.SSLCertVerificationError as error:
            raise MailboxError(
                self._said(f"证书不可信({error.verify_message}):请核对服务器地址;自建服务器请设 ca_file")
            ) from error
        except ssl.SSLError as error:
            raise MailboxError(self._said("加密连接失败:请核对端口和 security(993端口用 tls)")) from error
        except socket.gaierror as error:
            raise MailboxError(self._said("找不到这个服务器:请核对 host,并检查网络")) from error
        except TimeoutError as error:
            raise MailboxError(self._said("连接超时:请检查网络和防火墙,稍后再试")) from error
        except (OSError, IMAPClientError, EOFError, imaplib.IMAP4.error) as error:
            raise MailboxError(self._said(f"连不上({_brief(error)}):请检查网络、host 和 port")) from error
        try:
            self._identify(client)
            if box.username is not None:
                client.login(box.username, self._password or "")
            self._identify(client)  # 163 wants it after login, before SELECT
            selected = client.select_folder(box.folder, readonly=True)
            self._uidvalidity = int(selected[b"UIDVALIDITY"])
        except LoginError as error:
            self._drop()
            raise MailboxError(self._said(_LOGIN_ADVICE)) from error
        except IMAPClientError as error:
            self._drop()
            raise MailboxError(
                self._said(f"打不开文件夹“{box.folder}”({_brief(error)}):请核对 folder")
            ) from error
        except _LOST as error:
            self._drop()
            raise MailboxError(self._said(f"登录时连接中断({_brief(error)}):请稍后再试")) from error

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.shutdown()

    def _opened(self) -> IMAPClient:
        box = self._mailbox
        assert box.host is not None
        context = ssl.create_default_context(cafile=str(box.ca_file) if box.ca_file else None)
        client = IMAPClient(
            box.host,
            box.port,
            ssl=box.security == "tls",
            ssl_context=context if box.security == "tls" else None,
            timeout=SocketTimeout(connect=CONNECT_SECONDS, read=READ_SECONDS),  # type: ignore[arg-type]
        )
        client.normalise_times = False
        if box.security == "starttls":
            client.starttls(context)
        return client

    def _identify(self, client: IMAPClient) -> None:
        if client.has_capability("ID"):
            try:
                client.id_(_IDENTITY)
            except (CapabilityError, IMAPClientError) as error:
                log.debug("%s: ID refused: %s", self.name, error)  # a courtesy, not a need

    def _said(self, what: str) -> str:
        box = self._mailbox
        return f"邮箱“{box.name}”({box.host}:{box.port}){what}"


_LOGIN_ADVICE = (
    "登录被拒绝:请核对 username;QQ、163邮箱的密码处要填“授权码”(不是登录密码),"
    "并在网页邮箱“设置—账户”里确认已开启IMAP服务;刚改过密码的要重新生成授权码;多次失败后请隔15分钟再试"
)


def _brief(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:80]
