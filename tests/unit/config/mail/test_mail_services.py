"""Servers by the address of a mailbox."""

import pytest

from config.mail.mail_services import find_mail_service


@pytest.mark.parametrize(
    ("address", "imap", "smtp"),
    [
        ("office@qq.com", "imap.qq.com", "smtp.qq.com"),
        ("Office@VIP.QQ.com", "imap.qq.com", "smtp.qq.com"),
        ("a@foxmail.com", "imap.qq.com", "smtp.qq.com"),
        ("a@163.com", "imap.163.com", "smtp.163.com"),
        ("a@126.com", "imap.126.com", "smtp.126.com"),
        ("a@139.com", "imap.139.com", "smtp.139.com"),
        ("a@aliyun.com", "imap.aliyun.com", "smtp.aliyun.com"),
    ],
)
def test_a_known_service(address, imap, smtp):
    service = find_mail_service(address)

    assert service is not None
    assert (service.imap, service.smtp) == (imap, smtp)


def test_an_office_s_own_domain_tells_none():
    assert find_mail_service("office@shizhu.gov.cn") is None
