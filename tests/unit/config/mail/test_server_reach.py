"""Why a mail server is not reached."""

import socket

import pytest

from config.mail.server_reach import describe_unknown_host, speaks_tls_first

NO_SUCH_HOST = socket.gaierror(socket.EAI_NONAME, "no such host")


@pytest.mark.parametrize(
    ("host", "username", "section", "likely"),
    [
        ("imap.qq.cm", None, "[[mailbox]]", "imap.qq.com"),
        ("smtp.163.con", None, "[smtp]", "smtp.163.com"),
        ("mail.office.cn", "office@126.com", "[[mailbox]]", "imap.126.com"),
        ("mail.office.cn", "office@126.com", "[smtp]", "smtp.126.com"),
    ],
)
def test_a_host_that_does_not_exist_is_told_with_the_likely_one(
    host: str, username: str | None, section: str, likely: str
) -> None:
    told = describe_unknown_host(host, username, NO_SUCH_HOST, section)

    assert told == f'没有 {host} 这个服务器:请把 {section} 的 host 改成 "{likely}"'


def test_a_host_that_resembles_none_is_left_to_the_person() -> None:
    assert "改正 [[mailbox]] 的 host" in describe_unknown_host("a.b", None, NO_SUCH_HOST, "[[mailbox]]")


@pytest.mark.parametrize(
    ("host", "error"),
    [("imap.qq.com", NO_SUCH_HOST), ("a.b", socket.gaierror(socket.EAI_AGAIN, "try again"))],
)
def test_a_machine_that_is_offline_is_told_so(host: str, error: socket.gaierror) -> None:
    assert "没有连上网" in describe_unknown_host(host, None, error, "[[mailbox]]")


def test_a_server_that_greets_or_hangs_up_does_not_wait_for_tls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert not speaks_tls_first("127.0.0.1", port, 0.05)  # it answers nothing, not even in TLS
    assert not speaks_tls_first("127.0.0.1", port, 0.05)
