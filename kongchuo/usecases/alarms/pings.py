"""Pings an external monitor while the program works, so that its silence is noticed too.

The protocol is that of healthchecks (https://healthchecks.io/docs/http_api/): a request to the URL means success,
to ``URL/start`` the start of work, to ``URL/fail`` a failure; a body of up to 10 kB is kept there.
"""

import logging
import urllib.request
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

log = logging.getLogger(__name__)

SECONDS = 10.0
_TRIES = 2
_LONGEST_BODY = 10_000


class Ping(StrEnum):
    """The kinds of ping; the value is appended to the URL."""

    START = "/start"
    SUCCESS = ""
    FAIL = "/fail"


def send_ping(url: str | None, ping: Ping, body: str = "") -> bool:
    """Sends a ping if a URL is set; returns whether it was accepted.

    A failure is logged and has no other effect. The URL is not logged, because it is a secret.
    """
    if url is None:
        return False
    parts = urlsplit(url)
    target = urlunsplit(parts._replace(path=parts.path.rstrip("/") + ping))
    data = body.encode()[:_LONGEST_BODY]
    for _ in range(_TRIES):
        request = urllib.request.Request(target, data=data, method="POST", headers={"User-Agent": "kongchuo"})
        try:
            with urllib.request.urlopen(request, timeout=SECONDS):
                return True
        except OSError as error:  # urllib's errors are OSErrors; HTTPError too
            log.warning("the monitor was not reached: %s", type(error).__name__)
    return False
