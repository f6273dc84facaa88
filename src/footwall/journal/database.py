"""A journal's database: how it is reached, made, brought up to date, and kept from losing what it has acknowledged.

SQLite keeps a rollback journal (`journal_mode=DELETE`) with `synchronous=EXTRA`: the file and its folder are synced
before a commit returns, so that what was acknowledged outlives a killed process and a lost power supply, and the record
is one file that any tool can copy. Writers take their lock at BEGIN, never half-way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Final

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from footwall.errors import JournalError
from footwall.journal.schema import REVISION

# SQLite puts the damaged text into its message, and then the message cannot be decoded.
_REFUSALS: Final = (DBAPIError, UnicodeDecodeError)
_WRITES: Final = "footwall_writes"
_BUSY_MILLISECONDS: Final = 60_000  # how long a writer waits for another one; walks append in milliseconds


def url_of(location: Path | str) -> URL:
    """The database's address. Raises JournalError for text that is none: the caller's fault."""
    if isinstance(location, Path):
        return URL.create("sqlite", database=str(location))
    try:
        return make_url(location)
    except ArgumentError:
        raise JournalError(f"{location!r} is not the address of a database") from None


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database; None for any other."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def open_engine(url: URL) -> Engine:
    """An engine whose commits are durable. Raises JournalError where its driver is not installed."""
    try:
        engine = create_engine(url, poolclass=NullPool)
    except (NoSuchModuleError, ModuleNotFoundError, ArgumentError) as error:
        raise JournalError(f"the database of the journal cannot be reached: {error}") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the record from first to last. Raises JournalError where it cannot be read."""
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    except _REFUSALS as error:
        raise JournalError(f"the journal cannot be read: {getattr(error, 'orig', error)}") from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that commits at the end or leaves nothing. Raises JournalError where the database refuses."""
    try:
        with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            yield connection
    except _REFUSALS as error:
        raise JournalError(f"nothing was recorded: {getattr(error, 'orig', error)}") from error


def make_tables(engine: Engine) -> None:
    """Bring the database to this code's revision: from nothing, or from an older one. Keeps every entry."""
    with writing(engine) as connection:
        _upgrade(connection)


def revision_of(engine: Engine) -> str | None:
    """The revision a database stands at; None where it holds no journal."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    with as_file(files("footwall.journal") / "migrations") as folder:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        try:
            command.upgrade(config, REVISION)
        except CommandError as error:
            raise JournalError(f"the journal was made by another version of Footwall: {error}") from None


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver, which would say it too late
    for pragma in (
        f"busy_timeout = {_BUSY_MILLISECONDS}",
        "journal_mode = DELETE",
        "synchronous = EXTRA",
        "recursive_triggers = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "BEGIN")
