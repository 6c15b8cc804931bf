"""Fixtures that every package's tests share."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from domain.time import ManualClock
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.migration import upgrade
from tests import parts

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)  # a Wednesday
_numbers = count(1)

# What a test says must not depend on how busy the machine is.
settings.register_profile("earnest", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("earnest")


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at a Wednesday morning."""
    return ManualClock(NOW)


@pytest.fixture
def jobs(clock: ManualClock) -> MemoryJobs:
    """The in-memory engine."""
    return MemoryJobs(clock)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "earnest.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """A PostgreSQL server with an upgraded database named template_earnest."""
    with parts.postgres_server() as server:
        database = Database(parts.create_database(server, "template_earnest"))
        upgrade(database)
        database.close()
        yield server


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh, upgraded SQLite file."""
    path = tmp_path / "earnest.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A fresh, upgraded database of either kind: a test that uses it runs on both."""
    if request.param == "sqlite":
        url = request.getfixturevalue("sqlite_url")
    else:
        server = request.getfixturevalue("postgres_template")
        url = parts.create_database(server, f"t{next(_numbers)}", "template_earnest")
    database = Database(url)
    yield database
    database.close()
    if request.param == "postgres":
        parts.drop_database(url)


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A fresh, upgraded SQLite database, for tests in which the kind doesn't matter."""
    database = Database(sqlite_url)
    yield database
    database.close()
