"""Fetches mail over IMAP, with the few commands that QQ and 163 implement well (``mail-providers.md``).

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
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from config.errors import MailboxError, MailboxLoginError
from config.settings import MailboxSettings
from ingest.sources.login_advice import folder_advice, login_advice
from ingest.sources.source import Batch, FetchedMessage

log = logging.getLogger(__name__)

CONNECT_SECONDS, READ_SECONDS = 20.0, 60.0
UIDS_PER_FETCH = 50  # UIDs a FETCH; QQ refuses more
BYTES_PER_FETCH = 8_000_000
MESSAGES_PER_FETCH = 20
RECONNECTS_PER_PASS = 2  # a pass; every one is a login, and QQ counts logins
RECONNECT_PAUSE = 1.0
_CLIENT_ID = {"name": "kongchuo", "version": "0.1", "vendor": "kongchuo"}  # RFC 2971; 163 wants it
_CONNECTION_ERRORS = (IMAPClientAbortError, EOFError, OSError)  # of the last are TLS, timeout and reset


class ImapSource:
    """One account's folder."""

    def __init__(self, mailbox: MailboxSettings, password: str | None, *, zone: ZoneInfo) -> None:
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
            except (*_CONNECTION_ERRORS, IMAPClientError) as error:
                log.debug("logout of %s: %s", self.name, error)  # all that was asked for is here
                _close(client)

    def oldest_arrival(self) -> datetime | None:
        """When the oldest message that can be seen arrived; None for an empty folder."""
        assert self._client is not None
        uids = self._client.search(["UID", "1:*"])
        if not uids:
            return None
        metadata = self._client.fetch([min(uids)], ["INTERNALDATE"]).get(min(uids), {})
        return self._instant(metadata.get(b"INTERNALDATE"))

    def batches(self, watermarks: Mapping[int, int]) -> Iterator[Batch]:
        highest_uid = watermarks.get(self._uidvalidity, 0)
        interruptions = 0
        while True:
            try:
                uids = self._uids_above(highest_uid)
                for number in range(0, len(uids), UIDS_PER_FETCH):
                    for batch in self._fetch(uids[number : number + UIDS_PER_FETCH], len(uids) - number):
                        yield batch
                        highest_uid = batch.watermark or highest_uid
                return
            except _CONNECTION_ERRORS as error:
                self._disconnect()
                interruptions += 1
                if interruptions > RECONNECTS_PER_PASS:
                    raise MailboxError(
                        self._error_text(f"连接反复中断({_short_text(error)}):已取到的不会丢,请稍后再试")
                    ) from error
                log.warning("%s: connection lost (%s), reconnecting", self.name, _short_text(error))
                time.sleep(RECONNECT_PAUSE * interruptions)
                before = self._uidvalidity
                self._connect()
                if self._uidvalidity != before:
                    highest_uid = watermarks.get(self._uidvalidity, 0)
            except IMAPClientError as error:
                raise MailboxError(
                    self._error_text(f"服务器回答有误({_short_text(error)}):请稍后再试")
                ) from error

    def _uids_above(self, highest_uid: int) -> list[int]:
        assert self._client is not None
        # n:* always answers with the last message at least (RFC 3501 6.4.8): drop what is not above.
        return sorted(
            uid for uid in self._client.search(["UID", f"{highest_uid + 1}:*"]) if uid > highest_uid
        )

    def _fetch(self, uids: Sequence[int], remaining: int) -> Iterator[Batch]:
        assert self._client is not None
        sizes = self._client.fetch(uids, ["INTERNALDATE", "RFC822.SIZE"])
        todo = list(uids)
        while todo:
            chosen: list[int] = []
            total_bytes = 0
            while todo and len(chosen) < MESSAGES_PER_FETCH:
                size = int(sizes.get(todo[0], {}).get(b"RFC822.SIZE", 0))
                if chosen and total_bytes + size > BYTES_PER_FETCH:
                    break
                total_bytes += size
                chosen.append(todo.pop(0))
            bodies = self._client.fetch(chosen, ["BODY.PEEK[]"])
            messages: list[FetchedMessage] = []
            for uid in chosen:
                try:
                    message = self._to_message(uid, bodies.get(uid, {}), sizes.get(uid, {}))
                except MailboxError:  # one that cannot be had must not hold back those before it
                    if messages:
                        yield self._batch(messages, messages[-1].uid, remaining)
                    raise
                remaining -= 1
                if message is not None:
                    messages.append(message)
            yield self._batch(messages, chosen[-1], remaining)

    def _batch(self, messages: Sequence[FetchedMessage], watermark: int, remaining: int) -> Batch:
        return Batch(
            uidvalidity=self._uidvalidity,
            messages=tuple(messages),
            watermark=watermark,
            remaining=remaining,
        )

    def _to_message(
        self, uid: int, body: Mapping[bytes, Any], metadata: Mapping[bytes, Any]
    ) -> FetchedMessage | None:
        """The message; None where it was deleted between listing and fetching."""
        assert self._client is not None
        raw = body.get(b"BODY[]")
        if not raw:
            refetched = self._client.fetch([uid], ["INTERNALDATE", "RFC822.SIZE", "BODY.PEEK[]"]).get(uid)
            if refetched is None:
                log.warning("%s: UID %d is gone from the server, deleted meanwhile", self.name, uid)
                return None
            raw, metadata = refetched.get(b"BODY[]"), refetched
            if raw is None or (not raw and metadata.get(b"RFC822.SIZE")):
                raise MailboxError(self._error_text(f"第{uid}号邮件取不下来:请在网页邮箱里打开看看,稍后再试"))
        return FetchedMessage(
            raw=raw,
            received_at=self._instant(metadata.get(b"INTERNALDATE")),
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
        if box.username is not None and not self._password:
            raise MailboxError(self._error_text(_PASSWORD_ADVICE))  # an empty try would count as a wrong one
        try:
            self._client = client = self._open()
        except ssl.SSLCertVerificationError as error:
            raise MailboxError(
                self._error_text(
                    f"证书不可信({error.verify_message}):请核对服务器地址;自建服务器请设 ca_file"
                )
            ) from error
        except ssl.SSLError as error:
            raise MailboxError(
                self._error_text("加密连接失败:请核对端口和 security(993端口用 tls)")
            ) from error
        except (socket.gaierror, UnicodeError) as error:  # UnicodeError: no name at all, as "imap..qq.com"
            raise MailboxError(self._error_text("找不到这个服务器:请核对 host,并检查网络")) from error
        except TimeoutError as error:
            raise MailboxError(self._error_text("连接超时:请检查网络和防火墙,稍后再试")) from error
        except (OSError, IMAPClientError, EOFError, imaplib.IMAP4.error) as error:
            raise MailboxError(
                self._error_text(f"连不上({_short_text(error)}):请检查网络、host 和 port")
            ) from error
        try:
            self._identify(client)
            if box.username is not None:
                client.login(box.username, self._password or "")
            self._identify(client)  # 163 wants it after login, before SELECT
            selected = client.select_folder(box.folder, readonly=True)
            self._uidvalidity = int(selected[b"UIDVALIDITY"])
        except LoginError as error:
            self._disconnect()
            log.info("%s: login refused: %s", self.name, _short_text(error))
            # imapclient calls a line cut during LOGIN a login error too; that is not the password's fault
            if "socket error" in str(error):
                raise MailboxError(self._error_text(_CUT_ADVICE)) from error
            advice = login_advice(box.host, self._password or "", str(error))
            raise MailboxLoginError(self._error_text(advice)) from error
        except _CONNECTION_ERRORS as error:
            self._disconnect()
            raise MailboxError(self._error_text(_CUT_ADVICE)) from error
        except IMAPClientError as error:
            self._disconnect()
            raise MailboxError(self._error_text(folder_advice(box.folder, _short_text(error)))) from error

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            _close(client)

    def _open(self) -> IMAPClient:
        box = self._mailbox
        assert box.host is not None
        context = self._ssl_context()
        client = IMAPClient(
            box.host,
            box.port,
            ssl=box.security == "tls",
            ssl_context=context if box.security == "tls" else None,
            timeout=SocketTimeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        )
        client.normalise_times = False
        if box.security == "starttls":
            try:
                client.starttls(context)
            except (*_CONNECTION_ERRORS, IMAPClientError):
                _close(client)
                raise
        return client

    def _ssl_context(self) -> ssl.SSLContext:
        ca_file = self._mailbox.ca_file
        try:
            return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        except OSError as error:  # ssl.SSLError is one
            raise MailboxError(
                self._error_text(f"ca_file {ca_file} 读不了({_short_text(error)}):请核对路径,应为PEM证书")
            ) from error

    def _identify(self, client: IMAPClient) -> None:
        if client.has_capability("ID"):
            try:
                client.id_(_CLIENT_ID)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                log.debug("%s: ID refused: %s", self.name, error)  # a courtesy, not a need

    def _error_text(self, what: str) -> str:
        box = self._mailbox
        return f"邮箱“{box.name}”({box.host}:{box.port}){what}"


_PASSWORD_ADVICE = (
    "没有找到密码:请把授权码设为环境变量 KONGCHUO_MAILBOX_PASSWORD,或写入 password_file 所指的文件"
)
_CUT_ADVICE = "登录时连接中断:请稍后再试"


def _close(client: IMAPClient) -> None:
    try:
        client.shutdown()
    except OSError as error:
        log.debug("closing a lost connection: %s", error)


def _short_text(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:80]
