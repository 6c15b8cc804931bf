"""Working a command's own jobs: left to `earnest run`, or done here and at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.time import SystemClock
from runtime.application import Application
from runtime.cli.workplace import load_settings
from runtime.logs import configure
from runtime.wiring import build
from storage.jobs import MemoryJobs
from storage.migration import require_current


@contextmanager
def open_application(config: Path | None, *, at_once: bool) -> Iterator[Application]:
    """Yield the application with its database, of this program's version.

    With `at_once` jobs are kept in memory and run here at the end; what is cut short is found by the next sweep.
    """
    # What a command does, it says itself; its standard output may be JSON.
    configure(level="warning")
    loaded = load_settings(config)
    clock = SystemClock()
    jobs = MemoryJobs(clock) if at_once else None
    application = build(loaded, clock=clock, jobs=jobs)
    try:
        require_current(application.database)
        if jobs:
            jobs.handlers = application.handlers
        yield application
        if jobs:
            jobs.run_due()
    finally:
        application.close()
