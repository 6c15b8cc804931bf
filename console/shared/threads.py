"""A conversation as it is read: their posts and our replies, in the order in which they came."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from domain.labels import Intent
from domain.states import MentionState, ReplyState
from storage.queries.mentions import MentionView, replies_in, thread_of
from storage.tables import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One post of a thread; `ours` tells a reply of the brand's from a customer's post."""

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
    state: ReplyState | None = None
    origin: str | None = None


def read_thread(session: Session, conversation_id: int) -> list[Entry]:
    """Return the whole conversation, oldest first."""
    posts = [_of_mention(view) for view in thread_of(session, conversation_id=conversation_id)]
    replies = [
        _of_reply(row) for row in replies_in(session, conversation_id=conversation_id)
        if row.state is not ReplyState.WITHDRAWN
    ]  # fmt: skip
    return sorted([*posts, *replies], key=lambda entry: entry.at)


def _of_mention(view: MentionView) -> Entry:
    return Entry(
        ours=False, who=view.author_name or view.handle, text=view.text, at=view.posted_at, url=view.url,
        mention_id=view.id, person_id=view.person_id, title=view.title, language=view.language, intent=view.intent,
        deleted=view.state is MentionState.DELETED,
    )  # fmt: skip


def _of_reply(row: Reply) -> Entry:
    return Entry(
        ours=True, who=row.account, text=row.text, at=row.sent_at or row.created_at, url=row.url, state=row.state,
        origin=row.origin, mention_id=row.mention_id,
    )  # fmt: skip
