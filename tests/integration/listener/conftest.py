"""A brand that listens, on either database."""

import pytest

from domain.time import ManualClock
from storage.database import Database
from tests.integration.listener.home import Home, open_home


@pytest.fixture
def home(database: Database, clock: ManualClock) -> Home:
    return open_home(database, clock)


@pytest.fixture
def sqlite_home(sqlite_database: Database, clock: ManualClock) -> Home:
    return open_home(sqlite_database, clock)
