"""Reads what a mail's headers say about its sender: the address in From, and Authentication-Results (RFC 8601)."""

import re
from collections.abc import Iterator, Sequence

from config.mail.mail_providers import AuthenticationResult
from parsers.mail.header_names import find_addresses

_LONGEST = 4_000  # bytes of a header; real ones stay below 1,000
_MOST = 32  # headers of one mail kept at each end; a mail that was forwarded often has five
_FAILURE = re.compile(
    rb"(?<![A-Za-z0-9_.-])(?:spf|dkim|dmarc)(?:/1)?[ \t]*=[ \t]*(?:hard)?fail(?![A-Za-z])", re.I
)
_SERVER = re.compile(rb"\s*(?:\([^()]*\)\s*)?\"?([A-Za-z0-9][A-Za-z0-9._-]{0,254})")
_COMMENT = re.compile(r"\([A-Za-z0-9 .,:;@/_=+-]{0,300}\)")
_PLAIN = re.compile(r"[A-Za-z0-9 .,:;@/_=+()\t-]*")
_STATEMENT = re.compile(r"\s*([a-z]+)\s*=\s*([a-z]+)((?:\s+[a-z]+\.[a-z-]+\s*=\s*[A-Za-z0-9.@_=+/-]+)*)\s*")
_PASSED = {
    "dmarc": ("header.from",),
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom", "smtp.mail"),
}
"""The properties that give the domain that a method checked (RFC 8601, 2.7; ``smtp.mail`` is Coremail's)."""
_FOLD = re.compile(rb"(?:\r\n|\r|\n)[ \t]+")


def read_author(from_headers: Sequence[bytes]) -> str:
    """Returns the address in From, in lower case; empty unless there is exactly one.

    A second From, or a second address in it, is a trick to show readers another sender than the checked one.
    """
    if len(from_headers) != 1 or len(from_headers[0]) > _LONGEST:
        return ""
    addresses = find_addresses(from_headers[0])
    return addresses[0] if len(addresses) == 1 else ""


def read_authentication(headers: Sequence[bytes]) -> tuple[AuthenticationResult, ...]:
    """Returns the content of each Authentication-Results header, in the mail's order; many are truncated.

    The sender can choose parts of such a header (brackets and quotes in an address may hide what follows), so a
    failure counts anywhere in it.
    """
    considered = headers if len(headers) <= 2 * _MOST else [*headers[:_MOST], *headers[-_MOST:]]
    return tuple(_read(header[:_LONGEST]) for header in considered)


def _read(header: bytes) -> AuthenticationResult:
    # Coremail folds lines inside words ("dki", "m=pass"), RFC 5322 between them: both readings count.
    readings = (_FOLD.sub(b" ", header), _FOLD.sub(b"", header))
    server = _SERVER.match(readings[0])
    return AuthenticationResult(
        server=server[1].decode("ascii").lower() if server else "",
        failed=any(_FAILURE.search(reading) for reading in readings),
        domains=_read_domains(readings[0]),
    )


def _read_domains(header: bytes) -> tuple[str, ...]:
    """Returns the domains for which a header reports a pass; empty if it has quotes or backslashes.

    The sender can choose addresses in the header, so a header that does not parse completely proves nothing.
    """
    try:
        text = header.decode("ascii").strip()
    except UnicodeDecodeError:
        return ()
    if _PLAIN.fullmatch(text) is None:
        return ()
    text = _COMMENT.sub(" ", text)
    if "(" in text or ")" in text:
        return ()
    _, *statements = text.split(";")
    domains: list[str] = []
    for statement in statements:
        if not statement.strip():
            continue
        match = _STATEMENT.fullmatch(statement)
        if match is None:
            return ()
        if match[2] == "pass" and match[1] in _PASSED:
            named = dict(_properties(match[3]))
            domains += [
                value.rpartition("@")[2].lower() for key in _PASSED[match[1]] if (value := named.get(key))
            ]
    return tuple(dict.fromkeys(domains))


def _properties(text: str) -> Iterator[tuple[str, str]]:
    """Yields the blank-separated properties of a statement; one that is given twice is left out."""
    parts = [
        part.partition("=")
        for part in " ".join(text.split()).replace(" =", "=").replace("= ", "=").split(" ")
    ]
    names = [name for name, _, _ in parts]
    return ((name, value) for name, _, value in parts if names.count(name) == 1)
