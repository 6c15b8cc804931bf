"""Every platform with every fault: nothing lost, nothing doubled, the right state shown."""

from collections.abc import Callable
from importlib import import_module

import pytest

from storage.database import Database
from tests.integration.platforms.expected import IMPOSSIBLE, PLATFORMS, READ, write_expected
from tests.integration.platforms.faults import Unsupported
from tests.integration.platforms.matrix import READ_FAULTS, WRITE_FAULTS, World, read_through, write_through


def open_world(platform: str) -> World:
    """The platform's world."""
    module = import_module(f"tests.integration.platforms.{platform}_world")
    world: Callable[[], World] = module.World
    return world()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("fault", READ_FAULTS)
def test_reading(platform: str, fault: str, sqlite_database: Database) -> None:
    with open_world(platform) as world:
        try:
            outcome = read_through(world, fault, sqlite_database)
        except Unsupported:
            assert (platform, fault) in IMPOSSIBLE
            return
    assert (platform, fault) not in IMPOSSIBLE
    assert outcome == READ[fault]


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("fault", WRITE_FAULTS)
def test_writing(platform: str, fault: str, sqlite_database: Database) -> None:
    with open_world(platform) as world:
        try:
            outcome = write_through(world, fault, sqlite_database)
        except Unsupported:
            assert (platform, fault) in IMPOSSIBLE
            return
    assert (platform, fault) not in IMPOSSIBLE
    assert outcome == write_expected(platform, fault)
