"""Errors of sending mail, and the Chinese line that each answer of a server becomes."""

import smtplib
import socket
import ssl

from config.errors import MailServerError
from config.mail.server_reach import describe_tls_only, describe_unknown_host, speaks_tls_first
from config.settings import SmtpSettings
from config.text.os_reasons import reason_of

THROTTLE_PHRASES = (
    "frequency limit", "too many", "try again later", "4.7.", "sending quota", "sending limit", "频率", "频繁", "过快",
)  # fmt: skip
"""Words of servers that accept no more for now (QQ: Sender/Domain/Connection frequency limited; 4.7.x in RFC 3463)."""
_REMEDIES = (
    (
        ("mailbox full", "mailbox is full", "over quota", "overquota", "5.2.2", "已满"),
        "对方邮箱已满,请对方清理后再说",
    ),
    (("size", "too large", "too big", "5.3.4", "太大", "过大"), "邮件太大,请把 [smtp] megabytes 改小"),
)
"""By words of a server's answer, what a person is to do (RFC 3463: 5.2.2 mailbox full, 5.3.4 message too big)."""
_LOGIN_WANTED = (530, 535, 538)
"""Codes about the login (RFC 4954); given for one mail they concern every mail."""


class MailLoginError(MailServerError):
    """The server refused the login for good: user name or code are wrong."""


class MailRefusedError(MailServerError):
    """The server refused this mail for now; other mails may still be accepted."""


class MailRejectedError(MailRefusedError):
    """The server refuses this mail for good (5xx); a person has to correct it."""


class MailThrottledError(MailServerError):
    """The server accepts nothing for a while, because it was used too often."""


class MailUncertainError(MailServerError):
    """The connection broke between the mail's last line and the answer, so the mail may have been accepted."""


class MailWithdrawnError(MailServerError):
    """Another process has taken over the mail before its last line; the server received no complete mail."""


def remedy_for(answer: str, otherwise: str) -> str:
    """Returns what a person can do about a server's answer; ``otherwise`` if the answer is unknown."""
    lower = answer.lower()
    return next(
        (remedy for phrases, remedy in _REMEDIES if any(each in lower for each in phrases)), otherwise
    )


def to_connection_error(error: Exception, server_name: str, smtp: SmtpSettings) -> MailServerError:
    """Returns what a failure before any mail means: nothing for the mails, which go at another time."""
    match error:
        case smtplib.SMTPResponseException() if _is_throttle(error.smtp_code, answer_of(error)):
            return MailThrottledError(f"发信服务器限制登录({answer_of(error)}):已暂停,稍后会自动再试")
        case smtplib.SMTPAuthenticationError() if 400 <= error.smtp_code < 500:
            return MailServerError(
                f"发信服务器 {server_name} 暂时不能登录({answer_of(error)}):稍后会自动再试"
            )
        case smtplib.SMTPAuthenticationError():
            return MailLoginError(
                f"发信服务器 {server_name} 拒绝 {smtp.username} 登录({answer_of(error)}):"
                "请核对授权码(QQ邮箱用授权码,不是QQ密码),并确认已开启 SMTP 服务"
            )
        case smtplib.SMTPResponseException():
            return MailServerError(
                f"发信服务器 {server_name} 现在不接待({answer_of(error)}):请检查 [smtp] host、port,稍后会自动再试"
            )
        case smtplib.SMTPNotSupportedError():
            return MailServerError(
                f"{server_name} 不支持所设的加密方式:请把 [smtp] security 改为 tls(端口465)"
            )
        case socket.gaierror() | UnicodeError():
            return MailServerError(describe_unknown_host(smtp.host, smtp.username, error, "[smtp]"))
        case ConnectionRefusedError():
            return MailServerError(
                f"连不上 {server_name}(端口没有开):请核对 [smtp] 的 host 和 port(加密的是465),稍后会自动再试"
            )
        case smtplib.SMTPServerDisconnected() | TimeoutError():
            if (
                "timed out" in str(error)
                and smtp.security != "tls"
                and speaks_tls_first(smtp.host, smtp.port)
            ):
                return MailServerError(f"{server_name} 的{describe_tls_only(smtp.port, '[smtp]')}")
            return to_mail_error(error, server_name)
        case smtplib.SMTPException():  # the library's word for it
            return MailServerError(f"{server_name} 没有用密码的登录方式:请换一个能用授权码登录的发信服务器")
        case _:
            return to_mail_error(error, server_name)


def to_mail_error(error: Exception, server_name: str = "发信服务器") -> MailServerError:
    """Returns what a failure of :mod:`smtplib` means for the mail, with what a person is to do."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            answers = ";".join(
                f"{who} {answer_text(code, answer)}" for who, (code, answer) in error.recipients.items()
            )
            codes = [code for code, _ in error.recipients.values()]
            return _error_for_answer(min(codes, default=550), answers, "收件人全部被拒收", "请核对收件地址")
        case smtplib.SMTPResponseException() if error.smtp_code in _LOGIN_WANTED:
            return MailServerError(
                f"发信服务器要求先登录({answer_of(error)}):请核对 [smtp] username、security 和密码,稍后会自动再试"
            )
        case smtplib.SMTPResponseException():
            answer = answer_of(error)
            return _error_for_answer(
                error.smtp_code, answer, "没有收下邮件", "请核对发件地址与登录帐号一致、密码已设置"
            )
        case smtplib.SMTPServerDisconnected() if "timed out" not in str(error):
            return MailServerError(f"{server_name} 中途断开连接:稍后会自动再试")
        case ssl.SSLCertVerificationError():
            return MailServerError(
                f"{server_name} 的证书不可信({error.verify_message}):请核对服务器名,或设置 [smtp] ca_file"
            )
        case ssl.SSLError():
            return MailServerError(
                f"与 {server_name} 的加密连接失败:请核对 [smtp] port 与 security(tls 用465,starttls 用587)"
            )
        case smtplib.SMTPServerDisconnected() | TimeoutError():
            return MailServerError(
                f"{server_name} 超时没有回应:请检查网络和 [smtp] host、port,稍后会自动再试"
            )
        case _:
            return MailServerError(
                f"连不上 {server_name}({reason_of(error) if isinstance(error, OSError) else _shorten(str(error))}):"
                "请检查网络和 [smtp] host、port,稍后会自动再试"
            )


def _error_for_answer(code: int, answer: str, outcome: str, remedy: str) -> MailServerError:
    if _is_throttle(code, answer):
        return MailThrottledError(f"发信服务器限制发送频率({answer}):已暂停,稍后会自动再试")
    if 400 <= code < 500:
        return MailRefusedError(f"发信服务器暂时{outcome}({answer}):稍后会自动再试")
    return MailRejectedError(f"发信服务器{outcome}({answer}):{remedy_for(answer, remedy)},改好后再发一次")


def _is_throttle(code: int, answer: str) -> bool:
    return code == 421 or any(word in answer.lower() for word in THROTTLE_PHRASES)


def answer_of(error: smtplib.SMTPResponseException) -> str:
    """Returns the code and the server's words on one line."""
    return answer_text(error.smtp_code, error.smtp_error)


def answer_text(code: int, answer: bytes | str) -> str:
    """Returns the server's answer on one line, whatever its charset."""
    if isinstance(answer, str):
        return f"{code} {_shorten(answer)}"
    try:
        return f"{code} {_shorten(answer.decode('utf-8'))}"
    except UnicodeDecodeError:
        return f"{code} {_shorten(answer.decode('gb18030', 'replace'))}"


def _shorten(text: str) -> str:
    return " ".join(text.split())[:200]
