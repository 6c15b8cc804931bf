"""A known post that changed: kept as it reads and counts now, and sorted again unless it has been answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.states import DraftState, MentionState, ReplyState
from listener.chunks import by_platform
from listener.sieve import Heard, PostKey, Sieved, key_of
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
    addressed: bool | None
    counted_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """How many known posts read otherwise, which are to be sorted again, in order, and which count for more now."""

    updated: int = 0
    again: tuple[int, ...] = ()
    raised: tuple[Heard, ...] = ()


def find_known(session: Session, *, brand_id: int, keys: Collection[PostKey]) -> dict[PostKey, Known]:
    """Return those of the posts that are mentions already."""
    found: dict[PostKey, Known] = {}
    for platform, ids in by_platform(keys):
        query = select(
            Mention.external_id, Mention.id, Mention.state, Mention.title, Mention.text, Mention.addressed,
            Mention.counted_only,
        ).where(Mention.brand_id == brand_id, Mention.platform == platform, Mention.external_id.in_(ids))  # fmt: skip
        for external_id, row_id, state, title, text, addressed, counted_only in session.execute(query):
            found[platform, external_id] = Known(
                id=row_id, state=state, title=title, text=text, addressed=addressed, counted_only=counted_only
            )
    return found


def keep_known(parts: Sieved, known: Mapping[PostKey, Known]) -> None:
    """Move to `heard` what is a mention already: an edit that takes the brand's name out is an edit too."""
    for post in (post for post in parts.unmatched if key_of(post) in known):
        # Its words are followed, and nothing is made of it that it wasn't.
        parts.heard.append(Heard(post=replace(post, addressed=None), queries=(), counted_only=True))
    parts.unmatched = [post for post in parts.unmatched if key_of(post) not in known]


def apply_edits(
    session: Session, *, brand_id: int, heard: Sequence[Heard], known: Mapping[PostKey, Known], now: datetime,
    raises: bool = True,
) -> Edits:  # fmt: skip
    """Bring known mentions to the text that their platform shows; a deleted one stays deleted.

    With `raises`, one that was only counted and is now heard in full, or that now calls on the account, becomes so: the
    same post may come by a listing first and by the inbox later. Never the other way.
    """
    found = {known[post.key].id: (post, _changes(post, known[post.key], raises=raises)) for post in heard}
    changed = {row_id: values for row_id, (_, values) in found.items() if values}
    answered = _answered(session, sorted(changed))
    again = tuple(sorted(changed.keys() - answered))
    for row_id, values in sorted(changed.items(), key=itemgetter(0)):
        state = {} if row_id in answered else {"state": MentionState.COLLECTED}
        session.execute(
            update(Mention).where(Mention.id == row_id, Mention.state != MentionState.DELETED).values(**values, **state)
        )
        audit.record(
            session, at=now, action="mention.edited" if "text" in values else "mention.raised", object_kind="mention",
            object_id=row_id, brand_id=brand_id, details={"sorted_again": row_id not in answered},
        )  # fmt: skip
    _expire_drafts(session, again, now)
    return Edits(
        updated=sum("text" in values for values in changed.values()), again=again,
        raised=tuple(post for post, values in found.values() if "counted_only" in values),
    )  # fmt: skip


def _changes(heard: Heard, known: Known, *, raises: bool) -> dict[str, Any]:
    """Return what of a mention is otherwise now."""
    values: dict[str, Any] = {}
    if known.state is MentionState.DELETED:
        return values
    if (heard.post.title, heard.post.text) != (known.title, known.text):
        values |= {"title": heard.post.title, "text": heard.post.text, "url": heard.post.url}
    if raises and heard.post.addressed is True and known.addressed is not True:
        values["addressed"] = True
    if raises and known.counted_only and not heard.counted_only:
        values["counted_only"] = False
    if values and heard.queries:
        values["queries"] = list(heard.queries)
    return values


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
