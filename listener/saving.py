"""Writes mentions in bulk, settles the state of their conversations, and has them sorted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.orm import Session

from domain.posts import RawPost
from domain.states import ConversationState, MentionState, ReplyState
from listener.chunks import chunks
from listener.sieve import Heard, PostKey, key_of
from listener.threads import Thread
from storage.jobs import Job, JobKind, Jobs
from storage.queries.people import ensure_authors
from storage.tables import Conversation, Mention, Reply
from storage.upserts import insert_into

JOB_SIZE: Final = 64


def save_mentions(
    session: Session, *, brand_id: int, source_id: int, heard: Sequence[Heard],
    threads: Mapping[PostKey, Thread], now: datetime,
) -> dict[PostKey, int]:  # fmt: skip
    """Write new mentions with their authors; return their ids by key."""
    if not heard:
        return {}
    authors = ensure_authors(
        session, brand_id=brand_id, authors=((one.post.platform, one.post.author) for one in heard), at=now
    )  # fmt: skip
    rows = [
        _row(
            one, brand_id=brand_id, source_id=source_id, thread_id=threads[one.key].id, now=now,
            author_id=authors[one.post.platform, one.post.author.external_id].id,
        )
        for one in heard
    ]  # fmt: skip
    columns = Mention.__table__.c
    statement = insert_into(session, Mention).on_conflict_do_nothing()
    found = session.execute(statement.returning(columns.platform, columns.external_id, columns.id), rows)
    return {(platform, external_id): row_id for platform, external_id, row_id in found}


def enqueue_sorting(
    session: Session, jobs: Jobs, *, ids: Sequence[int], again_at: datetime | None = None
) -> None:  # fmt: skip
    """Have mentions classified, 64 to a job; `again_at` tells a second sorting of the same ones from the first."""
    suffix = f":{int(again_at.timestamp() * 1000)}" if again_at else ""
    for part in chunks(ids, width=JOB_SIZE):
        key = f"classify:{part[0]}-{part[-1]}{suffix}"
        jobs.enqueue(session, Job(kind=JobKind.CLASSIFY, key=key, ids=tuple(part)))


def settle_threads(
    session: Session, *, heard: Sequence[Heard], own: Sequence[RawPost], threads: Mapping[PostKey, Thread]
) -> None:  # fmt: skip
    """Open conversations in which the customer wrote last, let those wait in which the brand did."""
    touched = _note_times(heard, own, threads)
    answered = _last_answers(session, [thread for thread in touched if not thread.is_new])
    rows = [
        {
            "row": thread.id,
            "now_is": _state_of(thread, answered.get(thread.id)),
            "seen": max(filter(None, (thread.heard_at, thread.counted_at, thread.answered_at))),
        }
        for thread in touched
    ]
    if not rows:
        return
    table = Conversation.__table__.c
    seen = bindparam("seen", type_=table.last_mention_at.type)
    session.connection().execute(
        update(Conversation.__table__)  # type: ignore[arg-type]
        .where(table.id == bindparam("row"))
        .values(
            state=bindparam("now_is"),
            last_mention_at=case((table.last_mention_at > seen, table.last_mention_at), else_=seen),
            version=table.version + 1,
        ),
        rows,
    )


def _note_times(
    heard: Sequence[Heard], own: Sequence[RawPost], threads: Mapping[PostKey, Thread]
) -> list[Thread]:  # fmt: skip
    touched: dict[int, Thread] = {}
    for one in heard:  # in the order of writing, so the last one stands
        thread = threads[one.key]
        if one.counted_only:
            thread.counted_at = one.post.posted_at
        else:
            thread.heard_at = one.post.posted_at
        touched[thread.id] = thread
    for post in own:
        thread = threads[key_of(post)]
        thread.answered_at = post.posted_at
        touched[thread.id] = thread
    return [touched[row] for row in sorted(touched)]


def _state_of(thread: Thread, answered_before: datetime | None) -> ConversationState:
    answered = max(filter(None, (thread.answered_at, answered_before)), default=None)
    if thread.heard_at and (answered is None or thread.heard_at > answered):
        return ConversationState.OPEN
    if thread.is_new:
        # Nobody has to answer what is only counted.
        waits = thread.answered_at and (thread.heard_at or not thread.counted_at)
        return ConversationState.PENDING if waits else ConversationState.RESOLVED
    if thread.answered_at and thread.answered_at >= thread.last_mention_at and thread.state is ConversationState.OPEN:
        return ConversationState.PENDING
    return thread.state


def _last_answers(session: Session, threads: Sequence[Thread]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for part in chunks([thread.id for thread in threads]):
        query = (
            select(Reply.conversation_id, func.max(Reply.sent_at))
            .where(Reply.conversation_id.in_(part), Reply.state == ReplyState.SENT, Reply.sent_at.is_not(None))
            .group_by(Reply.conversation_id)
        )
        found.update({row: at for row, at in session.execute(query) if at is not None})
    return found


def _row(
    heard: Heard, *, brand_id: int, source_id: int, thread_id: int, author_id: int, now: datetime
) -> dict[str, object]:  # fmt: skip
    post = heard.post
    return {
        "brand_id": brand_id, "source_id": source_id, "conversation_id": thread_id, "author_id": author_id,
        "platform": post.platform, "external_id": post.external_id, "kind": post.kind,
        "state": MentionState.COLLECTED, "title": post.title, "text": post.text, "url": post.url,
        "visibility": post.visibility, "in_reply_to": post.in_reply_to, "queries": list(heard.queries),
        "addressed": post.addressed, "metrics": dict(post.metrics), "posted_at": post.posted_at, "collected_at": now,
        "counted_only": heard.counted_only, "urgent": False, "toxic": False, "language": post.language,
    }  # fmt: skip
