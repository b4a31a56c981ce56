"""Keeps what each digest reported, and finds it again for the next one."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from store.models import ReportedStateRow
from store.questions.current_names import CurrentNames
from store.recording import core_table, insert_if_absent
from store.stored_values import ObligationKey, ReportedState

REPORTED = core_table(ReportedStateRow)


def record_reported(connection: Connection, reported: ReportedState) -> None:
    """Keeps what a digest reported; of two digests of one second, the first."""
    state: dict[str, Any] = {
        "versions": [
            [*_plain(key), count]
            for key, count in sorted(reported.versions.items(), key=lambda item: item[0].place)
        ],
        "missing": [_plain(key) for key in sorted(reported.missing, key=lambda key: key.place)],
        "open_cases": sorted(reported.open_cases),
        "suspected": sorted(reported.suspected),
    }
    insert_if_absent(connection, REPORTED, key=_key(reported.notice, reported.as_of), state=[state])


def find_reported(
    connection: Connection, notice: str, as_of: datetime, units: CurrentNames
) -> ReportedState | None:
    """Returns what the digest of an instant reported, units under their present names; ``None`` where it is not kept."""
    kept = connection.execute(select(REPORTED.c.state).where(REPORTED.c.key == _key(notice, as_of))).scalar()
    if kept is None:
        return None
    (state,) = kept
    versions = Counter[ObligationKey]()
    for unit, form, period, count in state["versions"]:
        versions[units.rename(ObligationKey(unit, form, period))] += count
    missing = {units.rename(ObligationKey(*key)) for key in state["missing"]}
    return ReportedState(
        notice=notice,
        as_of=as_of,
        versions=versions,
        missing=frozenset(missing - versions.keys()),
        open_cases=frozenset(state["open_cases"]),
        suspected=frozenset(state["suspected"]),
    )


def forget_reported(connection: Connection) -> None:
    """Forgets what all digests reported, once mails were purged: it counts their versions and has the ids of their children.

    The ids of cases are made of names and numbers, and the next digest would compare with versions that are gone.
    """
    connection.execute(delete(REPORTED))


def _key(notice: str, as_of: datetime) -> str:
    """The mail's Date tells the instant to the second."""
    return f"{notice}@{as_of.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _plain(key: ObligationKey) -> list[str | None]:
    return [key.unit, key.form, key.period]
