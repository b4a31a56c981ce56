"""Queries of files of mails, with the disposition of each."""

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
        """Returns by id the paths of these files, with the archives around them."""
        with self._transactions.reading() as connection:
            return queries.file_paths(connection, file_ids)

    def arrived(
        self, as_of: datetime, disposition: Disposition | None = None, newest: int | None = None
    ) -> tuple[StoredFile, ...]:
        """Returns every file that had arrived by an instant, in order of arrival.

        Args:
            disposition: only files of this disposition.
            newest: the greatest number of files, the last to arrive.
        """
        with self._transactions.reading() as connection:
            files = file_queries.files(connection, as_of, disposition, newest)
        return tuple(map(self._units.rename_file, files))

    def count(self, as_of: datetime, disposition: Disposition | None = None) -> int:
        """Returns the number of files that :meth:`arrived` returns."""
        with self._transactions.reading() as connection:
            return file_queries.count_files(connection, as_of, disposition)

    def of_messages(self, as_of: datetime, messages: Collection[str]) -> tuple[StoredFile, ...]:
        """Returns the files of these messages, in order of arrival."""
        with self._transactions.reading() as connection:
            files = file_queries.files_of_messages(connection, as_of, messages)
        return tuple(map(self._units.rename_file, files))

    def of_units(self, as_of: datetime) -> tuple[StoredFile, ...]:
        """Returns the files with a submission or proof of any unit, in order of arrival."""
        with self._transactions.reading() as connection:
            files = file_queries.files_of_units(connection, as_of)
        return tuple(map(self._units.rename_file, files))
