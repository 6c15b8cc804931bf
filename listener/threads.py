"""Finds or makes the conversation of each post, whatever order a thread arrives in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.labels import Priority
from domain.posts import RawPost
from domain.states import ConversationState
from listener.chunks import by_platform, chunks
from listener.merging import merge_strays
from listener.sieve import PostKey, key_of
from storage.tables import Conversation, Mention, Reply
from storage.upserts import insert_into


@dataclass(slots=True, kw_only=True)
class Thread:
    """One conversation as it stands, and what the batch adds to it; times are those of the newest post of a sort."""

    id: int
    state: ConversationState
    last_mention_at: datetime
    is_new: bool
    heard_at: datetime | None = None
    counted_at: datetime | None = None
    answered_at: datetime | None = None


@dataclass(slots=True)
class _Resolver:
    """Follows `in_reply_to` to the root: in the batch first, then among what is known."""

    posts: Mapping[PostKey, RawPost]
    known: Mapping[PostKey, PostKey]
    found: dict[PostKey, PostKey] = field(default_factory=dict)

    def root_of(self, post: RawPost) -> PostKey:
        trail: list[PostKey] = []
        while True:
            key = key_of(post)
            if key in self.found or key in trail:
                root = self.found.get(key, key)
                break
            trail.append(key)
            parent = (post.platform, post.in_reply_to or "")
            if post.conversation_id or not post.in_reply_to:
                root = post.platform, post.conversation_id or post.external_id
                break
            if parent not in self.posts:
                # A parent that never came is taken for the root; if it comes, it finds its answers waiting.
                root = self.known.get(parent, parent)
                break
            post = self.posts[parent]
        self.found.update(dict.fromkeys(trail, root))
        return root


def place_posts(session: Session, *, brand_id: int, posts: Sequence[RawPost], at: datetime) -> dict[PostKey, Thread]:
    """Return the conversation of each post by the post's key, making those that are new."""
    by_key = {key_of(post): post for post in posts}
    resolver = _Resolver(posts=by_key, known=_roots_above(session, brand_id, by_key))
    roots = _settle({key: resolver.root_of(post) for key, post in by_key.items()})
    threads = _known_threads(session, brand_id, {*roots.values()})
    first_seen: dict[PostKey, datetime] = {}
    for key, root in roots.items():
        first_seen.setdefault(root, by_key[key].posted_at)
    missing = {root: first_seen[root] for root in sorted(first_seen.keys() - threads.keys())}
    threads.update(_make_threads(session, brand_id, missing, at))
    homes = {key: threads[root] for key, root in roots.items()}
    # A post whose answers came first, without their root, brings them along.
    merge_strays(session, brand_id=brand_id, homes={key: homes[key].id for key in homes if roots[key] != key})
    return homes


def threads_of(session: Session, *, ids: Mapping[PostKey, int]) -> dict[PostKey, Thread]:
    """Return the conversations that mentions stand in, by the posts' keys; `ids` are those of the mentions."""
    homes: dict[int, int] = {}
    threads: dict[int, Thread] = {}
    for part in chunks(sorted(ids.values())):
        query = (
            select(Mention.id, Conversation.id, Conversation.state, Conversation.last_mention_at)
            .join(Conversation, Conversation.id == Mention.conversation_id)
            .where(Mention.id.in_(part))
        )
        for mention_id, row_id, state, last in session.execute(query):
            homes[mention_id] = row_id
            threads.setdefault(row_id, Thread(id=row_id, state=state, last_mention_at=last, is_new=False))
    return {key: threads[homes[mention_id]] for key, mention_id in ids.items()}


def _settle(roots: Mapping[PostKey, PostKey]) -> dict[PostKey, PostKey]:
    """Return roots that are their own: one that the batch places elsewhere is followed; a circle has one root."""
    settled = {}
    for key, first in roots.items():
        root, trail = first, list[PostKey]()
        while roots.get(root, root) != root and root not in trail:
            trail.append(root)
            root = roots[root]
        settled[key] = min(trail) if root in trail else root
    return settled


def _roots_above(session: Session, brand_id: int, posts: Mapping[PostKey, RawPost]) -> dict[PostKey, PostKey]:
    """Return the conversation of every parent that is known already, as a mention or as a reply of ours."""
    wanted = {
        (post.platform, post.in_reply_to)
        for post in posts.values()
        if post.in_reply_to and not post.conversation_id and (post.platform, post.in_reply_to) not in posts
    }
    found: dict[PostKey, PostKey] = {}
    for platform, ids in by_platform(wanted):
        for row in (Mention, Reply):
            query = (
                select(row.external_id, Conversation.external_id)
                .join(Conversation, Conversation.id == row.conversation_id)
                .where(row.brand_id == brand_id, row.platform == platform, row.external_id.in_(ids))
            )
            found.update({(platform, str(post)): (platform, root) for post, root in session.execute(query)})
    return found


def _known_threads(session: Session, brand_id: int, keys: Iterable[PostKey]) -> dict[PostKey, Thread]:
    found: dict[PostKey, Thread] = {}
    for platform, ids in by_platform(keys):
        query = select(
            Conversation.external_id, Conversation.id, Conversation.state, Conversation.last_mention_at
        ).where(Conversation.brand_id == brand_id, Conversation.platform == platform, Conversation.external_id.in_(ids))
        for external_id, row_id, state, last in session.execute(query):
            found[platform, external_id] = Thread(id=row_id, state=state, last_mention_at=last, is_new=False)
    return found


def _make_threads(
    session: Session, brand_id: int, missing: Mapping[PostKey, datetime], at: datetime
) -> dict[PostKey, Thread]:  # fmt: skip
    if not missing:
        return {}
    rows = [
        {
            "brand_id": brand_id, "platform": platform, "external_id": external_id, "labels": [], "version": 1,
            "state": ConversationState.OPEN, "priority": Priority.MEDIUM, "created_at": at, "last_mention_at": seen,
        }
        for (platform, external_id), seen in missing.items()
    ]  # fmt: skip
    columns = Conversation.__table__.c
    statement = insert_into(session, Conversation).returning(columns.platform, columns.external_id, columns.id)
    return {
        (platform, external_id): Thread(
            id=row_id, state=ConversationState.OPEN, last_mention_at=missing[platform, external_id], is_new=True
        )
        for platform, external_id, row_id in session.execute(statement, rows)
    }
