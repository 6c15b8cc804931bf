"""The database: reachable, of this version, set up as it must be, ours, and worked on by somebody."""

from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from config.loading import Loaded
from domain.errors import EarnestError
from domain.states import MailState, ReplyState
from runtime.cli.checkups.finding import Finding, note, warning, well, wrong
from runtime.durable import SCHEMA, DurableJobs
from runtime.pooling import is_pooled
from storage.database import Database
from storage.instance import read_file
from storage.migration import Version, newest, version
from storage.tables import DigestMail, Installation, Reply

_NEW = "Run: earnest db upgrade"


def look_at_storage(loaded: Loaded) -> list[Finding]:
    """Look at the database and at what lies beside it; a file that isn't there is not made."""
    try:
        url = loaded.database_url
    except EarnestError as error:
        return [wrong("database", str(error), "")]
    file = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
    if file is not None and not file.exists():
        return [wrong("database", f"There is no {file} yet.", _NEW)]
    try:
        database = Database(url)
    except EarnestError as error:
        return [wrong("database", str(error), "")]
    try:
        return list(_look(loaded, database))
    except SQLAlchemyError as error:
        if file is not None:
            told = f"{file} is damaged or no SQLite database ({type(error).__name__})."
            return [wrong("database", told, "Restore a backup into another data_dir: earnest restore")]
        told = f"The database can't be read ({type(error).__name__})."
        return [wrong("database", told, "See that it runs, and that database.url and its password are right.")]
    finally:
        database.close()


def _look(loaded: Loaded, database: Database) -> Iterator[Finding]:
    found = version(database)
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if found is not Version.CURRENT:
        yield wrong("database", f"The {kind} database is {found}; this program's revision is {newest()}.", _NEW)
        return
    yield well("database", f"{kind}, at revision {newest()}.")
    yield _look_at_mode(database) if database.is_sqlite else _look_at_pooler(database)
    yield _look_at_engine(database)
    yield _look_at_worker(database)
    yield _look_at_instance(loaded, database)
    yield from _look_at_doubts(database)


def _look_at_mode(database: Database) -> Finding:
    with database.read() as session:
        mode = str(session.execute(text("PRAGMA journal_mode")).scalar())
    if mode == "wal":
        return well("journal", "The file writes ahead (WAL), so that readers never wait for the writer.")
    return wrong("journal", f"The file's journal mode is {mode} and must be wal.", _NEW)


def _look_at_pooler(database: Database) -> Finding:
    if is_pooled(database):
        mend = "Let database.url name the server itself, or set the pooler to pool_mode = session."
        return wrong("pooler", "A transaction pooler stands before the database; locks can't be kept through it.", mend)
    return well("pooler", "No transaction pooler stands before the database.")


def _look_at_engine(database: Database) -> Finding:
    schema = None if database.is_sqlite else SCHEMA
    if not inspect(database.engine).has_table("workflow_status", schema=schema):
        return wrong("engine", "The tables of the jobs are missing.", _NEW)
    failed = DurableJobs(database).failures(limit=20)
    if failed:
        told = f"{len(failed)} job(s) were given up lately, the last a {failed[0].kind} with {failed[0].error}."
        return warning("engine", told, "The health page shows them; what they left is taken up again by the sweep.")
    return well("engine", "No job was given up.")


def _look_at_worker(database: Database) -> Finding:
    works = is_worked_on(database)
    if works is None:
        return note("worker", "Which processes work shows on the desk's health page.")
    if works:
        return well("worker", "A process works on this database.")
    return note("worker", "Nobody works on this database now.", "Start it with: earnest run")


def is_worked_on(database: Database) -> bool | None:
    """Say whether a process works on the database now; None where that can't be seen from here."""
    if not database.is_sqlite:
        return None
    path = Path(str(database.engine.url.database))
    lock = path.with_name(path.name + ".lock")
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def _look_at_instance(loaded: Loaded, database: Database) -> Finding:
    with database.read() as session:
        row = session.scalars(select(Installation)).one_or_none()
    if row is None:
        return wrong("instance", "This installation has no id yet.", _NEW)
    if row.sending_off_reason:
        return wrong("instance", f"Sending is off: {row.sending_off_reason}", "An admin confirms it at the desk.")
    if read_file(loaded.data_dir) != row.instance_id:
        told = "The database and data_dir carry different instance ids, as a copy's would: sending will be off."
        return wrong("instance", told, "Is data_dir the right one? If so, an admin confirms it at the desk.")
    return well("instance", "The database and data_dir belong together; sending is on.")


def _look_at_doubts(database: Database) -> Iterator[Finding]:
    with database.read() as session:
        unknown = session.scalar(
            select(func.count())
            .select_from(Reply)
            .where(Reply.state == ReplyState.UNKNOWN, Reply.next_try_at.is_(None))
        )
        mails = session.scalar(
            select(func.count()).select_from(DigestMail).where(DigestMail.state == MailState.UNKNOWN)
        )
    if unknown:
        told = f"{unknown} replies may or may not have gone out."
        yield warning("replies", told, "Somebody looks on the platform and decides at the desk.")
    if mails:
        yield warning("mails", f"{mails} digests may or may not have been mailed.", "Decide on the digest's page.")
