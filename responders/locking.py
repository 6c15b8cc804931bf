"""The rows that routing one mention may change, locked in one order so that two workers never block each other."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.states import DraftState, MentionState
from people.rules import rival_queries
from people.standing import Spoken, read_spoken
from responders.preparation import Prepared
from responders.waiting import read_current
from storage.tables import Author, Brand, Conversation, Draft, Idea, Mention, Person

Lockable = TypeVar("Lockable", Conversation, Person)
Readable = TypeVar("Readable", Author, Brand)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A mention with its rows, locked until the transaction ends; `author` and `brand` are there to be read.

    `alone` says that the conversation holds no other mention, so nothing in it can be stale, joined or newer; `spoken`
    is what the person said before, shared by their mentions of this batch. `draft` is a living draft of the mention and
    `idea` what was kept of it, where it was routed before or a person was quicker.
    """

    mention: Mention
    conversation: Conversation
    person: Person
    author: Author
    brand: Brand
    alone: bool
    spoken: Spoken
    draft: Draft | None
    idea: Idea | None


def lock(session: Session, prepared: Sequence[Prepared]) -> Iterator[tuple[Prepared, Locked]]:
    """Yield those that still are as they were read, with their rows."""
    # Drafts come first, as whoever approves one holds it before touching its mention.
    drafts = _lock_drafts(session, [each.waiting.id for each in prepared])
    mentions = _lock_mentions(session, [each.waiting.id for each in prepared])
    # A person may have corrected the model meanwhile; then the next run decides.
    current = read_current(session, list(mentions))
    kept = [
        each
        for each in prepared
        if each.waiting.id in mentions and current[each.waiting.id].id == each.waiting.classification_id
    ]
    conversations = _lock_rows(session, Conversation, {each.waiting.conversation_id for each in kept})
    persons = _lock_rows(session, Person, {each.waiting.person_id for each in kept})
    authors = {row.id: row for row in _read(session, Author, {each.waiting.author_id for each in kept})}
    brands = {row.id: row for row in _read(session, Brand, {each.waiting.brand_id for each in kept})}
    alone = _read_alone(session, conversations)
    ideas = _read_ideas(session, mentions)
    spoken = read_spoken(session, {each.waiting.person_id: rival_queries(each.profile) for each in kept})
    for each in kept:
        waiting = each.waiting
        yield each, Locked(
            mention=mentions[waiting.id], conversation=conversations[waiting.conversation_id],
            person=persons[waiting.person_id], author=authors[waiting.author_id], brand=brands[waiting.brand_id],
            alone=waiting.conversation_id in alone, spoken=spoken[waiting.person_id],
            draft=drafts.get(waiting.id), idea=ideas.get(waiting.id),
        )  # fmt: skip


def _lock_mentions(session: Session, ids: Collection[int]) -> dict[int, Mention]:
    """Those that still wait; another worker's are left to it once it is done."""
    query = (
        select(Mention)
        .where(Mention.id.in_(sorted(ids)), Mention.state == MentionState.CLASSIFIED)
        .order_by(Mention.id)
        .with_for_update()
    )
    return {mention.id: mention for mention in session.scalars(query)}


def _lock_rows(session: Session, kind: type[Lockable], ids: set[int]) -> dict[int, Lockable]:
    query = select(kind).where(kind.id.in_(sorted(ids))).order_by(kind.id).with_for_update()
    return {row.id: row for row in session.scalars(query)}


def _lock_drafts(session: Session, mention_ids: Collection[int]) -> dict[int, Draft]:
    query = (
        select(Draft)
        .where(Draft.mention_id.in_(sorted(mention_ids)), Draft.state.in_((DraftState.PROPOSED, DraftState.APPROVED)))
        .order_by(Draft.id)
        .with_for_update()
    )
    return {row.mention_id: row for row in session.scalars(query)}


def _read_ideas(session: Session, mention_ids: Collection[int]) -> dict[int, Idea]:
    query = select(Idea).where(Idea.mention_id.in_(sorted(mention_ids)))
    return {row.mention_id: row for row in session.scalars(query)}


def _read(session: Session, kind: type[Readable], ids: set[int]) -> Sequence[Readable]:
    return session.scalars(select(kind).where(kind.id.in_(sorted(ids)))).all()


def _read_alone(session: Session, conversations: Collection[int]) -> frozenset[int]:
    """Those conversations that hold one mention."""
    query = (
        select(Mention.conversation_id)
        .where(Mention.conversation_id.in_(sorted(conversations)))
        .group_by(Mention.conversation_id)
        .having(func.count() == 1)
    )
    return frozenset(session.scalars(query))
