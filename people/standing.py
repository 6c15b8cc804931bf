"""A person's standing with a brand: how often they spoke, their stage and tier, whether they are an advocate."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from domain.labels import Intent, Stage, Tier
from domain.states import MentionState
from domain.time import Week
from people.rules import ADVOCACY_PRAISES, ADVOCACY_WEEKS, stage_after, tier_for
from storage.tables import Author, Brand, Mention, Person

ADVOCACY_WINDOW = timedelta(weeks=13)


@dataclass(slots=True, kw_only=True)
class Spoken:
    """How often somebody spoke of the brand, and with which intent, and how many follow them where most do."""

    mentions: int = 0
    praises: int = 0
    complaints: int = 0
    followers: int = 0

    def add(self, intent: Intent | None, count: int = 1) -> None:
        """Count mentions of one intent in."""
        self.mentions += count
        self.praises += count if intent is Intent.PRAISE else 0
        self.complaints += count if intent is Intent.COMPLAINT else 0


def note_mention(
    session: Session, *, mention: Mention, at: datetime, rivals: Collection[str] = (), before: Spoken | None = None
) -> Person:
    """Take a classified mention into its author's standing, in the transaction that routes it; return the person.

    Counts are taken anew from the mentions, so an edited post that is routed again counts once. `rivals` are the
    names of the queries that watch rivals: what is said of those alone is nobody's standing with this brand. With
    `before`, which `read_spoken` read for a batch, nothing is counted anew, and this mention is added to it.
    """
    author = session.get_one(Author, mention.author_id)
    person = session.get_one(Person, author.person_id)
    if is_about(mention.queries, rivals):
        if before is None:
            spoken = read_spoken(session, {person.id: rivals}, without=(mention.id,))[person.id]
        else:
            spoken = before
        spoken.add(mention.intent)
        person.mentions, person.praises, person.complaints = spoken.mentions, spoken.praises, spoken.complaints
        person.first_seen_at = min(person.first_seen_at, mention.posted_at)
        person.last_seen_at = max(person.last_seen_at, mention.posted_at)
        _note_advocacy(session, mention, person, rivals, at)
        _place(person, spoken.followers)
    return person


def is_about(queries: Collection[str], rivals: Collection[str]) -> bool:
    """Say whether a mention is about the brand, by the queries that it matched, and not about rivals alone."""
    return not queries or any(name not in rivals for name in queries)


def read_spoken(
    session: Session, rivals: Mapping[int, Collection[str]], *, without: Collection[int] = ()
) -> dict[int, Spoken]:
    """Count the routed mentions of the brand by each person; `rivals` has persons' ids, and their brands' rivals."""
    found = {person_id: Spoken() for person_id in rivals}
    accounts = Author.person_id.in_(sorted(rivals))
    for person_id, followers in session.execute(
        select(Author.person_id, func.max(Author.followers)).where(accounts).group_by(Author.person_id)
    ):
        found[person_id].followers = followers or 0
    counts = (
        select(Author.person_id, Mention.intent, Mention.queries, func.count())
        .join(Mention, Mention.author_id == Author.id)
        .where(accounts, Mention.state == MentionState.ROUTED, Mention.id.not_in(without))
        .group_by(Author.person_id, Mention.intent, Mention.queries)
    )
    for person_id, intent, queries, count in session.execute(counts):
        if is_about(queries, rivals[person_id]):
            found[person_id].add(intent, count)
    return found


def note_contact(session: Session, *, person_id: int, at: datetime) -> None:
    """Count that the brand wrote to the person."""
    person = session.get_one(Person, person_id)
    person.contacts += 1
    person.last_contacted_at = max(at, person.last_contacted_at or at)
    if person.stage is Stage.REACH:
        person.stage = Stage.ACQUISITION


def _note_advocacy(
    session: Session, mention: Mention, person: Person, rivals: Collection[str], at: datetime
) -> None:  # fmt: skip
    is_advocate = person.advocate_since is not None
    if mention.intent is Intent.PRAISE and not is_advocate and _speaks_well(session, mention, person, rivals):
        person.advocate_since = at
    if mention.intent is Intent.COMPLAINT and is_advocate:
        complaints = _days(session, mention, person, rivals, Intent.COMPLAINT)
        if len(complaints) >= len(_days(session, mention, person, rivals, Intent.PRAISE)):
            # Whoever complains as often as they praise doesn't recommend us, and no digest may say so.
            person.advocate_since, person.stage = None, Stage.RETENTION


def _speaks_well(session: Session, mention: Mention, person: Person, rivals: Collection[str]) -> bool:
    """Say whether praise came often and spread out enough to be more than one good day."""
    if person.praises < ADVOCACY_PRAISES or person.praises <= person.complaints:
        return False
    zone = ZoneInfo(session.get_one(Brand, mention.brand_id).time_zone)
    days = _days(session, mention, person, rivals, Intent.PRAISE)
    weeks = {Week.of(day, zone) for day in days}
    return len(days) >= ADVOCACY_PRAISES and len(weeks) >= ADVOCACY_WEEKS


def _days(
    session: Session, mention: Mention, person: Person, rivals: Collection[str], intent: Intent
) -> list[datetime]:  # fmt: skip
    """When the person spoke of the brand with this intent within the last quarter, this mention included."""
    session.flush()  # what was routed before in this transaction counts too
    query = select(Mention.posted_at, Mention.queries).where(
        Mention.author_id.in_(_accounts(person.id)), Mention.intent == intent,
        Mention.posted_at >= mention.posted_at - ADVOCACY_WINDOW,
        or_(Mention.state == MentionState.ROUTED, Mention.id == mention.id),
    )  # fmt: skip
    return [posted for posted, queries in session.execute(query) if is_about(queries, rivals)]


def _place(person: Person, followers: int) -> None:
    person.stage = stage_after(
        person.stage,
        mentions=person.mentions,
        praises=person.praises,
        complaints=person.complaints,
        is_advocate=person.advocate_since is not None,
    )
    if person.tier is not Tier.PLATINUM:  # platinum is given by a person, never taken by a rule
        person.tier = tier_for(person.stage, followers=followers, mentions=person.mentions)


def _accounts(person_id: int) -> Select[int]:
    return select(Author.id).where(Author.person_id == person_id)
