"""A brand with one draft that waits, and everything that takes it to a platform in memory."""

from dataclasses import dataclass, field
from datetime import timedelta

from domain.answers import Finding
from domain.time import ManualClock
from responders.outbox import Outbox
from responders.publishers.finding import OnePublisher
from responders.publishers.memory import MemoryPublisher
from responders.review import Reviewer
from responders.unknown import UnknownReplies
from storage.database import Database
from storage.jobs import JobKind, MemoryJobs
from storage.queries.brands import RevisionCache
from storage.tables import Reply, User
from tests.rows import add_author, add_brand, add_draft, add_mention

ACCOUNT = {"platform": "mastodon", "handle": "@tern"}


@dataclass
class Desk:
    """The outbox with a publisher in memory; `sent` lists the replies that were told of."""

    database: Database
    jobs: MemoryJobs
    clock: ManualClock
    publisher: MemoryPublisher = field(default_factory=MemoryPublisher)
    findings: tuple[Finding, ...] = ()
    sent: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Wire the parts."""
        profiles = RevisionCache(self.database)
        self.outbox = Outbox(
            database=self.database, jobs=self.jobs, clock=self.clock, profiles=profiles,
            publishers=OnePublisher(self.publisher), on_sent=lambda _session, reply, _at: self.sent.append(reply.id),
        )  # fmt: skip
        self.unknown = UnknownReplies(
            database=self.database, jobs=self.jobs, clock=self.clock, outbox=self.outbox
        )  # fmt: skip
        self.reviewer = Reviewer(
            database=self.database, jobs=self.jobs, clock=self.clock, profiles=profiles,
            guard=lambda _draft_id, _text: self.findings,
        )  # fmt: skip
        self.jobs.handlers[JobKind.SEND] = lambda ids: void(self.outbox.send(ids[0]))
        self.jobs.handlers[JobKind.LOOK_UP] = lambda ids: void(self.unknown.look_up(ids[0]))

    def add_draft(self, *, platform: str = "mastodon", text: str = "Thank you, Ada!", **profile: object) -> int:
        """Add a brand with two users, a praise and a draft for it; return the draft's id."""
        account = {"platform": platform, "handle": "@tern"}
        uses = {platform: {"answer": "reviewed"}}
        with self.database.write() as session:
            revision = add_brand(session, self.clock, **{"accounts": [account], "platforms": uses, **profile})
            for login in ("mia", "ben"):
                session.add(User(login=login, name=login, password_hash="-", created_at=self.clock.now()))
            author = add_author(session, revision, self.clock.now(), platform=platform)
            mention = add_mention(session, author, "p1", "@tern I love my kettle", self.clock.now())
            return add_draft(session, mention, revision, self.clock.now(), text=text, original_text=text).id

    def replies(self) -> list[Reply]:
        """Return every reply, oldest first."""
        with self.database.read() as session:
            return sorted(session.query(Reply).all(), key=lambda reply: reply.id)

    def wait(self, minutes: float) -> None:
        """Let time pass a little at a time and run what falls due."""
        for _ in range(int(minutes * 6)):
            self.clock.advance(timedelta(seconds=10))
            self.jobs.run_due()


def void(_value: object) -> None:
    """Drop a handler's return value."""
