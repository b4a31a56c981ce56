"""Opens the database: connection settings, transactions, migrations, and driver errors as Chinese sentences."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from config.errors import ConfigError, StoreError, StoreLockedError, StoreNewerError
from config.installation.extras import Extra, how_to_install
from config.text.os_reasons import reason_of

log = logging.getLogger(__name__)

NEWEST_MIGRATION = "0021"
"""The newest migration; a test keeps it equal to the newest file in ``migrations/versions``."""

WRITE_OPTION = "kongchuo_writing"
DURABLE_OPTION = "kongchuo_durable"
"""Marks a transaction that is on disk when its commit returns; after a power failure others may be lost as a whole."""
BUSY_MILLISECONDS = 10_000
_SHRINK_MILLISECONDS = 500
_SCHEMA_LOCK = 0x6B6F6E67
"""The PostgreSQL advisory lock for making the schema; an arbitrary number."""
_JOURNAL_LOCK = 0x6B6F6E68
_STILL_IN_FILES = "数据已封存,但数据库正被别的程序占用,文件里还留着以前的旧数据:请停掉服务后再运行一次"


def open_engine(url: str) -> Engine:
    """Connects, and migrates the schema to :data:`NEWEST_MIGRATION`.

    Raises:
        ConfigError: the URL cannot be understood.
        StoreNewerError: a newer version of the program wrote this store.
        StoreLockedError: another process holds the database.
        StoreError: anything else that keeps it from opening.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, hide_parameters=True)  # an error quotes no values
    except ImportError as error:
        raise ConfigError(
            f"[store] url 用 PostgreSQL,但没有装它的驱动:{how_to_install(Extra.POSTGRES)},或改用 sqlite:///kongchuo.db"
        ) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigError(f"[store] url 不可用({error}):请写成 sqlite:///kongchuo.db 的样子") from error
    except OSError as error:
        raise StoreError(
            f"数据库目录建不起来({reason_of(error)}):请把 [store] url 改到写得进的目录"
        ) from error
    if engine.dialect.name == "sqlite":
        _set_up_sqlite(engine)
    else:
        _set_up_postgres(engine)
    try:
        with translate_errors():
            _upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _set_up_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.execute("PRAGMA wal_autocheckpoint=8000")  # 32 MB: fewer waits for the disk on a deadline day
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A writer takes its lock at once: upgrading a read lock half-way fails instead of waiting.
        options = connection.get_execution_options()
        writing = options.get(WRITE_OPTION)
        connection.exec_driver_sql(
            f"PRAGMA synchronous={'FULL' if options.get(DURABLE_OPTION) else 'NORMAL'}"
        )
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _set_up_postgres(engine: Engine) -> None:
    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def _replace_nul_in_parameters(
        _connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
    ) -> tuple[str, Any]:
        # A subject or a cell may hold U+0000, which PostgreSQL's text does not.
        return statement, _replace_nul(parameters)


def _replace_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd") if "\x00" in value else value
    if isinstance(value, dict):
        return {key: _replace_nul(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_replace_nul(each) for each in value)
    return value


def _upgrade(engine: Engine) -> None:
    with engine.connect() as connection:
        version = None
        if inspect(connection).has_table("alembic_version"):
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version == NEWEST_MIGRATION:
        return
    if version is not None and version > NEWEST_MIGRATION:
        raise StoreNewerError(
            f"数据库由更新版本的程序写成(版本 {version},本程序 {NEWEST_MIGRATION}):请升级 kongchuo 后再用"
        )
    # Imported here: it takes a third of a second and is needed once per release.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.execution_options(**{WRITE_OPTION: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            # Of two programs that find it empty, the second waits and then finds nothing to do.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    if version is not None and engine.dialect.name == "sqlite":
        _shrink(engine)


def _shrink(engine: Engine) -> None:
    """Releases space that a migration freed; where the database is in use or the disk is short, the file stays as it is."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute(f"PRAGMA busy_timeout={_SHRINK_MILLISECONDS}")
        connection.cursor().execute("VACUUM")
    except engine.dialect.loaded_dbapi.OperationalError as error:
        log.info("the database was not made smaller: %s", error)
    finally:
        connection.invalidate()  # its short busy timeout must not be reused
        connection.close()


def forget_what_was_deleted(engine: Engine, *, if_busy: str) -> None:
    """Removes deleted and overwritten values from the database's own files: free pages, write-ahead log, dead rows.

    Args:
        engine: of the database.
        if_busy: the Chinese message if another program holds the database.

    Raises:
        StoreLockedError: another program holds the database, so that its files still contain old values.
    """
    with translate_errors():
        connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            connection.cursor().execute("VACUUM")
            busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise StoreLockedError(if_busy)
            return
        connection.driver_connection.autocommit = True  # type: ignore[union-attr]
        connection.cursor().execute("VACUUM FULL")
    except engine.dialect.loaded_dbapi.OperationalError as error:
        raise StoreLockedError(if_busy) from error
    finally:
        connection.invalidate()
        connection.close()


def lock_journal(connection: Connection) -> None:
    """Keeps other transactions from numbering rows and from writing the journal until this one ends.

    Only PostgreSQL needs the lock; SQLite has a single writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _JOURNAL_LOCK})


def database_faults(connection: Connection) -> list[str]:
    """Returns the faults that SQLite finds in its file; PostgreSQL offers clients no such check."""
    if connection.dialect.name != "sqlite":
        return []
    structure = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    references = [
        f"{row[0]} 第{row[1]}行指向没有的{row[2]}"
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    return [line for line in structure if line != "ok"] + references


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turns driver errors into errors of :mod:`config.errors`, each with a Chinese sentence that says what to do."""
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]  # PostgreSQL quotes the row below
        if "locked" in reason or "busy" in reason:
            raise StoreLockedError(
                "数据库正被另一个程序占用:请稍后再试,或检查是否有 kongchuo 仍在运行"
            ) from error
        if re.search("connection (?:failed|refused|is bad|timeout)|could not (?:connect|translate)", reason):
            raise StoreError(
                f"连不上数据库({' '.join(reason.split())[:120]}):请检查 [store] url 和数据库服务是否开着"
            ) from error
        if "full" in reason or "No space" in reason:
            raise StoreError("磁盘已满,数据未写入(邮件未丢失):请清理磁盘后再运行 kongchuo poll") from error
        if "readonly" in reason or "unable to open" in reason:
            what = "只能读,不能写" if "readonly" in reason else "打不开"
            raise StoreError(f"数据库文件{what}:请检查 [store] url 所指的目录和权限") from error
        raise StoreError(f"数据库出错({reason}):请检查 [store] url,或从备份恢复") from error
    except SQLAlchemyError as error:
        raise StoreError(f"数据库出错({error}):请检查 [store] url") from error
