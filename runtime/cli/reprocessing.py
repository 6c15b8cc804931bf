"""What `earnest reprocess` does: an order for the process that works, or the whole work here, with its progress."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from domain.errors import InvalidInput
from runtime.application import Application
from runtime.cli.errors import say
from runtime.cli.working import open_application
from runtime.presence import somebody_works
from runtime.reprocessing import Order, relabel
from sentiment.relabelling import Selection, count_judged, count_left
from storage.jobs import JobKind
from storage.queries.brands import find_brand

# How often the tables are looked at, and how many looks may find neither work nor progress.
LOOK_SECONDS, MOST_IDLE_LOOKS = 1.0, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprocessing:
    """What became of the order: mentions that were outdated, relabelled and left, and those that people corrected.

    `where` says who did it: `here`, `earnest run`, or `later` for an order that nobody waited for.
    """

    model: str
    where: str
    outdated: int
    relabelled: int
    left: int
    corrected: int

    @property
    def stuck(self) -> bool:
        """True when it was waited for and didn't come to its end."""
        return self.where != "later" and self.left > 0


def reprocess_mentions(
    config: Path | None, *, brand: str | None, since: datetime | None, batch: int, here: bool, detach: bool
) -> Reprocessing:
    """Relabel the mentions asked for; raises NotFound for an unknown brand, ModelError when the model can't be used."""
    if here and detach:
        raise InvalidInput("--now and --detach exclude each other; give one of them.")
    with open_application(config, at_once=False) as parts:
        selection = _selection(parts, brand, since)
        order = Order(run=int(parts.clock.now().timestamp() * 1000), selection=selection, size=batch)
        outdated, corrected = _count(parts, selection)
        ordered = not here and (detach or somebody_works(parts.database))
        if ordered and outdated:
            with parts.database.write() as session:
                parts.jobs.enqueue(session, order.job)
        if outdated and not detach:
            with _progress(outdated) as report:
                if ordered:
                    _watch(parts, selection, outdated, report)
                else:
                    _work(parts, order, report)
        left = _left(parts, selection)
        where = "later" if detach else "earnest run" if ordered else "here"
        return Reprocessing(
            model=parts.classifier.revision, where=where, outdated=outdated, relabelled=max(0, outdated - left),
            left=left, corrected=corrected,
        )  # fmt: skip


def show_reprocessing(done: Reprocessing) -> None:
    """Print what became of it."""
    if not done.outdated:
        print(f"Every mention is labelled by {done.model} already.")
    elif done.where == "later":
        print(f"earnest run will relabel {done.outdated} mentions with {done.model}.")
    else:
        print(f"{done.relabelled} of {done.outdated} mentions were relabelled with {done.model}.")
    if done.corrected:
        print(f"{done.corrected} that people corrected stay as they are.")
    if done.stuck:
        say(
            f"{done.left} are left: earnest run may still be at work, or was started with another model. Restart it "
            "and run this again, or use --now."
        )


def _selection(parts: Application, brand: str | None, since: datetime | None) -> Selection:
    if brand is None:
        return Selection(since=since)
    with parts.database.read() as session:
        return Selection(brand_id=find_brand(session, brand).id, since=since)


def _count(parts: Application, selection: Selection) -> tuple[int, int]:
    with parts.database.read() as session:
        corrected = count_judged(session, selection=selection)
    return _left(parts, selection), corrected


def _left(parts: Application, selection: Selection) -> int:
    with parts.database.read() as session:
        return count_left(session, model=parts.classifier.revision, selection=selection)


def _work(parts: Application, order: Order, report: Callable[[int], None]) -> None:
    done = 0
    while (batch := relabel(parts, order)).last is not None:
        done += batch.written
        report(done)
        order = replace(order, after=batch.last)


def _watch(parts: Application, selection: Selection, outdated: int, report: Callable[[int], None]) -> None:
    """Follow the process that works by the tables, until nothing is left or nothing moves any more."""
    before, idle = outdated, 0
    while idle < MOST_IDLE_LOOKS:
        started = time.monotonic()
        left = _left(parts, selection)
        report(max(0, outdated - left))
        if not left:
            return
        busy = parts.durable is not None and parts.durable.is_busy(JobKind.REPROCESS)
        idle = 0 if busy or left < before else idle + 1
        before = left
        # On a large table a look takes a while itself; most of the time belongs to the work.
        time.sleep(max(LOOK_SECONDS, 4 * (time.monotonic() - started)))


@contextmanager
def _progress(outdated: int) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(), TextColumn("Relabelling"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    )  # fmt: skip
    console = Console(stderr=True)
    # In a log or a pipe a bar is only noise.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("mentions", total=outdated)
        yield lambda done: progress.update(task, completed=done)
