"""Who this process is to the engine, and whether it leads: a file lock beside SQLite, advisory locks on PostgreSQL."""

import platform
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.exc import DBAPIError

from domain.errors import EarnestError
from storage.database import Database, StorageError

# A vanished machine's locks are free after about 25 seconds, not after the server's two hours.
_KEEPALIVE = {"idle": 10, "interval": 5, "count": 3}
_LEADER = "leader"
# A lock's number stands in two halves of 32 bits.
_HELD = """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND objsubid = 1
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND ((classid::bigint << 32) | objid::bigint) = :key
    )
"""


class AlreadyRunning(EarnestError):
    """Another process runs this SQLite file's jobs; end that one first, or use PostgreSQL for several."""


class Presence(Protocol):
    """One process's place among those that run jobs on one database."""

    executor_id: str
    is_leader: bool

    def acquire(self) -> None:
        """Take the place; before that nothing may run."""
        ...

    def keep(self) -> bool:
        """Look after the locks, every few seconds; False when the place was lost and the process must end."""
        ...

    def gone(self, executor_id: str) -> AbstractContextManager[bool]:
        """Hold the place of a process that may be gone: yields True while that one certainly runs nothing."""
        ...

    def release(self) -> None:
        """Give the place back."""
        ...


class FilePresence:
    """The one process that runs a SQLite file's jobs; it always leads."""

    def __init__(self, database: Database) -> None:
        """Nothing is locked yet."""
        path = Path(str(database.engine.url.database))
        self._lock = FileLock(path.with_name(path.name + ".lock"))
        self.executor_id = "local"
        self.is_leader = False

    def acquire(self) -> None:
        """Take the lock; raises AlreadyRunning when another process has it."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise AlreadyRunning(
                f"Another Earnest already works on this database (it holds {self._lock.lock_file}); end it first."
            ) from None
        self.is_leader = True

    def keep(self) -> bool:
        """Return True: the lock lives as long as the process."""
        return True

    @contextmanager
    def gone(self, executor_id: str) -> Iterator[bool]:
        """Yield True: there is no other process, so work of another name has nobody."""
        yield executor_id != self.executor_id

    def release(self) -> None:
        """Give the lock back."""
        self.is_leader = False
        self._lock.release()


class ServerPresence:
    """One of the processes that run jobs on a PostgreSQL database: a session lock is its place, another one leads.

    The place is named by machine and number, so a process that starts again takes its own work up at once.
    """

    def __init__(self, database: Database, *, machine: str | None = None) -> None:
        """Nothing is locked yet; `machine` is this machine's name."""
        options = {f"keepalives_{name}": seconds for name, seconds in _KEEPALIVE.items()}
        self._engine = sa.create_engine(
            database.engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT", connect_args=options
        )
        self._machine = machine or platform.node()
        self._connection: sa.Connection | None = None
        self.executor_id = ""
        self.is_leader = False

    def acquire(self) -> None:
        """Take this machine's first free place, and the lead if nobody has it."""
        self._connect()
        for number in count():
            self.executor_id = f"{self._machine}-{number}"
            if self._try_lock(self.executor_id):
                break
        self.is_leader = self._try_lock(_LEADER)

    def keep(self) -> bool:
        """Take the lead when it is free, and the place again after a lost connection; False when that is taken."""
        try:
            if self._connection is None:
                self._connect()
                self.is_leader = False
                if not self._try_lock(self.executor_id):
                    return False
            self._execute("SELECT 1")
            self.is_leader = self.is_leader or self._try_lock(_LEADER)
        except DBAPIError:
            # Until the server answers again somebody else may lead.
            self.is_leader = False
            self._disconnect()
        return True

    @contextmanager
    def gone(self, executor_id: str) -> Iterator[bool]:
        """Yield True, and keep that place taken meanwhile, when no living process holds it."""
        if executor_id == self.executor_id or not self._try_lock(executor_id):
            yield False
            return
        try:
            yield True
        finally:
            self._execute("SELECT pg_advisory_unlock(:key)", key=lock_key(executor_id))

    def release(self) -> None:
        """Give every lock back; the server would notice a closed connection too, but a moment later."""
        self.is_leader = False
        if self._connection is not None:
            with suppress(DBAPIError):
                self._execute("SELECT pg_advisory_unlock_all()")
        self._disconnect()
        self._engine.dispose()

    def _connect(self) -> None:
        self._connection = self._engine.connect()
        for name, seconds in _KEEPALIVE.items():
            self._execute("SELECT set_config(:name, :value, false)", name=f"tcp_keepalives_{name}", value=str(seconds))

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
        self._connection = None

    def _try_lock(self, name: str) -> bool:
        return bool(self._execute("SELECT pg_try_advisory_lock(:key)", key=lock_key(name)))

    def _execute(self, statement: str, **values: object) -> object:
        if self._connection is None:
            raise StorageError("The process has no place among the workers yet; call acquire() first.")
        return self._connection.execute(sa.text(statement), values).scalar()


def build_presence(database: Database) -> Presence:
    """Return the presence that fits the database."""
    return FilePresence(database) if database.is_sqlite else ServerPresence(database)


def somebody_works(database: Database) -> bool:
    """Say whether a process runs this database's jobs at this moment."""
    if not database.is_sqlite:
        with database.read() as session:
            return bool(session.scalar(sa.text(_HELD), {"key": lock_key(_LEADER)}))
    path = Path(str(database.engine.url.database))
    lock = path.with_name(path.name + ".lock")
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def lock_key(name: str) -> int:
    """Return the number under which the server knows the lock of that name."""
    return int.from_bytes(sha256(f"earnest.{name}".encode()).digest()[:8], signed=True)
