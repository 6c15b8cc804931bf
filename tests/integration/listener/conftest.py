"""A brand that listens, on either database."""

from datetime import timedelta

import pytest

from domain.time import ManualClock
from listener.collectors.memory import MemoryCollector
from storage.database import Database
from tests.integration.listener.home import Home, open_home
from tests.integration.listener.looks import HOUR, heard


@pytest.fixture
def home(database: Database, clock: ManualClock) -> Home:
    return open_home(database, clock)


@pytest.fixture
def sqlite_home(sqlite_database: Database, clock: ManualClock) -> Home:
    return open_home(sqlite_database, clock)


@pytest.fixture
def collector(home: Home) -> MemoryCollector:
    """A platform with three posts that were saved and are due for another look."""
    posts = [heard(1), heard(2, author="bo"), heard(3, author="cy")]
    home.save(*posts)
    home.clock.advance(20 * HOUR + timedelta(minutes=1))
    return MemoryCollector(posts)
