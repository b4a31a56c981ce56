"""Whose Authentication-Results are believed: the newest of the provider's own server, and only a failure."""

import pytest

from config.mail.mail_providers import AuthenticationResult, known_providers, providers_of


def says_failed(host: str, *results: tuple[str, bool], servers: tuple[str, ...] = ()) -> bool:
    read = [AuthenticationResult(server=server, failed=failed) for server, failed in results]
    return any(provider.says_failed(read) for provider in providers_of(host, servers))


def test_the_first_header_of_qq_s_server_counts() -> None:
    assert says_failed("imap.qq.com", ("mx.qq.com", True), ("mx.qq.com", False))
    assert not says_failed("imap.qq.com", ("mx.qq.com", False), ("mx.qq.com", True))


def test_the_last_header_of_coremail_s_server_counts() -> None:
    assert says_failed("imap.163.com", ("mx19", False), ("mx38", True))
    assert not says_failed("imap.163.com", ("mx19", True), ("gzga-mx-mtada-g0-8", False))


@pytest.mark.parametrize(
    "server", ["mx.evil.example", "mx.qq.com.evil.example", "evilqq.com", "mx1.evil.example", ""]
)
@pytest.mark.parametrize("host", ["imap.qq.com", "imap.126.com", "", "imap.county.example"])
def test_a_foreign_server_is_never_believed(server: str, host: str) -> None:
    assert not says_failed(host, (server, True))


def test_a_foreign_header_above_hides_nothing() -> None:
    assert says_failed("imap.qq.com", ("mx.evil.example", False), ("mx.qq.com", True))


def test_only_the_provider_of_the_mailbox_is_believed() -> None:
    assert not says_failed("imap.qq.com", ("mx38", True))
    assert not says_failed("imap.163.com", ("mx.qq.com", True))


def test_any_known_provider_may_have_received_what_lies_in_a_folder() -> None:
    assert providers_of("", ()) == known_providers()
    assert says_failed("", ("mx.qq.com", True))
    assert says_failed("127.0.0.1", ("mx38", True))


def test_a_named_server_takes_the_place_of_the_known_ones() -> None:
    assert says_failed("imap.qq.com", ("mail.county.example", True), servers=("Mail.County.example",))
    assert not says_failed("imap.qq.com", ("mx.qq.com", True), servers=("mail.county.example",))


def test_only_the_one_header_of_a_mailbox_s_own_provider_vouches() -> None:
    good = AuthenticationResult(server="mx.qq.com", failed=False, domains=("example.org",))
    bad = AuthenticationResult(server="mx.qq.com", failed=True, domains=("example.org",))
    foreign = AuthenticationResult(server="mx.evil.example", failed=False, domains=("example.org",))
    (qq,) = providers_of("imap.qq.com", ())
    (own,) = providers_of("127.0.0.1", ("mx.qq.com",))
    guessed = next(one for one in providers_of("127.0.0.1", ()) if one.has_host("imap.qq.com"))

    assert qq.vouches_for("example.org", [good])
    assert qq.vouches_for("EXAMPLE.org", [good, foreign])
    assert own.vouches_for("example.org", [good])
    assert not qq.vouches_for("example.com", [good])
    assert not qq.vouches_for("example.org", [bad])
    assert not qq.vouches_for("example.org", [foreign])
    assert not qq.vouches_for("example.org", [good, good])
    assert not qq.vouches_for("example.org", [])
    assert not guessed.vouches_for("example.org", [good])
