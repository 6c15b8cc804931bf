"""Posts a second through intake alone, and how that changes as the database grows from 5,000 to 500,000 mentions.

The work: batches of 500 posts from 20 to 600 characters, four in five matching, one in four a reply in a thread, one in
three by an author met before, each batch normalised, matched, de-duplicated and saved with its cursor, cost and jobs in
one transaction on SQLite as the product opens it (a write-ahead log, synchronised at every commit). The last column
should not rise: what a post costs mustn't depend on how many there are. Seconds are given by the clock and, so that
other work on the machine doesn't count, by the processor. `python -m bench.intake` takes some minutes;
`python -m bench.intake 5000 50000` less than one.
"""

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from config.brand.profile import Profile
from domain.posts import Batch, RawAuthor, RawPost
from domain.time import ManualClock
from listener.intake import Intake
from storage.database import Database
from storage.jobs import Job
from storage.migration import upgrade
from storage.queries.brands import RevisionCache, apply_profile

SEED: Final = 20_261
SIZES: Final = (5_000, 50_000, 500_000)
BATCH: Final = 500
WINDOW: Final = 5_000
NOW: Final = datetime(2026, 11, 18, 10, tzinfo=UTC)
_WORDS: Final = (
    "the", "a", "is", "was", "my", "your", "coffee", "machine", "again", "never", "lovely", "broken", "parcel", "late",
    "thanks", "refund", "grinder", "support", "phone", "morning", "great", "worst", "taste", "beans", "price", "why",
)  # fmt: skip
_BRAND: Final = ("kestrel", "Kestrel", "#kestrel", "kestrel coffee", "@kestrelcoffee")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How it went up to a size: seconds in all, and processor seconds for the last 5,000 posts."""

    posts: int
    mentions: int
    seconds: float
    processor: float
    last: float


class CountedJobs:
    """Counts jobs; the engine that runs them has its own benchmark."""

    def __init__(self) -> None:
        """Start at none."""
        self.count = 0

    def enqueue(self, _session: object, _job: Job, /) -> None:
        """Count one."""
        self.count += 1


def posts(count: int) -> Iterator[RawPost]:
    """Yield invented posts, always the same ones."""
    chance = random.Random(SEED)
    authors = 0
    for number in range(count):
        if chance.random() < 2 / 3:
            authors += 1
        author = authors if chance.random() < 2 / 3 else chance.randrange(max(1, authors))
        words = chance.choices(_WORDS, k=chance.randint(4, 110))
        if chance.random() < 0.8:
            words.insert(chance.randrange(len(words)), chance.choice(_BRAND))
        yield RawPost(
            platform=chance.choice(("x", "forum", "reddit")),
            external_id=str(10**12 + number),
            text=" ".join(words),
            author=RawAuthor(
                external_id=str(author), handle=f"user{author}", name=f"User {author}", followers=author % 900
            ),
            posted_at=NOW - timedelta(seconds=5 * (count - number)),
            in_reply_to=str(10**12 + number - chance.randint(1, 40)) if chance.random() < 0.25 else None,
            metrics={"likes": chance.randrange(50)},
        )


def measure(sizes: tuple[int, ...]) -> Iterator[Measured]:
    """Yield how long intake took to each size."""
    with tempfile.TemporaryDirectory(prefix="earnest-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'earnest.db'}")
        try:
            yield from _run(database, sizes)
        finally:
            database.close()


def _run(database: Database, sizes: tuple[int, ...]) -> Iterator[Measured]:
    upgrade(database)
    clock = ManualClock(NOW)
    with database.write() as session:
        apply_profile(session, profile=_profile(), by="bench", clock=clock)
    intake = Intake(database, CountedJobs(), clock, RevisionCache(database))
    stream = posts(max(sizes))
    saved, mentions, seconds, processor = 0, 0, 0.0, 0.0
    last: list[float] = []
    while saved < max(sizes):
        batch = Batch(posts=tuple(next(stream) for _ in range(BATCH)), cursor=str(saved), requests=1)
        wall, cpu = time.perf_counter(), time.process_time()
        mentions += intake.save(1, batch).new
        seconds += time.perf_counter() - wall
        last.append(time.process_time() - cpu)
        processor, saved = processor + last[-1], saved + BATCH
        if saved in sizes:
            recent = sum(last[-WINDOW // BATCH :])
            yield Measured(posts=saved, mentions=mentions, seconds=seconds, processor=processor, last=recent)


def _profile() -> Profile:
    query = {"name": "brand", "expression": "kestrel OR @kestrelcoffee OR #kestrel"}
    source = {"id": "posts", "type": "file", "path": "posts.jsonl"}
    return Profile.model_validate(
        {"slug": "bench", "name": "Bench", "time_zone": "Europe/Berlin", "queries": [query], "sources": [source]}
    )


def main(words: list[str]) -> None:
    sizes = tuple(sorted(max(WINDOW, int(word) // BATCH * BATCH) for word in words)) or SIZES
    table = Table(title="Intake alone, SQLite")
    for heading in ("posts", "mentions", "posts/s", "posts/s of processor", "ms a post, the last 5,000"):
        table.add_column(heading, justify="right")
    for row in measure(sizes):
        table.add_row(
            f"{row.posts:,}", f"{row.mentions:,}", f"{row.posts / row.seconds:,.0f}",
            f"{row.posts / row.processor:,.0f}", f"{row.last / WINDOW * 1000:.3f}",
        )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
