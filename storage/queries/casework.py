"""What stands around a case: its posts, drafts, follow-ups and what was done about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.states import DraftState, FollowUpState
from storage.tables import (
    AuditEvent,
    ClassificationRow,
    Draft,
    FollowUp,
    Mention,
    Person,
    Reply,
    User,
)


def mentions_of_case(session: Session, case_id: int) -> list[Mention]:
    """Return the posts that were put into a case, the oldest first."""
    query = select(Mention).where(Mention.case_id == case_id).order_by(Mention.posted_at, Mention.id)
    return list(session.scalars(query))


def living_draft(session: Session, mention_ids: Collection[int]) -> Draft | None:
    """Return the newest draft that waits for a decision for one of some mentions."""
    query = select(Draft).where(Draft.mention_id.in_(mention_ids), Draft.state == DraftState.PROPOSED)
    return session.scalars(query.order_by(Draft.id.desc()).limit(1)).one_or_none()


def drafted(session: Session, mention_ids: Collection[int]) -> set[int]:
    """Return those mentions that have a draft proposed or approved."""
    query = select(Draft.mention_id).where(
        Draft.mention_id.in_(mention_ids), Draft.state.in_((DraftState.PROPOSED, DraftState.APPROVED))
    )
    return set(session.scalars(query))


def follow_ups_of(session: Session, case_id: int) -> list[FollowUp]:
    """Return the promises to look again at a case, the oldest first."""
    return list(session.scalars(select(FollowUp).where(FollowUp.case_id == case_id).order_by(FollowUp.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLook:
    """A promise to look again, with whom it concerns."""

    id: int
    case_id: int | None
    person_id: int | None
    person_name: str | None
    state: FollowUpState
    due_at: datetime
    note: str


def planned_looks(session: Session, *, brand_id: int, limit: int = 200) -> list[PlannedLook]:
    """Return the brand's promises to look again that are not done, the earliest first."""
    query = (
        select(FollowUp, Person.name).outerjoin(Person, Person.id == FollowUp.person_id)
        .where(FollowUp.brand_id == brand_id, FollowUp.state.in_((FollowUpState.PLANNED, FollowUpState.DUE)))
        .order_by(FollowUp.due_at, FollowUp.id).limit(limit)
    )  # fmt: skip
    return [
        PlannedLook(id=row.id, case_id=row.case_id, person_id=row.person_id, person_name=name, state=row.state,
                    due_at=row.due_at, note=row.note)
        for row, name in session.execute(query)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the audit trail with who did it."""

    action: str
    details: dict[str, Any]
    user_name: str | None
    at: datetime


def events_of(session: Session, *, kind: str, object_id: int, limit: int = 50) -> list[Event]:
    """Return what happened to one object, the newest first."""
    query = (
        select(AuditEvent, User.name).outerjoin(User, User.id == AuditEvent.user_id)
        .where(AuditEvent.object_kind == kind, AuditEvent.object_id == str(object_id))
        .order_by(AuditEvent.id.desc()).limit(limit)
    )  # fmt: skip
    return [
        Event(action=row.action, details=row.details, user_name=name, at=row.at) for row, name in session.execute(query)
    ]


def drafts_of(session: Session, mention_id: int) -> list[Draft]:
    """Return every draft that a mention ever got, the newest first."""
    return list(session.scalars(select(Draft).where(Draft.mention_id == mention_id).order_by(Draft.id.desc())))


def verdicts_on(session: Session, mention_id: int) -> list[tuple[ClassificationRow, str | None]]:
    """Return what models and people said of a mention with the people's names, the newest first."""
    query = (
        select(ClassificationRow, User.name).outerjoin(User, User.id == ClassificationRow.corrected_by)
        .where(ClassificationRow.mention_id == mention_id).order_by(ClassificationRow.id.desc())
    )  # fmt: skip
    return [(row, name) for row, name in session.execute(query)]


def replies_to_person(session: Session, person_id: int, *, limit: int = 40) -> list[Reply]:
    """Return what was or will be said to a person, the newest first."""
    query = select(Reply).where(Reply.person_id == person_id).order_by(Reply.id.desc())
    return list(session.scalars(query.limit(limit)))
