"""What stands around a draft, a mention or a case: who wrote, what was said before, what was decided."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.labels import Intent
from domain.states import ClockState
from storage.queries.queue import CaseItem
from storage.tables import (
    Author,
    Case,
    ClassificationRow,
    Draft,
    FindingRow,
    Gesture,
    Membership,
    Mention,
    Note,
    Person,
    Reply,
    Review,
    SlaClock,
    User,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One review of a draft, with the name of who made it; None for the desk itself."""

    decision: str
    reason: str | None
    edited: bool
    binding: str
    user_id: int | None
    user_name: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody to whom work can be given."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """A private note with who wrote it; None for the desk itself."""

    text: str
    user_name: str | None
    created_at: datetime


def get_draft(session: Session, *, draft_id: int, brand_id: int) -> Draft:
    """Return one draft of the brand; raises NotFound when it has none of that id."""
    draft = session.get(Draft, draft_id)
    if draft is None or draft.brand_id != brand_id:
        raise NotFound(f"There is no draft {draft_id}; it may have been deleted with its mention.")
    return draft


def get_case(session: Session, *, case_id: int, brand_id: int) -> Case:
    """Return one case of the brand; raises NotFound when it has none of that id."""
    case = session.get(Case, case_id)
    if case is None or case.brand_id != brand_id:
        raise NotFound(f"There is no case {case_id}; it may have been deleted with its mentions.")
    return case


def get_person(session: Session, *, person_id: int, brand_id: int) -> Person:
    """Return one person as the brand knows them; raises NotFound when it knows nobody of that id."""
    person = session.get(Person, person_id)
    if person is None or person.brand_id != brand_id:
        raise NotFound(f"There is no person {person_id}; they may have been erased.")
    return person


def findings_of(session: Session, draft: Draft) -> list[FindingRow]:
    """Return what the guards said of the draft's words as they stand, the gravest first."""
    version: ColumnElement[int] | int = draft.version
    if draft.text == draft.original_text:
        # Nobody changed the words, so what was kept last is said of them.
        version = select(func.max(FindingRow.draft_version)).where(FindingRow.draft_id == draft.id).scalar_subquery()
    query = select(FindingRow).where(FindingRow.draft_id == draft.id, FindingRow.draft_version == version)
    order = {"block": 0, "warn": 1, "info": 2}
    return sorted(session.scalars(query), key=lambda row: (order[row.severity], row.id))


def decisions_on(session: Session, draft_id: int) -> list[Decision]:
    """Return what people decided on a draft, the oldest first."""
    query = (
        select(Review, User.name).outerjoin(User, User.id == Review.user_id)
        .where(Review.draft_id == draft_id).order_by(Review.id)
    )  # fmt: skip
    return [
        Decision(decision=row.decision, reason=row.reason, edited=row.edited, binding=row.binding, user_id=row.user_id,
                 user_name=name, at=row.at)
        for row, name in session.execute(query)
    ]  # fmt: skip


def replies_to_draft(session: Session, draft_id: int) -> list[Reply]:
    """Return the replies that a draft became, by part."""
    return replies_to_drafts(session, [draft_id]).get(draft_id, [])


def replies_to_drafts(session: Session, draft_ids: Collection[int]) -> dict[int, list[Reply]]:
    """Return the replies that drafts became, by draft and part."""
    found: dict[int, list[Reply]] = {}
    query = select(Reply).where(Reply.draft_id.in_(draft_ids)).order_by(Reply.draft_id, Reply.part)
    for reply in session.scalars(query):
        found.setdefault(reply.draft_id or 0, []).append(reply)
    return found


def authors_of(session: Session, person_id: int) -> list[Author]:
    """Return a person's accounts."""
    return list(session.scalars(select(Author).where(Author.person_id == person_id).order_by(Author.id)))


def cases_of(session: Session, *, person_id: int, limit: int = 10) -> list[Case]:
    """Return a person's cases, the newest first."""
    query = select(Case).where(Case.person_id == person_id).order_by(Case.opened_at.desc(), Case.id.desc())
    return list(session.scalars(query.limit(limit)))


def clocks_of(session: Session, case_id: int) -> list[SlaClock]:
    """Return a case's clocks, the oldest first."""
    return list(session.scalars(select(SlaClock).where(SlaClock.case_id == case_id).order_by(SlaClock.id)))


def notes_of(session: Session, conversation_id: int) -> list[SignedNote]:
    """Return the private notes on a conversation, the oldest first."""
    query = (
        select(Note, User.name).outerjoin(User, User.id == Note.user_id)
        .where(Note.conversation_id == conversation_id).order_by(Note.id)
    )  # fmt: skip
    return [
        SignedNote(text=note.text, user_name=name, created_at=note.created_at) for note, name in session.execute(query)
    ]


def gestures_of(session: Session, case_id: int) -> list[Gesture]:
    """Return the goodwill that was offered in a case."""
    return list(session.scalars(select(Gesture).where(Gesture.case_id == case_id).order_by(Gesture.id)))


def colleagues(session: Session, brand_id: int) -> list[Colleague]:
    """Return everybody to whom the brand's work can be given, by name."""
    members = select(Membership.user_id).where(Membership.brand_id == brand_id)
    query = select(User.id, User.name).where(User.active, or_(User.id.in_(members), User.is_admin)).order_by(User.name)
    return [Colleague(id=row.id, name=row.name) for row in session.execute(query)]


def confidences(session: Session, mention_ids: Collection[int]) -> dict[int, float]:
    """Return how sure the newest classification is of its intent, 0 to 1, by mention; people are wholly sure."""
    newest = select(func.max(ClassificationRow.id)).where(ClassificationRow.mention_id.in_(mention_ids))
    query = select(ClassificationRow).where(ClassificationRow.id.in_(newest.group_by(ClassificationRow.mention_id)))
    return {row.mention_id: confidence_of(row) for row in session.scalars(query)}


def confidence_of(row: ClassificationRow) -> float:
    """Return how sure a classification is of its intent, or of what it leans to when it abstained."""
    if row.corrected_by is not None:
        return 1.0
    scores = {str(name): float(score) for name, score in row.intent_scores.items()}
    if row.intent is Intent.ABSTAINED:
        return max(scores.values(), default=0.0)
    return scores.get(str(row.intent), 0.0)


def due_times(session: Session, case_ids: Collection[int]) -> dict[int, tuple[datetime, bool]]:
    """Return for each case when its next running clock is due and whether that one is missed."""
    query = select(SlaClock).where(SlaClock.case_id.in_(case_ids), *_running())
    due: dict[int, tuple[datetime, bool]] = {}
    for clock in session.scalars(query.order_by(SlaClock.due_at, SlaClock.id)):
        due.setdefault(clock.case_id, (clock.due_at, clock.state is ClockState.MISSED))
    return due


def _running() -> tuple[ColumnElement[bool], ...]:
    return (SlaClock.stopped_at.is_(None), SlaClock.paused_at.is_(None), SlaClock.state != ClockState.HIT)


def names_of(session: Session, items: Collection[CaseItem]) -> dict[int, str]:
    """Return what each person of some cases is called: their name, or a handle where they gave none."""
    people = {item.person_id for item in items if not item.person_name}
    handles = {
        row.person_id: row.handle
        for row in session.execute(select(Author.person_id, Author.handle).where(Author.person_id.in_(people)))
    }
    return {item.person_id: item.person_name or handles.get(item.person_id, "somebody") for item in items}


def openings_of(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    """Return the words with which each case began."""
    first = select(func.min(Mention.id)).where(Mention.case_id.in_(case_ids)).group_by(Mention.case_id)
    query = select(Mention.case_id, Mention.title, Mention.text).where(Mention.id.in_(first))
    return {row.case_id: row.title or row.text for row in session.execute(query)}
