"""Intake: a batch and its cursor become rows in one transaction, so a crash loses nothing and repeats nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import StaleWrite
from domain.posts import Batch
from domain.time import Clock
from listener.chunks import by_platform
from listener.condition import note_signal
from listener.deletions import delete_posts
from listener.edits import Edits, Known, apply_edits, find_known, keep_known
from listener.interest import Interest
from listener.joining import join_threads
from listener.letters import keep_rejects
from listener.marks import drop_marked
from listener.native import adopt_answers, new_own_posts, save_native
from listener.saving import enqueue_sorting, save_mentions, settle_threads
from listener.sieve import Heard, PostKey, Rule, Sieved, key_of, sieve
from listener.sources import SourceView, view_source
from listener.spending import note_spending
from listener.threads import place_posts, threads_of
from storage.database import Database
from storage.jobs import Jobs
from storage.queries.brands import RevisionCache
from storage.queries.threads import drop_posts
from storage.tables import Brand, Source

Extra = Callable[[Session], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeReport:
    """What became of a batch's posts: each is counted once, and `rejected` and `deleted` besides.

    `forgotten` were dropped, because their authors asked to be forgotten.
    """

    new: int = 0
    known: int = 0
    updated: int = 0
    unmatched: int = 0
    own: int = 0
    rejected: int = 0
    deleted: int = 0
    forgotten: int = 0

    def __add__(self, other: "IntakeReport") -> "IntakeReport":
        return IntakeReport(
            new=self.new + other.new, known=self.known + other.known, updated=self.updated + other.updated,
            unmatched=self.unmatched + other.unmatched, own=self.own + other.own,
            rejected=self.rejected + other.rejected, deleted=self.deleted + other.deleted,
            forgotten=self.forgotten + other.forgotten,
        )  # fmt: skip


class Intake:
    """Normalises, matches, de-duplicates and saves; safe for several threads and several processes."""

    def __init__(self, database: Database, jobs: Jobs, clock: Clock, profiles: RevisionCache) -> None:
        """Start with nothing understood; a brand's queries are read when its first batch comes."""
        self._database, self._jobs, self._clock, self.profiles = database, jobs, clock, profiles
        self._interests: dict[int, tuple[int, Interest]] = {}

    def save(
        self, source_id: int, batch: Batch, *, lease: str | None = None, extra: Extra | None = None,
        everything: bool = False, aside: bool = False,
    ) -> IntakeReport:  # fmt: skip
        """Save a batch of a source: mentions, own replies, edits, deletions, rejects, cost, cursor, jobs.

        With `lease`, raises StaleWrite and writes only the cost when another reading has taken the source over. `extra`
        runs first in the same transaction; what it raises undoes all. `everything` keeps posts that match no query, as
        the source's own setting does. `aside` is for a look beside the reading: neither the cursor nor how the source
        does is touched. Raises NotFound for an unknown source.
        """
        view = view_source(self._database, self.profiles, source_id)
        now = self._clock.now()
        rule = self.rule_of(view, everything=everything)
        parts = sieve(batch.posts, rule=rule, now=now)
        try:
            with self._database.write() as session:
                if extra:
                    extra(session)
                # One intake of a brand at a time: two that share authors or threads would wait for each other.
                session.execute(select(Brand.id).where(Brand.id == view.brand_id).with_for_update(key_share=True))
                source = session.get_one(Source, source_id, with_for_update={"key_share": True})
                _check_lease(source, lease)
                return _Transaction(session, self._jobs, view, rule, now, aside).write(source, batch, parts)
        except StaleWrite:
            # Whoever took over reads the posts again; what they cost this time was spent all the same.
            with self._database.write() as session:
                note_spending(session, brand_id=view.brand_id, source_id=view.id, batch=batch, zone=view.zone, now=now)
            raise

    def rule_of(self, view: SourceView, *, everything: bool = False) -> Rule:
        """Return how a source is heard under its brand's revision in force."""
        revision_id, interest = self._interests.get(view.brand_id, (0, None))
        if interest is None or revision_id != view.revision_id:
            interest = Interest(view.profile)
            self._interests[view.brand_id] = view.revision_id, interest
        return Rule(interest=interest, everything=everything or view.keeps_everything, language=view.language)


def _check_lease(source: Source, lease: str | None) -> None:
    if lease is not None and source.lease != lease:
        raise StaleWrite(f"Another reading has taken over the source {source.key}; this one ends.")


@dataclass(frozen=True, slots=True)
class _Transaction:
    session: Session
    jobs: Jobs
    view: SourceView
    rule: Rule
    now: datetime
    aside: bool

    def write(self, source: Source, batch: Batch, parts: Sieved) -> IntakeReport:
        session, brand_id, now = self.session, self.view.brand_id, self.now
        join_threads(session, brand_id=brand_id, parts=parts, rule=self.rule, now=now)
        keys = {*(heard.key for heard in parts.heard), *(key_of(post) for post in parts.unmatched)}
        known = find_known(session, brand_id=brand_id, keys=keys)
        keep_known(parts, known)
        before = len(parts.heard)
        parts.heard = drop_marked(session, brand_id=brand_id, heard=parts.heard)
        fresh = [heard for heard in parts.heard if heard.key not in known]
        self._add(fresh, parts)
        again = [heard for heard in parts.heard if heard.key in known]
        edits = self._edit(again, known)
        deleted = delete_posts(
            session, self.jobs, brand_id=brand_id, platform=self.view.platform, source_id=source.id,
            external_ids=batch.deleted, now=now,
        )  # fmt: skip
        rejects = (*batch.rejects, *parts.rejects)
        keep_rejects(session, source=source, rejects=rejects, now=now)
        note_spending(session, brand_id=brand_id, source_id=source.id, batch=batch, zone=self.view.zone, now=now)
        if not self.aside:
            self._note_source(source, batch, fresh)
        return IntakeReport(
            new=len(fresh), known=len(again) - edits.updated + parts.repeated, updated=edits.updated,
            unmatched=len(parts.unmatched), own=len(parts.own), rejected=len(rejects), deleted=deleted,
            forgotten=before - len(parts.heard),
        )  # fmt: skip

    def _add(self, fresh: Sequence[Heard], parts: Sieved) -> None:
        session, brand_id = self.session, self.view.brand_id
        own = new_own_posts(session, brand_id=brand_id, posts=parts.own) if parts.own else []
        threads = place_posts(
            session, brand_id=brand_id, posts=[*(heard.post for heard in fresh), *own], at=self.now
        )  # fmt: skip
        ids = save_mentions(
            session, brand_id=brand_id, source_id=self.view.id, heard=fresh, threads=threads, now=self.now
        )  # fmt: skip
        save_native(session, brand_id=brand_id, posts=own, threads=threads, now=self.now)
        grown = {threads[heard.key].id for heard in fresh if not threads[heard.key].is_new}
        adopt_answers(session, brand_id=brand_id, thread_ids=grown, mentions=ids)
        # What was read as context stands once.
        for platform, some in by_platform(threads):
            drop_posts(session, brand_id=brand_id, platform=platform, external_ids=some)
        settle_threads(session, heard=fresh, own=own, threads=threads)
        enqueue_sorting(session, self.jobs, ids=sorted(ids.values()))

    def _edit(self, heard: Sequence[Heard], known: Mapping[PostKey, Known]) -> Edits:
        session = self.session
        # A look beside the reading keeps everything that it asks for, which says nothing of how it is heard.
        edits = apply_edits(
            session, brand_id=self.view.brand_id, known=known, now=self.now, heard=heard, raises=not self.aside
        )  # fmt: skip
        threads = threads_of(session, ids={one.key: known[one.key].id for one in edits.raised})
        settle_threads(session, heard=edits.raised, own=(), threads=threads)
        enqueue_sorting(session, self.jobs, ids=edits.again, again_at=self.now)
        return edits

    def _note_source(self, source: Source, batch: Batch, fresh: Sequence[Heard]) -> None:
        source.cursor = batch.cursor if batch.cursor is not None else source.cursor
        source.collected += len(fresh)
        if fresh:
            newest = max(heard.post.posted_at for heard in fresh)
            source.last_post_at = max(source.last_post_at or newest, newest)
        if batch.signal:
            note_signal(self.session, source=source, signal=batch.signal, zone=self.view.zone, now=self.now)
        else:
            source.last_ok_at = self.now
