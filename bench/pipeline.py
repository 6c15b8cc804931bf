"""End to end: posts in a file become mentions, sorted, routed and drafted for; and what that costs as a database grows.

    python -m bench.pipeline [--posts 50000] [--sizes 5000,50000,500000] [--classifier shipped|keywords]

First the product as it runs, with its scheduler, its durable jobs and eight workers in one process, on SQLite, from the
file collector to the drafts: mentions a second, peak memory, and the share of the time in which the model did not
work. Then the same stages one after another without the engine, on a part of the posts, where processor time can be
told apart. Last, for databases of each size: what 2,000 more posts cost, and how long the desk's queries take. obsei's
figure is quoted (version 1.1, every part of it stubbed); it isn't measured here.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from bench.growth import measure_growth
from bench.posts import write_posts
from config.loading import SETTINGS_FILE, Loaded, load, load_brand
from domain.classification import Classification, ClassifierInput
from domain.ports import Classifier
from domain.time import SystemClock
from runtime.application import Application
from runtime.durable import migrate
from runtime.logs import configure
from runtime.process import Process
from runtime.wiring import build
from storage.database import Database
from storage.jobs import Job, JobKind, MemoryJobs
from storage.migration import upgrade
from storage.queries.brands import apply_profile
from storage.queries.moving import still_moving
from storage.tables import Draft, Mention, Source

DEMO: Final = Path(__file__).resolve().parents[1] / "config" / "examples" / "demo" / "ploverday.yaml"
SHIPPED: Final = Path(__file__).resolve().parents[1] / "sentiment" / "model" / "model.onnx"
OBSEI_MS: Final = 2.9
ALONE: Final = 5_000


class Timed:
    """A classifier with a stopwatch: seconds by the clock and by the processor, inside of it."""

    def __init__(self, classifier: Classifier) -> None:
        """Start at nought."""
        self._classifier = classifier
        self.seconds = self.processor = 0.0

    @property
    def revision(self) -> str:
        """The model's own."""
        return self._classifier.revision

    def classify(self, posts: Sequence[ClassifierInput], /) -> list[Classification]:
        """Pass on, and count the time."""
        wall, processor = time.perf_counter(), time.process_time()
        answers = self._classifier.classify(posts)
        self.seconds += time.perf_counter() - wall
        self.processor += time.process_time() - processor
        return answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How one run went."""

    name: str
    mentions: int
    drafts: int
    seconds: float
    model_seconds: float
    # Shares of the processor's time are known only where nothing runs beside the model.
    processor: float | None = None
    model_processor: float | None = None

    def row(self) -> tuple[str, ...]:
        """Return the run's figures as the table has them."""
        other = self.seconds - self.model_seconds
        share = f"{other / self.seconds:.1%}"
        by_processor = "-"
        if self.processor is not None and self.model_processor is not None:
            by_processor = f"{1 - self.model_processor / self.processor:.1%}"
        return (
            self.name, f"{self.mentions:,}", f"{self.drafts:,}", f"{self.seconds:,.1f}",
            f"{self.mentions / self.seconds:,.0f}", f"{other / self.mentions * 1000:.2f}", share, by_processor,
        )  # fmt: skip


def make_classifier(wanted: str) -> tuple[str, Classifier]:
    """Return the classifier and what to call it: the shipped model where its weights are there."""
    if wanted == "shipped" or (wanted == "auto" and SHIPPED.exists()):
        from sentiment.prediction import OnnxClassifier

        return "the shipped model", OnnxClassifier(threads=min(2, os.cpu_count() or 1))
    from sentiment.keywords import KeywordClassifier

    return "keywords (no model)", KeywordClassifier()


def prepare(folder: Path, *, posts: int) -> Loaded:
    """Write settings, a brand and its posts into `folder`, and bring the database up."""
    folder.mkdir()
    profile = load_brand(DEMO)
    brand = profile.model_dump(mode="json", exclude_unset=True)
    brand["sources"] = [{"id": "inbox", "type": "file", "path": "inbox.jsonl", "interval": "1h"}]
    (folder / "brand.yaml").write_text(json.dumps(brand), encoding="utf-8")
    (folder / SETTINGS_FILE).write_text(json.dumps({"brands": ["brand.yaml"]}), encoding="utf-8")
    write_posts(folder / "inbox.jsonl", count=posts, brand=profile.name, at=datetime.now(UTC))
    loaded = load(folder / SETTINGS_FILE)
    database = Database(loaded.database_url)
    upgrade(database)
    migrate(database)
    with database.write() as session:
        apply_profile(session, profile=loaded.brands[profile.slug].profile, by="bench", clock=SystemClock())
    database.close()
    return loaded


def run_product(loaded: Loaded, classifier: Classifier) -> Run:
    """Let the whole process work until the file is read and every mention is routed."""
    timed = Timed(classifier)
    application = build(loaded, classifier=timed)
    process = Process(application, serve=False)
    began = time.perf_counter()
    process.start()
    with application.database.write() as session:
        source = session.scalars(select(Source.id)).one()
        application.jobs.enqueue(session, Job(kind=JobKind.COLLECT, key="bench", ids=(source,)))
    while not _is_done(application):
        time.sleep(0.1)
    seconds = time.perf_counter() - began
    mentions, drafts = _totals(application)
    process.stop()
    return Run(
        name="as it runs: engine, 8 workers", mentions=mentions, drafts=drafts, seconds=seconds,
        model_seconds=timed.seconds,
    )  # fmt: skip


def run_stages(loaded: Loaded, classifier: Classifier) -> Run:
    """Run the stages one after another in this thread."""
    timed, jobs = Timed(classifier), MemoryJobs(SystemClock())
    application = build(loaded, classifier=timed, jobs=jobs)
    jobs.handlers.update(application.handlers)
    began, processor = time.perf_counter(), time.process_time()
    application.handlers[JobKind.COLLECT]((1,))
    jobs.run_due()
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    mentions, drafts = _totals(application)
    application.close()
    return Run(
        name="stages alone, one thread", mentions=mentions, drafts=drafts, seconds=seconds, processor=processor,
        model_seconds=timed.seconds, model_processor=timed.processor,
    )  # fmt: skip


def _totals(application: Application) -> tuple[int, int]:
    with application.database.read() as session:
        mentions = session.scalar(select(func.count()).select_from(Mention)) or 0
        return mentions, session.scalar(select(func.count()).select_from(Draft)) or 0


def _is_done(application: Application) -> bool:
    with application.database.read() as session:
        read = session.scalar(select(Source.last_ok_at).where(Source.collected > 0, Source.lease.is_(None)))
        return read is not None and session.scalar(select(func.count()).where(still_moving())) == 0


def measure_way(wanted: str, posts: int) -> Table:
    """Run the way of `posts` posts both ways and return the table."""
    name, classifier = make_classifier(wanted)
    classifier.classify([ClassifierInput(text="warm")])
    table = Table(title=f"From a file to drafts: {posts:,} posts, {name}, {os.cpu_count()} cores")
    for heading in ("way", "mentions", "drafts", "seconds", "mentions/s", "ms each beside the model",
                    "not the model's: time", "of the processor"):  # fmt: skip
        table.add_column(heading, justify="left" if heading == "way" else "right")
    with tempfile.TemporaryDirectory(prefix="earnest-bench-") as folder:
        table.add_row(*run_product(prepare(Path(folder) / "a", posts=posts), classifier).row())
        alone = prepare(Path(folder) / "b", posts=min(posts, ALONE))
        table.add_row(*run_stages(alone, classifier).row())
    table.add_row("obsei 1.1, all stubbed (quoted)", "", "", "", "", f"{OBSEI_MS}", "", "")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table.caption = f"Peak resident memory {peak:,.0f} MB."
    return table


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--sizes", default="5000,50000,500000", help="empty to leave growth out")
    parser.add_argument("--classifier", choices=("auto", "shipped", "keywords"), default="auto")
    arguments = parser.parse_args()
    configure(level="error")
    console = Console(file=sys.stdout, width=150)
    if arguments.posts:
        console.print(measure_way(arguments.classifier, arguments.posts))
    if arguments.sizes:
        console.print(measure_growth([int(size) for size in arguments.sizes.split(",")]))


if __name__ == "__main__":
    main()
