"""A brand that listens: its database, its intake and the posts that reach it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase

from config.brand.profile import Profile
from domain.ports import Collector
from domain.posts import Batch, RawAuthor, RawPost
from domain.time import ManualClock
from listener.collection import CollectionReport, collect_source
from listener.intake import Intake, IntakeReport
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.queries.brands import RevisionCache, apply_profile
from storage.tables import Conversation, Mention, Source
from tests.conftest import NOW

BASE: dict[str, Any] = {
    "slug": "kestrel", "name": "Kestrel", "time_zone": "Europe/Berlin",
    "queries": [
        {"name": "brand", "expression": "kestrel"}, {"name": "rival", "expression": "osprey", "rival": "Osprey"},
    ],
    "accounts": [{"platform": "x", "handle": "kestrel"}],
    "known_bots": [{"platform": "x", "handle": "dealbot"}],
    "sources": [
        {"id": "main", "type": "memory"},
        {"id": "reviews", "type": "memory", "match": "everything"},
        {"id": "hook", "type": "webhook", "signing_secret": "HOOK"},
    ],
}  # fmt: skip


@dataclass(kw_only=True)
class Home:
    """One brand on one database."""

    database: Database
    jobs: MemoryJobs
    clock: ManualClock
    profiles: RevisionCache
    intake: Intake
    brand_id: int
    sources: dict[str, int] = field(default_factory=dict)

    def save(self, *posts: RawPost, source: str = "main", **more: Any) -> IntakeReport:
        """Save posts as one batch of a source."""
        return self.intake.save(self.sources[source], Batch(posts=posts, **more))

    def all(self, row: type[DeclarativeBase]) -> list[Any]:
        """Return a table's rows in the order of their ids."""
        with self.database.read() as session:
            return list(session.scalars(select(row).order_by(row.__table__.c.id)))

    def source(self, key: str = "main") -> Source:
        """Return a source's row."""
        with self.database.read() as session:
            return session.get_one(Source, self.sources[key])

    def threads(self) -> dict[str, tuple[str, list[str]]]:
        """Return each conversation's state and the ids of its mentions, by the conversation's own id."""
        conversations = {row.id: row for row in self.all(Conversation)}
        found: dict[str, tuple[str, list[str]]] = {
            row.external_id: (str(row.state), []) for row in conversations.values()
        }
        for mention in self.all(Mention):
            found[conversations[mention.conversation_id].external_id][1].append(mention.external_id)
        return found


def open_home(database: Database, clock: ManualClock, **changes: Any) -> Home:
    """Make the brand, with `changes` to its profile."""
    jobs, profiles = MemoryJobs(clock), RevisionCache(database)
    with database.write() as session:
        revision = apply_profile(session, profile=Profile.model_validate({**BASE, **changes}), by="test", clock=clock)
        rows = session.scalars(select(Source).where(Source.brand_id == revision.brand_id))
        sources = {row.key: row.id for row in rows}
    return Home(
        database=database, jobs=jobs, clock=clock, profiles=profiles, brand_id=revision.brand_id, sources=sources,
        intake=Intake(database, jobs, clock, profiles),
    )  # fmt: skip


def post(
    number: int | str, text: str = "I like kestrel", *, author: str = "ada", ago: timedelta | None = None, **more: Any
) -> RawPost:
    """Return a post on x; `ago` is how long before the tests' now it was written."""
    at: datetime = NOW - (timedelta(hours=1) if ago is None else ago)
    return RawPost(
        **{
            "platform": "x", "external_id": str(number), "text": text, "posted_at": at,
            "author": RawAuthor(external_id=f"id-{author}", handle=author, name=author.title()), **more,
        }
    )  # fmt: skip


def minutes(count: int) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=count)


def collect(home: Home, collector: Collector, *, key: str = "main", **more: object) -> CollectionReport:
    """Read a source once with this collector."""
    return collect_source(
        home.database, home.jobs, home.clock, build=lambda _: collector, source_id=home.sources[key],
        intake=home.intake, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def ids(home: Home) -> list[str]:
    """Return the mentions' ids on their platform."""
    return [row.external_id for row in home.all(Mention)]
