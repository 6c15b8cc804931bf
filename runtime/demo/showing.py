"""`earnest demo` from its folder to its table: settings, people, five weeks of history, then the desk."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import event

from config.loading import Loaded, load
from domain.classification import ClassifierInput
from domain.ports import Classifier
from domain.time import Clock, ManualClock
from runtime.cli.printing import print_table
from runtime.demo.folder import make_folder
from runtime.demo.history import LENGTH, Era, History
from runtime.demo.replaying import serve
from runtime.demo.staffing import Login, hire, write_logins
from runtime.demo.stopwatch import Stopwatch
from runtime.demo.summary import count, show_counts, show_paths, show_times
from runtime.durable import migrate
from runtime.logs import configure
from runtime.wiring import build
from storage.database import Database
from storage.instance import ensure_installation
from storage.jobs import MemoryJobs
from storage.migration import upgrade
from storage.queries.brands import apply_profile

# The last hours of the history come in one by one while the desk is served.
LAST = timedelta(hours=12)


def show(*, folder: Path, once: bool, port: int, speed: float, classifier: Classifier | None = None) -> None:
    """Make the demo and print its summary; without `once` serve its desk until told to stop.

    `classifier` replaces the shipped model, for tests.
    """
    configure(level="warning")
    now = datetime.now(UTC)
    started = monotonic()
    watch = Stopwatch()
    with watch.time("settings, database, people"):
        loaded = load(make_folder(folder, port=port))
        era = Era(begins=now - LENGTH, ends=now if once else now - LAST, now=now)
        logins = _prepare(loaded, ManualClock(era.begins))
    path = write_logins(folder, logins, address=loaded.settings.server.address)
    _play(loaded, era, watch, classifier)
    _sum_up(loaded, folder, watch)
    _show_logins(logins, path)
    print(f"All of it took {monotonic() - started:.0f} seconds.")
    if not once:
        serve(loaded, started_at=era.ends, speed=speed, classifier=classifier)


def _prepare(loaded: Loaded, clock: Clock) -> list[Login]:
    """Make the database, store both profiles and hire the people; everything is dated by `clock`."""
    database = Database(loaded.database_url)
    try:
        upgrade(database)
        migrate(database)
        with database.write() as session:
            ensure_installation(session, data_dir=loaded.data_dir, clock=clock)
            for brand in loaded.brands.values():
                apply_profile(session, profile=brand.profile, by="earnest demo", clock=clock)
        return hire(database, clock, {slug: brand.profile for slug, brand in loaded.brands.items()})
    finally:
        database.close()


def _play(loaded: Loaded, era: Era, watch: Stopwatch, classifier: Classifier | None) -> None:
    clock = ManualClock(era.begins)
    jobs = MemoryJobs(clock)
    parts = build(loaded, clock=clock, jobs=jobs, classifier=classifier)
    # A history that is cut short is made anew, so no commit waits for the disk; the desk's own connections do wait.
    event.listen(parts.database.engine, "connect", _hurry)
    try:
        with watch.time("loading the model"):
            parts.classifier.classify([ClassifierInput(text="Good morning.")])
        with _progress(era) as passed:
            history = History(parts, jobs, clock, era=era, watch=watch)
            history.play([brand.profile for brand in loaded.brands.values()], passed=passed)
    finally:
        parts.close()


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def _progress(era: Era) -> Iterator[Callable[[datetime], None]]:
    columns = (TextColumn("Five weeks pass"), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    # In a log or a pipe a bar is only noise.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=(era.ends - era.begins).total_seconds())

        def passed(at: datetime) -> None:
            progress.update(task, completed=(at - era.begins).total_seconds(), description=f"{at:%a %d %B}")

        yield passed


def _sum_up(loaded: Loaded, folder: Path, watch: Stopwatch) -> None:
    database = Database(loaded.database_url)
    try:
        counts = count(database)
    finally:
        database.close()
    show_counts(counts)
    show_times(watch.seconds, mentions=sum(each.mentions for each in counts))
    print("Decisions, cases and replies so far are those of a simulated team; the audit trail marks each as demo.team.")
    show_paths(folder)


def _show_logins(logins: Sequence[Login], path: Path) -> None:
    print_table(
        "Who may log in",
        ("login", "password", "who"),
        ((each.login, each.password, f"{each.name}, {each.what}") for each in logins),
    )
    print(f"The passwords are in {path}, which only you can read, and nowhere else.")
