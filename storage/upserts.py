"""INSERT with ON CONFLICT, written once for both databases."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

Upsert = sqlite.Insert | postgresql.Insert


def insert_into(session: Session, row: type[DeclarativeBase]) -> Upsert:
    """Return the INSERT of the session's database, which knows on_conflict_do_nothing and on_conflict_do_update."""
    table: Any = row.__table__
    return _insert(session.get_bind().dialect.name, table)


def _insert(dialect: str, table: Table) -> Upsert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
