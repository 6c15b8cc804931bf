"""Is there a transaction pooler before PostgreSQL? Session locks, and with them the lead, can't be kept through one."""

from typing import Any, Protocol

import sqlalchemy as sa

from storage.database import Database

ROUNDS = 5


class Client(Protocol):
    """One client connection that commits each statement by itself."""

    def execute(self, statement: sa.TextClause, /) -> Any:  # noqa: ANN401 - SQLAlchemy's result
        """Run a statement."""
        ...


def is_pooled(database: Database) -> bool:
    """Say whether the database's address leads to a pooler that lends one server process to several clients."""
    engine = sa.create_engine(database.engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as first, engine.connect() as second:
            return shares_processes(first, second)
    finally:
        engine.dispose()


def shares_processes(first: Client, second: Client) -> bool:
    """Say whether two clients are ever served by the same server process while both are connected."""
    # A pooler hands the process that the first client has just given back to whoever asks next.
    return any(_process(first) == _process(second) for _ in range(ROUNDS))


def _process(client: Client) -> int:
    return int(client.execute(sa.text("SELECT pg_backend_pid()")).scalar())
