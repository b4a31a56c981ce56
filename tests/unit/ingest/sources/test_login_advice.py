"""A refused login is explained by the server's answer and the shape of the password."""

import pytest

from ingest.sources.login_advice import folder_advice, login_advice

QQ = (
    "Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, "
    "or system is busy."
)
CODE = "abcdefghijklmnop"


@pytest.mark.parametrize(
    ("host", "password", "answer", "says"),
    [
        ("imap.qq.com", "MyQQ-2023", QQ, "不像授权码"),
        ("imap.qq.com", CODE, QQ, "依次核对"),
        ("imap.qq.com", "abcd efgh ijkl mnop", QQ, "依次核对"),
        ("imap.163.com", CODE, "LOGIN Login error or password error", "授权码"),
        ("imap.example.org", "x", "too many failed logins", "隔15分钟"),
        ("imap.example.org", "x", "IMAP service is not open", "没有开启IMAP服务"),
        ("imap.example.org", "x", "[AUTHENTICATIONFAILED] wrong", "请核对 username"),
    ],
)
def test_each_refusal_has_its_own_advice(host: str, password: str, answer: str, says: str) -> None:
    assert says in login_advice(host, password, answer)


def test_a_folder_may_be_missing_or_kept_from_us() -> None:
    assert "Unsafe Login" in folder_advice(
        "INBOX", "SELECT Unsafe Login. Please contact kefu@188.com for help"
    )
    assert "请核对 folder" in folder_advice("报表", "Folder not exist")
