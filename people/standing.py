"""A person's standing with a brand: how often they spoke, their stage and tier, whether they are an advocate."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.labels import Intent, Stage, Tier
from domain.states import MentionState
from people.advocacy import note_advocacy
from people.rules import is_about, stage_after, tier_for
from storage.tables import Author, Mention, Person


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
        note_advocacy(session, person, rivals=rivals, at=at, mention_id=mention.id)
        _place(person, spoken.followers)
    return person


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
