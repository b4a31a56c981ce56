"""Explains a refused login or folder in Chinese, from the server's answer and the form of the password."""

import re

_QQ_CODE = re.compile(r"[a-z]{16}")
_THROTTLED = "frequen|too many|limit|busy|try again later|temporar|频繁|过多|太多|限制|稍后|繁忙"
_ADVICE = (
    "登录被拒绝:请核对 username;QQ、163邮箱的密码处要填“授权码”(不是登录密码),"
    "并在网页邮箱“设置—账户”里确认已开启IMAP服务;刚改过密码的要重新生成授权码;多次失败后请隔15分钟再试"
)


def login_advice(host: str, password: str, answer: str) -> str:
    """Returns the Chinese sentence for a refused login.

    QQ gives one answer for all reasons (``docs/mail-providers.md``); for it a password that is not sixteen
    small letters, as an 授权码 is, must be the login password. Other servers name the reason.
    """
    answer_lower = answer.lower()
    qq = host.endswith("qq.com") or "account is abnormal" in answer_lower
    if qq and not _QQ_CODE.fullmatch(password.replace(" ", "")):
        return (
            "登录被拒绝:所填的不像授权码(QQ邮箱的授权码是16位小写字母,不是QQ密码):"
            "请在网页邮箱“设置—账户”里生成授权码,填到 KONGCHUO_MAILBOX_PASSWORD"
        )
    if qq:
        return (
            "登录被拒绝(QQ邮箱不说明是哪一种):请依次核对 ①“设置—账户”里IMAP服务已开启 ②授权码没有因改密码而失效"
            " ③username 是完整的邮箱地址;如果刚才失败过几次,可能是登录太频繁,请隔15分钟再试"
        )
    if is_throttled(answer):
        return "登录太频繁,被服务器暂时拒绝:请隔15分钟再试,不要反复尝试"
    if re.search(
        "not open|disabled|not enabled|unavailable|not permitted|closed|未开启|未开通|没有开启|关闭",
        answer_lower,
    ):
        return "邮箱没有开启IMAP服务:请在网页邮箱“设置”里开启IMAP/SMTP,再生成授权码"
    return _ADVICE


def is_throttled(answer: str) -> bool:
    """Returns whether a server says, in English or Chinese, that it was asked too often or is too busy."""
    return re.search(_THROTTLED, answer.lower()) is not None


def throttle_advice(answer: str) -> str:
    """Returns the Chinese sentence for a server that was asked too often after the login."""
    return f"访问太频繁,被服务器暂时限制({answer}):邮件没有丢,程序会隔一阵自动再收,请不要反复重试"


def goodbye_advice(answer: str) -> str:
    """Returns the Chinese sentence for a server that ended the connection by itself (BYE)."""
    return f"服务器主动断开了连接({answer}):多半在维护,请稍后再试"


def folder_advice(folder: str, answer: str) -> str:
    """Returns the Chinese sentence for a folder that could not be opened."""
    if re.search("未开启|未开通|没有开启|not open|not enabled", answer.lower()):
        return f"邮箱没有开启IMAP服务({answer}):请在网页邮箱“设置”里开启IMAP/SMTP"
    if "unsafe login" in answer.lower():
        return (
            "163邮箱认为登录不安全(Unsafe Login):请在网页邮箱里确认已开启IMAP并用授权码登录;"
            "仍不行的,在163帮助页解除客户端限制后再试"
        )
    return f"打不开文件夹“{folder}”({answer}):请核对 folder(收件箱写 INBOX)"
