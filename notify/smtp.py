"""One mail to one server, over TLS; what goes wrong comes back as one Chinese line."""

import logging
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from config.errors import MailServerError
from config.settings import Smtp

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 30.0
THROTTLED = ("frequency limit", "too many", "try again later", "4.7.")
"""QQ: Sender/Domain/Connection frequency limited; RFC 3463: 4.7.x is policy, for now."""


class MailRefusedError(MailServerError):
    """The server answered, and will not take this mail; the next one may do better."""


class MailThrottledError(MailServerError):
    """The server wants to be left alone for a while."""


@contextmanager
def connected(smtp: Smtp, password: str | None, timeout: float = TIMEOUT_SECONDS) -> Iterator[smtplib.SMTP]:
    """A logged-in connection; it is said goodbye to whatever happens.

    Raises:
        MailServerError: not reached, not trusted, or the login was refused.
    """
    where = f"{smtp.host}:{smtp.port}"
    server: smtplib.SMTP | None = None
    try:
        server = _open(smtp, timeout)
        _login(server, smtp, password)
    except (smtplib.SMTPException, OSError) as error:
        if server is not None:
            server.close()
        raise _readable(error, where, smtp, password) from error
    try:
        yield server
    finally:
        _quit(server)


def deliver(server: smtplib.SMTP, raw: bytes, sender: str, recipients: Sequence[str]) -> dict[str, str]:
    """Hand one mail over; returns the recipients that were refused while others were accepted.

    Raises:
        MailServerError: it was not accepted for anybody (or the line broke before the server said so;
            the fixed Message-ID lets a mailbox know a second copy).
    """
    try:
        refused = server.sendmail(sender, list(recipients), raw)
    except (smtplib.SMTPException, OSError) as error:
        raise _readable(error, "发信服务器", None, "") from error
    return {address: _said(code, answer) for address, (code, answer) in refused.items()}


def send(
    smtp: Smtp,
    password: str | None,
    raw: bytes,
    sender: str,
    recipients: Sequence[str],
    timeout: float = TIMEOUT_SECONDS,
) -> dict[str, str]:
    """Connect, hand over one mail, leave. See :func:`connected` and :func:`deliver`."""
    with connected(smtp, password, timeout) as server:
        return deliver(server, raw, sender, recipients)


def _open(smtp: Smtp, timeout: float) -> smtplib.SMTP:
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


def _login(server: smtplib.SMTP, smtp: Smtp, password: str | None) -> None:
    """Log in where there is something to log in with and the server asks for it."""
    server.ehlo_or_helo_if_needed()
    if smtp.username and password and server.has_extn("auth"):
        server.login(smtp.username, password)


def _quit(server: smtplib.SMTP) -> None:
    """Leave politely. QQ may just drop the line here, or answer -1: the mail was accepted all the same."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError) as error:
        log.debug("server dropped the connection at QUIT: %s", error)
        server.close()


def _readable(error: Exception, where: str, smtp: Smtp | None, password: str | None) -> MailServerError:
    match error:
        case smtplib.SMTPAuthenticationError():
            who = smtp.username if smtp else ""
            return MailServerError(
                f"发信服务器 {where} 拒绝 {who} 登录({_said(error.smtp_code, error.smtp_error)}):"
                "请核对授权码(QQ邮箱用授权码,不是QQ密码),并确认已开启 SMTP 服务"
            )
        case smtplib.SMTPRecipientsRefused():
            said = ";".join(
                f"{who} {_said(code, answer)}" for who, (code, answer) in error.recipients.items()
            )
            codes = [code for code, _ in error.recipients.values()]
            return _by_answer(min(codes, default=550), said, "收件人全部被拒收", "请核对收件地址")
        case smtplib.SMTPResponseException():
            said = _said(error.smtp_code, error.smtp_error)
            return _by_answer(
                error.smtp_code, said, "没有收下邮件", "请核对发件地址与登录帐号一致、密码已设置"
            )
        case smtplib.SMTPNotSupportedError():
            return MailServerError(f"{where} 不支持所设的加密方式:请把 [smtp] security 改为 tls(端口465)")
        case smtplib.SMTPServerDisconnected() if "timed out" not in str(error):
            return MailServerError(f"{where} 中途断开连接:稍后会自动再试")
        case ssl.SSLCertVerificationError():
            return MailServerError(
                f"{where} 的证书不可信({error.verify_message}):请核对服务器名,或设置 [smtp] ca_file"
            )
        case ssl.SSLError():
            return MailServerError(
                f"与 {where} 的加密连接失败:请核对 [smtp] port 与 security(tls 用465,starttls 用587)"
            )
        case smtplib.SMTPServerDisconnected() | TimeoutError():
            return MailServerError(f"{where} 超时没有回应:请检查网络和 [smtp] host、port,稍后会自动再试")
        case _:
            return MailServerError(
                f"连不上 {where}({_line(str(error))}):请检查网络和 [smtp] host、port,稍后会自动再试"
            )


def _by_answer(code: int, said: str, what: str, remedy: str) -> MailServerError:
    if code == 421 or any(word in said.lower() for word in THROTTLED):
        return MailThrottledError(f"发信服务器限制发送频率({said}):已暂停,稍后会自动再试")
    return MailRefusedError(f"发信服务器{what}({said}):{remedy}")


def _said(code: int, answer: bytes | str) -> str:
    """The server's words, whatever their charset, on one line."""
    if isinstance(answer, str):
        return f"{code} {_line(answer)}"
    try:
        return f"{code} {_line(answer.decode('utf-8'))}"
    except UnicodeDecodeError:
        return f"{code} {_line(answer.decode('gb18030', 'replace'))}"


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
