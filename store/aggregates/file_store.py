"""Files of mails, and what became of each."""

from collections.abc import Collection
from datetime import datetime

from store.aggregates.transactions import Transactions
from store.questions import file_queries, queries
from store.questions.current_names import CurrentNames
from store.stored_values import Disposition, StoredFile


class FileStore:
    """Every file that arrived."""

    def __init__(self, transactions: Transactions, units: CurrentNames) -> None:
        self._transactions = transactions
        self._units = units

    def paths(self, file_ids: Collection[str]) -> dict[str, str]:
        """Returns the names of these files, by id."""
        with self._transactions.reading() as connection:
            return queries.file_paths(connection, file_ids)

    def arrived(
        self, as_of: datetime, disposition: Disposition | None = None, newest: int | None = None
    ) -> tuple[StoredFile, ...]:
        """Every file that had arrived, or so many of those that arrived last, in order of arrival."""
        with self._transactions.reading() as connection:
            files = file_queries.files(connection, as_of, disposition, newest)
        return tuple(map(self._units.rename_file, files))

    def count(self, as_of: datetime, disposition: Disposition | None = None) -> int:
        """How many files :meth:`arrived` gives."""
        with self._transactions.reading() as connection:
            return file_queries.count_files(connection, as_of, disposition)

    def of_messages(self, as_of: datetime, messages: Collection[str]) -> tuple[StoredFile, ...]:
        with self._transactions.reading() as connection:
            files = file_queries.files_of_messages(connection, as_of, messages)
        return tuple(map(self._units.rename_file, files))

    def of_units(self, as_of: datetime) -> tuple[StoredFile, ...]:
        with self._transactions.reading() as connection:
            files = file_queries.files_of_units(connection, as_of)
        return tuple(map(self._units.rename_file, files))
