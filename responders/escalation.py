"""Complaints become cases: of the conversation, or of the same person with the same theme lately, or a new one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.brand.profile import Profile
from domain.labels import Priority
from domain.states import ConversationState
from responders import cases, notes, sla
from storage.tables import Case, Conversation, Mention

LATELY = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The case that a complaint went to, and whether it was opened or opened again for it."""

    case: Case
    opened: bool = False
    reopened: bool = False


def open_or_join(
    session: Session,
    *,
    mention: Mention,
    conversation: Conversation,
    person_id: int,
    theme: str | None,
    priority: Priority,
    profile: Profile,
    at: datetime,
    is_first: bool = False,
) -> Joined:
    """Put a complaint into the case it belongs to, opening one where there is none; the mention then names it.

    The caller holds locks on the conversation and the person, so that two complaints never open two cases. With
    `is_first` it vouches that neither has a case, which spares looking.
    """
    if is_first:
        case = _new_case(session, mention, conversation, person_id=person_id, theme=theme, priority=priority, at=at)
        _open(session, case, mention, profile=profile, at=at)
        return Joined(case=case, opened=True)
    living = find_living(session, conversation.id) or _find_alike(session, mention, person_id, theme, at)
    if living is not None:
        note_customer_wrote(session, case=living, mention=mention, profile=profile, at=at)
        _raise_priority(session, living, priority, profile, at)
        return Joined(case=living)
    resolved = find_resolved(session, conversation_id=conversation.id, person_id=None, at=at)
    if resolved is not None:
        heard = _heard(mention, resolved, at)
        mention.case_id = resolved.id
        _raise_priority(session, resolved, priority, profile, at)
        cases.reopen(session, resolved, profile=profile, at=at, heard=heard)
        return Joined(case=resolved, reopened=True)
    case = _new_case(session, mention, conversation, person_id=person_id, theme=theme, priority=priority, at=at)
    _open(session, case, mention, profile=profile, at=at)
    return Joined(case=case, opened=True)


def find_living(session: Session, conversation_id: int) -> Case | None:
    """Return the unresolved case of a conversation, its own or the one its mentions were put into."""
    own = session.scalars(
        select(Case)
        .where(Case.conversation_id == conversation_id, Case.state != ConversationState.RESOLVED)
        .with_for_update()
    ).first()
    if own is not None:
        return own
    return session.scalars(
        select(Case)
        .where(
            Case.id.in_(select(Mention.case_id).where(Mention.conversation_id == conversation_id)),
            Case.state != ConversationState.RESOLVED,
        )
        .order_by(Case.id.desc())
        .limit(1)
        .with_for_update()
    ).first()


def find_resolved(
    session: Session, *, conversation_id: int, person_id: int | None, at: datetime
) -> Case | None:  # fmt: skip
    """Return the conversation's (or the person's) case that was resolved lately, the last one first."""
    mine = Case.conversation_id == conversation_id
    if person_id is not None:
        mine = mine | (Case.person_id == person_id)
    return session.scalars(
        select(Case)
        .where(mine, Case.state == ConversationState.RESOLVED, Case.resolved_at >= at - LATELY)
        .order_by(Case.resolved_at.desc(), Case.id.desc())
        .limit(1)
        .with_for_update()
    ).first()


def note_customer_wrote(session: Session, *, case: Case, mention: Mention, profile: Profile, at: datetime) -> None:
    """Put another message into a living case: it is open again, and unless an answer is due already, one is now."""
    heard = _heard(mention, case, at)
    mention.case_id = case.id
    case.version += 1
    if case.state is not ConversationState.OPEN:
        cases.open_again(session, case, profile=profile, at=at)
    if not sla.awaits_answer(session, case.id):
        sla.start_clock(session, case=case, kind=sla.ClockKind.NEXT_RESPONSE, profile=profile, at=heard)
    cases.record(session, case, "case.joined", at=at, details={"mention": mention.id})


def _heard(mention: Mention, case: Case, at: datetime) -> datetime:
    """When the customer was heard: what an edited post of the case says now is heard now."""
    return at if mention.case_id == case.id else min(mention.collected_at, at)


def note_praise(session: Session, *, case: Case, mention: Mention, at: datetime) -> None:
    """Say on a case that the customer praised us since: a resolution they are content with, or one to consider."""
    if case.state is ConversationState.RESOLVED:
        text = f"The customer praised us after the case was resolved (mention {mention.id}): it seems to be solved."
    else:
        text = f"The customer praised us meanwhile (mention {mention.id}): see whether the case can be resolved."
        case.version += 1
    mention.case_id = case.id
    notes.add_note(session, brand_id=case.brand_id, conversation_id=case.conversation_id, text=text, at=at)
    cases.record(session, case, "case.praised", at=at, details={"mention": mention.id})


def _find_alike(session: Session, mention: Mention, person_id: int, theme: str | None, at: datetime) -> Case | None:
    """The same person's unresolved case of the same theme, if it was written to lately."""
    if theme is None:
        return None
    candidates = session.scalars(
        select(Case)
        .where(Case.person_id == person_id, Case.brand_id == mention.brand_id, Case.theme == theme)
        .where(Case.state != ConversationState.RESOLVED)
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .with_for_update()
    )
    return next((case for case in candidates if _is_recent(session, case, at)), None)


def _is_recent(session: Session, case: Case, at: datetime) -> bool:
    last = session.scalar(
        select(Mention.posted_at).where(Mention.case_id == case.id).order_by(Mention.posted_at.desc()).limit(1)
    )
    return max(last or case.opened_at, case.opened_at) >= at - LATELY


def _new_case(
    session: Session, mention: Mention, conversation: Conversation, *, person_id: int, theme: str | None,
    priority: Priority, at: datetime,
) -> Case:  # fmt: skip
    # Inserted by itself, for its id: what else waits in the session is written later, in one go.
    values = {
        "brand_id": mention.brand_id, "conversation_id": conversation.id, "person_id": person_id, "theme": theme,
        "state": ConversationState.OPEN, "priority": priority, "rank": 3 - priority.rank,
        "assignee_id": conversation.assignee_id, "team": conversation.team, "opened_at": min(mention.collected_at, at),
        "version": 1,
    }  # fmt: skip
    with session.no_autoflush:
        return session.scalars(insert(Case).returning(Case), [values]).one()


def _open(session: Session, case: Case, mention: Mention, *, profile: Profile, at: datetime) -> None:
    mention.case_id = case.id
    # The clocks count from when the mention reached us: nobody can answer what they haven't heard.
    for kind in (sla.ClockKind.FIRST_RESPONSE, sla.ClockKind.RESOLUTION):
        sla.start_clock(session, case=case, kind=kind, profile=profile, at=case.opened_at)
    cases.record(session, case, "case.opened", at=at, details={"mention": mention.id, "priority": case.priority})


def _raise_priority(session: Session, case: Case, priority: Priority, profile: Profile, at: datetime) -> None:
    if priority.rank <= case.priority.rank:
        return
    was, case.priority, case.rank = case.priority, priority, 3 - priority.rank
    # A clock that was started just now takes the new target too.
    session.flush()
    sla.retarget(session, case=case, profile=profile, was=was, at=at)
    cases.record(session, case, "case.priority", at=at, details={"priority": priority})
