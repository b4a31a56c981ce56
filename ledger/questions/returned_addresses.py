"""Finds the addresses on the roster that mail does not reach: what the mail server sent back or refused for good."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.units.roster import Roster
from store.outbox import ACCEPTED, IN_FLIGHT, OutboxMail


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedAddress:
    """An address from which our newest mail to it came back."""

    address: str
    units: tuple[str, ...]
    reason: str
    """The words of the server."""


def find_returned_addresses(sent: Iterable[OutboxMail], roster: Roster) -> tuple[ReturnedAddress, ...]:
    """Returns the addresses whose newest mail did not arrive, by address; one that left the roster is none any more.

    Args:
        sent: mails that have left, oldest first.
    """
    newest = {who.lower(): fate for mail in sent for who, fate in mail.fates.items()}
    return tuple(
        ReturnedAddress(address=address, units=tuple(unit.name for unit in units), reason=reason)
        for address, reason in sorted(newest.items())
        if reason not in (ACCEPTED, IN_FLIGHT) and (units := roster.by_email(address))
    )
