"""Holds the settings of alarms and of the service's log."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from config.notice import FrozenModel
from config.settings.setting_types import Address


def _ping_url(url: str) -> str:
    if not re.match(r"https?://[^/\s]+", url):
        raise ValueError(f"“{url}”不是网址,请写成 https://hc-ping.com/… 的样子")
    return url


class AlarmSettings(FrozenModel):
    """The recipients of alarms and the limits for raising them; without recipients no mail is sent."""

    recipients: tuple[Address, ...] = ()
    hours_without_poll: float = Field(default=6, gt=0)
    """The hours without a successful poll after which an alarm is raised."""
    hours_in_outbox: float = Field(default=2, gt=0)
    """The hours that a due mail may wait before an alarm is raised."""
    free_megabytes: int = Field(default=1000, ge=0)
    backup_days: int = Field(default=14, ge=0)
    """The greatest age of the newest backup in days; 0 for no alarm."""
    ping: Annotated[str, AfterValidator(_ping_url)] | None = None
    """The URL of a monitor that is informed of each poll (healthchecks' protocol)."""


class LogSettings(FrozenModel):
    """The log that the service writes to stderr; it never contains names, subjects, numbers or addresses of persons."""

    format: Literal["human", "json"] = "human"
    level: Literal["debug", "info", "warning", "error"] = "info"
