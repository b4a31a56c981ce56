"""Operations on the audit trail."""

from datetime import datetime

from sqlalchemy import Connection

from store.aggregates.transactions import Transactions
from store.audit import audit_trail
from store.audit.audit_line import AuditLine
from store.audit.audit_trail import AuditEntry, AuditHead, CheckedChain
from store.safekeeping.journal import EntryKind


class AuditStore:
    """The audit trail, in which each entry's link covers the one before."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def record(self, line: AuditLine) -> None:
        """Records one act, on disk when this returns."""
        with self._transactions.writing_durably() as connection:
            self.record_within(connection, line)

    def record_within(self, connection: Connection, line: AuditLine) -> None:
        """Records one act in a transaction of the caller."""
        number = audit_trail.record_audit(connection, line)
        self._transactions.journal_row(connection, EntryKind.AUDIT, number)

    def entries(self, since: datetime | None = None) -> tuple[AuditEntry, ...]:
        """Returns the entries, oldest first, from an instant on if one is given."""
        with self._transactions.reading() as connection:
            return tuple(audit_trail.entries(connection, since))

    def head(self, as_of: datetime | None = None) -> AuditHead | None:
        """Returns the newest entry, or the newest written by an instant."""
        with self._transactions.reading() as connection:
            return audit_trail.find_head(connection, as_of)

    def check(self, kept: AuditHead | None = None) -> CheckedChain:
        """Returns where the trail was changed, or cut off before a head that was kept elsewhere, and how this is known."""
        with self._transactions.reading() as connection:
            return audit_trail.check_chain(connection, kept)
