"""Reads an archived mail again after a decision, so that the decision takes effect at once."""

from ingest.pipeline import RerunSelection
from ingest.pipeline import rerun as rerun_mail
from ingest.poll_summary import PollSummary
from kongchuo.office import Office


def read_mail_again(office: Office, message_id: str) -> PollSummary:
    """Reads one mail from the archive once more."""
    return rerun_mail(
        office.store,
        office.reading_rules,
        RerunSelection(message=message_id),
    )
