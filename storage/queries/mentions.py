"""Lists of mentions: newest first, filtered, searched by words, and the thread and history around one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, text, tuple_
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.labels import Intent, Sentiment
from domain.states import MentionState
from storage.queries.paging import Cursor, KeyOf, Page, cut
from storage.tables import Author, ClassificationRow, Mention, Reply

CURSOR_SHAPE = (datetime, int)
_WORD = re.compile(r"\w+", re.UNICODE)
_HITS = 200
_NEAR = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionFilter:
    """What a list of mentions is narrowed to; None leaves a filter out. `words` must all occur."""

    words: str = ""
    intent: Intent | None = None
    sentiment: Sentiment | None = None
    platform: str | None = None
    language: str | None = None
    urgent: bool | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionView:
    """One mention as lists show it."""

    id: int
    brand_id: int
    conversation_id: int
    case_id: int | None
    author_id: int
    person_id: int
    platform: str
    external_id: str
    in_reply_to: str | None
    handle: str
    author_name: str | None
    title: str | None
    text: str
    url: str | None
    language: str | None
    intent: Intent | None
    sentiment: Sentiment | None
    urgent: bool
    toxic: bool
    state: MentionState
    counted_only: bool
    posted_at: datetime
    collected_at: datetime


MentionSelect = Select[*tuple[Any, ...]]

_COLUMNS = (
    Mention.id, Mention.brand_id, Mention.conversation_id, Mention.case_id, Mention.author_id, Author.person_id,
    Mention.platform, Mention.external_id, Mention.in_reply_to, Author.handle, Author.name.label("author_name"),
    Mention.title, Mention.text, Mention.url, Mention.language, Mention.intent, Mention.sentiment, Mention.urgent,
    Mention.toxic, Mention.state, Mention.counted_only, Mention.posted_at, Mention.collected_at,
)  # fmt: skip


def list_mentions(
    session: Session, *, brand_id: int, filters: MentionFilter, after: Cursor | None = None, limit: int = 50
) -> Page[MentionView]:
    """Return the brand's mentions, newest first. With words, newest first is by collection, as the index holds it."""
    if _WORD.search(filters.words):
        return _search(session, brand_id, filters, after, limit)
    query = _narrow(_base().where(Mention.brand_id == brand_id), filters)
    if after:
        query = query.where(tuple_(Mention.posted_at, Mention.id) < tuple_(*after.parts))
    query = query.order_by(Mention.posted_at.desc(), Mention.id.desc()).limit(limit + 1)
    return cut(_views(session, query), limit=limit, key=KeyOf("posted_at", "id"))


def get_mention(session: Session, *, mention_id: int, brand_ids: frozenset[int]) -> MentionView:
    """Return one mention; raises NotFound when there is none or the caller may not see its brand."""
    found = _views(session, _base().where(Mention.id == mention_id))
    if not found or found[0].brand_id not in brand_ids:
        raise NotFound(f"There is no mention {mention_id}; it may have been deleted where it was posted.")
    return found[0]


def thread_of(session: Session, *, conversation_id: int, limit: int = 100) -> list[MentionView]:
    """Return a conversation's mentions, oldest first; of a longer one, the newest `limit`."""
    query = _base().where(Mention.conversation_id == conversation_id)
    query = query.order_by(Mention.posted_at.desc(), Mention.id.desc()).limit(limit)
    return _views(session, query)[::-1]


def replies_in(session: Session, *, conversation_id: int) -> list[Reply]:
    """Return what was or will be said to a conversation, oldest first."""
    query = select(Reply).where(Reply.conversation_id == conversation_id).order_by(Reply.created_at, Reply.id)
    return list(session.scalars(query))


def history_of(session: Session, *, person_id: int, limit: int = 20) -> list[MentionView]:
    """Return a person's latest mentions on every platform, newest first."""
    authors = select(Author.id).where(Author.person_id == person_id)
    query = _base().where(Mention.author_id.in_(authors))
    return _views(session, query.order_by(Mention.posted_at.desc(), Mention.id.desc()).limit(limit))


def classification_of(session: Session, mention_id: int) -> ClassificationRow | None:
    """Return the mention's current classification, None before there is one."""
    query = select(ClassificationRow).where(ClassificationRow.mention_id == mention_id)
    return session.scalars(query.order_by(ClassificationRow.id.desc()).limit(1)).one_or_none()


def _base() -> MentionSelect:
    return select(*_COLUMNS).join(Author, Author.id == Mention.author_id)


def _views(session: Session, query: MentionSelect) -> list[MentionView]:
    return [MentionView(**row._mapping) for row in session.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name


def _narrow(query: MentionSelect, filters: MentionFilter) -> MentionSelect:
    wanted: list[ColumnElement[bool]] = [Mention.state != MentionState.DELETED]
    for column, value in (
        (Mention.intent, filters.intent),
        (Mention.sentiment, filters.sentiment),
        (Mention.platform, filters.platform),
        (Mention.language, filters.language),
        (Mention.urgent, filters.urgent),
    ):
        if value is not None:
            wanted.append(column == value)
    if filters.since:
        wanted.append(Mention.posted_at >= filters.since)
    if filters.before:
        wanted.append(Mention.posted_at < filters.before)
    return query.where(and_(*wanted))


def _search(
    session: Session, brand_id: int, filters: MentionFilter, after: Cursor | None, limit: int
) -> Page[MentionView]:
    query = _narrow(_base().where(Mention.brand_id == brand_id), filters)
    words, scope = _WORD.findall(filters.words), _scope(brand_id, filters)
    below = int(str(after.parts[1])) if after else 2**62
    find = _hits_sqlite if session.get_bind().dialect.name == "sqlite" else _hits_postgresql
    found: list[MentionView] = []
    # Hits come newest first; their rows are read a few at a time until the page is full.
    for chunk in find(session, words=words, scope=scope, below=below, wanted=limit + 1):
        views = {view.id: view for view in _views(session, query.where(Mention.id.in_(chunk)))}
        found += [views[key] for key in chunk if key in views]
        if len(found) > limit:
            break
    return cut(found[: limit + 1], limit=limit, key=KeyOf("posted_at", "id"))


def _hits_sqlite(
    session: Session, *, words: list[str], scope: list[str], below: int, wanted: int
) -> Iterator[Sequence[int]]:
    phrase = " AND ".join([*(f'body : "{word}"*' for word in words), *(f'scope : "{token}"' for token in scope)])
    hits = text(
        "SELECT rowid FROM mentions_search WHERE mentions_search MATCH :phrase AND rowid < :below ORDER BY rowid DESC"
    ).bindparams(phrase=phrase, below=below)
    with session.execute(hits) as walk:
        yield from walk.scalars().partitions(max(wanted, _HITS))


def _hits_postgresql(
    session: Session, *, words: list[str], scope: list[str], below: int, wanted: int
) -> Iterator[Sequence[int]]:
    """A common word's hits stand among the newest mentions; only a rarer one's are worth asking the index for.

    PostgreSQL can't tell which of the two a word is, and it can't read that index in order; OFFSET 0 keeps it to what
    is written here.
    """
    terms = " & ".join([*(f"{word}:*" for word in words), *scope])
    newest = session.scalar(select(func.max(Mention.id)).where(Mention.id < below)) or 0
    near = text(
        "SELECT id FROM (SELECT id, search FROM mentions WHERE id > :floor AND id < :below OFFSET 0) AS near"
        " WHERE search @@ to_tsquery('simple', :terms) ORDER BY id DESC"
    ).bindparams(floor=newest - _NEAR, below=below, terms=terms)
    yield from _parts(session.scalars(near).all(), wanted)
    far = text(
        "SELECT id FROM (SELECT id FROM mentions WHERE search @@ to_tsquery('simple', :terms) OFFSET 0) AS far"
        " WHERE id <= :floor ORDER BY id DESC"
    ).bindparams(floor=newest - _NEAR, terms=terms)
    yield from _parts(session.scalars(far).all(), wanted)


def _parts(ids: Sequence[int], wanted: int) -> Iterator[Sequence[int]]:
    width = max(wanted, _HITS)
    return (ids[start : start + width] for start in range(0, len(ids), width))


def _scope(brand_id: int, filters: MentionFilter) -> list[str]:
    tokens = [f"b{brand_id}"]
    tokens += [f"i{filters.intent}"] if filters.intent else []
    tokens += [f"s{filters.sentiment}"] if filters.sentiment else []
    tokens += [f"p{filters.platform}"] if filters.platform and filters.platform.isalnum() else []
    tokens += [f"l{filters.language}"] if filters.language and filters.language.isalnum() else []
    return tokens
