"""The routing stage: classified mentions become drafts, cases, ideas or files, once each.

Praise, questions and suggestions get a draft; a suggestion is kept as an idea too. A complaint opens or joins a case
and gets a draft for the person who takes it. What the model abstained on stands in the queue for a person to decide.
The rest is filed. Drafting happens between two transactions; the second writes only what still is as the first one
read it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.ports import Drafter
from domain.states import DraftState
from domain.time import Clock
from responders.context import ask_for_parents
from responders.drafting.names import first_name
from responders.gate import permit
from responders.guards.repetition import skeleton_of
from responders.placing import Placed, place_all
from responders.preparation import Prepared, prepare
from responders.rules import Decision, Route, decide
from responders.waiting import Waiting, read_rows, read_waiting
from storage.database import Database
from storage.jobs import Jobs
from storage.queries.brands import Revision, RevisionCache
from storage.tables import Author, Draft, Mention

CHUNK = 64
RECENT = 100

_log = structlog.get_logger(__name__)


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
        if placed.draft is not None:
            self.drafts.append(placed.draft.id)
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

    Where a draft answers a post that isn't known, the reading of its thread is enqueued; no draft waits for it.
    """
    report = RoutingReport()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        for placed in _route_chunk(database, jobs, drafter, profiles, chunk, now=clock.now()):
            report.add(placed)
    return report


def _route_chunk(
    database: Database, jobs: Jobs, drafter: Drafter, profiles: RevisionCache, ids: Sequence[int], *, now: datetime
) -> list[Placed]:  # fmt: skip
    with database.read() as session:
        decided = _decide_all(session, profiles, ids, now)
        recent = {brand_id: recent_skeletons(session, brand_id) for brand_id in {row.brand_id for row, _, _ in decided}}
    if not decided:
        return []
    prepared = list(prepare(decided, drafter=drafter, recent=recent, now=now))
    try:
        return _place(database, jobs, prepared, now=now)
    except IntegrityError:
        # One that the database refuses must not hold the others.
        return [placed for each in prepared for placed in _place_alone(database, jobs, each, now=now)]


def _place_alone(database: Database, jobs: Jobs, prepared: Prepared, *, now: datetime) -> list[Placed]:
    try:
        return _place(database, jobs, [prepared], now=now)
    except IntegrityError as error:
        # The database's own message may hold a customer's words.
        _log.error("mention can't be routed", mention=prepared.waiting.id, why=type(error.orig).__name__)
        return []


def _place(database: Database, jobs: Jobs, prepared: Sequence[Prepared], *, now: datetime) -> list[Placed]:
    with database.write() as session:
        placed = place_all(session, prepared, at=now)
        drafted = [each.mention_id for each in placed if each.draft is not None]
        ask_for_parents(session, jobs, mention_ids=drafted, now=now)
        return placed


def _decide_all(
    session: Session, profiles: RevisionCache, ids: Sequence[int], now: datetime
) -> list[tuple[Waiting, Revision, Decision]]:  # fmt: skip
    # The rows are kept while the gate looks at them: the session itself forgets what nobody holds.
    rows = read_rows(session, ids)
    mentions = {mention.id: mention for mention, _, _ in rows}
    revisions: dict[int, Revision] = {}
    decided = []
    for waiting in read_waiting(session, rows):
        if waiting.brand_id not in revisions:
            revisions[waiting.brand_id] = profiles.current_of(session, waiting.brand_id)
        revision = revisions[waiting.brand_id]
        ask = partial(permit, session, mention=mentions[waiting.id], profile=revision.profile, at=now)
        decided.append((waiting, revision, decide(waiting, revision.profile, ask)))
    return decided


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
