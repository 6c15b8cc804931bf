"""The engine and the unit of work: one write transaction at a time on SQLite, ordinary ones on PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from domain.errors import EarnestError
from storage.turns import turn_of

BUSY_MS = 30_000


class StorageError(EarnestError):
    """The database can't be used as it is; the text says what to do."""


class Database:
    """One database by URL. `read()` sees a snapshot; `write()` holds the write lock and commits at its end."""

    def __init__(self, url: str) -> None:
        """Build the engine; nothing connects until the first transaction."""
        self.url = url
        self.engine = build_engine(url)

    @property
    def is_sqlite(self) -> bool:
        """True on SQLite, False on PostgreSQL."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that is rolled back at its end; it never takes the write lock."""
        session = Session(self.engine, expire_on_commit=False, autoflush=False)
        session.connection(execution_options={"earnest_read": True})
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session in a write transaction; commits at the end, rolls back on any exception."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def build_engine(url: str) -> Engine:
    """Return an engine for a sqlite or postgresql URL; raises StorageError for any other."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StorageError("database.url isn't a URL; write it like sqlite:////srv/earnest/earnest.db.") from None
    if parsed.get_backend_name() == "postgresql":
        # A statement's values, which may be a customer's words, never stand in an error.
        url_with_driver = parsed.set(drivername="postgresql+psycopg")
        return create_engine(url_with_driver, pool_pre_ping=True, pool_size=10, hide_parameters=True)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise StorageError("database.url must be a sqlite file or postgresql; write sqlite:////path/earnest.db.")
    Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The driver opens no transaction of its own: the begin event below says when the write lock is taken.
    engine = create_engine(
        parsed, connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False}, hide_parameters=True,
        # Who waits for the write lock holds a connection, and who has it may need a second one to read.
        pool_size=20, max_overflow=60,
    )  # fmt: skip
    turn = turn_of(engine, seconds=BUSY_MS / 1000)

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("earnest_read", False):
            connection.exec_driver_sql("BEGIN")
        else:
            turn.take(connection)
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "do_connect", partial(_make_private, Path(parsed.database)))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", begin)
    return engine


def _make_private(file: Path, *_connecting: object) -> None:
    """Make a file that isn't there yet, for its owner alone: SQLite's log and index beside it get its mode."""
    # Where that fails SQLite says why.
    with suppress(OSError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare_sqlite(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own types
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    # The file's journal mode is switched once, by db upgrade; these hold for a connection.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA cache_size=-65536")
    # What is deleted is written over, not only let go.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
