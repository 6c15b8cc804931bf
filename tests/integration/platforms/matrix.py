"""What becomes of a source and of a reply when a platform fails: measured through the real client libraries.

The test compares what is measured with what is expected, and docs/reliability.md is written from the same outcomes.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol, Self

from sqlalchemy import func, select

from domain.ports import Collector, Publisher
from domain.states import ReplyState
from domain.time import ManualClock
from platforms.registry import capabilities_of
from responders.outbox import Outbox
from responders.publishers.finding import OnePublisher
from responders.review import Reviewer
from responders.unknown import UnknownReplies
from storage.database import Database
from storage.jobs import JobKind, MemoryJobs
from storage.queries.brands import RevisionCache
from storage.tables import DeadLetter, Mention, Reply, SourceGap, User
from tests.integration.listener.home import Home, collect, open_home
from tests.rows import add_author, add_brand, add_draft, add_mention

READ_FAULTS: Final = (
    "unauthorised", "payment", "forbidden", "rate_limit_with_reset", "rate_limit_without_reset", "server_error",
    "html", "cut_body", "reset", "timeout", "malformed_item", "duplicate_item", "empty_page_with_next",
)  # fmt: skip
WRITE_FAULTS: Final = (
    "unauthorised", "payment", "forbidden", "rate_limit_with_reset", "rate_limit_without_reset", "server_error",
    "html", "cut_body", "reset", "timeout", "lost_after_write",
)  # fmt: skip


class World(Protocol):
    """A platform on loopback with a fault to give, driven through its real client library."""

    name: str

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    def collector(self) -> Collector: ...
    def publisher(self) -> Publisher: ...
    def add_post(self, text: str) -> str: ...
    def fail_next(self, fault: str) -> None: ...
    def lag_reads(self, amount: int) -> None: ...
    def written(self) -> list[str]: ...
    def requests(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutcome:
    """The source's state after the fault, what was set aside, and how much was lost or doubled once it was over."""

    state: str
    set_aside: int
    gap_opened: bool
    lost: int
    doubled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOutcome:
    """The reply's state after the fault and at the end, and how often it stands on the platform."""

    first: str
    last: str
    written: int


def read_through(world: World, fault: str, database: Database) -> ReadOutcome:
    """Let a source read while the platform fails once, then let it read again until it is up to date."""
    clock = ManualClock(datetime.now(UTC))
    home = open_home(database, clock, sources=[{"id": "main", "type": "memory", "match": "everything"}])
    known = [world.add_post("kestrel opens early")]
    collect(home, world.collector())
    known += [world.add_post(f"kestrel number {number}") for number in range(3)]
    world.fail_next(fault)
    collect(home, world.collector())
    state = str(home.source().state)
    gap = _count(home, SourceGap) > 0
    known.append(world.add_post("kestrel after the trouble"))
    for _ in range(3):
        clock.advance(timedelta(minutes=2))
        collect(home, world.collector(), force=True)
    kept = [row.external_id for row in home.all(Mention)]
    return ReadOutcome(
        state=state, set_aside=_count(home, DeadLetter), gap_opened=gap,
        lost=len(set(known) - set(kept)), doubled=len(kept) - len(set(kept)),
    )  # fmt: skip


def write_through(world: World, fault: str, database: Database) -> WriteOutcome:
    """Send an approved reply while the platform fails once, then let what falls due happen for two hours."""
    scene = Writing(world, database)
    world.fail_next(fault)
    scene.jobs.run_due()
    first = scene.state()
    for _ in range(120):
        scene.clock.advance(timedelta(minutes=1))
        scene.jobs.run_due()
    return WriteOutcome(first=first, last=scene.state(), written=len(world.written()))


@dataclass
class Writing:
    """One approved reply to a post that really is on the platform, waiting to be sent."""

    world: World
    database: Database
    clock: ManualClock = field(default_factory=lambda: ManualClock(datetime.now(UTC)))

    def __post_init__(self) -> None:
        """Approve a draft and bind the jobs."""
        self.jobs = MemoryJobs(self.clock)
        profiles = RevisionCache(self.database)
        outbox = Outbox(
            database=self.database, jobs=self.jobs, clock=self.clock, profiles=profiles,
            publishers=OnePublisher(self.world.publisher()), on_sent=lambda *_: None,
        )  # fmt: skip
        unknown = UnknownReplies(database=self.database, jobs=self.jobs, clock=self.clock, outbox=outbox)
        reviewer = Reviewer(
            database=self.database, jobs=self.jobs, clock=self.clock, profiles=profiles, guard=lambda *_: ()
        )
        self.jobs.handlers[JobKind.SEND] = lambda ids: _drop(outbox.send(ids[0]))
        self.jobs.handlers[JobKind.LOOK_UP] = lambda ids: _drop(unknown.look_up(ids[0]))
        reviewer.approve(draft_id=self._draft(), version=1, user_id=1)

    def state(self) -> str:
        """The reply's state now."""
        with self.database.read() as session:
            state: ReplyState = session.scalars(select(Reply.state)).one()
            return str(state)

    def _draft(self) -> int:
        platform = self.world.name
        post = self.world.add_post("kestrel, I like your kettle")
        records = {demand.key: "2026-01-01" for demand in capabilities_of(platform).demands_to_answer}
        account = {"platform": platform, "handle": "@kestrel", "records": records}
        now = self.clock.now()
        with self.database.write() as session:
            revision = add_brand(session, self.clock, accounts=[account], platforms={platform: {"answer": "reviewed"}})
            session.add(User(login="mia", name="Mia", password_hash="-", created_at=now))
            author = add_author(session, revision, now, platform=platform)
            more: dict[str, Any] = {"addressed": True}
            mention = add_mention(session, author, post, "kestrel, I like your kettle", now, **more)
            text = "Thank you for telling us!"
            return add_draft(
                session, mention, revision, now, text=text, original_text=text, account="@kestrel", thread=post
            ).id


def _count(home: Home, row: Any) -> int:
    with home.database.read() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def _drop(_value: object) -> None:
    """Drop a handler's return value."""
