"""Mail addresses as people type them."""

import pytest

from config.mail.typed_addresses import bare_address, describe_wrong_address


@pytest.mark.parametrize(
    ("typed", "address"),
    [("a@qq.com", "a@qq.com"), (" a@qq.com ", "a@qq.com"), ("李主任 <a@qq.com>", "a@qq.com")],
)
def test_an_address_may_have_a_name_before_it(typed: str, address: str) -> None:
    assert bare_address(typed) == address


@pytest.mark.parametrize(
    ("typed", "likely"),
    [
        ("office@qq,com", "office@qq.com"),
        ("office@qq..com", "office@qq.com"),
        ("(office@qq.com", "office@qq.com"),
        ("office@qq.com>", "office@qq.com"),
        ("office@qq\u3002com", "office@qq.com"),
        ("office\uff20qq\uff0ecom", "office@qq.com"),
    ],
)
def test_a_slip_is_told_with_what_was_likely_meant(typed: str, likely: str) -> None:
    assert bare_address(typed) is None
    assert describe_wrong_address(typed).endswith(f"请改成 {likely}")


@pytest.mark.parametrize("between", [" ", ",", ";", "、", " <", "\uff0c"])
def test_two_addresses_in_one_text_are_none(between: str) -> None:
    typed = f"a@qq.com{between}b@qq.com"

    assert bare_address(typed) is None
    assert "几个地址" in describe_wrong_address(typed)


def test_what_resembles_no_address_is_shown_how_one_looks() -> None:
    assert "office@qq.com 的样子" in describe_wrong_address("办公室")
