"""A known post whose text changed: kept as it reads now, and sorted again unless it has been answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.states import DraftState, MentionState, ReplyState
from listener.chunks import by_platform
from listener.sieve import Heard, PostKey
from storage import audit
from storage.tables import Draft, Mention, Reply

_NOT_OUT = (ReplyState.WITHDRAWN, ReplyState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A mention as it is kept."""

    id: int
    state: MentionState
    title: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """How many known posts changed, and which of them are to be sorted again, in order."""

    updated: int = 0
    again: tuple[int, ...] = ()


def find_known(session: Session, *, brand_id: int, keys: Collection[PostKey]) -> dict[PostKey, Known]:
    """Return those of the posts that are mentions already."""
    found: dict[PostKey, Known] = {}
    for platform, ids in by_platform(keys):
        query = select(Mention.external_id, Mention.id, Mention.state, Mention.title, Mention.text).where(
            Mention.brand_id == brand_id, Mention.platform == platform, Mention.external_id.in_(ids)
        )
        for external_id, row_id, state, title, text in session.execute(query):
            found[platform, external_id] = Known(id=row_id, state=state, title=title, text=text)
    return found


def apply_edits(
    session: Session, *, brand_id: int, heard: Sequence[Heard], known: Mapping[PostKey, Known], now: datetime
) -> Edits:  # fmt: skip
    """Bring known mentions to the text that their platform shows; a deleted one stays deleted."""
    changed = {known[post.key].id: post for post in heard if _differs(post, known[post.key])}
    answered = _answered(session, sorted(changed))
    again = tuple(sorted(changed.keys() - answered))
    for row_id in sorted(changed):
        post = changed[row_id]
        values: dict[str, Any] = {"title": post.post.title, "text": post.post.text, "url": post.post.url}
        if post.queries:
            values["queries"] = list(post.queries)
        if row_id not in answered:
            values["state"] = MentionState.COLLECTED
        session.execute(
            update(Mention).where(Mention.id == row_id, Mention.state != MentionState.DELETED).values(**values)
        )
        audit.record(
            session, at=now, action="mention.edited", object_kind="mention", object_id=row_id, brand_id=brand_id,
            details={"sorted_again": row_id not in answered},
        )  # fmt: skip
    _expire_drafts(session, again, now)
    return Edits(updated=len(changed), again=again)


def _differs(heard: Heard, known: Known) -> bool:
    return known.state is not MentionState.DELETED and (heard.post.title, heard.post.text) != (known.title, known.text)


def _answered(session: Session, ids: Sequence[int]) -> set[int]:
    if not ids:
        return set()
    replies = select(Reply.mention_id).where(Reply.mention_id.in_(ids), Reply.state.not_in(_NOT_OUT))
    approved = select(Draft.mention_id).where(Draft.mention_id.in_(ids), Draft.state == DraftState.APPROVED)
    return {row for row in session.scalars(replies.union_all(approved)) if row is not None}


def _expire_drafts(session: Session, ids: Sequence[int], now: datetime) -> None:
    # What somebody has written into a draft is theirs; an untouched one was made for words that no longer stand.
    if ids:
        session.execute(
            update(Draft)
            .where(Draft.mention_id.in_(ids), Draft.state == DraftState.PROPOSED, Draft.text == Draft.original_text)
            .values(state=DraftState.EXPIRED, updated_at=now, version=Draft.version + 1)
        )
