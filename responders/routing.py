"""The routing stage: classified mentions become drafts, cases, ideas or files, once each.

Praise, questions and suggestions get a draft; a suggestion is kept as an idea too. A complaint opens or joins a case
and gets a draft for the person who takes it. What the model abstained on stands in the queue for a person to decide.
The rest is filed. Drafting happens between two transactions; the second writes only what still is as the first one
read it.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.ports import Drafter
from domain.states import DraftState, MentionState
from domain.time import Clock
from responders.drafting.names import first_name
from responders.gate import permit
from responders.guards.repetition import skeleton_of
from responders.placing import Locked, Placed, place
from responders.preparation import Prepared, prepare
from responders.rules import Decision, Route, decide
from responders.waiting import Waiting, read_current, read_waiting
from storage.database import Database
from storage.jobs import Jobs
from storage.queries.brands import Revision, RevisionCache
from storage.tables import Author, Conversation, Draft, Mention, Person

CHUNK = 64
RECENT = 100
Lockable = TypeVar("Lockable", Conversation, Person)


@dataclass(slots=True, kw_only=True)
class RoutingReport:
    """What became of the mentions that were routed: their ids, drafts, cases, and why others were filed."""

    routed: list[int] = field(default_factory=list)
    drafts: list[int] = field(default_factory=list)
    cases_opened: list[int] = field(default_factory=list)
    cases_joined: list[int] = field(default_factory=list)
    incidents: list[int] = field(default_factory=list)
    ideas: int = 0
    counted: int = 0
    filed: Counter[str] = field(default_factory=Counter)

    def add(self, placed: Placed) -> None:
        """Count one mention in."""
        self.routed.append(placed.mention_id)
        self.ideas += placed.idea
        self.counted += placed.route is Route.COUNTED
        if placed.draft_id is not None:
            self.drafts.append(placed.draft_id)
        if placed.case_id is not None:
            (self.cases_opened if placed.opened else self.cases_joined).append(placed.case_id)
        if placed.incident_id is not None:
            self.incidents.append(placed.incident_id)
        if placed.route is Route.FILED:
            self.filed[placed.reason] += 1


def route_mentions(  # noqa: PLR0917 - the parts that every stage is given, in the order that every stage has
    database: Database, jobs: Jobs, clock: Clock, drafter: Drafter, profiles: RevisionCache, ids: Sequence[int]
) -> RoutingReport:  # fmt: skip
    """Route those of `ids` that are classified and still wait. Running it twice, or twice at once, changes nothing.

    `jobs` is what every stage is given; routing ends the way of a mention, so nothing is enqueued.
    """
    del jobs
    report = RoutingReport()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        for placed in _route_chunk(database, drafter, profiles, chunk, now=clock.now()):
            report.add(placed)
    return report


def _route_chunk(
    database: Database, drafter: Drafter, profiles: RevisionCache, ids: Sequence[int], *, now: datetime
) -> list[Placed]:  # fmt: skip
    decided: list[tuple[Waiting, Revision, Decision]] = []
    recent: dict[int, list[str]] = {}
    with database.read() as session:
        for waiting in read_waiting(session, ids):
            revision = profiles.current_of(session, waiting.brand_id)
            mention = session.get_one(Mention, waiting.id)
            permission = permit(session, mention=mention, profile=revision.profile, at=now)
            decided.append((waiting, revision, decide(waiting, revision.profile, permission)))
        for brand_id in {waiting.brand_id for waiting, _, _ in decided}:
            recent[brand_id] = recent_skeletons(session, brand_id)
    if not decided:
        return []
    prepared = list(prepare(decided, drafter=drafter, recent=recent, now=now))
    with database.write() as session:
        return [place(session, each, locked=locked, at=now) for each, locked in _lock(session, prepared)]


def recent_skeletons(session: Session, brand_id: int) -> list[str]:
    """Return the brand's latest drafts as letters without names, to notice when many get the same words."""
    query = (
        select(Draft.text, Author.name)
        .join(Mention, Mention.id == Draft.mention_id)
        .join(Author, Author.id == Mention.author_id)
        .where(Draft.brand_id == brand_id, Draft.state.in_((DraftState.PROPOSED, DraftState.APPROVED)))
        .order_by(Draft.id.desc())
        .limit(RECENT)
    )
    return [skeleton_of(text, first_name(name)) for text, name in session.execute(query)]


def _lock(session: Session, prepared: Sequence[Prepared]) -> Iterator[tuple[Prepared, Locked]]:
    """Yield those that still are as they were read, with their rows locked, always in the same order."""
    ids = sorted(each.waiting.id for each in prepared)
    mentions = {
        mention.id: mention
        for mention in session.scalars(
            select(Mention)
            .where(Mention.id.in_(ids), Mention.state == MentionState.CLASSIFIED)
            .order_by(Mention.id)
            .with_for_update()
        )
    }
    # A person may have corrected the model meanwhile; then the next run decides.
    current = read_current(session, list(mentions))
    kept = [
        each
        for each in prepared
        if each.waiting.id in mentions and current[each.waiting.id].id == each.waiting.classification_id
    ]
    conversations = _lock_rows(session, Conversation, {each.waiting.conversation_id for each in kept})
    persons = _lock_rows(session, Person, {each.waiting.person_id for each in kept})
    alone = _read_alone(session, conversations)
    for each in kept:
        waiting = each.waiting
        yield each, Locked(
            mention=mentions[waiting.id], conversation=conversations[waiting.conversation_id],
            person=persons[waiting.person_id], alone=waiting.conversation_id in alone,
        )  # fmt: skip


def _read_alone(session: Session, conversations: Collection[int]) -> frozenset[int]:
    """Those conversations that hold one mention."""
    query = (
        select(Mention.conversation_id)
        .where(Mention.conversation_id.in_(sorted(conversations)))
        .group_by(Mention.conversation_id)
        .having(func.count() == 1)
    )
    return frozenset(session.scalars(query))


def _lock_rows(session: Session, kind: type[Lockable], ids: set[int]) -> dict[int, Lockable]:
    query = select(kind).where(kind.id.in_(sorted(ids))).order_by(kind.id).with_for_update()
    return {row.id: row for row in session.scalars(query)}
