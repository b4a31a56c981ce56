"""A recovery code is copied by hand: it is read however it is written, and a slip is noticed."""

import re

from hypothesis import given
from hypothesis import strategies as st

from store.sealing.recovery_code import new_secret, read_code, write_code

_SECRETS = st.binary(min_size=20, max_size=20)


@given(_SECRETS)
def test_a_code_is_read_back_in_lower_case_and_without_its_groups(secret: bytes) -> None:
    code = write_code(secret)

    assert re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert read_code(code) == secret
    assert read_code(f" {code.lower().replace('-', ' ')}\n") == secret


@given(_SECRETS)
def test_letters_that_look_like_digits_are_read_as_digits(secret: bytes) -> None:
    assert read_code(write_code(secret).replace("0", "O").replace("1", "l")) == secret


@given(_SECRETS, st.integers(0, 35), st.integers(1, 31))
def test_one_wrong_letter_is_noticed(secret: bytes, place: int, by: int) -> None:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    digits = write_code(secret).replace("-", "")
    wrong = alphabet[(alphabet.index(digits[place]) + by) % 32]

    # One in a million passes the check, which the key's own tag then refuses.
    assert read_code(digits[:place] + wrong + digits[place + 1 :]) != secret


def test_what_is_no_code_is_refused() -> None:
    code = write_code(new_secret())

    for text in ("", "password", code[:-1], code + "A", code.replace(code[0], "U", 1), "恢复码"):
        assert read_code(text) is None


def test_secrets_differ() -> None:
    assert new_secret() != new_secret()
