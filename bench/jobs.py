"""Jobs a second through the engine: put one by one, put together, and run; on SQLite, and on PostgreSQL by URL.

    python -m bench.jobs [--jobs 1000] [--postgres URL]

Every job does nothing, so this is what the engine itself costs. The processor's share while idle is measured too.
"""

import argparse
import logging
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from runtime.durable import DurableJobs, migrate
from runtime.engine import Engine
from runtime.presence import build_presence
from storage.database import Database
from storage.jobs import Job, JobKind
from storage.migration import upgrade

IDLE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Jobs a second in three ways, the median wait of a single one in milliseconds, and the idle processor share."""

    put_alone: float
    put_together: float
    run: float
    wait_ms: float
    idle_share: float


def main() -> None:
    arguments = _parse()
    results: dict[str, Measured] = {}
    with tempfile.TemporaryDirectory() as folder:
        results["SQLite"] = measure(f"sqlite:///{Path(folder) / 'jobs.db'}", jobs=arguments.jobs)
    if arguments.postgres:
        results["PostgreSQL"] = measure(arguments.postgres, jobs=arguments.jobs)
    _show(results, jobs=arguments.jobs)


def measure(url: str, *, jobs: int) -> Measured:
    """Put and run so many jobs on the database at `url`; it is made if it is empty."""
    logging.disable(logging.WARNING)
    database = Database(url)
    upgrade(database)
    migrate(database)
    queue, ran = DurableJobs(database), list[float]()
    engine = Engine(
        database,
        jobs=queue,
        handlers=dict.fromkeys(JobKind, lambda _ids: ran.append(time.monotonic())),
        presence=build_presence(database),
    )
    engine.start()
    try:
        return Measured(
            idle_share=_idle(),
            wait_ms=_wait(database, queue, ran) * 1000,
            put_alone=_put(database, queue, jobs, together=False, ran=ran)[0],
            **dict(zip(("put_together", "run"), _put(database, queue, jobs, together=True, ran=ran), strict=True)),
        )
    finally:
        engine.stop()
        database.close()


def _idle() -> float:
    # Queues that are new are found within a second.
    time.sleep(2)
    began, used = time.monotonic(), time.process_time()
    time.sleep(IDLE_SECONDS)
    return (time.process_time() - used) / (time.monotonic() - began)


def _wait(database: Database, queue: DurableJobs, ran: list[float]) -> float:
    waits = []
    for number in range(21):
        ran.clear()
        began = time.monotonic()
        with database.write() as session:
            queue.enqueue(session, Job(kind=JobKind.ROUTE, key=f"route:alone:{began}", ids=(number,)))
        _until(lambda: bool(ran))
        waits.append(ran[0] - began)
    return sorted(waits)[len(waits) // 2]


def _put(
    database: Database, queue: DurableJobs, number: int, *, together: bool, ran: list[float]
) -> tuple[float, float]:  # fmt: skip
    ran.clear()
    began = time.monotonic()
    made = [
        Job(kind=JobKind.ROUTE, key=f"route:{together}:{began}:{place}", ids=(place,)) for place in range(number)
    ]  # fmt: skip
    for some in [made] if together else [[job] for job in made]:
        with database.write() as session:
            for job in some:
                queue.enqueue(session, job)
    put = time.monotonic()
    _until(lambda: len(ran) == number)
    return number / (put - began), number / (ran[-1] - put) if ran[-1] > put else 0.0


def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.001)


def _show(results: dict[str, Measured], *, jobs: int) -> None:
    table = Table(title=f"{jobs} jobs that do nothing")
    for column in ("", *results):
        table.add_column(column, justify="left" if not column else "right")
    rows: dict[str, Callable[[Measured], str]] = {
        "put one by one, jobs/s (others run meanwhile)": lambda found: f"{found.put_alone:,.0f}",
        "put in one transaction, jobs/s": lambda found: f"{found.put_together:,.0f}",
        "run, jobs/s": lambda found: f"{found.run:,.0f}",
        "from commit to running, median ms": lambda found: f"{found.wait_ms:,.0f}",
        "of one core while idle": lambda found: f"{found.idle_share:.0%}",
    }
    for name, write in rows.items():
        table.add_row(name, *(write(found) for found in results.values()))
    Console().print(table)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--postgres", help="A PostgreSQL database to measure too; it is filled with jobs.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
