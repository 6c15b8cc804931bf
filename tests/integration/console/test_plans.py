"""Every query that the desk's pages make is served by an index: none walks through a table that grows."""

import re
from typing import Any

from sqlalchemy import event

from tests.integration.console.conftest import HOME, World
from tests.integration.console.test_pages import first_ids

# Tables that grow with what is heard and done; the others hold a handful of rows.
GROWING = (
    "mentions", "drafts", "classifications", "findings", "reviews", "replies", "conversations", "persons", "authors",
    "cases", "sla_clocks", "notes", "gestures", "follow_ups", "audit_events", "dead_letters", "ledger_entries", "ideas",
)  # fmt: skip
PAGES = (
    "queue", "queue?intent=praise", "queue?state=approved", "queue/{draft_id}", "cases", "cases?state=all",
    "cases?mine=1", "cases/{case_id}", "follow-ups", "mentions", "mentions?q=coffee", "mentions?intent=praise",
    "mentions?sentiment=negative&urgent=1", "mentions/{mention_id}", "people/{person_id}", "health", "digests",
)  # fmt: skip


def test_no_page_walks_through_a_table(world: World) -> None:
    browser, ids = world.browser("maite"), first_ids(world)
    asked: dict[str, tuple[str, Any]] = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.setdefault(statement, (page, parameters))

    event.listen(world.database.engine, "before_cursor_execute", note)
    for page in (each.format(**ids) for each in PAGES):
        assert browser.get(f"{HOME}/{page}").status_code == 200, page
    event.remove(world.database.engine, "before_cursor_execute", note)
    assert len(asked) > 40
    walks = []
    with world.database.engine.connect() as connection:
        for statement, (page, parameters) in asked.items():
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            for row in plan:
                found = re.match(r"SCAN (\w+)", row[-1])
                if found and found[1] in GROWING:
                    walks.append((page, row[-1], " ".join(statement.split())[-300:]))
    assert walks == []
