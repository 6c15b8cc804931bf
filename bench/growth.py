"""What intake and the desk's queries cost beside databases of several sizes."""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from rich.table import Table
from sqlalchemy.orm import Session

from bench.filling import RARE, fill
from bench.posts import make_posts
from config.brand.profile import Profile
from domain.posts import Batch, RawAuthor, RawPost
from domain.time import ManualClock
from listener.intake import Intake
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.migration import upgrade
from storage.queries.brands import Revision, RevisionCache, apply_profile
from storage.queries.counts import count_work
from storage.queries.mentions import MentionFilter, list_mentions
from storage.queries.paging import Cursor
from storage.queries.queue import QueueFilter, list_queue

NOW: Final = datetime(2026, 11, 18, 10, tzinfo=UTC)
BRANDS: Final = ("tern", "gull", "plover", "knot")
MORE, BATCH, TIMES = 2_000, 500, 200


def measure_growth(sizes: Sequence[int]) -> Table:
    """Fill one database to each of `sizes` in turn; return the table of what then costs what."""
    table = Table(title=f"Beside so many mentions, on SQLite: {MORE:,} more posts, and the desk's queries in ms")
    for heading in ("mentions", "MB", "intake, posts/s", "CPU ms a post", "queue p50", "p95", "later page p50",
                    "mentions p50", "search, common p50", "rare p50", "badges p50"):  # fmt: skip
        table.add_column(heading, justify="right")
    clock = ManualClock(NOW)
    with tempfile.TemporaryDirectory(prefix="earnest-bench-") as folder:
        file = Path(folder) / "earnest.db"
        database = Database(f"sqlite:///{file}")
        upgrade(database)
        with database.write() as session:
            revisions = [apply_profile(session, profile=_profile(slug), by="bench", clock=clock) for slug in BRANDS]
        filled = 0
        for size in sorted(sizes):
            fill(database, revisions=revisions, mentions=size - filled, at=NOW)
            rate, processor = _time_intake(database, clock, first=filled, brand=revisions[0])
            filled = size + MORE
            megabytes = file.stat().st_size / 1e6
            queries = _time_queries(database, revisions[0].brand_id)
            table.add_row(f"{size:,}", f"{megabytes:,.0f}", f"{rate:,.0f}", f"{processor:.2f}", *queries)
        database.close()
    return table


def _profile(slug: str) -> Profile:
    return Profile.model_validate(
        {
            "slug": slug, "name": slug.title(), "time_zone": "UTC",
            "queries": [{"name": "brand", "expression": slug}],
            "sources": [{"id": "inbox", "type": "file", "path": "inbox.jsonl"}],
        }
    )  # fmt: skip


def _time_intake(database: Database, clock: ManualClock, *, first: int, brand: Revision) -> tuple[float, float]:
    posts = [_raw(post) for post in make_posts(count=MORE, brand=brand.profile.name, at=NOW, first=first)]
    intake = Intake(database, MemoryJobs(clock), clock, RevisionCache(database))
    intake.save(1, Batch(cursor="0"))
    wall, processor = time.perf_counter(), time.process_time()
    for start in range(0, MORE, BATCH):
        intake.save(1, Batch(posts=tuple(posts[start : start + BATCH]), cursor=str(first + start)))
    return MORE / (time.perf_counter() - wall), (time.process_time() - processor) / MORE * 1000


def _raw(post: dict[str, Any]) -> RawPost:
    return RawPost(
        platform=post["platform"], external_id=post["id"], text=post["text"], language=post["language"],
        author=RawAuthor(external_id=post["author"], handle=post["author"], name=post["author_name"]),
        posted_at=datetime.fromisoformat(post["posted_at"]), in_reply_to=post.get("in_reply_to"),
    )  # fmt: skip


def _time_queries(database: Database, brand_id: int) -> Sequence[str]:
    chance = random.Random(1)
    page = QueueFilter(at=NOW)

    def later(session: Session) -> object:
        at = NOW - timedelta(days=chance.randrange(700))
        after = Cursor((chance.randrange(4), at, 0))
        return list_queue(session, brand_id=brand_id, filters=page, after=after)

    def search(words: str) -> Callable[[Session], object]:
        return lambda session: list_mentions(session, brand_id=brand_id, filters=MentionFilter(words=words))

    queue = _milliseconds(database, lambda s: list_queue(s, brand_id=brand_id, filters=page))
    others = (
        later,
        lambda session: list_mentions(session, brand_id=brand_id, filters=MentionFilter()),
        search("lovely kettle"),
        search(RARE),
        lambda session: count_work(session, brand_id=brand_id, at=NOW),
    )
    medians = [statistics.median(_milliseconds(database, ask)) for ask in others]
    return [f"{value:.1f}" for value in (statistics.median(queue), queue[int(TIMES * 0.95)], *medians)]


def _milliseconds(database: Database, ask: Callable[[Session], object]) -> list[float]:
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        with database.read() as session:
            ask(session)
        found.append((time.perf_counter() - began) * 1000)
    return sorted(found)
