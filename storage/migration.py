"""Bringing a database to this program's version, and refusing to touch one of another."""

from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import Database, StorageError
from storage.tables import Row

SCRIPTS = Path(__file__).with_name("migrations")


class WrongVersion(StorageError):
    """The database isn't of this program's version; nothing was changed."""


class Version(StrEnum):
    """How a database stands to this program."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    UNKNOWN = "unknown"


def upgrade(database: Database) -> str:
    """Bring `database` to the newest revision and return that; raises WrongVersion when it is newer than this."""
    if version(database) is Version.UNKNOWN:
        raise WrongVersion("The database was made by a newer Earnest; install that version, nothing was changed.")
    if database.is_sqlite:
        _switch_to_wal(database)
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), "head")
    return newest()


def version(database: Database) -> Version:
    """Say how `database` stands to this program; changes nothing."""
    with database.read() as session:
        current = MigrationContext.configure(session.connection()).get_current_revision()
    if current is None:
        return Version.EMPTY
    if current == newest():
        return Version.CURRENT
    known = {script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions()}
    return Version.OLDER if current in known else Version.UNKNOWN


def require_current(database: Database) -> None:
    """Return when `database` is of this version; raises WrongVersion with the mend otherwise."""
    found = version(database)
    if found is Version.CURRENT:
        return
    sentences = {
        Version.EMPTY: "The database is empty; run: earnest db upgrade",
        Version.OLDER: "The database is of an older version; back it up and run: earnest db upgrade",
        Version.UNKNOWN: "The database was made by a newer Earnest; install that version, nothing was changed.",
    }
    raise WrongVersion(sentences[found])


def newest() -> str:
    """Return the newest revision that this program knows."""
    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    if head is None:  # pragma: no cover - the package ships its migrations
        raise StorageError("The migrations are missing from this installation; install Earnest again.")
    return head


def differences(database: Database) -> list[Any]:
    """Return what separates the database's tables from this program's; empty when nothing does."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": _is_ours, "compare_type": True, "compare_server_default": False}
        )
        return list(compare_metadata(context, Row.metadata))


def _is_ours(_thing: object, _name: str | None, kind: str, reflected: bool, other: object) -> bool:  # noqa: FBT001
    # The search tables and the engine's own stand beside the mapped ones.
    return not (kind in {"table", "column", "index"} and reflected and other is None)


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _switch_to_wal(database: Database) -> None:
    # A journal mode belongs to the file and can't change inside a transaction.
    raw = database.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()
