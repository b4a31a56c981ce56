"""Holds the notices (通知) of one store, and picks the one that a mail answers by the day of its arrival."""

from dataclasses import dataclass
from datetime import date

from config.errors import ConfigError
from config.notice import Notice


@dataclass(frozen=True, slots=True)
class NoticesInForce:
    """The notice in force, and earlier or later ones whose submissions the store also holds.

    The periods of each end where the next one of the same office begins.
    """

    current: Notice
    others: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        ids = [notice.id for notice in self.all]
        if twice := {one for one in ids if ids.count(one) > 1}:
            raise ConfigError(f"有两份通知的 id 都是“{twice.pop()}”:请检查 [notice] file 和 others")
        current, *others = [notice.followed_by(self._next_day(notice)) for notice in self.all]
        object.__setattr__(self, "current", current)
        object.__setattr__(self, "others", tuple(others))

    def _next_day(self, notice: Notice) -> date | None:
        """Returns the first day whose mail answers the next notice of the same office."""
        days = [other.first_mail_day for other in self.all if other.office == notice.office]
        return min((day for day in days if day > notice.first_mail_day), default=None)

    @property
    def all(self) -> tuple[Notice, ...]:
        """All notices, the current one first."""
        return (self.current, *self.others)

    @property
    def unit_kinds(self) -> dict[str, str]:
        """The kinds of units that any of them knows, with their Chinese names."""
        return {kind: word for notice in reversed(self.all) for kind, word in notice.units.kinds.items()}

    def get(self, notice_id: str) -> Notice | None:
        """Returns the notice with this id, or None."""
        return next((notice for notice in self.all if notice.id == notice_id), None)

    def for_day(self, day: date) -> Notice:
        """Returns the notice that mail of this day answers: the one sent out last by then, else the first of all.

        The day decides, not the title, since clerks copy titles from one semester to the next.
        """
        by_first_day = sorted(self.all, key=lambda notice: notice.first_mail_day)
        return next(
            (notice for notice in reversed(by_first_day) if notice.first_mail_day <= day), by_first_day[0]
        )
