"""What time brings about in answering: clocks that run out, parked cases that wake, follow-ups, stale drafts, calm."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from domain.states import ClockState, ReplyState
from domain.time import Clock
from responders import cases, erasure, follow_ups, incidents, proposals, sla
from storage.database import Database
from storage.queries.brands import RevisionCache
from storage.tables import Author, Case, Mention, Reply, SlaClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What was done for one brand: ids of cases, follow-ups and incidents, and counts of drafts and replies."""

    answered: tuple[int, ...]
    missed: tuple[int, ...]
    woken: tuple[int, ...]
    due: tuple[int, ...]
    closed: tuple[int, ...]
    expired: int
    erased: int


def keep_up(database: Database, clock: Clock, profiles: RevisionCache, brand_id: int) -> Upkeep:
    """Do for one brand whatever is due by now. Safe to run twice, at once, or late: it reads what time it is."""
    # Answers stop clocks before those are called missed.
    answered = note_answers(database, brand_id)
    return Upkeep(
        answered=answered,
        missed=sla.check_clocks(database, clock, brand_id),
        woken=cases.wake_snoozed(database, clock, profiles, brand_id),
        due=follow_ups.surface_due(database, clock, brand_id),
        closed=incidents.close_calm(database, clock, brand_id),
        expired=proposals.expire_stale(database, clock, brand_id),
        erased=erasure.erase_leftovers(database, brand_id),
    )


def note_answers(database: Database, brand_id: int) -> tuple[int, ...]:
    """Stop the response clocks of cases that were answered, wherever that was done; return the cases' ids.

    The first response is the first answer after the first mention; a later clock stops at an answer that came after
    everything that the customer wrote.
    """
    stopped: set[int] = set()
    with database.write() as session:
        for clock in session.scalars(_running(brand_id)).all():
            first, last = session.execute(_span(clock.case_id)).one()
            since = first if clock.kind == sla.ClockKind.FIRST_RESPONSE else last
            answered_at = session.scalars(_answer_since(clock.case_id, since or clock.started_at)).first()
            if answered_at is not None:
                sla.stop(clock, answered_at)
                stopped.add(clock.case_id)
    return tuple(sorted(stopped))


def _running(brand_id: int) -> Select[SlaClock]:
    return (
        select(SlaClock)
        .where(SlaClock.brand_id == brand_id, SlaClock.stopped_at.is_(None), SlaClock.state != ClockState.HIT)
        .where(SlaClock.kind.in_([str(kind) for kind in sla.RESPONSES]))
        .order_by(SlaClock.id)
        .with_for_update()
    )


def _span(case_id: int) -> Select[datetime, datetime]:
    query = select(func.min(Mention.posted_at), func.max(Mention.posted_at))
    return query.join(Case, Case.id == Mention.case_id).join(Author, Author.id == Mention.author_id).where(
        Case.id == case_id, Author.person_id == Case.person_id
    )  # fmt: skip


def _answer_since(case_id: int, since: datetime) -> Select[datetime | None]:
    place = select(Case.conversation_id).where(Case.id == case_id).scalar_subquery()
    mentions = select(Mention.id).where(Mention.case_id == case_id)
    # A reply typed on the platform may name no mention of ours; its thread is enough.
    ours = Reply.mention_id.in_(mentions) | (Reply.mention_id.is_(None) & (Reply.conversation_id == place))
    return select(Reply.sent_at).where(ours, Reply.state == ReplyState.SENT, Reply.sent_at >= since).order_by(
        Reply.sent_at
    ).limit(1)  # fmt: skip
