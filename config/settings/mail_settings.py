"""Holds the settings of mailboxes, of the server for outgoing mail, and of unproven senders."""

import ipaddress
from typing import Literal, Self

from pydantic import Field, model_validator

from config.notice import FrozenModel
from config.settings.setting_types import Address, LocalPath, Login, NonEmptyText

Security = Literal["tls", "starttls", "none"]


def is_loopback(host: str) -> bool:
    """Returns whether mail to this host stays on this machine, by its name alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class ServerSettings(FrozenModel):
    """The settings that mailboxes and mail servers share; without ``port`` the usual one for ``security``."""

    host: str = ""
    port: int = Field(default=0, ge=0, le=65535)
    security: Security = "tls"
    username: Login | None = None
    password_file: LocalPath | None = None
    ca_file: LocalPath | None = None
    """Certificates to trust instead of the system's, for a server with its own authority."""

    def _check(self, ports: dict[Security, int]) -> None:
        if not self.host:
            raise ValueError("缺少 host(服务器地址),如 QQ 邮箱收信 imap.qq.com、发信 smtp.qq.com")
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError('security = "none" 不加密,只能用于本机(127.0.0.1);请改为 "tls" 或 "starttls"')
        if not self.port:
            object.__setattr__(self, "port", ports[self.security])


class MailboxSettings(ServerSettings):
    """A mailbox on a server, or with ``maildir`` a folder of mail on this machine."""

    name: NonEmptyText = "main"
    enabled: bool = True
    """Whether it is polled and checked; the senders of its earlier mail stay known."""
    folder: NonEmptyText = "INBOX"
    maildir: LocalPath | None = None
    authentication_servers: tuple[NonEmptyText, ...] = ()
    """The servers that write this mailbox's Authentication-Results, if its provider is unknown."""

    @property
    def is_on_server(self) -> bool:
        """Returns whether mail is fetched from a server, with host and password."""
        return self.maildir is None

    @property
    def opened_place(self) -> str:
        """The folder that is opened, on the server or on this machine."""
        return self.folder if self.maildir is None else str(self.maildir)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.enabled:
            return self
        if self.is_on_server:
            self._check({"tls": 993, "starttls": 143, "none": 143})
        elif self.host:
            raise ValueError("host 与 maildir 只能写一个:本机目录收信不需要 host")
        return self


class SmtpSettings(ServerSettings):
    """The server for outgoing mail, and its limits; mails beyond a limit are sent later."""

    sender: Address
    per_minute: int = Field(default=15, gt=0)
    """The most mails in a minute; they are sent at even intervals."""
    per_day: int = Field(default=300, gt=0)
    """The most mails in any 24 hours."""
    recipients: int = Field(default=20, gt=0)
    """The most recipients of one delivery; a mail to more is delivered in several."""
    megabytes: float = Field(default=20, gt=0)
    """The greatest size of a mail as it is sent; QQ takes less than 20."""
    dry_run: LocalPath | None = None
    """The folder into which mails are written as ``.eml`` instead of being sent."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        self._check({"tls": 465, "starttls": 587, "none": 25})
        return self


class TrustSettings(FrozenModel):
    """The policy for mail of unproven senders; under both it improves nothing."""

    policy: Literal["mark", "hold"] = "mark"
    """``mark``: it may open cases and is shown; ``hold``: it is kept apart until a person accepts it."""
