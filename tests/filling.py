"""Rows in every table that there is, made from the columns alone: a table added later is filled too."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Enum, String, Table, insert, select
from sqlalchemy.orm import Session

from storage.tables import Row
from storage.tables.base import UtcDateTime

START = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)
WORDS = "Käse 🫖 ‘quoted’\n\u2028tab\t漢字"


def fill_every_table(session: Session, *, rows: int = 3) -> None:
    """Put `rows` rows into each table; a row refers to those of the same number."""
    for table in Row.metadata.sorted_tables:
        made = [
            {column.name: _value(table, column, number) for column in table.columns} for number in range(1, rows + 1)
        ]
        session.execute(insert(table), made)


def read_every_table(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Return all rows by table, for comparing two databases."""
    return {
        table.name: [
            dict(row) for row in session.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        ]
        for table in Row.metadata.sorted_tables
    }


def _value(table: Table, column: Column[Any], number: int) -> Any:
    kind = column.type
    if column.nullable and number == 1 and not column.foreign_keys:
        return None
    if isinstance(kind, Enum):
        members = list(kind.python_type)
        return members[number % len(members)]
    if isinstance(kind, String):
        return f"{number} {table.name} {WORDS}"[: kind.length]
    values = {
        bool: number % 2 == 0,
        int: number,
        float: number / 7,
        object: START + timedelta(days=number) if isinstance(kind, UtcDateTime) else {"n": [WORDS, None, 1.5, number]},
    }
    return values[kind.python_type]
