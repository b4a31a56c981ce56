"""Judges Authentication-Results headers (RFC 8601) by the table of mail providers (``mail_providers.toml``).

Two results are used: a failure, and, for answers by mail, that a mail is from its domain. Both count only if the
header is by the provider of the mailbox, since a sender can write such a header too.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationResult:
    """The content of one Authentication-Results header: its server, and whether SPF, DKIM or DMARC failed."""

    server: str  # the authserv-id in lower case
    failed: bool
    domains: tuple[str, ...] = ()
    """The domains that a mail is from by this header; empty if the header is ambiguous."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailProvider:
    """A mail provider: its hosts, its authserv-ids, and whether its newest Authentication-Results header is the first or the last."""

    hosts: tuple[str, ...]
    servers: tuple[str, ...]
    newest: Literal["first", "last"]
    is_own: bool = False
    """Whether it is certainly the mailbox's provider; a guessed provider vouches for nobody."""

    def has_host(self, host: str) -> bool:
        """Returns whether a host is a server of this provider."""
        folded = host.lower()
        return any(folded == ending or folded.endswith(f".{ending}") for ending in self.hosts)

    def says_failed(self, results: Sequence[AuthenticationResult]) -> bool:
        """Returns whether the newest header of this provider says that SPF, DKIM or DMARC failed."""
        newest = self._newest(results)
        return newest is not None and newest.failed

    def vouches_for(self, domain: str, results: Sequence[AuthenticationResult]) -> bool:
        """Returns whether the newest header of this provider confirms the domain of a mail and reports no failure."""
        own_results = self._own(results)
        # A second header of the same server came with the mail: it is not sure which one is genuine.
        return (
            self.is_own
            and len(own_results) == 1
            and not own_results[0].failed
            and domain.lower() in own_results[0].domains
        )

    def _newest(self, results: Sequence[AuthenticationResult]) -> AuthenticationResult | None:
        own_results = self._own(results)
        if not own_results:
            return None
        return own_results[0] if self.newest == "first" else own_results[-1]

    def _own(self, results: Sequence[AuthenticationResult]) -> list[AuthenticationResult]:
        return [result for result in results if any(re.fullmatch(one, result.server) for one in self.servers)]


@cache
def known_providers() -> tuple[MailProvider, ...]:
    """Returns the providers of ``mail_providers.toml``."""
    tables = tomllib.loads((resources.files("config.mail") / "mail_providers.toml").read_text("utf-8"))
    return tuple(
        MailProvider(hosts=tuple(one["hosts"]), servers=tuple(one["servers"]), newest=one["newest"])
        for one in tables["provider"]
    )


def providers_of(host: str, servers: Sequence[str]) -> tuple[MailProvider, ...]:
    """Returns the providers whose headers are believed for a mailbox on this host.

    ``servers`` are those that the configuration names; without them, the host's provider. For a mail folder or an
    unknown host, every known provider is believed.
    """
    if servers:
        names = tuple(re.escape(server.lower()) for server in servers)
        return (MailProvider(hosts=(), servers=names, newest="first", is_own=True),)
    of_host = tuple(replace(one, is_own=True) for one in known_providers() if one.has_host(host))
    return of_host or known_providers()
