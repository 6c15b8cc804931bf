"""Keeps hold of a talk: a post that names nobody is heard when it goes on with one of the brand's own."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.posts import RawPost
from listener.chunks import by_platform
from listener.sieve import PostKey, Rule, Sieved, follow, key_of
from storage.tables import Author, Conversation, Mention, Reply

Speaker = tuple[str, str, str]


def join_threads(session: Session, *, brand_id: int, parts: Sieved, rule: Rule, now: datetime) -> None:
    """Move to `heard` what answers a reply of ours, or goes on where its author already spoke to the brand."""
    candidates = [post for post in parts.unmatched if _may_join(post) and rule.interest.listens_to(post.platform)]
    if not candidates:
        return
    ours = {key_of(post) for post in parts.own} | _our_posts(session, brand_id, _parents(candidates))
    speakers = {_speaker(heard.post) for heard in parts.heard} | _speakers(session, brand_id, candidates)
    joined = set()
    for post in candidates:  # in the order of writing, so a talk that goes on joins link by link
        if (post.platform, post.in_reply_to) in ours or _speaker(post) in speakers:
            parts.heard.append(follow(post, rule=rule, now=now))
            speakers.add(_speaker(post))
            joined.add(key_of(post))
    parts.unmatched = [post for post in parts.unmatched if key_of(post) not in joined]
    parts.heard.sort(key=lambda heard: heard.post.posted_at)


def _may_join(post: RawPost) -> bool:
    return bool(post.in_reply_to) or post.conversation_id not in {None, post.external_id}


def _parents(posts: Iterable[RawPost]) -> set[PostKey]:
    return {(post.platform, post.in_reply_to) for post in posts if post.in_reply_to}


def _speaker(post: RawPost) -> Speaker:
    return post.platform, post.conversation_id or post.external_id, post.author.external_id


def _our_posts(session: Session, brand_id: int, keys: Iterable[PostKey]) -> set[tuple[str, str | None]]:
    found: set[tuple[str, str | None]] = set()
    for platform, ids in by_platform(keys):
        query = select(Reply.external_id).where(
            Reply.brand_id == brand_id, Reply.platform == platform, Reply.external_id.in_(ids)
        )
        found.update((platform, external_id) for external_id in session.scalars(query))
    return found


def _speakers(session: Session, brand_id: int, posts: Sequence[RawPost]) -> set[Speaker]:
    keys = {(post.platform, post.conversation_id) for post in posts if post.conversation_id}
    found: set[Speaker] = set()
    for platform, ids in by_platform(keys):
        query = (
            select(Conversation.external_id, Author.external_id)
            .join(Mention, Mention.conversation_id == Conversation.id)
            .join(Author, Author.id == Mention.author_id)
            .where(
                Conversation.brand_id == brand_id, Conversation.platform == platform, Conversation.external_id.in_(ids)
            )
        )
        found.update((platform, root, author) for root, author in session.execute(query))
    return found
