"""Opens a folder on an IMAP server and asks it the few questions that every server answers well.

Only these commands are ever sent: CAPABILITY, ID, STARTTLS, LOGIN, EXAMINE, UID SEARCH, UID FETCH (with
``BODY.PEEK``), LOGOUT. None of them changes anything in the mailbox.
"""

import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from imapclient import imap_utf7

from config.errors import MailboxError, MailboxLoginError, MailboxThrottledError
from config.settings import MailboxSettings
from ingest.sources.imap_answers import (
    LARGEST_UID,
    FetchAnswer,
    Pieces,
    capabilities_of,
    fetch_answers,
    search_answer,
    status_number,
    words_of,
)
from ingest.sources.imap_wire import (
    CommandRefusedError,
    ConnectionLostError,
    ImapWire,
    Patience,
    quoted,
    uid_set,
)
from ingest.sources.login_advice import (
    folder_advice,
    goodbye_advice,
    is_throttled,
    login_advice,
    throttle_advice,
)

log = logging.getLogger(__name__)

_CLIENT_ID = '("name" "kongchuo" "version" "0.1" "vendor" "kongchuo")'  # RFC 2971; 163 wants it
_BYTES_PER_ENTRY = 1_000  # of a FETCH answer without a body, generously
_CUT_ADVICE = "登录时连接中断:请稍后再试"
_PASSWORD_ADVICE = (
    "没有找到密码:请把授权码设为环境变量 KONGCHUO_MAILBOX_PASSWORD,或写入 password_file 所指的文件"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """What EXAMINE said of the folder; None for what it left out."""

    exists: int | None
    uidvalidity: int | None
    uidnext: int | None


class ImapSession:
    """One login with one folder open for reading. Made by :func:`open_session`.

    Its questions raise :class:`CommandRefusedError` or :class:`ConnectionLostError`.
    """

    def __init__(self, wire: ImapWire, folder: FolderState) -> None:
        self._wire = wire
        self.folder = folder

    def examine(self, folder: str) -> None:
        """Open another folder in the place of this one."""
        self.folder = _folder_state(self._wire.command(f"EXAMINE {_folder_name(folder)}"))

    def search_uids(self, first: int, last: int | None) -> list[int] | None:
        """UIDs in a range, ascending; None where the server said OK and nothing else.

        A server may name others too (RFC 3501 6.4.8: ``n:*`` names the last message at least; 139 and QQ ignore
        what they do not understand), so the range is kept here. Numbers beyond what any server may use are kept.
        """
        responses = self._wire.command(f"UID SEARCH UID {first}:{'*' if last is None else last}")
        uids = search_answer(responses)
        return (
            None if uids is None else [uid for uid in uids if first <= uid and (last is None or uid <= last)]
        )

    def search_message_id(self, message_id: str) -> list[int]:
        """UIDs that the server says have this Message-ID; some servers name all, some none."""
        responses = self._wire.command(f"UID SEARCH HEADER MESSAGE-ID {quoted(message_id)}")
        return [uid for uid in search_answer(responses) or () if uid <= LARGEST_UID]

    def describe(self, uids: Sequence[int]) -> list[FetchAnswer]:
        """Arrival and size of these messages."""
        text = f"UID FETCH {uid_set(uids)} (INTERNALDATE RFC822.SIZE)"
        return list(fetch_answers(self._wire.command(text, len(uids) * _BYTES_PER_ENTRY)))

    def describe_from(self, first: int, most: int) -> list[FetchAnswer]:
        """Arrival and size of all messages from a UID on: what can be asked where SEARCH does not answer."""
        text = f"UID FETCH {first}:* (INTERNALDATE RFC822.SIZE)"
        answers = fetch_answers(self._wire.command(text, most * _BYTES_PER_ENTRY))
        return [answer for answer in answers if answer.uid is not None and answer.uid >= first]

    def bodies(self, uids: Sequence[int], expected_bytes: int) -> list[FetchAnswer]:
        """The messages themselves."""
        text = f"UID FETCH {uid_set(uids)} (BODY.PEEK[])"
        return list(fetch_answers(self._wire.command(text, expected_bytes)))

    def headers(self, uids: Sequence[int], expected_bytes: int) -> list[FetchAnswer]:
        """The header of each message; whole, since some servers leave single fields empty."""
        text = f"UID FETCH {uid_set(uids)} (BODY.PEEK[HEADER])"
        return list(fetch_answers(self._wire.command(text, expected_bytes)))

    def close(self) -> None:
        """Leave without a word: the connection is lost, or may be."""
        self._wire.close()

    def log_out(self) -> None:
        """Leave politely; all that was asked for is here, whatever the server says to it."""
        try:
            self._wire.command("LOGOUT")
        except (CommandRefusedError, ConnectionLostError) as error:
            log.debug("logout: %s", error)
        self._wire.close()


def open_session(
    box: MailboxSettings, password: str | None, patience: Patience, *, folder: str | None = None
) -> ImapSession:
    """Connect, log in once, examine the folder (by default the mailbox's); every way to fail has its own sentence.

    Raises:
        MailboxError: one Chinese line that says which way it was.
    """
    folder = folder or box.folder
    if box.username is not None:
        if not password:  # an empty try would count as a wrong one
            raise mailbox_error(box, _PASSWORD_ADVICE)
        if not f"{box.username}{password}".isascii() or not f"{box.username}{password}".isprintable():
            raise mailbox_error(
                box, "username 或密码里有中文、全角字符或换行:请改成半角,授权码只有字母和数字"
            )
    wire = _connect(box, patience)
    try:
        preauthenticated, offered = _greet(wire, box)
        offered = _identify(wire, offered)
        if box.username is not None and not preauthenticated:
            offered = _log_in(wire, box, password or "")
            _identify(wire, offered)  # 163 wants it after login, before EXAMINE
        return ImapSession(wire, _examine(wire, box, folder))
    except ConnectionLostError as error:
        wire.close()
        raise _lost_while_opening(box, password, error) from error
    except BaseException:
        wire.close()
        raise


def mailbox_error(
    box: MailboxSettings, what: str, kind: Callable[[str], MailboxError] = MailboxError
) -> MailboxError:
    return kind(f"邮箱“{box.name}”({box.host}:{box.port}){what}")


def _connect(box: MailboxSettings, patience: Patience) -> ImapWire:
    assert box.host is not None
    context = _ssl_context(box) if box.security != "none" else None
    connection: socket.socket | None = None
    try:
        connection = socket.create_connection((box.host, box.port), timeout=patience.connect)
        if context is not None and box.security == "tls":
            connection = context.wrap_socket(connection, server_hostname=box.host)
    except (OSError, UnicodeError) as error:
        if connection is not None:
            connection.close()
        raise _unreachable(box, error) from error
    wire = ImapWire(connection, patience)
    return wire


def _greet(wire: ImapWire, box: MailboxSettings) -> tuple[bool, frozenset[str]]:
    """Whether the server knows who we are already (PREAUTH), and what it offers."""
    greeting = wire.greeting()
    preauthenticated = greeting[0][:7].upper() == b"PREAUTH"
    if box.security == "starttls":
        if preauthenticated:  # RFC 9051 11.1: a PREAUTH in the clear keeps STARTTLS from being used
            raise mailbox_error(
                box, '服务器在加密之前就说“已登录”(PREAUTH):连接可能被人改动,没有收信;请改用 security = "tls"'
            )
        assert box.host is not None
        try:
            wire.start_tls(_ssl_context(box), box.host)
        except CommandRefusedError as error:
            raise mailbox_error(
                box, f'不支持 STARTTLS({error.words}):请改用 security = "tls"(端口993)'
            ) from error
        except OSError as error:
            raise _unreachable(box, error) from error
        return preauthenticated, _capabilities(wire)
    return preauthenticated, capabilities_of([greeting]) or _capabilities(wire)


def _capabilities(wire: ImapWire) -> frozenset[str]:
    try:
        return capabilities_of(wire.command("CAPABILITY")) or frozenset()
    except CommandRefusedError:
        return frozenset()


def _identify(wire: ImapWire, offered: frozenset[str]) -> frozenset[str]:
    """Names the program where that is offered: a courtesy, but 163 refuses the folder without it."""
    if "ID" in offered:
        try:
            wire.command(f"ID {_CLIENT_ID}")
        except CommandRefusedError as error:
            log.debug("ID refused: %s", error)
    return offered


def _log_in(wire: ImapWire, box: MailboxSettings, password: str) -> frozenset[str]:
    assert box.username is not None
    assert box.host is not None
    try:
        responses = wire.command(f"LOGIN {quoted(box.username)} {quoted(password)}")
    except CommandRefusedError as error:
        log.info("%s: login refused: %s", box.name, error.words)
        raise mailbox_error(box, login_advice(box.host, password, error.words), MailboxLoginError) from error
    return capabilities_of(responses) or _capabilities(wire)


def _examine(wire: ImapWire, box: MailboxSettings, folder: str) -> FolderState:
    try:
        responses: list[Pieces] = wire.command(f"EXAMINE {_folder_name(folder)}")
    except CommandRefusedError as error:
        if is_throttled(error.words):
            raise mailbox_error(box, throttle_advice(error.words), MailboxThrottledError) from error
        raise mailbox_error(box, folder_advice(folder, error.words)) from error
    return _folder_state(responses)


def _folder_name(folder: str) -> str:
    return quoted(imap_utf7.encode(folder).decode("ascii"))


def _folder_state(responses: Sequence[Pieces]) -> FolderState:
    return FolderState(
        exists=status_number(responses, "EXISTS"),
        uidvalidity=status_number(responses, "UIDVALIDITY"),
        uidnext=status_number(responses, "UIDNEXT"),
    )


def _lost_while_opening(
    box: MailboxSettings, password: str | None, error: ConnectionLostError
) -> MailboxError:
    if error.goodbye is None:
        if isinstance(error.__cause__, TimeoutError):
            return mailbox_error(box, "登录时等不到答复:请稍后再试")
        if error.__cause__ is None and "连接中断" not in str(error):
            return mailbox_error(box, f"{error}:请核对 host、port 和 security,或稍后再试")
        return mailbox_error(box, _CUT_ADVICE)
    if is_throttled(error.goodbye):
        return mailbox_error(box, throttle_advice(error.goodbye), MailboxThrottledError)
    if "login" in error.goodbye.lower():  # a refused login that ends the connection
        advice = login_advice(box.host or "", password or "", error.goodbye)
        return mailbox_error(box, advice, MailboxLoginError)
    return mailbox_error(box, goodbye_advice(error.goodbye))


def _ssl_context(box: MailboxSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(box.ca_file) if box.ca_file else None)
    except OSError as error:  # ssl.SSLError is one
        why = words_of(str(error.strerror or error).encode())
        raise mailbox_error(box, f"ca_file {box.ca_file} 读不了({why}):请核对路径,应为PEM证书") from error


def _unreachable(box: MailboxSettings, error: OSError | UnicodeError) -> MailboxError:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"证书不可信({error.verify_message}):请核对服务器地址;自建服务器请设 ca_file"
    elif isinstance(error, ssl.SSLError):
        why = "加密连接失败:请核对端口和 security(993端口用 tls)"
    elif isinstance(error, socket.gaierror | UnicodeError):  # UnicodeError: no name at all, as "imap..qq.com"
        why = "找不到这个服务器:请核对 host,并检查网络"
    elif isinstance(error, TimeoutError):
        why = "连接超时:请检查网络和防火墙,稍后再试"
    else:
        why = f"连不上({str(error)[:80]}):请检查网络、host 和 port"
    return mailbox_error(box, why)
