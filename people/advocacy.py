"""Who is an advocate, and since which post: told from what they said within thirteen weeks, and from nothing else."""

from collections import Counter, deque
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from domain.labels import Intent, Stage
from domain.states import MentionState
from domain.time import Week
from people.rules import ADVOCACY_PRAISES, ADVOCACY_SPAN, is_about, speaks_well
from storage.tables import Author, Brand, Mention, Person

WINDOW = timedelta(weeks=ADVOCACY_SPAN)
TOLD = (Intent.PRAISE, Intent.COMPLAINT)
# The newest of somebody who praises day after day say enough.
MOST_READ = 500


class Saying(NamedTuple):
    """A post that praised the brand or complained of it."""

    at: datetime
    intent: Intent


def note_advocacy(
    session: Session, person: Person, *, rivals: Collection[str], at: datetime, mention_id: int | None = None
) -> None:
    """Set or lift a person's mark as things stand `at`, from all they said; `mention_id` is being routed now."""
    person.advocate_since = _since(session, person, rivals, at, mention_id)
    if person.advocate_since is None and person.stage is Stage.ADVOCACY:
        person.stage = Stage.RETENTION


def advocate_since(said: Iterable[Saying], *, zone: ZoneInfo, at: datetime) -> datetime | None:
    """Return when the post was written that made somebody an advocate who still is one `at`; None for all others."""
    window = _Window(zone)
    since: datetime | None = None
    for saying in sorted(said):
        if not window.speaks_well(saying.at):
            since = None
        window.add(saying)
        since = (since or saying.at) if window.speaks_well(saying.at) else None
    return since if window.speaks_well(at) else None


class _Window:
    """What was said in the thirteen weeks before a moment that only moves on."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone, self._said = zone, deque[Saying]()
        self._counts, self._weeks = Counter[Intent](), Counter[Week]()

    def add(self, saying: Saying) -> None:
        self._said.append(saying)
        self._count(saying, 1)

    def speaks_well(self, at: datetime) -> bool:
        while self._said and self._said[0].at <= at - WINDOW:
            self._count(self._said.popleft(), -1)
        praises, complaints = self._counts[Intent.PRAISE], self._counts[Intent.COMPLAINT]
        return speaks_well(praises=praises, weeks=len(+self._weeks), complaints=complaints)

    def _count(self, saying: Saying, step: int) -> None:
        self._counts[saying.intent] += step
        if saying.intent is Intent.PRAISE:
            self._weeks[Week.of(saying.at, self._zone)] += step


def _since(
    session: Session, person: Person, rivals: Collection[str], at: datetime, mention_id: int | None
) -> datetime | None:  # fmt: skip
    if person.praises < ADVOCACY_PRAISES:
        return None
    session.flush()  # what was routed before in this transaction counts too
    zone = ZoneInfo(session.get_one(Brand, person.brand_id).time_zone)
    query = (
        select(Mention.posted_at, Mention.intent, Mention.queries)
        .join(Author, Author.id == Mention.author_id)
        .where(Author.person_id == person.id, Mention.intent.in_(TOLD))
        .where(or_(Mention.state == MentionState.ROUTED, Mention.id == mention_id))
        .order_by(Mention.posted_at.desc())
        .limit(MOST_READ)
    )
    rows = session.execute(query).all()
    said = [Saying(posted, intent) for posted, intent, queries in rows if intent and is_about(queries, rivals)]
    # A platform's clock may run a little before ours.
    return advocate_since(said, zone=zone, at=max([at, *(saying.at for saying in said)]))
