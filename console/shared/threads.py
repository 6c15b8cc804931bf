"""A conversation as it is read: their posts, our replies and what was read around them, in the order of writing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.services import Services
from console.shared.rights import Right
from console.shared.visitors import Desk
from domain.labels import Intent
from domain.states import MentionState, ReplyState
from listener.deletions import ERASED_ID
from listener.surroundings import AGE, ask_to_read
from platforms.registry import capabilities_of
from storage.queries.mentions import MentionView, replies_in, thread_of
from storage.queries.threads import is_fresh, posts_around
from storage.tables import Conversation, Reply, ThreadPost

# Reading a thread may cost money: it is done for those who answer, not for everybody who looks.
WORKERS = (Right.REVIEW, Right.REVIEW_CASES, Right.WORK_CASES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One post of a thread; `ours` tells a reply of the brand's from a customer's post.

    `read_at` marks context: somebody's post that is no mention, as it stood when it was read. `forgotten` says that it
    is deleted because its author asked for that; `answers` names whom it answers, where that isn't the post above it.
    """

    ours: bool
    who: str
    text: str
    at: datetime
    url: str | None
    mention_id: int | None = None
    person_id: int | None = None
    title: str | None = None
    language: str | None = None
    intent: Intent | None = None
    deleted: bool = False
    forgotten: bool = False
    state: ReplyState | None = None
    origin: str | None = None
    read_at: datetime | None = None
    platform: str = ""
    external_id: str | None = None
    in_reply_to: str | None = None
    answers: str | None = None


def ask_for_threads(services: Services, desk: Desk, *, conversation_ids: Collection[int]) -> None:
    """Have the posts around be read anew where the platform shows them and what is kept of them is old."""
    if not desk.rights & set(WORKERS):
        return
    now = services.clock.now()
    query = select(Conversation.id, Conversation.platform, Conversation.thread_read_at)
    with services.database.read() as session:
        rows = session.execute(query.where(Conversation.id.in_(conversation_ids))).all()
    stale = [
        row.id for row in rows
        if capabilities_of(row.platform).can_read_threads and not is_fresh(row.thread_read_at, since=now - AGE)
    ]  # fmt: skip
    if stale:
        with services.database.write() as session:
            for conversation_id in stale:
                ask_to_read(session, services.jobs, conversation_id=conversation_id, now=now)


def read_thread(session: Session, conversation_id: int) -> list[Entry]:
    """Return the whole conversation, oldest first."""
    posts = [_of_mention(view) for view in thread_of(session, conversation_id=conversation_id)]
    replies = [
        _of_reply(row) for row in replies_in(session, conversation_id=conversation_id)
        if row.state is not ReplyState.WITHDRAWN
    ]  # fmt: skip
    around = [_of_context(row) for row in posts_around(session, conversation_id=conversation_id)]
    return in_order([*posts, *replies, *around])


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Return posts by time, the oldest first; each that answers another than the one above it names whom."""
    found = sorted(entries, key=lambda entry: entry.at)
    known = {(entry.platform, entry.external_id): entry for entry in found if entry.external_id}
    above: Entry | None = None
    for place, entry in enumerate(found):
        goal = known.get((entry.platform, entry.in_reply_to or ""))
        apart = goal is not None and goal is not entry and goal is not above
        found[place] = replace(entry, answers=_name(goal) if goal and apart else None)
        above = entry
    return found


def _name(entry: Entry) -> str:
    return "a post that is deleted" if entry.deleted else entry.who


def _of_mention(view: MentionView) -> Entry:
    return Entry(
        ours=False, who=view.author_name or view.handle, text=view.text, at=view.posted_at, url=view.url,
        mention_id=view.id, person_id=view.person_id, title=view.title, language=view.language, intent=view.intent,
        deleted=view.state is MentionState.DELETED, forgotten=view.external_id.startswith(ERASED_ID),
        platform=view.platform, external_id=view.external_id, in_reply_to=view.in_reply_to,
    )  # fmt: skip


def _of_reply(row: Reply) -> Entry:
    return Entry(
        ours=True, who=row.account, text=row.text, at=row.sent_at or row.created_at, url=row.url, state=row.state,
        origin=row.origin, mention_id=row.mention_id, platform=row.platform, external_id=row.external_id,
        in_reply_to=row.in_reply_to,
    )  # fmt: skip


def _of_context(row: ThreadPost) -> Entry:
    return Entry(
        ours=row.is_own, who=row.author_name or row.author_handle, text=row.text, at=row.posted_at, url=row.url,
        read_at=row.read_at, platform=row.platform, external_id=row.external_id, in_reply_to=row.in_reply_to,
    )  # fmt: skip
