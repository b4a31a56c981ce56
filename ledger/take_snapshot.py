"""Takes a snapshot: loads what was recorded by an instant, and judges who sent it."""

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
    """Returns the snapshot at an instant; the same records and instant give the same snapshot.

    What people decided on senders holds for every instant: it says who sent a mail, not what was known then.
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
    """Returns what the roster and people's decisions up to now say of senders."""
    return know_senders(
        roster,
        rules,
        recorded.assigned_senders,
        recorded.assigned_files,
        decisions_in_force(recorded.decisions),
        roster.current_name,
    )
