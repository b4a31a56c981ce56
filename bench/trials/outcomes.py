"""Describes the visible state of an office, without times and numbers that differ between runs."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection, Integer, Table, select
from sqlmodel import SQLModel

from config.settings import load_settings
from store import Store
from store.models import UtcDateTime
from store.safekeeping.faults import Slice
from tests.builders.offices.installed_office import InstalledOffice

_NO_ANSWER_TELLS = frozenset(
    {"lease", "pulse", "folder_view", "unfetched", "audit", "outbox", "outbox_body", "reported"}
)
"""Tables that no answer is made of, or that are compared separately."""
_CLOCK_COLUMNS = frozenset({"at", "tries"})
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The visible state of an office."""

    facts: str
    """A digest of all rows that answers are made of."""
    answers: Mapping[str, str]
    decisions: Counter[str]
    faults: tuple[str, ...]
    mails: Mapping[str, str]
    """The outbox: delivery status by key."""


def outcome_of(office: InstalledOffice, known: Outcome | None = None) -> Outcome:
    """Returns the state of an office; if its facts equal those of a known outcome, so do its answers, which are then not computed."""
    settings = load_settings(office.folder / "kongchuo.toml")
    store = Store.open(settings.store.url, settings.store.archive)
    try:
        with store.engine.connect() as connection:
            facts = _digest(connection)
        decisions = Counter(
            json.dumps([each.kind, each.subject, each.detail, each.why, each.who], ensure_ascii=False)
            for each in store.decisions.made(_END_OF_TIME)
        )
        faults = tuple(f"{fault.place} {fault.what}" for fault in store.safekeeping.verify(Slice()))
        mails = {mail.key: mail.state.value for mail in store.outbox.mails()}
    finally:
        store.close()
    same = known is not None and known.facts == facts
    answers = known.answers if known is not None and same else office.all_answers()
    return Outcome(facts=facts, answers=answers, decisions=decisions, faults=faults, mails=mails)


def _digest(connection: Connection) -> str:
    digest = sha256()
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in _NO_ANSWER_TELLS:
            digest.update(table.name.encode())
            for row in sorted(_rows(connection, table)):
                digest.update(row.encode())
    return digest.hexdigest()


def _rows(connection: Connection, table: Table) -> Iterator[str]:
    """Yields the rows as text, without wall clock and running numbers."""
    columns = [
        column
        for column in table.columns
        if not (column.name in _CLOCK_COLUMNS and isinstance(column.type, UtcDateTime | Integer))
        and not (column.primary_key and column.name == "id" and isinstance(column.type, Integer))
    ]
    for row in connection.execute(select(*columns)):
        yield json.dumps(list(row), ensure_ascii=False, default=str, sort_keys=True)
