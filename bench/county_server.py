"""Starts the mail server that all compared ways fetch from: Dovecot if installed, else pymap."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.compared_programs import Trial
from kongchuo.demo.county import County
from kongchuo.demo.mail_servers import imap_server
from tests.builders.servers.dovecot import BINARY, PASSWORD, USER, dovecot


@contextmanager
def serve_county(county: County, scratch: Path) -> Iterator[Trial]:
    """Serves the county's mails on loopback, with its roster as a file."""
    roster = scratch / "units.csv"
    roster.write_text(county.units_csv(), "utf-8")
    files = sum(made.raw.count(b"Content-Disposition:") for made in county.mails)
    if Path(BINARY).exists():
        with dovecot() as server:
            for made in county.mails:
                server.deliver(made.raw, made.received_at)
            yield Trial("127.0.0.1", server.plain_port, USER, PASSWORD, roster, scratch, files)
        return
    mails = [(made.raw, made.received_at) for made in county.mails]
    with imap_server(mails, USER, PASSWORD) as (host, port):
        yield Trial(host, port, USER, PASSWORD, roster, scratch, files)
