"""Killed at random moments while it works, the program loses nothing and doubles nothing."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests import parts


def attack(*words: str) -> dict[str, Any]:
    """Run the bench that kills, and return its counts."""
    command = [sys.executable, "-m", "bench.crash", "--json", *words]
    done = subprocess.run(command, capture_output=True, check=False, timeout=550)  # noqa: S603 - our own words
    assert done.stdout, done.stderr.decode()[-2000:]
    counts: dict[str, Any] = json.loads(done.stdout)
    return counts


@pytest.mark.timeout(600)
def test_killed_fifty_times_on_sqlite() -> None:
    counts = attack("--kills", "50")
    assert counts["faults"] == {}
    assert counts["mentions"] == counts["posts"] > 100
    assert counts["replies_sent"] > 60
    # The kills hit something: jobs that had begun were begun again.
    assert counts["jobs_begun_again"] > 0


@pytest.mark.timeout(600)
@pytest.mark.postgres
def test_killed_ten_times_on_postgres(postgres_template: str) -> None:
    url = parts.create_database(postgres_template, "crash")
    counts = attack("--kills", "10", "--database", url)
    assert counts["faults"] == {}
    assert counts["mentions"] == counts["posts"] > 30
