"""The scene that answering's tests play in."""

import pytest

from domain.time import ManualClock
from storage.database import Database
from storage.jobs import MemoryJobs
from tests.integration.responders.scene import Scene


@pytest.fixture
def scene(database: Database, clock: ManualClock, jobs: MemoryJobs) -> Scene:
    """A brand on either database."""
    return Scene(database, clock, jobs)
