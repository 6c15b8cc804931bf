"""One planted desk to copy, since planting takes a while."""

import pytest

from domain.time import SystemClock
from tests.integration.privacy.planting import Planted, plant


@pytest.fixture(scope="session")
def planted_template(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """A desk in which one word stands everywhere; it is copied and never worked on."""
    made = plant(tmp_path_factory.mktemp("planted") / "home", SystemClock())
    made.parts.close()
    return made
