"""Cases: complaints that somebody owns until they are solved, and a while longer.

What people do names the version they read: a case that changed meanwhile raises StaleWrite and nothing happens.
Every function works inside the caller's write transaction and leaves a line in the audit trail.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.brand.profile import Profile
from domain.errors import InvalidInput, NotFound, StaleWrite
from domain.labels import Priority
from domain.states import ConversationState, DraftState, change
from domain.time import Clock
from responders import follow_ups, notes, sla
from responders.opening import opening_for
from storage import audit
from storage.database import Database
from storage.jobs import Jobs
from storage.queries.brands import RevisionCache
from storage.tables import Case, Conversation, Draft, Note


def assign(
    session: Session,
    *,
    case_id: int,
    version: int,
    assignee_id: int | None,
    team: str | None = None,
    user_id: int | None,
    at: datetime,
) -> Case:
    """Give a case to a person, a team or nobody; its waiting drafts go with it."""
    case = claim(session, case_id, version)
    case.assignee_id, case.team = assignee_id, team
    session.execute(
        update(Draft)
        .where(Draft.case_id == case.id, Draft.state == DraftState.PROPOSED)
        .values(assignee_id=assignee_id)
    )
    record(session, case, "case.assigned", at=at, user_id=user_id, details={"assignee": assignee_id, "team": team})
    return case


def add_note(session: Session, *, case_id: int, text: str, user_id: int | None, at: datetime) -> Note:
    """Keep a private note on a case."""
    case = find(session, case_id)
    return notes.add_note(
        session, brand_id=case.brand_id, conversation_id=case.conversation_id, text=text, at=at, user_id=user_id
    )


def set_priority(
    session: Session, *, case_id: int, version: int, priority: Priority, profile: Profile, user_id: int, at: datetime
) -> Case:  # fmt: skip
    """Change how soon a case must be answered; its clocks take the new targets, less the time they used."""
    case = claim(session, case_id, version)
    was, case.priority, case.rank = case.priority, priority, 3 - priority.rank
    sla.retarget(session, case=case, profile=profile, was=was, at=at)
    record(session, case, "case.priority", at=at, user_id=user_id, details={"priority": priority})
    return case


def set_state(
    session: Session,
    *,
    case_id: int,
    version: int,
    wanted: ConversationState,
    profile: Profile,
    user_id: int | None,
    at: datetime,
    snoozed_until: datetime | None = None,
) -> Case:
    """Open, park or snooze a case, and pause or resume its clocks; to resolve one call `resolve`."""
    if wanted is ConversationState.RESOLVED:
        raise InvalidInput("A case is resolved with a word on how; write a resolution.")
    if wanted is ConversationState.SNOOZED and (snoozed_until is None or snoozed_until <= at):
        raise InvalidInput("A snoozed case needs a time to wake up; choose one in the future.")
    case = claim(session, case_id, version)
    if case.state is not wanted:
        _move(session, case, wanted, profile=profile, at=at)
    case.snoozed_until = snoozed_until if wanted is ConversationState.SNOOZED else None
    record(session, case, "case.state", at=at, user_id=user_id, details={"state": wanted})
    return case


def resolve(
    session: Session,
    *,
    case_id: int,
    version: int,
    resolution: str,
    profile: Profile,
    user_id: int | None,
    at: datetime,
    follow_up_at: datetime | None = None,
    follow_up: bool = True,
    jobs: Jobs | None = None,
) -> Case:
    """Resolve a case, stop its clocks and plan to look again: at `follow_up_at`, or when the profile says."""
    if not resolution.strip():
        raise InvalidInput("Write in a sentence how the case was solved; the follow-up needs it.")
    case = claim(session, case_id, version)
    _move(session, case, ConversationState.RESOLVED, profile=profile, at=at)
    case.resolution, case.resolved_at, case.snoozed_until = resolution.strip(), at, None
    planned = None
    if follow_up:
        due = follow_up_at or _when_open(profile, at)
        planned = follow_ups.plan(
            session, brand_id=case.brand_id, case_id=case.id, person_id=case.person_id, due_at=due, at=at,
            user_id=user_id, jobs=jobs,
        )  # fmt: skip
    details = {"follow_up": planned.id if planned else None}
    record(session, case, "case.resolved", at=at, user_id=user_id, details=details)
    return case


def close_emptied(session: Session, case: Case, *, why: str, reason: str, at: datetime) -> None:
    """Resolve a case of which nothing is left, and drop every look that was planned: nobody is left to ask.

    `why` is a sentence for the desk, `reason` the word for the audit trail. The caller holds a lock on the case.
    """
    follow_ups.cancel_for_case(session, case=case, at=at)
    if case.state is ConversationState.RESOLVED:
        return
    case.version += 1
    _change(session, case, ConversationState.RESOLVED)
    sla.stop_all(session, case_id=case.id, at=at)
    case.resolution, case.resolved_at, case.snoozed_until = why, at, None
    record(session, case, "case.resolved", at=at, details={"reason": reason})


def reopen(
    session: Session, case: Case, *, profile: Profile, at: datetime, heard: datetime | None = None,
    user_id: int | None = None,
) -> None:  # fmt: skip
    """Open a resolved case again with new clocks, because the customer came back or a person says so.

    The clocks count from when the customer was heard, or from `at`. Raises InvalidInput where the conversation has
    another case that lives.
    """
    _require_alone(session, case)
    case.version += 1
    _move(session, case, ConversationState.OPEN, profile=profile, at=at)
    case.resolved_at = None
    follow_ups.cancel_for_case(session, case=case, at=at)
    for kind in (sla.ClockKind.NEXT_RESPONSE, sla.ClockKind.RESOLUTION):
        sla.start_clock(session, case=case, kind=kind, profile=profile, at=heard or at)
    record(session, case, "case.reopened", at=at, user_id=user_id)


def _require_alone(session: Session, case: Case) -> None:
    living = select(Case.id).where(
        Case.conversation_id == case.conversation_id, Case.id != case.id, Case.state != ConversationState.RESOLVED
    )
    other = session.scalar(living.limit(1))
    if other is not None:
        raise InvalidInput(f"Case {other} of the same conversation is open; go on there, or resolve it first.")


def open_again(session: Session, case: Case, *, profile: Profile, at: datetime) -> None:
    """Open a parked or snoozed case, because the customer wrote; its clocks run on. The caller raised the version."""
    _move(session, case, ConversationState.OPEN, profile=profile, at=at)
    case.snoozed_until = None
    record(session, case, "case.state", at=at, details={"state": ConversationState.OPEN})


def wake_snoozed(database: Database, clock: Clock, profiles: RevisionCache, brand_id: int) -> tuple[int, ...]:
    """Open the brand's snoozed cases whose time is up; return their ids."""
    now = clock.now()
    with database.write() as session:
        profile = profiles.current_of(session, brand_id).profile
        query = (
            select(Case)
            .where(Case.brand_id == brand_id, Case.state == ConversationState.SNOOZED, Case.snoozed_until <= now)
            .order_by(Case.id)
            .with_for_update()
        )
        due = list(session.scalars(query))
        for case in due:
            case.version += 1
            _move(session, case, ConversationState.OPEN, profile=profile, at=now)
            case.snoozed_until = None
            record(session, case, "case.woken", at=now)
    return tuple(case.id for case in due)


def find(session: Session, case_id: int) -> Case:
    """Return a case; raises NotFound."""
    case = session.get(Case, case_id)
    if case is None:
        raise NotFound(f"There is no case {case_id}.")
    return case


def claim(session: Session, case_id: int, version: int) -> Case:
    """Return the case with its version raised; raises StaleWrite when it isn't at `version`, NotFound without it."""
    taken = session.execute(
        update(Case).where(Case.id == case_id, Case.version == version).values(version=version + 1).returning(Case.id)
    ).scalar()
    case = find(session, case_id)
    if taken is None:
        raise StaleWrite(f"Case {case_id} was changed meanwhile; reload it and decide again.")
    session.refresh(case)
    return case


def record(
    session: Session, case: Case, action: str, *, at: datetime, user_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Leave a line about a case in the audit trail."""
    audit.record(
        session, at=at, action=action, object_kind="case", object_id=case.id, brand_id=case.brand_id, user_id=user_id,
        details=details,
    )  # fmt: skip


def _move(session: Session, case: Case, wanted: ConversationState, *, profile: Profile, at: datetime) -> None:
    """Change a case's state, its conversation's with it, and what that means for its clocks."""
    _change(session, case, wanted)
    if wanted is ConversationState.RESOLVED:
        sla.stop_all(session, case_id=case.id, at=at)
        return
    sla.resume(session, case_id=case.id, profile=profile, at=at)
    if wanted is ConversationState.PENDING:
        sla.pause(session, case_id=case.id, profile=profile, at=at, kinds=tuple(sla.ClockKind))
    if wanted is ConversationState.SNOOZED:
        sla.pause(session, case_id=case.id, profile=profile, at=at, kinds=(sla.ClockKind.RESOLUTION,))


def _change(session: Session, case: Case, wanted: ConversationState) -> None:
    case.state = change(case.state, wanted, noun="case")
    session.execute(
        update(Conversation)
        .where(Conversation.id == case.conversation_id, Conversation.state != wanted)
        .values(state=wanted, version=Conversation.version + 1)
    )


def _when_open(profile: Profile, at: datetime) -> datetime:
    """When to look again: after the profile's time, and then when somebody is there."""
    due = at + profile.follow_up_after
    return opening_for(profile).next_opening(due) or due
