"""What a database means to do for a query: every statement that a function sends, explained."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from storage.database import Database

Statement = tuple[str, Any]


@dataclass(slots=True, kw_only=True)
class Plan:
    """One statement's plan: the indices it uses, the tables it reads from end to end, how many rows it sorts and reads.

    Rows are what really was sorted and read on PostgreSQL; SQLite says only whether it sorts (`WHOLE`), and reads 0.
    """

    sql: str
    text: str
    indices: set[str] = field(default_factory=set)
    scanned: set[str] = field(default_factory=set)
    sorted_rows: float = 0
    read_rows: float = 0


WHOLE = float("inf")


def explain(database: Database, ask: Callable[[Session], object]) -> list[Plan]:
    """Let `ask` send its statements, and return the plan of each."""
    sent: list[Statement] = []

    def keep(_connection: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, _many: Any) -> None:
        sent.append((sql, parameters))

    with database.read() as session:
        if not database.is_sqlite:
            # It rightly reads a table of a few pages through; asked is whether an index is there for a bigger one.
            session.execute(text("SET LOCAL enable_seqscan = off"))
        event.listen(database.engine, "before_cursor_execute", keep)
        try:
            ask(session)
        finally:
            event.remove(database.engine, "before_cursor_execute", keep)
        look = _look_sqlite if database.is_sqlite else _look_postgresql
        return [look(session, *statement) for statement in sent]


# What SQLite says: SEARCH drafts USING INDEX ix_drafts_queue (brand_id=? AND state=?)
_STEP = re.compile(r"(SCAN|SEARCH) (\S+)(?: USING (?:COVERING )?INDEX (\S+))?")


def _look_sqlite(session: Session, sql: str, parameters: Any) -> Plan:
    rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
    steps = [str(row[3]) for row in rows]
    plan = Plan(sql=sql, text="\n".join(steps))
    for step in steps:
        if step == "USE TEMP B-TREE FOR ORDER BY":  # not its LAST TERM or RIGHT PART: those sort a few at a time
            plan.sorted_rows = WHOLE
        if found := _STEP.match(step):
            way, table, index = found.groups()
            if "VIRTUAL TABLE INDEX" in step:
                # The full-text index says M where it is asked for words, and nothing where it is walked through.
                (plan.indices if re.search(r":M", step) else plan.scanned).add(table)
            elif way == "SCAN" and table not in {"CONSTANT", "carray"} and not table.startswith("("):
                plan.scanned.add(table)
            if index:
                plan.indices.add(index)
    return plan


def _look_postgresql(session: Session, sql: str, parameters: Any) -> Plan:
    how = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"
    found = session.connection().exec_driver_sql(f"{how} {sql}", parameters).scalar_one()
    root = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    plan = Plan(sql=sql, text=json.dumps(root, indent=1))
    for node in _nodes(root):
        if "Index Name" in node:
            plan.indices.add(node["Index Name"])
        if node["Node Type"] == "Seq Scan":
            plan.scanned.add(node["Relation Name"])
        if "Relation Name" in node:
            plan.read_rows += (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        if node["Node Type"] == "Sort":
            below = node["Plans"][0]
            plan.sorted_rows = max(plan.sorted_rows, below["Actual Rows"] * below["Actual Loops"])
    return plan


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)
