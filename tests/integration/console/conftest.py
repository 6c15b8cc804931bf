"""The desk over a seeded database, and browsers that are logged in."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from console.access import passwords
from console.app import create_app
from domain.time import ManualClock
from storage.database import Database
from storage.migration import upgrade
from tests.conftest import NOW
from tests.seed import PASSWORD, QUICK, Seeded, make_services, seed

HOME = "/b/ploverday"
FOREIGN = "/b/cap-aubray"


class Browser(TestClient):
    """A browser that fills forms in: `submit` reads the page's token first."""

    def token(self) -> str:
        """Return the session's token, as any page's log-out form carries it."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/").text)
        assert found
        return found[1]

    def log_in(self, login: str, password: str = PASSWORD) -> Any:
        """Send the log-in form."""
        word = re.search(r'name="csrf" value="([^"]+)"', self.get("/login").text)
        assert word
        form = {"login": login, "password": password, "csrf": word[1]}
        return self.post("/login", data=form, follow_redirects=False)

    def submit(self, path: str, **fields: Any) -> Any:
        """Send a form with the token in it; redirects are shown, not followed."""
        return self.post(path, data={"csrf": self.token(), **fields}, follow_redirects=False)


@dataclass(kw_only=True)
class World:
    """A desk with what stands behind it."""

    app: FastAPI
    database: Database
    clock: ManualClock
    seeded: Seeded
    data_dir: Path

    def browser(self, login: str | None = None) -> Browser:
        """Return a new browser, logged in when a login is named."""
        browser = Browser(self.app)
        if login:
            assert browser.log_in(login).status_code == 303
        return browser


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let log-ins take no time; tests/unit/console measures the real hashes."""
    monkeypatch.setattr(passwords, "_HASHER", QUICK)


@pytest.fixture(scope="session")
def seeded_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Seeded]:
    """A seeded SQLite file to copy, with its data folder."""
    folder = tmp_path_factory.mktemp("seeded")
    database = Database(f"sqlite:///{folder}/earnest.db")
    upgrade(database)
    seeded = seed(database, ManualClock(NOW), data_dir=folder, days=3, most=60)
    database.close()
    return folder, seeded


@pytest.fixture
def make_world(
    seeded_template: tuple[Path, Seeded], tmp_path: Path, clock: ManualClock
) -> Iterator[Callable[..., World]]:
    """Return what makes a desk over a fresh copy of the seeded SQLite file; services can be replaced."""
    opened: list[Database] = []

    def make(**changes: Any) -> World:
        folder, seeded = seeded_template
        data_dir = tmp_path / "data"
        shutil.copytree(folder, data_dir)
        database = Database(f"sqlite:///{data_dir}/earnest.db")
        opened.append(database)
        app = create_app(make_services(database, clock, data_dir=data_dir, **changes))
        return World(app=app, database=database, clock=clock, seeded=seeded, data_dir=data_dir)

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A desk over SQLite."""
    return make_world()


@pytest.fixture
def both(database: Database, tmp_path: Path, clock: ManualClock) -> World:
    """A desk with few mentions, over SQLite and over PostgreSQL."""
    seeded = seed(database, clock, data_dir=tmp_path, days=1, most=14)
    app = create_app(make_services(database, clock, data_dir=tmp_path))
    return World(app=app, database=database, clock=clock, seeded=seeded, data_dir=tmp_path)
