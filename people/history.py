"""What is known of a person at a glance: standing, counts, last contact, open cases; one query for many people."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.labels import Stage, Tier
from domain.states import ConversationState
from storage.tables import Author, Case, Gesture, Idea, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One person as the desk shows them beside a mention; `handles` are like `x:ada`, oldest account first."""

    person_id: int
    brand_id: int
    name: str
    tier: Tier
    stage: Stage
    mentions: int
    praises: int
    complaints: int
    contacts: int
    ideas: int
    open_cases: int
    cases: int
    gestures: int
    first_seen_at: datetime
    last_seen_at: datetime
    last_contacted_at: datetime | None
    advocate_since: datetime | None
    opted_out_at: datetime | None
    account_manager: str | None
    referred_by: int | None
    handles: tuple[str, ...]

    @property
    def new(self) -> bool:
        """True for somebody who spoke once and was never written to."""
        return self.mentions <= 1 and not self.contacts


def summarise(session: Session, *, person_id: int, brand_ids: Collection[int]) -> Summary:
    """Return one person's summary; raises NotFound when there is none or the caller may not see their brand."""
    found = summarise_many(session, person_ids=[person_id], brand_ids=brand_ids).get(person_id)
    if found is None:
        raise NotFound(f"There is no person {person_id}; they may have been erased or joined with another.")
    return found


def summarise_many(
    session: Session, *, person_ids: Collection[int], brand_ids: Collection[int]
) -> dict[int, Summary]:  # fmt: skip
    """Return the summaries of several people by id, in one query; those of other brands are left out."""
    cases = select(func.count()).where(Case.person_id == Person.id)
    living = cases.where(Case.state != ConversationState.RESOLVED)
    gestures = select(func.count()).select_from(Gesture).join(Case, Case.id == Gesture.case_id)
    ideas = select(func.count()).where(Idea.person_id == Person.id)
    query = (
        select(
            Person, cases.correlate(Person).scalar_subquery(), living.correlate(Person).scalar_subquery(),
            gestures.where(Case.person_id == Person.id).correlate(Person).scalar_subquery(),
            ideas.correlate(Person).scalar_subquery(), Author.platform, Author.handle, Author.name,
        )
        .outerjoin(Author, Author.person_id == Person.id)
        .where(Person.id.in_(person_ids), Person.brand_id.in_(brand_ids))
        .order_by(Person.id, Author.id)
    )  # fmt: skip
    found: dict[int, Summary] = {}
    accounts: dict[int, list[str]] = {}
    for person, all_cases, open_cases, offered, had, platform, handle, author_name in session.execute(query):
        if handle is not None:
            accounts.setdefault(person.id, []).append(f"{platform}:{handle}")
        if person.id in found:
            continue
        found[person.id] = Summary(
            person_id=person.id, brand_id=person.brand_id, name=person.name or author_name or handle or "somebody",
            tier=person.tier, stage=person.stage, mentions=person.mentions, praises=person.praises,
            complaints=person.complaints, contacts=person.contacts, ideas=had, open_cases=open_cases, cases=all_cases,
            gestures=offered, first_seen_at=person.first_seen_at, last_seen_at=person.last_seen_at,
            last_contacted_at=person.last_contacted_at, advocate_since=person.advocate_since,
            opted_out_at=person.opted_out_at, account_manager=person.account_manager,
            referred_by=person.referred_by, handles=(),
        )  # fmt: skip
    return {key: _with_handles(summary, accounts.get(key, [])) for key, summary in found.items()}


def _with_handles(summary: Summary, handles: Collection[str]) -> Summary:
    return replace(summary, handles=tuple(handles))
