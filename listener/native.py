"""What the brand's own accounts wrote on a platform becomes Replies, never mentions (decision 11)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from domain.posts import RawPost
from domain.states import ReplyState
from listener.chunks import by_platform, chunks
from listener.sieve import PostKey, key_of
from listener.threads import Thread
from storage.tables import Author, Mention, Person, Reply
from storage.upserts import insert_into

NATIVE = "native"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The mention that a reply answers, and who wrote it."""

    mention_id: int
    person_id: int


def new_own_posts(session: Session, *, brand_id: int, posts: Sequence[RawPost]) -> list[RawPost]:
    """Return those of the brand's own posts that answer something and aren't kept yet.

    One that the outbox is sending, or isn't sure of having sent, is its own: an unknown one is settled here.
    """
    answers = [post for post in posts if post.in_reply_to or post.conversation_id not in {None, post.external_id}]
    kept = _kept(session, brand_id, {key_of(post) for post in answers})
    fresh = [post for post in answers if key_of(post) not in kept]
    return [post for post in fresh if not _is_outgoing(session, brand_id, post)]


def save_native(
    session: Session, *, brand_id: int, posts: Sequence[RawPost], threads: Mapping[PostKey, Thread], now: datetime
) -> None:
    """Keep own posts as sent Replies, each tied to the mention that it answers."""
    if not posts:
        return
    answered = _answered(session, brand_id, {(post.platform, _parent(post)) for post in posts})
    rows = []
    for post in posts:
        thread = threads[key_of(post)]
        above = answered.get((post.platform, _parent(post))) or _latest(session, thread.id, post.posted_at)
        rows.append(_row(post, brand_id=brand_id, thread_id=thread.id, above=above, now=now))
        if above:
            _note_contact(session, above.person_id, post.posted_at)
    session.execute(insert_into(session, Reply).on_conflict_do_nothing(), rows)


def adopt_answers(
    session: Session, *, brand_id: int, thread_ids: Collection[int], mentions: Mapping[PostKey, int]
) -> None:  # fmt: skip
    """Tie native replies that came before the mention they answer to it."""
    for part in chunks(sorted(thread_ids)):
        query = select(Reply.id, Reply.platform, Reply.in_reply_to, Reply.sent_at).where(
            Reply.brand_id == brand_id, Reply.conversation_id.in_(part), Reply.mention_id.is_(None),
            Reply.origin == NATIVE,
        )  # fmt: skip
        for reply_id, platform, parent, sent_at in session.execute(query).all():
            mention_id = mentions.get((platform, parent))
            if mention_id is None:
                continue
            person_id = session.scalar(select(Author.person_id).join(Mention).where(Mention.id == mention_id))
            session.execute(
                update(Reply).where(Reply.id == reply_id).values(mention_id=mention_id, person_id=person_id)
            )
            if person_id is not None and sent_at is not None:
                _note_contact(session, person_id, sent_at)


def _parent(post: RawPost) -> str:
    return post.in_reply_to or post.conversation_id or ""


def _kept(session: Session, brand_id: int, keys: Collection[PostKey]) -> set[PostKey]:
    found: set[PostKey] = set()
    for platform, ids in by_platform(keys):
        query = select(Reply.external_id).where(
            Reply.brand_id == brand_id, Reply.platform == platform, Reply.external_id.in_(ids)
        )
        found.update((platform, str(external_id)) for external_id in session.scalars(query))
    return found


def _is_outgoing(session: Session, brand_id: int, post: RawPost) -> bool:
    query = select(Reply.id, Reply.state, Reply.text, Reply.person_id).where(
        Reply.brand_id == brand_id, Reply.platform == post.platform, Reply.in_reply_to == _parent(post),
        Reply.state.in_((ReplyState.SENDING, ReplyState.UNKNOWN)), Reply.external_id.is_(None),
    )  # fmt: skip
    for reply_id, state, text, person_id in session.execute(query).all():
        if " ".join(text.split()) != " ".join(post.text.split()):
            continue
        if state is ReplyState.UNKNOWN:
            session.execute(
                update(Reply)
                .where(Reply.id == reply_id, Reply.state == ReplyState.UNKNOWN)
                .values(
                    state=ReplyState.SENT, external_id=post.external_id, url=post.url, sent_at=post.posted_at,
                    last_error=None, next_try_at=None,
                )
            )  # fmt: skip
            if person_id is not None:
                _note_contact(session, person_id, post.posted_at)
        return True
    return False


def _answered(session: Session, brand_id: int, keys: Collection[PostKey]) -> dict[PostKey, Answered]:
    found: dict[PostKey, Answered] = {}
    for platform, ids in by_platform(keys):
        query = (
            select(Mention.external_id, Mention.id, Author.person_id)
            .join(Author, Author.id == Mention.author_id)
            .where(Mention.brand_id == brand_id, Mention.platform == platform, Mention.external_id.in_(ids))
        )
        for external_id, mention_id, person_id in session.execute(query):
            found[platform, external_id] = Answered(mention_id=mention_id, person_id=person_id)
    return found


def _latest(session: Session, conversation_id: int, before: datetime) -> Answered | None:
    query = (
        select(Mention.id, Author.person_id)
        .join(Author, Author.id == Mention.author_id)
        .where(Mention.conversation_id == conversation_id, Mention.posted_at <= before)
        .order_by(Mention.posted_at.desc(), Mention.id.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return Answered(mention_id=row[0], person_id=row[1]) if row else None


def _row(
    post: RawPost, *, brand_id: int, thread_id: int, above: Answered | None, now: datetime
) -> dict[str, object]:  # fmt: skip
    return {
        "brand_id": brand_id, "draft_id": None, "mention_id": above.mention_id if above else None,
        "conversation_id": thread_id, "person_id": above.person_id if above else None, "platform": post.platform,
        "account": post.author.handle, "origin": NATIVE, "state": ReplyState.SENT,
        "key": sha256(f"native:{brand_id}:{post.platform}:{post.external_id}".encode()).hexdigest(),
        "text": post.text, "part": 1, "parts": 1, "in_reply_to": _parent(post), "visibility": post.visibility,
        "external_id": post.external_id, "url": post.url, "attempts": 0, "lookups": 0, "created_at": now,
        "sent_at": post.posted_at,
    }  # fmt: skip


def _note_contact(session: Session, person_id: int, at: datetime) -> None:
    last = Person.last_contacted_at
    session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(contacts=Person.contacts + 1, last_contacted_at=case((last > at, last), else_=at))
    )
