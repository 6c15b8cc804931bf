"""What routing reads of mentions that wait to be routed, in few queries for many."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from domain.classification import Classification
from domain.labels import Intent, Sentiment, Tier
from domain.states import DraftState, MentionState
from responders.gate import SAID
from storage.queries.threads import parents_of
from storage.tables import Author, ClassificationRow, Draft, Mention, Person, Reply

_THREAD, _BEFORE = 5, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A mention to route, with its author, its current classification and what was said before.

    `thread` are the person's own earlier posts in the conversation, oldest first; `said_before` our answers to them,
    newest first; `superseded` says that they wrote again there since; `answered_at` when it was answered elsewhere;
    `parent` is the post that theirs answers, where it is known.
    """

    id: int
    brand_id: int
    conversation_id: int
    author_id: int
    person_id: int
    platform: str
    external_id: str
    text: str
    posted_at: datetime
    counted_only: bool
    queries: tuple[str, ...]
    author_name: str | None
    handle: str
    author_external_id: str
    is_bot: bool
    followers: int | None
    tier: Tier
    complaints: int
    contacts: int
    classification_id: int
    classification: Classification
    thread: tuple[str, ...] = ()
    said_before: tuple[str, ...] = ()
    superseded: bool = False
    answered_at: datetime | None = None
    parent: str | None = None


Rows = Sequence[tuple[Mention, Author, Person]]


def read_rows(session: Session, ids: Sequence[int]) -> Rows:
    """Return those of `ids` that are classified and wait to be routed, oldest post first, with who wrote them."""
    query = (
        select(Mention, Author, Person)
        .join(Author, Author.id == Mention.author_id)
        .join(Person, Person.id == Author.person_id)
        .where(Mention.id.in_(ids), Mention.state == MentionState.CLASSIFIED)
        .order_by(Mention.posted_at, Mention.id)
    )
    return [(mention, author, person) for mention, author, person in session.execute(query)]


def read_waiting(session: Session, rows: Rows) -> list[Waiting]:
    """Return what routing decides by, for those that have a classification."""
    found = [mention.id for mention, _, _ in rows]
    current = read_current(session, found)
    threads, newer = _read_threads(session, found)
    said = _read_said(session, [person.id for _, _, person in rows])
    answered = _read_answered(session, found)
    parents = parents_of(session, [mention.id for mention, _, _ in rows if mention.in_reply_to])
    return [
        Waiting(
            id=mention.id, brand_id=mention.brand_id, conversation_id=mention.conversation_id, author_id=author.id,
            person_id=person.id, platform=mention.platform, external_id=mention.external_id,
            text=f"{mention.title}\n{mention.text}" if mention.title else mention.text, posted_at=mention.posted_at,
            counted_only=mention.counted_only, queries=tuple(mention.queries), author_name=author.name,
            handle=author.handle, author_external_id=author.external_id, is_bot=author.is_bot,
            followers=author.followers, tier=person.tier, complaints=person.complaints, contacts=person.contacts,
            classification_id=current[mention.id].id, classification=as_heard(current[mention.id]),
            thread=threads.get(mention.id, ()), said_before=said.get(person.id, ()), superseded=mention.id in newer,
            answered_at=answered.get(mention.id), parent=parents.get(mention.id),
        )
        for mention, author, person in rows
        if mention.id in current
    ]  # fmt: skip


def read_current(session: Session, ids: Sequence[int]) -> dict[int, ClassificationRow]:
    """Return the newest classification of each mention."""
    newest = (
        select(func.max(ClassificationRow.id))
        .where(ClassificationRow.mention_id.in_(ids))
        .group_by(ClassificationRow.mention_id)
    )
    rows = session.scalars(select(ClassificationRow).where(ClassificationRow.id.in_(newest)))
    return {row.mention_id: row for row in rows}


def as_classification(row: ClassificationRow) -> Classification:
    """Return a stored classification as the domain's value."""
    return Classification(
        intent=row.intent, sentiment=row.sentiment,
        intent_scores={Intent(label): float(score) for label, score in row.intent_scores.items()},
        sentiment_scores={Sentiment(label): float(score) for label, score in row.sentiment_scores.items()},
        urgency=row.urgency, toxicity=row.toxicity, urgent=row.urgent, toxic=row.toxic, language=row.language,
        themes=tuple(row.themes), also=tuple(Intent(label) for label in row.also), model=row.model,
    )  # fmt: skip


def as_heard(row: ClassificationRow) -> Classification:
    """Return a stored classification as routing takes it: a model's praise in a negative tone is not sure."""
    seen = as_classification(row)
    torn = seen.intent is Intent.PRAISE and seen.sentiment is Sentiment.NEGATIVE and bool(seen.intent_scores)
    return replace(seen, intent=Intent.ABSTAINED) if torn and row.corrected_by is None else seen


def _read_threads(session: Session, ids: Sequence[int]) -> tuple[Mapping[int, tuple[str, ...]], frozenset[int]]:
    """The author's other posts in each mention's conversation: the texts before it, and who wrote again since."""
    other = aliased(Mention)
    query = (
        select(Mention.id, Mention.posted_at, other.id, other.posted_at, other.text, other.intent)
        .join(other, and_(other.conversation_id == Mention.conversation_id, other.author_id == Mention.author_id))
        .where(Mention.id.in_(ids), other.id != Mention.id, other.state != MentionState.DELETED)
        .order_by(Mention.id, other.posted_at, other.id)
    )
    before: defaultdict[int, list[str]] = defaultdict(list)
    newer: set[int] = set()
    for mention_id, at, other_id, other_at, text, intent in session.execute(query):
        if (other_at, other_id) < (at, mention_id):
            before[mention_id].append(text)
        elif intent not in {None, Intent.OTHER}:
            newer.add(mention_id)
    return {key: tuple(texts[-_THREAD:]) for key, texts in before.items()}, frozenset(newer)


def _read_said(session: Session, person_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """What was said or is proposed to each person, newest first."""
    drafts = (
        select(Author.person_id, Draft.created_at, Draft.text)
        .join(Mention, Mention.author_id == Author.id)
        .join(Draft, Draft.mention_id == Mention.id)
        .where(Author.person_id.in_(person_ids), Draft.state.in_((DraftState.PROPOSED, DraftState.APPROVED)))
    )
    replies = select(Reply.person_id, Reply.created_at, Reply.text).where(
        Reply.person_id.in_(person_ids), Reply.state.in_(SAID)
    )
    found = [(person, at, text) for query in (drafts, replies) for person, at, text in session.execute(query)]
    said: defaultdict[int, list[str]] = defaultdict(list)
    for person, _, text in sorted(found, key=lambda row: row[1], reverse=True):
        if person is not None and len(said[person]) < _BEFORE:
            said[person].append(text)
    return {person: tuple(texts) for person, texts in said.items()}


def _read_answered(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """When mentions were answered already: natively on the platform, or by hand."""
    ours = or_(
        Reply.mention_id == Mention.id,
        and_(Reply.conversation_id == Mention.conversation_id, Reply.in_reply_to == Mention.external_id),
    )
    query = (
        select(Mention.id, func.min(Reply.created_at), func.min(Reply.sent_at))
        .join(Reply, ours)
        .where(Mention.id.in_(ids), Reply.state.in_(SAID))
        .group_by(Mention.id)
    )
    return {mention_id: sent or created for mention_id, created, sent in session.execute(query)}
