"""Holds the three ways of bringing a mailbox into a database that :mod:`bench.deadline_day` compares."""

import email
import sqlite3
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Trial:
    """Where the mail is and where the result goes; ``rows`` is what the floor inserts."""

    host: str
    port: int
    username: str
    password: str
    roster: Path
    folder: Path
    files: int
    rows: tuple[tuple[tuple[Any, ...], ...], ...] = ()  # by submission

    def at(self, folder: Path) -> "Trial":
        return replace(self, folder=folder)

    def with_rows_of(self, database: Path) -> "Trial":
        """The rows that the program itself recorded, grouped as it inserted them."""
        groups: dict[str, list[tuple[Any, ...]]] = {}
        connection = sqlite3.connect(database)
        for row in connection.execute(
            "SELECT submission_id, ordinal, sheet, row, student_key, body, problems FROM record"
        ):
            groups.setdefault(row[0], []).append(row)
        connection.close()
        return replace(self, rows=tuple(tuple(group) for group in groups.values()))


def kongchuo(trial: Trial) -> int:
    """The program's own pass."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from config.notices_in_force import NoticesInForce
    from config.read_notice import load_notice
    from config.settings import MailboxSettings
    from config.units.roster import load_roster
    from ingest.pipeline import poll
    from ingest.sources.imap import ImapSource
    from store import Store

    mailbox = MailboxSettings(
        name="main", host=trial.host, port=trial.port, security="none", username=trial.username
    )
    source = ImapSource(mailbox, trial.password, zone=ZoneInfo("Asia/Shanghai"))
    store = Store.open(f"sqlite:///{trial.folder / 'kongchuo.db'}", trial.folder / "archive")
    notice = load_notice(Path("2023-autumn.toml"))
    poll(store, [source], NoticesInForce(notice), load_roster(trial.roster), ZoneInfo("Asia/Shanghai"))
    rows = sum(fact.records for fact in store.submissions(notice.id, datetime.max.replace(tzinfo=UTC)))
    store.close()
    return rows


def floor(trial: Trial) -> int:
    """Bare imapclient, bare calamine, bare SQLAlchemy Core: no archive, no meaning, no checks."""
    from imapclient import IMAPClient
    from python_calamine import CalamineError, CalamineWorkbook
    from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, event, insert

    client = IMAPClient(trial.host, trial.port, ssl=False)
    client.login(trial.username, trial.password)
    client.select_folder("INBOX", readonly=True)
    uids = client.search("ALL")
    for start in range(0, len(uids), 50):
        for data in client.fetch(uids[start : start + 50], ["BODY.PEEK[]"]).values():
            for part in email.message_from_bytes(data[b"BODY[]"]).walk():
                content = part.get_payload(decode=True) if part.get_filename() else None
                if isinstance(content, bytes):
                    try:
                        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
                    except CalamineError:
                        continue
                    for name in workbook.sheet_names:
                        workbook.get_sheet_by_name(name).to_python()
    client.logout()

    engine = create_engine(f"sqlite:///{trial.folder / 'floor.db'}")
    event.listen(
        engine,
        "connect",
        lambda c, _: c.execute("PRAGMA journal_mode=WAL") and c.execute("PRAGMA synchronous=NORMAL"),
    )
    names = ("submission_id", "ordinal", "sheet", "row", "student_key", "body", "problems")
    columns = [
        Column(
            name,
            Integer if name in ("ordinal", "row") else String,
            primary_key=name in names[:2],
            index=name == "student_key",
        )
        for name in names
    ]
    record = Table("record", MetaData(), *columns)
    record.create(engine)
    for group in trial.rows:
        with engine.begin() as connection:
            connection.execute(insert(record), [dict(zip(names, row, strict=True)) for row in group])
    engine.dispose()
    return sum(len(group) for group in trial.rows)


def script(trial: Trial) -> int:
    """What a user would write on an afternoon: no forms, no units, no checks, no second run."""
    from zipfile import BadZipFile

    import pandas
    from imap_tools import MailBoxUnencrypted

    connection = sqlite3.connect(trial.folder / "script.db")
    rows = 0
    with MailBoxUnencrypted(trial.host, trial.port).login(trial.username, trial.password) as mailbox:
        for message in mailbox.fetch(mark_seen=False):
            for attachment in message.attachments:
                if not attachment.filename.endswith((".xlsx", ".xls")):
                    continue
                try:
                    sheets = pandas.read_excel(
                        BytesIO(attachment.payload), sheet_name=None, header=None, dtype=str
                    )
                except (ValueError, BadZipFile):  # a damaged file; the afternoon's script goes on
                    continue
                for frame in sheets.values():
                    frame.columns = [f"c{number}" for number in range(frame.shape[1])]
                    width = frame.shape[1]
                    frame.to_sql(f"rows{width}", connection, if_exists="append", index=False)
                    rows += len(frame)
    connection.commit()
    connection.close()
    return rows
