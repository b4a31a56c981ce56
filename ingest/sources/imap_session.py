"""Opens a folder on an IMAP server and sends it the few commands that every server answers well.

Only these commands are ever sent: CAPABILITY, ID, STARTTLS, LOGIN, EXAMINE, UID SEARCH, UID FETCH (with
``BODY.PEEK``), LOGOUT. None of them changes anything in the mailbox.
"""

import imaplib
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from imapclient.exceptions import CapabilityError

from config.errors import MailboxError, MailboxLoginError, MailboxThrottledError
from config.mail.server_reach import describe_tls_only, describe_unknown_host, speaks_tls_first
from config.settings import MailboxSettings
from config.text.os_reasons import reason_of
from ingest.sources.imap_answers import LARGEST_UID, FetchAnswer
from ingest.sources.imap_wire import CommandRefusedError, ConnectionLostError, GuardedClient, Patience
from ingest.sources.login_advice import (
    folder_advice,
    goodbye_advice,
    is_throttled,
    login_advice,
    throttle_advice,
)

log = logging.getLogger(__name__)

_CLIENT_ID = {"name": "kongchuo", "version": "0.1", "vendor": "kongchuo"}  # RFC 2971; 163 wants it
_DESCRIPTION = "INTERNALDATE RFC822.SIZE"
_TLS_PORT = 993
_BYTES_PER_ENTRY = 1_000  # of a FETCH answer without a body, generously
_CUT_ADVICE = "登录时连接中断:请稍后再试"
_PASSWORD_ADVICE = (
    "没有找到密码:请把授权码设为环境变量 KONGCHUO_MAILBOX_PASSWORD,或写入 password_file 所指的文件"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """The numbers in the answer to EXAMINE; None for those left out."""

    exists: int | None
    uidvalidity: int | None
    uidnext: int | None


class ImapSession:
    """One login with one folder open for reading, made by :func:`open_session`.

    Its methods raise :class:`CommandRefusedError` or :class:`ConnectionLostError`.
    """

    def __init__(self, client: GuardedClient, folder: FolderState) -> None:
        self._client = client
        self.folder = folder

    def examine(self, folder: str) -> None:
        """Opens another folder instead of this one."""
        self.folder = _examine(self._client, folder)

    def search_uids(self, first: int, last: int | None) -> list[int] | None:
        """Returns the UIDs in a range, ascending, or None if the server answered OK and nothing else.

        A server may return others, too (RFC 3501 6.4.8: ``n:*`` includes the last message at least; 139 and
        QQ ignore criteria that they do not support), so the range is applied here. Numbers larger than any
        valid UID are kept.
        """
        uids = self._client.search_all(f"UID {first}:{'*' if last is None else last}")
        return (
            None if uids is None else [uid for uid in uids if first <= uid and (last is None or uid <= last)]
        )

    def search_message_id(self, message_id: str) -> list[int]:
        """Returns the UIDs that the server finds for this Message-ID; some servers return all, some none."""
        quoted = message_id.replace("\\", r"\\").replace('"', r"\"")
        uids = self._client.search_all(f'HEADER MESSAGE-ID "{quoted}"')
        return [uid for uid in uids or () if uid <= LARGEST_UID]

    def describe(self, uids: Sequence[int]) -> list[FetchAnswer]:
        """Returns arrival and size of these messages."""
        return self._client.fetch_all(uids, _DESCRIPTION, len(uids) * _BYTES_PER_ENTRY)

    def describe_from(self, first: int, most: int) -> list[FetchAnswer]:
        """Returns arrival and size of all messages from a UID on, for servers that do not answer SEARCH."""
        answers = self._client.fetch_all(f"{first}:*", _DESCRIPTION, most * _BYTES_PER_ENTRY)
        return [answer for answer in answers if answer.uid is not None and answer.uid >= first]

    def bodies(self, uids: Sequence[int], expected_bytes: int) -> list[FetchAnswer]:
        """Returns these messages with their bodies."""
        return self._client.fetch_all(uids, "BODY.PEEK[]", expected_bytes)

    def headers(self, uids: Sequence[int], expected_bytes: int) -> list[FetchAnswer]:
        """Returns the whole header of each message, since some servers leave single fields empty."""
        return self._client.fetch_all(uids, "BODY.PEEK[HEADER]", expected_bytes)

    def close(self) -> None:
        """Closes a connection that is or may be lost, without LOGOUT."""
        self._client.shutdown()

    def log_out(self) -> None:
        """Logs out, ignoring the server's answer."""
        try:
            self._client.logout()
        except (CommandRefusedError, ConnectionLostError) as error:
            log.debug("logout: %s", error)
            self._client.shutdown()


def open_session(
    box: MailboxSettings, password: str | None, patience: Patience, *, folder: str | None = None
) -> ImapSession:
    """Connects, logs in once and opens the folder (by default the mailbox's); each failure has its own sentence.

    Raises:
        MailboxError: with one Chinese sentence on the cause.
    """
    folder = folder or box.folder
    if box.username is not None:
        if not password:  # an empty try would count as a wrong one
            raise mailbox_error(box, _PASSWORD_ADVICE)
        if not f"{box.username}{password}".isascii() or not f"{box.username}{password}".isprintable():
            raise mailbox_error(
                box, "username 或密码里有中文、全角字符或换行:请改成半角,授权码只有字母和数字"
            )
    try:
        client = _connect(box, patience)
        try:
            if box.security == "starttls":
                _start_tls(client, box)
            _identify(client)
            if box.username is not None and not _is_preauthenticated(client):
                _log_in(client, box, password or "")
                _identify(client)  # 163 wants it after login, before EXAMINE
            return ImapSession(client, _examine_first(client, box, folder))
        except BaseException:
            client.shutdown()
            raise
    except ConnectionLostError as error:
        raise _lost_while_opening(box, password, error) from error


def mailbox_error(
    box: MailboxSettings, what: str, kind: Callable[[str], MailboxError] = MailboxError
) -> MailboxError:
    """Returns an error about a mailbox, with its name and server."""
    return kind(f"邮箱“{box.name}”({box.host}:{box.port}){what}")


def _connect(box: MailboxSettings, patience: Patience) -> GuardedClient:
    assert box.host is not None
    context = _ssl_context(box) if box.security == "tls" else None
    try:
        return GuardedClient(box.host, box.port, context, patience)
    except (OSError, UnicodeError) as error:
        raise _unreachable(box, error) from error


def _start_tls(client: GuardedClient, box: MailboxSettings) -> None:
    if _is_preauthenticated(client):  # RFC 9051 11.1: a PREAUTH in the clear keeps STARTTLS from being used
        raise mailbox_error(
            box, '服务器在加密之前就说“已登录”(PREAUTH):连接可能被人改动,没有收信;请改用 security = "tls"'
        )
    try:
        client.starttls(_ssl_context(box))
    except (CommandRefusedError, CapabilityError) as error:
        raise mailbox_error(box, f'不支持 STARTTLS({error}):请改用 security = "tls"(端口993)') from error
    except OSError as error:
        raise _unreachable(box, error) from error


def _is_preauthenticated(client: GuardedClient) -> bool:
    """Returns whether the server considers the connection logged in already."""
    return bool(client.welcome.startswith(b"* PREAUTH"))


def _identify(client: GuardedClient) -> None:
    """Sends the program's name where ID is offered; 163 refuses the folder without it."""
    try:
        if client.has_capability("ID"):
            client.id_(_CLIENT_ID)
    except (CommandRefusedError, imaplib.IMAP4.error, RecursionError) as error:  # RecursionError: (((((…
        log.debug("ID: %s", error)


def _log_in(client: GuardedClient, box: MailboxSettings, password: str) -> None:
    assert box.host is not None
    try:
        client.login(box.username, password)
    except CommandRefusedError as error:
        log.info("%s: login refused: %s", box.name, error.words)
        raise mailbox_error(box, login_advice(box.host, password, error.words), MailboxLoginError) from error


def _examine_first(client: GuardedClient, box: MailboxSettings, folder: str) -> FolderState:
    try:
        return _examine(client, folder)
    except CommandRefusedError as error:
        if is_throttled(error.words):
            raise mailbox_error(box, throttle_advice(error.words), MailboxThrottledError) from error
        raise mailbox_error(box, folder_advice(folder, error.words)) from error


def _examine(client: GuardedClient, folder: str) -> FolderState:
    numbers = client.select_folder(folder, readonly=True)
    return FolderState(
        exists=numbers.get(b"EXISTS"),
        uidvalidity=numbers.get(b"UIDVALIDITY"),
        uidnext=numbers.get(b"UIDNEXT"),
    )


def _lost_while_opening(
    box: MailboxSettings, password: str | None, error: ConnectionLostError
) -> MailboxError:
    if error.goodbye is None:
        if isinstance(error.__cause__, TimeoutError):
            return mailbox_error(box, _tls_advice(box) or "登录时等不到答复:请稍后再试")
        if "连接中断" not in str(error):
            return mailbox_error(box, f"{error}:请核对 host、port 和 security,或稍后再试")
        return mailbox_error(box, _CUT_ADVICE)
    if is_throttled(error.goodbye):
        return mailbox_error(box, throttle_advice(error.goodbye), MailboxThrottledError)
    if "login" in error.goodbye.lower():  # a refused login that ends the connection
        advice = login_advice(box.host or "", password or "", error.goodbye)
        return mailbox_error(box, advice, MailboxLoginError)
    return mailbox_error(box, goodbye_advice(error.goodbye))


def _tls_advice(box: MailboxSettings) -> str | None:
    """Returns the advice for a silent server that waits for TLS, or None if it is silent for another reason."""
    if box.security == "tls" or not speaks_tls_first(box.host, box.port):
        return None
    return describe_tls_only(box.port, "[[mailbox]]")


def _ssl_context(box: MailboxSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(box.ca_file) if box.ca_file else None)
    except OSError as error:
        why = "里面没有证书" if isinstance(error, ssl.SSLError) else reason_of(error)
        raise mailbox_error(box, f"ca_file {box.ca_file} 读不了({why}):请核对路径,应为PEM证书") from error


def _unreachable(box: MailboxSettings, error: OSError | UnicodeError) -> MailboxError:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"证书不可信({error.verify_message}):请核对服务器地址;自建服务器请设 ca_file"
    elif isinstance(error, ssl.SSLError):
        why = (
            f'{box.port}端口不说加密的话:请把 [[mailbox]] 改成 port = {_TLS_PORT}、security = "tls"'
            if box.port != _TLS_PORT
            else "加密连接失败:请核对 [[mailbox]] 的 host,稍后再试"
        )
    elif isinstance(error, socket.gaierror | UnicodeError):  # UnicodeError: no name at all, as "imap..qq.com"
        why = describe_unknown_host(box.host, box.username, error, "[[mailbox]]")
    elif isinstance(error, TimeoutError):
        why = _tls_advice(box) or "连接超时:请检查网络和防火墙,稍后再试"
    elif isinstance(error, ConnectionRefusedError):
        why = f"连不上({box.port}端口没有开):请核对 [[mailbox]] 的 host 和 port(加密的是{_TLS_PORT})"
    else:
        why = f"连不上({reason_of(error)}):请检查网络和 [[mailbox]] 的 host、port"
    return mailbox_error(box, why)
