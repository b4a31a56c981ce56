"""The audit trail: who looked at or decided what."""

from datetime import datetime

from sqlalchemy import Connection

from store.aggregates.transactions import Transactions
from store.audit import audit_trail
from store.audit.audit_line import AuditLine
from store.audit.audit_trail import AuditEntry, AuditHead, CheckedChain
from store.safekeeping.journal import EntryKind


class AuditStore:
    """The audit trail, in which each entry holds the checksum of the one before."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def record(self, line: AuditLine) -> None:
        """Records who looked at or decided what."""
        with self._transactions.writing_durably() as connection:
            self.record_within(connection, line)

    def record_within(self, connection: Connection, line: AuditLine) -> None:
        number = audit_trail.record_audit(connection, line)
        self._transactions.journal_row(connection, EntryKind.AUDIT, number)

    def entries(self, since: datetime | None = None) -> tuple[AuditEntry, ...]:
        """Who saw or did what, oldest first."""
        with self._transactions.reading() as connection:
            return tuple(audit_trail.entries(connection, since))

    def head(self, as_of: datetime | None = None) -> AuditHead | None:
        """The newest entry of the audit trail, or the newest written by then."""
        with self._transactions.reading() as connection:
            return audit_trail.find_head(connection, as_of)

    def check(self, kept: AuditHead | None = None) -> CheckedChain:
        """Where the audit trail was changed, or cut off before a head that was kept elsewhere, and how that is known."""
        with self._transactions.reading() as connection:
            return audit_trail.check_chain(connection, kept)
