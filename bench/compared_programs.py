"""The ways of bringing a mailbox into a database that :mod:`bench.deadline_day` compares."""

import email
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.message import Message
from io import BytesIO
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

SUBMISSIONS_A_TRANSACTION = 30
"""About as many as the program records per transaction."""


@dataclass(frozen=True)
class Trial:
    """The mailbox, the result's path, and in ``blocks`` the rows that ``floor`` inserts."""

    host: str
    port: int
    username: str
    password: str
    roster: Path
    folder: Path
    files: int
    blocks: tuple[tuple[str, bytes], ...] = ()
    """Id and encoded rows of each submission, as the program stores them."""
    row_count: int = 0

    def at(self, folder: Path) -> "Trial":
        return replace(self, folder=folder)

    def with_rows_of(self, database: Path) -> "Trial":
        """Returns the trial with the rows that the program itself recorded."""
        connection = sqlite3.connect(database)
        blocks = tuple(connection.execute("SELECT submission_id, body FROM block"))
        (rows,) = connection.execute("SELECT sum(records) FROM submission").fetchone()
        connection.close()
        return replace(self, blocks=blocks, row_count=rows)


def kongchuo(trial: Trial) -> int:
    """Runs the program's own pass, with garbage collection as in its commands."""
    return _poll(trial, lambda _: [])


def _poll(trial: Trial, find_codes: Callable[[str], list[str]]) -> int:
    import gc
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from config.notices_in_force import NoticesInForce
    from config.read_notice import load_notice
    from config.settings import MailboxSettings
    from config.units.roster import load_roster
    from ingest.context import ReadingRules
    from ingest.pipeline import poll
    from ingest.sources.imap import ImapSource
    from store import Store

    gc.set_threshold(50_000, 20, 20)  # as kongchuo.cli does
    mailbox = MailboxSettings(
        name="main", host=trial.host, port=trial.port, security="none", username=trial.username
    )
    source = ImapSource(mailbox, trial.password, zone=ZoneInfo("Asia/Shanghai"))
    store = Store.open(
        f"sqlite:///{trial.folder / 'kongchuo.db'}", trial.folder / "archive", find_codes=find_codes
    )
    notice = load_notice(Path("2023-autumn.toml"))
    rules = ReadingRules(
        notices=NoticesInForce(notice), roster=load_roster(trial.roster), zone=ZoneInfo("Asia/Shanghai")
    )
    poll(store, rules, [source])
    rows = sum(
        fact.records for fact in store.submissions.arrived(notice.id, datetime.max.replace(tzinfo=UTC))
    )
    store.close()
    return rows


def sealed(trial: Trial) -> int:
    """Runs the same pass into a sealed store."""
    from store.keys.key_place import write_wrapped
    from store.sealing.wrapped_key import make_key

    key = make_key()
    write_wrapped(trial.folder / "archive", key.wrapped.key_id, key.wrapped.text)
    return _poll(trial, lambda _: [key.code])


def floor(trial: Trial) -> int:
    """Runs bare imapclient and calamine, unpacks zips, and inserts blocks by SQLAlchemy Core: no archive, no meaning, no checks."""
    from imapclient import IMAPClient
    from python_calamine import CalamineError, CalamineWorkbook
    from sqlalchemy import Column, LargeBinary, MetaData, String, Table, create_engine, event, insert

    client = IMAPClient(trial.host, trial.port, ssl=False)
    client.login(trial.username, trial.password)
    client.select_folder("INBOX", readonly=True)
    uids = client.search("ALL")
    for start in range(0, len(uids), 50):
        for answer in client.fetch(uids[start : start + 50], ["BODY.PEEK[]"]).values():
            for content in _files(email.message_from_bytes(answer[b"BODY[]"])):
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
    block = Table(
        "block",
        MetaData(),
        Column("submission_id", String, primary_key=True),
        Column("body", LargeBinary, nullable=False),
    )
    block.create(engine)
    for start in range(0, len(trial.blocks), SUBMISSIONS_A_TRANSACTION):
        group = trial.blocks[start : start + SUBMISSIONS_A_TRANSACTION]
        with engine.begin() as connection:
            connection.execute(insert(block), [{"submission_id": key, "body": body} for key, body in group])
    engine.dispose()
    return trial.row_count


def _files(message: Message) -> Iterator[bytes]:
    """Yields the attached files, including those in zips."""
    for part in message.walk():
        content = part.get_payload(decode=True) if part.get_filename() else None
        if not isinstance(content, bytes):
            continue
        if not str(part.get_filename()).lower().endswith(".zip"):
            yield content
            continue
        try:
            with ZipFile(BytesIO(content)) as archive:
                yield from [archive.read(member) for member in archive.infolist()]
        except (BadZipFile, RuntimeError):  # damaged, or locked
            continue


def script(trial: Trial) -> int:
    """Runs what a user would write in an afternoon: no forms, no units, no checks, no second run."""
    return _script(trial, None)


def fast_script(trial: Trial) -> int:
    """Runs the same with pandas' faster reader."""
    return _script(trial, "calamine")


def _script(trial: Trial, engine: Literal["calamine"] | None) -> int:
    import pandas
    from imap_tools import MailBoxUnencrypted
    from python_calamine import CalamineError

    connection = sqlite3.connect(trial.folder / "script.db")
    rows = 0
    with MailBoxUnencrypted(trial.host, trial.port).login(trial.username, trial.password) as mailbox:
        for message in mailbox.fetch(mark_seen=False):
            for attachment in message.attachments:
                if not attachment.filename.endswith((".xlsx", ".xls")):
                    continue
                try:
                    sheets = pandas.read_excel(
                        BytesIO(attachment.payload), sheet_name=None, header=None, dtype=str, engine=engine
                    )
                except (
                    ValueError,
                    BadZipFile,
                    CalamineError,
                ):  # a damaged file; the afternoon's script goes on
                    continue
                for frame in sheets.values():
                    frame.columns = [f"c{number}" for number in range(frame.shape[1])]
                    width = frame.shape[1]
                    frame.to_sql(f"rows{width}", connection, if_exists="append", index=False)
                    rows += len(frame)
    connection.commit()
    connection.close()
    return rows
