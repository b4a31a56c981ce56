"""A real Dovecot for tests: one account, TLS with its own certificate authority, mail delivered as files."""

import grp
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
import trustme

from config.settings import MailboxSettings

BINARY = shutil.which("dovecot") or "/usr/sbin/dovecot"
USER, PASSWORD = "office@example.org", "sixteenletters01"


@dataclass
class Dovecot:
    """A running server; ``folder`` holds the account's Maildir."""

    folder: Path
    port: int
    plain_port: int
    ca_file: Path
    owner: tuple[int, int]
    _count: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def mailbox(self) -> MailboxSettings:
        return MailboxSettings(
            name="main", host="localhost", port=self.port, security="tls", username=USER, ca_file=self.ca_file
        )

    def settings(self) -> str:
        """Returns the lines of a ``[[mailbox]]`` after its name."""
        return f'host = "localhost"\nport = {self.port}\nsecurity = "tls"\nusername = "{USER}"\nca_file = "{self.ca_file}"\n'

    def deliver(self, raw: bytes, received_at: datetime, *, folder: str = "") -> None:
        """Delivers a message with this arrival; Dovecot takes a new file's time as INTERNALDATE."""
        maildir = self.folder / "Maildir" / folder / "new"
        if not maildir.exists():
            maildir.mkdir(parents=True)
            for made in (maildir, maildir.parent):
                os.chown(made, *self.owner)
        file = maildir / f"{int(received_at.timestamp())}.M{next(self._count):06}P1.test"
        file.write_bytes(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        os.utime(file, (received_at.timestamp(), received_at.timestamp()))
        os.chown(file, *self.owner)

    def renumber(self) -> None:
        """Makes the server use a new UIDVALIDITY, as after a restored backup."""
        for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
            (self.folder / "Maildir" / name).unlink(missing_ok=True)
        time.sleep(1.1)  # UIDVALIDITY is made of the second


def require_dovecot() -> None:
    """Skips the test without Dovecot; fails where it is required (CI)."""
    if not Path(BINARY).exists():
        if os.environ.get("KONGCHUO_REQUIRE_DOVECOT"):
            pytest.fail("Dovecot is required here and is not installed")
        pytest.skip("Dovecot is not installed (Debian: dovecot-imapd)")


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Runs a server on a free loopback port, in a temporary folder, until the block ends.

    Dovecot serves no mail as root; then its usual users are used, and the mail belongs to one of them.
    """
    require_dovecot()
    with tempfile.TemporaryDirectory(prefix="dovecot-") as scratch:
        Path(scratch).chmod(0o755)
        yield from _serving(Path(scratch))


def _serving(folder: Path) -> Iterator[Dovecot]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    port, plain_port = _free_port(), _free_port()
    user = pwd.getpwuid(os.getuid())
    for name in ("run", "state", "Maildir", "Maildir/new", "Maildir/cur", "Maildir/tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    root = user.pw_uid == 0
    internal, login = ("dovecot", "dovenull") if root else (user.pw_name, user.pw_name)
    owner = pwd.getpwnam("mail" if root else user.pw_name)
    group = grp.getgrgid(pwd.getpwnam(internal).pw_gid).gr_name
    for maildir in folder.rglob("*"):
        if maildir.is_dir() and "Maildir" in str(maildir):
            os.chown(maildir, owner.pw_uid, owner.pw_gid)
    config = folder / "dovecot.conf"
    config.write_text(
        f"""
protocols = imap
listen = 127.0.0.1, ::1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
mail_location = maildir:{folder}/Maildir
first_valid_uid = {owner.pw_uid}
first_valid_gid = {owner.pw_gid}
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
ssl = yes
disable_plaintext_auth = no
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
auth_mechanisms = plain login
mail_max_userip_connections = 100
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={folder}
}}
auth_failure_delay = 0
"""
    )
    process = subprocess.Popen(
        [BINARY, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait(port, process, folder)
        yield Dovecot(folder, port, plain_port, folder / "ca.pem", (owner.pw_uid, owner.pw_gid))
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    log = folder / "dovecot.log"
    log_text = log.read_text() if log.exists() else ""
    raise RuntimeError(
        f"Dovecot did not start: {process.stderr.read().decode() if process.stderr and process.poll() is not None else ''}{log_text}"
    )
