"""What time brings about in answering: clocks that run out, parked cases that wake, follow-ups, stale drafts, calm."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain.states import ClockState, ReplyState
from domain.time import Clock
from responders import by_hand, cases, erasure, follow_ups, incidents, proposals, sla
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
    by_hand.absorb_met(database, clock, brand_id)
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
    all that was written in the case, and after whatever stopped the clocks before it.
    """
    stopped: set[int] = set()
    with database.write() as session:
        for clock in session.scalars(_running(brand_id)).all():
            answered_at = session.scalars(_answer_to(session, clock)).first()
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


def _answer_to(session: Session, clock: SlaClock) -> Select[datetime | None]:
    """Select the first answer that stops a response clock."""
    if clock.kind == sla.ClockKind.FIRST_RESPONSE:
        return _answer_since(clock.case_id, session.scalar(_first_word(clock.case_id)) or clock.started_at)
    query = _answer_since(clock.case_id, _asked_at(session, clock))
    before = session.scalar(_stopped_before(clock))
    return query if before is None else query.where(Reply.sent_at > before)


def _first_word(case_id: int) -> Select[datetime]:
    query = select(func.min(Mention.posted_at)).join(Case, Case.id == Mention.case_id)
    return query.join(Author, Author.id == Mention.author_id).where(
        Case.id == case_id, Author.person_id == Case.person_id
    )


def _asked_at(session: Session, clock: SlaClock) -> datetime:
    """Return since when a later answer is waited for: the last post, or the clock's start where none started it."""
    query = select(func.max(Mention.posted_at), func.max(Mention.collected_at)).where(Mention.case_id == clock.case_id)
    last, heard = session.execute(query).one()
    # The case was opened again by hand, or a post of it was edited.
    if last is None or heard < clock.started_at:
        return clock.started_at
    return last


def _stopped_before(clock: SlaClock) -> Select[datetime | None]:
    return select(func.max(SlaClock.stopped_at)).where(
        SlaClock.case_id == clock.case_id, SlaClock.id != clock.id,
        SlaClock.kind.in_([str(kind) for kind in sla.RESPONSES]),
    )  # fmt: skip


def _answer_since(case_id: int, since: datetime) -> Select[datetime | None]:
    place = select(Case.conversation_id).where(Case.id == case_id).scalar_subquery()
    mentions = select(Mention.id).where(Mention.case_id == case_id)
    # A reply typed on the platform may name no mention of ours; its thread is enough.
    ours = Reply.mention_id.in_(mentions) | (Reply.mention_id.is_(None) & (Reply.conversation_id == place))
    return select(Reply.sent_at).where(ours, Reply.state == ReplyState.SENT, Reply.sent_at >= since).order_by(
        Reply.sent_at
    ).limit(1)  # fmt: skip
