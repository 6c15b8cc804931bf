"""What was kept as long as the operator's settings say goes, a little at a time, in short transactions.

A conversation goes as a whole: its mentions, what was drafted and said, its closed cases. What people still work on
never goes: an open case, a planned look, a draft that waits, a reply that isn't settled. Digests are snapshots: they
stay. A brand's own times go before the operator's, and a platform's shorten both.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, exists, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from config.brand.keeping import Keeping
from config.operator import Retention
from domain.labels import Intent
from domain.states import ConversationState, DraftState, FollowUpState, MentionState, ReplyState
from domain.time import Clock
from storage.database import Database
from storage.tables import (
    AuditEvent,
    Author,
    Brand,
    BrandRevision,
    Case,
    Conversation,
    DeadLetter,
    Draft,
    FollowUp,
    HookDelivery,
    Idea,
    Mention,
    Note,
    Person,
    Reply,
    Row,
    ThreadPost,
    WebSession,
)  # fmt: skip

# A delivery's timestamp alone refuses it after this.
DELIVERIES: Final = timedelta(days=1)


def clean_up(
    database: Database, clock: Clock, *, retention: Retention, batch: int = 500, batches: int = 20
) -> Counter[str]:
    """Delete what is past its time and return how many rows went, by table, those that went with them left out.

    At most `batches` transactions of `batch` rows a kind and brand; the next run goes on where this one ended.
    """
    now = clock.now()
    gone: Counter[str] = Counter()
    for brand_id, keeping in _brands(database):
        gone += _clean_brand(database, brand_id, _times(retention, keeping), now, (batch, batches))
    in_order: tuple[tuple[type[Row], InstrumentedAttribute[datetime], timedelta], ...] = (
        (DeadLetter, DeadLetter.received_at, retention.rejects),
        (AuditEvent, AuditEvent.at, retention.audit),
        (HookDelivery, HookDelivery.received_at, DELIVERIES),
    )
    for row, column, age in in_order:
        gone[row.__tablename__] = _delete_oldest(database, row, column, before=now - age, size=(batch, batches))
    gone["thread_posts"] = _delete_context(database, before=now - retention.threads, size=(batch, batches))
    with database.write() as session:
        gone["web_sessions"] = _delete(session, WebSession, WebSession.expires_at <= now)
    return +gone


@dataclass(frozen=True, slots=True, kw_only=True)
class _Age:
    """How long mentions of one platform, of any but `others` where it is None, are kept."""

    platform: str | None
    others: tuple[str, ...]
    mentions: timedelta
    filed: timedelta

    def covers(self, platform: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        return platform == self.platform if self.platform else platform.not_in(self.others)


def _times(retention: Retention, keeping: Keeping) -> list[_Age]:
    mentions, filed = keeping.mentions or retention.mentions, keeping.filed or retention.filed
    others = tuple(sorted(keeping.platforms))
    ages = [
        _Age(platform=platform, others=(), mentions=min(mentions, longest), filed=min(filed, longest))
        for platform, longest in sorted(keeping.platforms.items())
    ]
    return [*ages, _Age(platform=None, others=others, mentions=mentions, filed=filed)]


def _clean_brand(
    database: Database, brand_id: int, ages: Sequence[_Age], now: datetime, size: tuple[int, int]
) -> Counter[str]:
    gone: Counter[str] = Counter()
    for age in ages:
        gone += _Cleaner(database, brand_id, age, now, size).run()
    return gone


class _Cleaner:
    """One brand's share. Each transaction holds the brand's lock, as intake does, so no post comes in between."""

    def __init__(
        self, database: Database, brand_id: int, age: _Age, now: datetime, size: tuple[int, int]
    ) -> None:  # fmt: skip
        self._database, self._brand_id, self._age = database, brand_id, age
        self._batch, self._batches = size
        self._tired, self._filed = now - age.mentions, now - age.filed

    def run(self) -> Counter[str]:
        gone: Counter[str] = Counter()
        for state in ConversationState:
            gone += self._walk(Conversation, Conversation.last_mention_at, self._conversations(state))
        gone += self._walk(Mention, Mention.posted_at, self._unused())
        return gone + self._walk(Person, Person.last_seen_at, self._strangers())

    def _walk(
        self, row: type[Row], at: InstrumentedAttribute[datetime], which: Sequence[ColumnElement[bool]]
    ) -> Counter[str]:
        """Delete along an index, each batch after the last one's key, until nothing more is found."""
        key: InstrumentedAttribute[int] = row.id  # type: ignore[attr-defined]
        gone: Counter[str] = Counter()
        after: tuple[Any, ...] | None = None
        for _ in range(self._batches):
            query = select(at, key).where(*which).order_by(at, key).limit(self._batch)
            if after:
                query = query.where(tuple_(at, key) > tuple_(*after))
            with self._database.write() as session:
                session.execute(select(Brand.id).where(Brand.id == self._brand_id).with_for_update(key_share=True))
                found = session.execute(query).all()
                if found:
                    gone += _delete_rows(session, row, [row_id for _, row_id in found])
            if len(found) < self._batch:
                break
            after = tuple(found[-1])
        return gone

    def _conversations(self, state: ConversationState) -> Sequence[ColumnElement[bool]]:
        here = Conversation.id
        return (
            Conversation.brand_id == self._brand_id,
            Conversation.state == state,
            self._age.covers(Conversation.platform),
            Conversation.last_mention_at < self._tired,
            # History that was brought in lately is old, and new here.
            Conversation.created_at < self._tired,
            ~exists().where(Case.conversation_id == here, Case.state != ConversationState.RESOLVED),
            ~exists().where(Case.conversation_id == here, FollowUp.case_id == Case.id, FollowUp.state.in_(_PLANNED)),
            ~exists().where(Draft.conversation_id == here, Draft.state == DraftState.PROPOSED),
            ~exists().where(Reply.conversation_id == here, Reply.state.in_(_UNSETTLED)),
            ~exists().where(Mention.conversation_id == here, Mention.state.in_(_MOVING)),
            # A post of this conversation may have been put into another one's case.
            ~exists().where(
                Mention.conversation_id == here, Mention.case_id == Case.id, Case.state != ConversationState.RESOLVED
            ),
        )

    def _unused(self) -> Sequence[ColumnElement[bool]]:
        return (
            Mention.brand_id == self._brand_id,
            Mention.intent == Intent.OTHER,
            self._age.covers(Mention.platform),
            Mention.posted_at < self._filed,
            Mention.collected_at < self._filed,
            Mention.state == MentionState.ROUTED,
            Mention.case_id.is_(None),
            ~exists().where(Draft.mention_id == Mention.id),
            ~exists().where(Idea.mention_id == Mention.id),
            ~exists().where(Reply.mention_id == Mention.id),
            ~exists().where(Note.conversation_id == Mention.conversation_id),
        )

    def _strangers(self) -> Sequence[ColumnElement[bool]]:
        """People of whom nothing is left; who asked not to be contacted stays known, or they would be."""
        return (
            Person.brand_id == self._brand_id,
            Person.last_seen_at < self._tired,
            *self._known_there_alone(),
            Person.opted_out_at.is_(None),
            Person.last_contacted_at.is_(None) | (Person.last_contacted_at < self._tired),
            ~exists().where(Author.person_id == Person.id, Mention.author_id == Author.id),
            ~exists().where(Case.person_id == Person.id),
            ~exists().where(Reply.person_id == Person.id),
            ~exists().where(FollowUp.person_id == Person.id),
        )

    def _known_there_alone(self) -> Sequence[ColumnElement[bool]]:
        """Who is known on another platform too is kept as long as the longest of them says."""
        if self._age.platform is None:
            return ()
        return (~exists().where(Author.person_id == Person.id, ~self._age.covers(Author.platform)),)


_UNSETTLED: Final = (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNKNOWN)
_PLANNED: Final = (FollowUpState.PLANNED, FollowUpState.DUE)
_MOVING: Final = (MentionState.COLLECTED, MentionState.CLASSIFIED)


def _brands(database: Database) -> list[tuple[int, Keeping]]:
    """Return every brand with how long its profile in force keeps things."""
    found = []
    with database.read() as session:
        for brand_id, profile in session.execute(
            select(Brand.id, BrandRevision.profile)
            .outerjoin(BrandRevision, BrandRevision.id == Brand.revision_id)
            .order_by(Brand.id)
        ):
            # A profile of before this was asked for has no such part.
            found.append((brand_id, Keeping.model_validate((profile or {}).get("retention") or {})))
    return found


def _delete_context(database: Database, *, before: datetime, size: tuple[int, int]) -> int:
    batch, batches = size
    gone = 0
    for _ in range(batches):
        with database.write() as session:
            old = session.scalars(select(ThreadPost.id).where(ThreadPost.read_at < before).limit(batch)).all()
            gone += _delete(session, ThreadPost, ThreadPost.id.in_(old)) if old else 0
        if len(old) < batch:
            break
    return gone


def _delete_rows(session: Session, row: type[Row], ids: Sequence[int]) -> Counter[str]:
    gone: Counter[str] = Counter()
    places: Sequence[int] = ()
    if row is Conversation:
        gone["mentions"] = session.scalar(select(func.count()).where(Mention.conversation_id.in_(ids))) or 0
    if row is Mention:
        places = session.scalars(select(Mention.conversation_id).where(Mention.id.in_(ids)).distinct()).all()
    gone[row.__tablename__] = _delete(session, row, row.id.in_(ids))  # type: ignore[attr-defined]
    if places:
        gone["conversations"] = _delete(
            session,
            Conversation,
            Conversation.id.in_(places),
            ~exists().where(Mention.conversation_id == Conversation.id),
            ~exists().where(Reply.conversation_id == Conversation.id),
            ~exists().where(Case.conversation_id == Conversation.id),
        )
    return gone


def _delete_oldest(
    database: Database, row: type[Row], at: InstrumentedAttribute[datetime], *, before: datetime, size: tuple[int, int]
) -> int:
    """Delete from a table whose rows never change and stand nearly in the order of their times."""
    key: InstrumentedAttribute[int] = row.id  # type: ignore[attr-defined]
    batch, batches = size
    gone = after = 0
    for _ in range(batches):
        with database.write() as session:
            first = session.execute(select(key, at).where(key > after).order_by(key).limit(batch)).all()
            old = [row_id for row_id, written in first if written < before]
            gone += _delete(session, row, key.in_(old)) if old else 0
        if not old:
            break
        after = first[-1][0]
    return gone


def _delete(session: Session, row: type[Row], *which: ColumnElement[bool]) -> int:
    result = session.execute(delete(row).where(*which).execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]
