"""Bluesky's real network in a box: what bluesky_inside.py tests runs beside it, in a network namespace of its own."""

import subprocess
import sys

import pytest

from scripts import bluesky_network
from tests.parts import missing


@pytest.mark.bluesky
@pytest.mark.timeout(480)
def test_the_whole_way_on_the_real_network() -> None:
    if why := bluesky_network.lacking():
        missing("bluesky", why)
    inside = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n0", "tests/e2e/bluesky_inside.py"]
    words = [sys.executable, "scripts/bluesky_network.py", "run", "--", *inside]
    done = subprocess.run(words, check=False, capture_output=True, text=True, cwd=bluesky_network.ROOT)  # noqa: S603 - our own words
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-4_000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
