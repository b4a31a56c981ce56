"""Sends one mail to one server over TLS (RFC 5321)."""

import logging
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from config.errors import MailServerError
from config.settings import SmtpSettings
from notify.mail.smtp_errors import (
    MailUncertainError,
    MailWithdrawnError,
    answer_text,
    to_connection_error,
    to_mail_error,
)

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 30.0
LAST_ANSWER_SECONDS = 300.0
"""The seconds to wait after the last line (RFC 5321 4.5.3.2.6), as a client that gives up early sends twice."""
_TAKEN, _REFUSED = 2, (4, 5)
"""The first digit of an answer (RFC 5321 4.2.1)."""
_UNCERTAIN = (
    "邮件已全部传给服务器,但{}:不知是否发出。请到发件箱或收件人处核对,没有发出的再发一次,已发出的不用再发"
)


def _always_confirm(accepted: Sequence[str]) -> bool:
    return True


@contextmanager
def smtp_connection(
    smtp: SmtpSettings, password: str | None, timeout: float = TIMEOUT_SECONDS
) -> Iterator[smtplib.SMTP]:
    """Opens a logged-in connection, and closes it with QUIT in any case.

    Raises:
        MailServerError: the server is not reached or not trusted, or refuses the login.
    """
    server_name = f"{smtp.host}:{smtp.port}"
    server: smtplib.SMTP | None = None
    try:
        server = _open(smtp, timeout)
        _login(server, smtp, password)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:  # UnicodeError: a host as "smtp..qq.com"
        if server is not None:
            server.close()
        raise to_connection_error(error, server_name, smtp) from error
    try:
        yield server
    finally:
        _quit(server)


def deliver(
    server: smtplib.SMTP,
    raw: bytes,
    sender: str,
    recipients: Sequence[str],
    *,
    confirm_last_line: Callable[[Sequence[str]], bool] = _always_confirm,
) -> dict[str, str]:
    """Sends one mail; returns the refused recipients if others were accepted.

    A server must discard a mail without its last line (RFC 5321 4.1.1.4), so everything before it may be repeated.
    Only between the last line and the answer is the result unknown.

    Args:
        confirm_last_line: called with the accepted recipients before the last line; False withdraws the mail.

    Raises:
        MailUncertainError: the last line was sent and no answer came.
        MailWithdrawnError: ``confirm_last_line`` withdrew it; the connection is closed.
        MailServerError: it was accepted for no recipient.
    """
    try:
        refused = _begin_transaction(server, raw, sender, recipients)
        accepted = [who for who in recipients if who not in refused]
        server.send(_dot_stuffed(raw))
    except (smtplib.SMTPException, OSError) as error:
        raise to_mail_error(error) from error
    if not confirm_last_line(accepted):
        server.close()
        raise MailWithdrawnError("这封邮件已被取消,或另一个 kongchuo 正在发送")
    try:
        _check_not_closed(server)
        server.send(b".\r\n")  # three bytes: where this raises, the server did not get them
    except (smtplib.SMTPException, OSError) as error:
        raise to_mail_error(error) from error
    try:
        if server.sock is not None:
            server.sock.settimeout(LAST_ANSWER_SECONDS)
        code, answer = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        server.close()
        raise MailUncertainError(_UNCERTAIN.format("没有等到答复")) from error
    if server.sock is not None:
        server.sock.settimeout(server.timeout)
    if code // 100 not in (_TAKEN, *_REFUSED):
        server.close()
        raise MailUncertainError(_UNCERTAIN.format(f"答复看不懂({answer_text(code, answer)})"))
    if code // 100 != _TAKEN:
        raise to_mail_error(smtplib.SMTPDataError(code, answer))
    return {who: answer_text(code, answer) for who, (code, answer) in refused.items()}


def _begin_transaction(
    server: smtplib.SMTP, raw: bytes, sender: str, recipients: Sequence[str]
) -> dict[str, tuple[int, bytes]]:
    """Sends MAIL, RCPT and DATA up to the server's 354; returns the refused recipients with code and answer."""
    server.ehlo_or_helo_if_needed()
    sized = [f"size={len(raw)}"] if server.has_extn("size") else []
    code, answer = server.mail(sender, sized)
    if code // 100 != _TAKEN:
        _reset(server, code, answer)
        raise smtplib.SMTPSenderRefused(code, answer, sender)
    refused: dict[str, tuple[int, bytes]] = {}
    for who in recipients:
        code, answer = server.rcpt(who)
        if code // 100 != _TAKEN:  # 250, 251 and 252: the mail goes to them
            refused[who] = (code, answer)
        if code == 421:
            break
    if len(refused) == len(recipients) or any(code == 421 for code, _ in refused.values()):
        _reset(server, code, answer)
        raise smtplib.SMTPRecipientsRefused(refused)
    code, answer = server.docmd("DATA")
    if code != 354:
        _reset(server, code, answer)
        raise smtplib.SMTPDataError(code, answer)
    return refused


def _reset(server: smtplib.SMTP, code: int, answer: bytes) -> None:
    """Makes the connection usable for the next mail; after 421 the server has hung up.

    Raises:
        MailServerError: it cannot be used, since its answers belong to earlier commands.
    """
    if code // 100 not in _REFUSED:
        server.close()
        raise MailServerError(f"发信服务器答非所问({answer_text(code, answer)}):已断开,稍后会自动再试")
    if code == 421:
        server.close()
        return
    with suppress(smtplib.SMTPException, OSError):  # what it said of this mail stands; the next finds it gone
        server.rset()


def _dot_stuffed(raw: bytes) -> bytes:
    """Returns the lines of a mail for DATA (RFC 5321 4.5.2), without the final dot."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _check_not_closed(server: smtplib.SMTP) -> None:
    """Checks whether the server has closed the connection before the last line, so that nothing was accepted.

    Raises:
        SMTPServerDisconnected: it has.
    """
    if server.sock is None:
        raise smtplib.SMTPServerDisconnected("closed")
    before = server.sock.gettimeout()
    server.sock.setblocking(False)
    try:
        server.sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return
    finally:
        server.sock.settimeout(before)
    server.close()
    raise smtplib.SMTPServerDisconnected("the server spoke or left before the mail's end")


def _open(smtp: SmtpSettings, timeout: float) -> smtplib.SMTP:
    if smtp.security == "none":
        return smtplib.SMTP(smtp.host, smtp.port, timeout=timeout)
    context = ssl.create_default_context(cafile=str(smtp.ca_file) if smtp.ca_file else None)
    if smtp.security == "tls":
        return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=timeout, context=context)
    server = smtplib.SMTP(smtp.host, smtp.port, timeout=timeout)
    try:
        server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server


def _login(server: smtplib.SMTP, smtp: SmtpSettings, password: str | None) -> None:
    """Logs in if a login is configured and the server offers it."""
    server.ehlo_or_helo_if_needed()
    if smtp.username and password and server.has_extn("auth"):
        # RFC 4954: names of mechanisms are of either case; the library looks for capitals.
        server.esmtp_features["auth"] = server.esmtp_features["auth"].upper()
        server.login(smtp.username, password)


def _quit(server: smtplib.SMTP) -> None:
    """Closes the connection; QQ may drop it here or answer -1 although the mail was accepted."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError) as error:
        log.debug("server dropped the connection at QUIT: %s", error)
        server.close()
