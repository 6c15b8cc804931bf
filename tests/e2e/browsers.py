"""Real Chromium against a real desk on loopback."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from console.app import create_app
from domain.time import ManualClock
from storage.database import Database
from storage.migration import upgrade
from storage.tables import Draft, Mention
from tests import parts
from tests.seed import PASSWORD, Seeded, make_services, seed

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser, or skip the test where there is none."""
    path = parts.find_chromium()
    if path is None:
        parts.missing("chromium", "install Chromium (Debian: chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(folder: Path, clock: ManualClock) -> Iterator[tuple[str, Database, Seeded]]:
    """Yield the address of a desk with the demo's last days on it, what it stands on, and what was seeded."""
    database = Database(f"sqlite:///{folder}/earnest.db")
    upgrade(database)
    seeded = seed(database, clock, data_dir=folder, days=4, most=90)
    port = parts.free_port()
    app = create_app(make_services(database, clock, data_dir=folder))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}", database, seeded
    finally:
        server.should_exit = True
        thread.join(10)
        database.close()


def log_in(page: Page, address: str, login: str = "maite") -> None:
    """Log in through the form."""
    page.goto(f"{address}/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/queue*")


def current(page: Page) -> int:
    """Return the id of the draft that the page shows."""
    action = page.locator("#editor").get_attribute("action") or ""
    found = re.search(r"/drafts/(\d+)/", action)
    assert found
    return int(found[1])


def go_to(page: Page, draft_id: int) -> None:
    """Open one draft."""
    page.goto(f"/b/ploverday/queue/{draft_id}")


def approvable(database: Database) -> list[int]:
    """Return the drafts that the gate lets through, in the queue's order."""
    with database.read() as session:
        query = (
            select(Draft.id).join(Mention, Mention.id == Draft.mention_id)
            .where(Draft.state == "proposed", Draft.text != "", Draft.language == "en",
                   Mention.text.contains("@ploverday"))
            .order_by(Draft.rank, Draft.created_at, Draft.id)
        )  # fmt: skip
        return list(session.scalars(query))
