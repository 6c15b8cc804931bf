"""Jobs on DBOS: enqueued in the caller's transaction, in any process; only an Engine runs them."""

import logging
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, EnqueueOptions, WorkflowSerializationFormat
from dbos import error as library_errors
from sqlalchemy import Engine as SqlEngine
from sqlalchemy.orm import Session

from runtime.queues import LONGEST, PLANS, QueueName
from storage.database import BUSY_MS, Database
from storage.jobs import Job, JobKind
from storage.turns import turn_of

APPLICATION = "earnest"
# A constant: a new release goes on with the jobs of the one before it.
APPLICATION_VERSION = "earnest-1"
SCHEMA = "dbos"

_WAITING = ("ENQUEUED", "PENDING", "DELAYED")
_GIVEN_UP = ["ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


class FailedJob(NamedTuple):
    """A job that was given up; `error` names a class and a place, never a text."""

    key: str
    kind: str
    status: str
    error: str
    at: datetime


class QueueDepth(NamedTuple):
    """How many jobs of one queue are in one status."""

    queue: str
    status: str
    jobs: int


class DurableJobs:
    """The `Jobs` port on DBOS; a job is there exactly when the transaction it came with commits."""

    def __init__(self, database: Database) -> None:
        """Nothing connects until the first job; the database must have the engine's tables."""
        quiet_library()
        self._database = database
        self.client = _open_client(database.engine)
        # On SQLite a look must not wait for the write lock.
        self.reader = _open_client(database.engine.execution_options(earnest_read=True))
        schema = None if database.is_sqlite else SCHEMA
        self._table = sa.table(
            "workflow_status", sa.column("queue_name"), sa.column("status"), sa.column("name"), schema=schema
        )

    def enqueue(self, session: Session, job: Job, /) -> None:
        """Put `job` into the transaction of `session`; a key, or a single job, that is there is left as it is."""
        self.put(session, job, attempt=1)

    def put(self, session: Session, job: Job, *, attempt: int) -> None:
        """Like `enqueue`, for the attempt of that number; the key of a later one ends in ~2, ~3 and so on."""
        plan = PLANS[job.kind]
        options: EnqueueOptions = {
            "workflow_name": job.kind.value,
            "queue_name": plan.queue.value,
            "workflow_id": job.key,
            "workflow_timeout": LONGEST.total_seconds(),
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        }
        if job.delay > timedelta():
            options["delay_seconds"] = job.delay.total_seconds()
        if not plan.single:
            self.client.enqueue_in_transaction(session, options, list(job.ids), attempt)
            return
        options["deduplication_id"] = ":".join([job.kind.value, *map(str, job.ids)])
        try:
            with session.begin_nested():
                self.client.enqueue_in_transaction(session, options, list(job.ids), attempt)
        except library_errors.DBOSQueueDeduplicatedError:
            _log.debug("%s is waiting or running already", options["deduplication_id"])

    def depths(self) -> list[QueueDepth]:
        """Return how many jobs wait, are put off or run, by queue."""
        table = self._table
        query = (
            sa.select(table.c.queue_name, table.c.status, sa.func.count())
            .where(table.c.status.in_(_WAITING), table.c.queue_name.in_([name.value for name in QueueName]))
            .group_by(table.c.queue_name, table.c.status)
        )
        with self._database.read() as session:
            return [QueueDepth(*row) for row in session.execute(query)]

    def is_busy(self, kind: JobKind) -> bool:
        """Say whether jobs of that kind wait or run at this moment; those put off don't count."""
        table = self._table
        query = sa.select(table.c.name).where(table.c.status.in_(_WAITING[:2]), table.c.name == kind.value)
        with self._database.read() as session:
            return session.scalar(query.limit(1)) is not None

    def failures(self, *, limit: int = 50) -> list[FailedJob]:
        """Return the jobs that were given up, newest first; they are kept as long as finished ones."""
        found = self.reader.list_workflows(status=_GIVEN_UP, limit=limit, sort_desc=True, load_input=False)
        return [
            FailedJob(
                key=job.workflow_id,
                kind=job.name,
                status=job.status,
                error=str(job.error or job.status),
                at=datetime.fromtimestamp((job.completed_at or job.updated_at or 0) / 1000, UTC),
            )
            for job in found
        ]

    def forget(self, *, before: datetime, limit: int = 1000) -> int:
        """Delete up to `limit` jobs that ended before that instant; return how many there were."""
        gone = 0
        while gone < limit:
            found = self.reader.list_workflows(
                status=["SUCCESS", *_GIVEN_UP],
                completed_before=before.isoformat(),
                limit=min(1000, limit - gone),
                load_input=False,
                load_output=False,
            )
            if not found:
                break
            self.client.delete_workflows([job.workflow_id for job in found])
            gone += len(found)
        return gone


def _open_client(engine: SqlEngine) -> DBOSClient:
    return DBOSClient(system_database_engine=engine, dbos_system_schema=SCHEMA, application_name=APPLICATION, lazy=True)


def migrate(database: Database) -> None:
    """Create the library's own tables, or bring them up to date; they lie outside Alembic."""
    quiet_library()
    url = database.engine.url.render_as_string(hide_password=False)
    DBOS.migrate(url, schema=SCHEMA)


def build_engine(database: Database, *, connections: int) -> SqlEngine:
    """Return the library's own engine on our database; it reads without a lock, as its queries expect.

    The file's pragmas are those of storage; a statement's values never reach a message.
    """
    url = database.engine.url
    pool = {"pool_size": connections, "max_overflow": 4, "hide_parameters": True}
    if not database.is_sqlite:
        return sa.create_engine(url, pool_pre_ping=True, **pool)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False}, **pool)
    turn = turn_of(engine, seconds=BUSY_MS / 1000)

    def take_turn(connection: sa.Connection, _cursor: object, statement: str, *_rest: object) -> None:
        # The driver opens a transaction before these, and before no others.
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "REPLACE")):
            turn.take(connection)

    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "before_cursor_execute", take_turn)
    return engine


def quiet_library() -> None:
    """Let the library log through the program's own handlers instead of one of its own."""
    library = logging.getLogger("dbos")
    if not library.handlers:
        library.addHandler(logging.NullHandler())
    library.propagate = True
    library.setLevel(logging.WARNING)


def _prepare_sqlite(connection: object, _record: object) -> None:
    connection.isolation_level = "IMMEDIATE"  # type: ignore[attr-defined]
    for pragma in (f"busy_timeout={BUSY_MS}", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


_log = logging.getLogger(__name__)
