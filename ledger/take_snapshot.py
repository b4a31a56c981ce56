"""Takes a snapshot: loads what was recorded by an instant, and judges which senders are proven."""

from datetime import datetime
from zoneinfo import ZoneInfo

from config.notice import Notice
from config.units.roster import Roster
from ledger.officer_decisions import decisions_in_force
from ledger.senders import DEFAULT_RULES, Senders, TrustRules, know_senders, split_by_sender
from ledger.snapshot import Snapshot
from store.questions.recorded import Recorded


def take_snapshot(
    recorded: Recorded,
    notice: Notice,
    roster: Roster,
    zone: ZoneInfo,
    as_of: datetime,
    rules: TrustRules = DEFAULT_RULES,
) -> Snapshot:
    """Returns the snapshot at an instant; equal records and instants give equal snapshots.

    Decisions on senders apply at every instant, as they are about the origin of a mail and not about what was
    known then.

    Args:
        rules: how mail of unproven senders is treated.
    """
    senders = find_senders(recorded, roster, rules)
    counting, unconfirmed = split_by_sender(recorded.submissions(notice.id, as_of), senders)
    return Snapshot(
        notice=notice,
        roster=roster,
        zone=zone,
        as_of=as_of.astimezone(zone),
        recorded=recorded,
        notice_id=notice.id,
        submissions=counting,
        unconfirmed=unconfirmed,
        senders=senders,
    )


def find_senders(recorded: Recorded, roster: Roster, rules: TrustRules = DEFAULT_RULES) -> Senders:
    """Returns the facts about senders from the roster and all decisions up to now."""
    return know_senders(
        roster,
        rules,
        recorded.assigned_senders,
        recorded.assigned_files,
        decisions_in_force(recorded.decisions),
        roster.current_name,
    )
