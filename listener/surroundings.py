"""Reads the posts above and below a mention: those that are no mentions are kept for a while, marked as context."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain.errors import EarnestError, InvalidInput
from domain.ports import Collector, ThreadReader
from domain.posts import Batch, RawPost, Signal, SignalKind
from domain.states import MentionState, SourceState
from domain.time import Clock
from listener.collection import as_failure
from listener.intake import Intake
from listener.leases import borrow_lease
from listener.marks import Account, is_marked
from listener.normalisation import normalise_post
from listener.sieve import Rule, key_of
from listener.sources import SourceView, view_source
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.queries.threads import is_fresh, known_posts
from storage.tables import Brand, Conversation, Mention, Source, ThreadPost
from storage.upserts import insert_into

# A thread that was read within this isn't read again.
AGE: Final = timedelta(minutes=15)
# While its source is being read, one with a limit waits this long.
LATER: Final = timedelta(seconds=30)
MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadReport:
    """What one reading of a thread brought; `kept` are posts kept as context."""

    conversation_id: int
    kept: int = 0
    signal: Signal | None = None
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The mention to read around, and the source to read through."""

    external_id: str
    source_id: int


def ask_to_read(session: Session, jobs: Jobs, *, conversation_id: int, now: datetime) -> None:
    """Enqueue the reading of a thread, once however often it is asked for within its age."""
    key = f"thread:{conversation_id}:{int(now.timestamp() // AGE.total_seconds())}"
    jobs.enqueue(session, Job(kind=JobKind.THREAD, key=key, ids=(conversation_id,)))


def read_around(
    database: Database, jobs: Jobs, clock: Clock, *, build: Callable[[SourceView], Collector], intake: Intake,
    conversation_id: int,
) -> ThreadReport:  # fmt: skip
    """Read the thread of a conversation unless that was done lately; what belongs to the desk goes through intake.

    A failure ends it and says so; the source's own reading isn't touched.
    """
    with database.read() as session:
        wanted = _wanted(session, conversation_id, since=clock.now() - AGE)
    if wanted is None:
        return ThreadReport(conversation_id=conversation_id, skipped="there is nothing to read, or it was read lately")
    view = view_source(database, intake.profiles, wanted.source_id)
    with borrow_lease(database, clock, view=view) as token:
        if token is None:
            with database.write() as session:
                minute = int(clock.now().timestamp()) // 60
                key = f"thread:{conversation_id}:later:{minute}"
                jobs.enqueue(session, Job(kind=JobKind.THREAD, key=key, ids=(conversation_id,), delay=LATER))
            return ThreadReport(conversation_id=conversation_id, skipped="its source is being read; it is put off")
        batch = _read(build, view, wanted.external_id)
        if batch is None:
            return ThreadReport(conversation_id=conversation_id, skipped="its platform shows no threads")
        beside = replace(batch, cursor=None, signal=None)
        intake.save(view.id, beside, aside=True, lease=token or None)
    kept = _keep(database, intake.rule_of(view), view, batch, conversation_id=conversation_id, now=clock.now())
    return ThreadReport(conversation_id=conversation_id, kept=kept, signal=batch.signal)


def _wanted(session: Session, conversation_id: int, *, since: datetime) -> _Wanted | None:
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or is_fresh(conversation.thread_read_at, since=since):
        return None
    query = select(Mention.external_id, Mention.source_id).where(
        Mention.conversation_id == conversation_id, Mention.state != MentionState.DELETED
    )
    newest = session.execute(query.order_by(Mention.posted_at.desc(), Mention.id.desc()).limit(1)).one_or_none()
    if newest is None:
        return None
    sources = session.scalars(
        select(Source).where(
            Source.brand_id == conversation.brand_id, Source.kind == conversation.platform, Source.enabled,
            Source.state != SourceState.STOPPED,
        ).order_by(Source.id)
    ).all()  # fmt: skip
    # Through the source that brought it, where that still is read.
    ids = [source.id for source in sources]
    chosen = newest.source_id if newest.source_id in ids else next(iter(ids), None)
    return None if chosen is None else _Wanted(newest.external_id, chosen)


def _read(build: Callable[[SourceView], Collector], view: SourceView, external_id: str) -> Batch | None:
    try:
        collector = build(view)
        return collector.read_thread(external_id) if isinstance(collector, ThreadReader) else None
    except EarnestError as error:
        return Batch(signal=Signal(kind=SignalKind.MISCONFIGURED, message=str(error)))
    except Exception as error:  # noqa: BLE001 - a plug-in may raise anything, and must not stop the others
        return Batch(signal=as_failure(view, error))


def _keep(
    database: Database, rule: Rule, view: SourceView, batch: Batch, *, conversation_id: int, now: datetime
) -> int:  # fmt: skip
    posts = _normalise(batch.posts, rule=rule, now=now)
    with database.write() as session:
        session.execute(select(Brand.id).where(Brand.id == view.brand_id).with_for_update(key_share=True))
        conversation = session.get(Conversation, conversation_id, with_for_update=True)
        if conversation is None:
            return 0
        wanted = _choose(session, view.brand_id, posts)
        rows = [_row(post, rule=rule, brand_id=view.brand_id, place=conversation_id, now=now) for post in wanted]
        _write(session, rows)
        if batch.signal is None:
            # What a whole reading no longer shows is gone there, or too far off.
            session.execute(
                delete(ThreadPost).where(ThreadPost.conversation_id == conversation_id, ThreadPost.read_at < now)
            )
            conversation.thread_read_at = now
    return len(rows)


def _normalise(posts: Iterable[RawPost], *, rule: Rule, now: datetime) -> list[RawPost]:
    clean: dict[tuple[str, str], RawPost] = {}
    for post in posts:
        try:
            fit = normalise_post(post, now=now, language=rule.language)
        except InvalidInput:
            continue  # intake has kept it as a dead letter
        clean[key_of(fit)] = fit
    return sorted(clean.values(), key=lambda post: post.posted_at)


def _choose(session: Session, brand_id: int, posts: Sequence[RawPost]) -> list[RawPost]:
    """Leave out what the desk has already and who is to stay forgotten; of a long thread, keep its beginning."""
    ids: Mapping[str, list[str]] = {
        platform: [post.external_id for post in some]
        for platform, some in groupby(sorted(posts, key=key_of), key=lambda post: post.platform)
    }
    known = known_posts(session, brand_id=brand_id, keys=ids)
    others = [post for post in posts if key_of(post) not in known]
    accounts = [Account(post.platform, post.author.external_id, post.author.handle) for post in others]
    marked = is_marked(session, brand_id=brand_id, accounts=accounts)
    return [post for post, gone in zip(others, marked, strict=True) if not gone][:MOST]


def _write(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    if not rows:
        return
    statement = insert_into(session, ThreadPost)
    kept = ("conversation_id", "author_handle", "author_name", "text", "url", "read_at")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["brand_id", "platform", "external_id"],
            set_={name: getattr(statement.excluded, name) for name in kept},
        ),
        list(rows),
    )


def _row(post: RawPost, *, rule: Rule, brand_id: int, place: int, now: datetime) -> dict[str, object]:
    return {
        "brand_id": brand_id, "conversation_id": place, "platform": post.platform, "external_id": post.external_id,
        "in_reply_to": post.in_reply_to, "author_external_id": post.author.external_id,
        "author_handle": post.author.handle, "author_name": post.author.name,
        "is_own": rule.interest.is_own(post.platform, post.author),
        "text": f"{post.title}\n{post.text}" if post.title else post.text, "url": post.url,
        "posted_at": post.posted_at, "read_at": now,
    }  # fmt: skip
