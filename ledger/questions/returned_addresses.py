"""Finds the addresses on the roster that mail does not reach: returned or permanently refused."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.units.roster import Roster
from store.stored_values import ACCEPTED, IN_FLIGHT, OutboxMail


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedAddress:
    """A unit's address whose newest mail from us was returned."""

    address: str
    units: tuple[str, ...]
    reason: str
    """The server's words."""


def find_returned_addresses(sent: Iterable[OutboxMail], roster: Roster) -> tuple[ReturnedAddress, ...]:
    """Returns the roster addresses whose newest mail did not arrive, sorted by address.

    Args:
        sent: mails that have left, oldest first.
    """
    newest = {who.lower(): fate for mail in sent for who, fate in mail.fates.items()}
    return tuple(
        ReturnedAddress(address=address, units=tuple(unit.name for unit in units), reason=reason)
        for address, reason in sorted(newest.items())
        if reason not in (ACCEPTED, IN_FLIGHT) and (units := roster.by_email(address))
    )
