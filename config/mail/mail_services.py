"""Finds the IMAP and SMTP servers of an address by its domain (``mail_services.toml``)."""

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

_TABLE = "mail_services.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailService:
    """One service; servers are host names, ports are 993 and 465 with TLS."""

    name: str
    addresses: tuple[str, ...]
    """The domains of its addresses."""
    imap: str
    smtp: str
    password: str
    """The kind of password that programs use there, in Chinese."""


@cache
def _known_services() -> tuple[MailService, ...]:
    tables = tomllib.loads((resources.files("config.mail") / _TABLE).read_text("utf-8"))
    return tuple(MailService(**{**one, "addresses": tuple(one["addresses"])}) for one in tables["service"])


def find_mail_service(address: str) -> MailService | None:
    """Returns the service of an address, or None for an unknown domain."""
    domain = address.strip().lower().rpartition("@")[2]
    return next((service for service in _known_services() if domain in service.addresses), None)


def is_known_host(host: str) -> bool:
    """Returns whether a host is a server of one of the services."""
    return any(host.lower() in (service.imap, service.smtp) for service in _known_services())


def suggest_host(host: str, address: str, section: str) -> str | None:
    """Returns the host that was likely meant: that of the address's service, else the most similar known one."""
    service = find_mail_service(address)
    if service is not None:
        return service.smtp if section == "[smtp]" else service.imap
    hosts = [host for service in _known_services() for host in (service.imap, service.smtp)]
    return next(iter(difflib.get_close_matches(host.lower(), hosts, n=1, cutoff=0.8)), None)
