"""A person's standing with a brand: how often they spoke, their stage and tier, whether they are an advocate."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.labels import Intent, Stage, Tier
from domain.time import Week
from people.rules import ADVOCACY_PRAISES, ADVOCACY_WEEKS, stage_after, tier_for
from storage.tables import Author, Brand, Mention, Person

ADVOCACY_WINDOW = timedelta(weeks=13)


def note_mention(session: Session, *, mention: Mention, at: datetime) -> Person:
    """Count a classified mention into its author's standing; call it once a mention, in the transaction that routes it.

    Returns the person, changed in place.
    """
    author = session.get_one(Author, mention.author_id)
    person = session.get_one(Person, author.person_id)
    person.mentions += 1
    person.praises += mention.intent is Intent.PRAISE
    person.complaints += mention.intent is Intent.COMPLAINT
    person.first_seen_at = min(person.first_seen_at, mention.posted_at)
    person.last_seen_at = max(person.last_seen_at, mention.posted_at)
    if mention.intent is Intent.PRAISE and person.advocate_since is None and _speaks_well(session, mention, person):
        person.advocate_since = at
    person.stage = stage_after(
        person.stage,
        mentions=person.mentions,
        praises=person.praises,
        complaints=person.complaints,
        is_advocate=person.advocate_since is not None,
    )
    followers = session.scalar(select(func.max(Author.followers)).where(Author.person_id == person.id)) or 0
    if person.tier is not Tier.PLATINUM:  # platinum is given by a person, never taken by a rule
        person.tier = tier_for(person.stage, followers=followers, mentions=person.mentions)
    return person


def _speaks_well(session: Session, mention: Mention, person: Person) -> bool:
    """Say whether praise came often and spread out enough to be more than one good day."""
    brand = session.get_one(Brand, mention.brand_id)
    authors = select(Author.id).where(Author.person_id == person.id)
    days = session.scalars(
        select(Mention.posted_at).where(
            Mention.author_id.in_(authors),
            Mention.intent == Intent.PRAISE,
            Mention.posted_at >= mention.posted_at - ADVOCACY_WINDOW,
        )
    ).all()
    weeks = {Week.of(day, ZoneInfo(brand.time_zone)) for day in {*days, mention.posted_at}}
    return len(days) >= ADVOCACY_PRAISES and len(weeks) >= ADVOCACY_WEEKS and person.praises > person.complaints


def note_contact(session: Session, *, person_id: int, at: datetime) -> None:
    """Count that the brand wrote to the person."""
    person = session.get_one(Person, person_id)
    person.contacts += 1
    person.last_contacted_at = max(at, person.last_contacted_at or at)
    if person.stage is Stage.REACH:
        person.stage = Stage.ACQUISITION
