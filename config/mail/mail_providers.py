"""Judges Authentication-Results headers by what is known of mail providers (``mail_providers.toml``; RFC 8601).

Only a failure is ever believed, and only from the server of the provider whose mailbox the mail was fetched from:
a header of that name that came with the mail can harm nobody but whoever forged it.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationResult:
    """What one Authentication-Results header says: its server, and whether SPF, DKIM or DMARC failed."""

    server: str  # the authserv-id in lower case
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MailProvider:
    """A provider's servers, and whether the header that they write is the first or the last of its name."""

    hosts: tuple[str, ...]
    servers: tuple[str, ...]
    newest: Literal["first", "last"]

    def has_host(self, host: str) -> bool:
        """Returns whether a mailbox on this host is this provider's."""
        folded = host.lower()
        return any(folded == ending or folded.endswith(f".{ending}") for ending in self.hosts)

    def says_failed(self, results: Sequence[AuthenticationResult]) -> bool:
        """Returns whether the newest header of this provider says that the sender is not who it claims to be."""
        own = [result for result in results if any(re.fullmatch(one, result.server) for one in self.servers)]
        if not own:
            return False
        return own[0].failed if self.newest == "first" else own[-1].failed


@cache
def known_providers() -> tuple[MailProvider, ...]:
    """Returns the providers of ``mail_providers.toml``."""
    tables = tomllib.loads((resources.files("config.mail") / "mail_providers.toml").read_text("utf-8"))
    return tuple(
        MailProvider(hosts=tuple(one["hosts"]), servers=tuple(one["servers"]), newest=one["newest"])
        for one in tables["provider"]
    )


def providers_of(host: str, servers: Sequence[str]) -> tuple[MailProvider, ...]:
    """Returns whose headers are believed for a mailbox on this host.

    ``servers`` are those that the configuration names; else the host's provider counts. A mail folder, or a host
    that nobody knows, may hold mail that any known provider received.
    """
    if servers:
        names = tuple(re.escape(server.lower()) for server in servers)
        return (MailProvider(hosts=(), servers=names, newest="first"),)
    return tuple(one for one in known_providers() if one.has_host(host)) or known_providers()
