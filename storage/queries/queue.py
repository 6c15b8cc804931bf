"""The lists that people work from: drafts that wait, cases, replies on their way, follow-ups."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from domain.labels import Intent, Priority, Sentiment
from domain.states import ConversationState, DraftState, FollowUpState, ReplyState
from storage.queries.paging import Cursor, KeyOf, Page, cut
from storage.tables import Author, Case, Draft, FollowUp, Mention, Person, Reply

QUEUE_SHAPE = (int, datetime, int)
REPLY_SHAPE = (datetime, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """What the review queue is narrowed to; `at` hides what is snoozed beyond it."""

    at: datetime
    intent: Intent | None = None
    platform: str | None = None
    language: str | None = None
    assignee_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """One draft as the queue shows it, with the mention it answers."""

    draft_id: int
    brand_id: int
    mention_id: int
    conversation_id: int
    case_id: int | None
    state: DraftState
    priority: Priority
    rank: int
    draft_text: str
    draft_language: str | None
    short_code: str | None
    assignee_id: int | None
    version: int
    created_at: datetime
    expires_at: datetime | None
    platform: str
    handle: str
    author_name: str | None
    text: str
    language: str | None
    intent: Intent | None
    sentiment: Sentiment | None
    urgent: bool
    posted_at: datetime


_QUEUE = (
    Draft.id.label("draft_id"), Draft.brand_id, Draft.mention_id, Draft.conversation_id, Draft.case_id, Draft.state,
    Draft.priority, Draft.rank, Draft.text.label("draft_text"), Draft.language.label("draft_language"),
    Draft.short_code, Draft.assignee_id, Draft.version, Draft.created_at, Draft.expires_at, Mention.platform,
    Author.handle, Author.name.label("author_name"), Mention.text, Mention.language, Mention.intent,
    Mention.sentiment, Mention.urgent, Mention.posted_at,
)  # fmt: skip
AnySelect = Select[*tuple[Any, ...]]


def list_queue(
    session: Session,
    *,
    brand_id: int,
    filters: QueueFilter,
    state: DraftState = DraftState.PROPOSED,
    after: Cursor | None = None,
    limit: int = 50,
) -> Page[QueueItem]:
    """Return the brand's drafts in one state: most urgent first, then the oldest."""
    query = _narrow(_queue_base().where(Draft.brand_id == brand_id, Draft.state == state), filters)
    if after:
        query = query.where(tuple_(Draft.rank, Draft.created_at, Draft.id) > tuple_(*after.parts))
    query = query.order_by(Draft.rank, Draft.created_at, Draft.id).limit(limit + 1)
    items = [QueueItem(**row._mapping) for row in session.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name
    return cut(items, limit=limit, key=KeyOf("rank", "created_at", "draft_id"))


def get_queue_item(session: Session, draft_id: int) -> QueueItem | None:
    """Return one draft as the queue shows it, whatever its state; None when there is none."""
    row = session.execute(_queue_base().where(Draft.id == draft_id)).one_or_none()
    return QueueItem(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public name


def count_queue(session: Session, *, brand_id: int, at: datetime) -> int:
    """Return how many of the brand's drafts wait now."""
    query = select(func.count()).where(
        Draft.brand_id == brand_id, Draft.state == DraftState.PROPOSED, _awake(Draft.snoozed_until, at)
    )
    return session.scalar(query) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseItem:
    """One case as lists show it."""

    id: int
    brand_id: int
    conversation_id: int
    person_id: int
    person_name: str | None
    incident_id: int | None
    theme: str | None
    state: ConversationState
    priority: Priority
    rank: int
    assignee_id: int | None
    team: str | None
    snoozed_until: datetime | None
    opened_at: datetime
    resolved_at: datetime | None
    version: int


_CASE = (
    Case.id, Case.brand_id, Case.conversation_id, Case.person_id, Person.name.label("person_name"), Case.incident_id,
    Case.theme, Case.state, Case.priority, Case.rank, Case.assignee_id, Case.team, Case.snoozed_until, Case.opened_at,
    Case.resolved_at, Case.version,
)  # fmt: skip


def list_cases(
    session: Session,
    *,
    brand_id: int,
    state: ConversationState | None = None,
    assignee_id: int | None = None,
    after: Cursor | None = None,
    limit: int = 50,
) -> Page[CaseItem]:
    """Return the brand's cases: in one state the most urgent first, otherwise the newest first."""
    query: AnySelect = select(*_CASE).join(Person, Person.id == Case.person_id).where(Case.brand_id == brand_id)
    if assignee_id is not None:
        query = query.where(Case.assignee_id == assignee_id)
    if state is None:
        if after:
            query = query.where(tuple_(Case.opened_at, Case.id) < tuple_(*after.parts))
        query, key = query.order_by(Case.opened_at.desc(), Case.id.desc()), KeyOf[CaseItem]("opened_at", "id")
    else:
        query = query.where(Case.state == state)
        if after:
            query = query.where(tuple_(Case.rank, Case.opened_at, Case.id) > tuple_(*after.parts))
        query, key = query.order_by(Case.rank, Case.opened_at, Case.id), KeyOf[CaseItem]("rank", "opened_at", "id")
    rows = session.execute(query.limit(limit + 1))
    return cut([CaseItem(**row._mapping) for row in rows], limit=limit, key=key)  # noqa: SLF001 - as above


def list_replies(
    session: Session, *, brand_id: int, state: ReplyState, after: Cursor | None = None, limit: int = 50
) -> Page[Reply]:
    """Return the brand's replies in one state, newest first."""
    query = select(Reply).where(Reply.brand_id == brand_id, Reply.state == state)
    if after:
        query = query.where(tuple_(Reply.created_at, Reply.id) < tuple_(*after.parts))
    rows = session.scalars(query.order_by(Reply.created_at.desc(), Reply.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit=limit, key=KeyOf("created_at", "id"))


def due_follow_ups(session: Session, *, brand_id: int, at: datetime, limit: int = 50) -> list[FollowUp]:
    """Return the brand's promises to look again that are due at `at`, the longest overdue first."""
    query = select(FollowUp).where(
        FollowUp.brand_id == brand_id,
        FollowUp.state.in_((FollowUpState.PLANNED, FollowUpState.DUE)),
        FollowUp.due_at <= at,
    )
    return list(session.scalars(query.order_by(FollowUp.due_at, FollowUp.id).limit(limit)))


def _queue_base() -> AnySelect:
    return select(*_QUEUE).join(Mention, Mention.id == Draft.mention_id).join(Author, Author.id == Mention.author_id)


def _narrow(query: AnySelect, filters: QueueFilter) -> AnySelect:
    wanted = [_awake(Draft.snoozed_until, filters.at)]
    for column, value in (
        (Mention.intent, filters.intent),
        (Mention.platform, filters.platform),
        (Mention.language, filters.language),
        (Draft.assignee_id, filters.assignee_id),
    ):
        if value is not None:
            wanted.append(column == value)
    return query.where(and_(*wanted))


def _awake(column: Any, at: datetime) -> Any:  # noqa: ANN401 - an expression of SQLAlchemy's
    return or_(column.is_(None), column <= at)
