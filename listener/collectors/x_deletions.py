"""Which posts of X are gone: asked in a compliance job, which is free, or for a few by looking them up.

Protocol: docs.x.com/x-api/compliance/batch-compliance. A job takes its ids at one address, works for a while, and
leaves its answer at another; an app has one job at a time. Ids that its answer doesn't name still stand.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from domain.posts import Batch, RawPost
from domain.time import Clock
from listener.collectors.x_pages import Pager
from listener.collectors.x_spending import PAGE, Till
from platforms.recordings import Reading
from platforms.trouble import Trouble, TroubleKind, unreadable
from platforms.x.client import JOB_PREFIX, NOUN, XClient, job_name
from platforms.x.documents import Document
from platforms.x.reading import read
from platforms.x.values import Unreadable, as_id, as_time, as_word, mapping

# How long to wait for a job, look by look; a hundred ids are done within seconds.
WAITS: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
_LATER: Final = timedelta(minutes=5)
_UNDER_WAY: Final = frozenset({"created", "in_progress"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletions:
    """Looks again at posts; `jobs_from` is the number from which on a job is started."""

    client: XClient
    till: Till
    pager: Pager
    clock: Clock
    jobs_from: int
    pause: Callable[[float], None] = time.sleep

    def recheck(self, ids: Sequence[str]) -> Batch:
        """Return which of the posts are gone; those of a look-up as they read now, those of a job as standing.

        What is no id of X's was never there to be deleted: it stands, and doesn't come first the next time.
        """
        asked = [each for each in dict.fromkeys(ids) if _is_id(each)]
        foreign = [each for each in dict.fromkeys(ids) if not _is_id(each)]
        reading, trouble = Reading(), None
        by_job = bool(asked) and len(asked) >= self.jobs_from
        try:
            if by_job:
                answer = self._by_job(asked)
                by_job, reading = answer is not None, answer or Reading()
            if asked and not by_job:
                reading = self._by_lookup(asked)
        except Trouble as found:
            trouble = found
        batch = self.pager.batch(reading, trouble=trouble)
        wanted = {*asked}
        return Batch(
            posts=tuple(post for post in batch.posts if post.external_id in wanted),
            deleted=tuple(each for each in batch.deleted if each in wanted), signal=batch.signal,
            # What a job that is done doesn't name still stands.
            standing=(*foreign, *(each for each in asked if by_job and not trouble and each not in batch.deleted)),
            requests=batch.requests, cost_micros=batch.cost_micros, currency=batch.currency,
        )  # fmt: skip

    def _by_lookup(self, ids: Sequence[str]) -> Reading:
        posts: list[RawPost] = []
        deleted: list[str] = []
        for start in range(0, len(ids), PAGE):
            part = ids[start : start + PAGE]
            size = self.till.set_aside("post_read", most=len(part), least=len(part))
            page = None
            try:
                page = self.client.posts(part)
            finally:
                self.till.settle("post_read", page, size=size, now=self.clock.now())
            found = read(page.answer, viewer=self.pager.viewer)
            posts += found.posts
            deleted += found.deleted
        return Reading(posts=tuple(posts), deleted=tuple(deleted))

    def _by_job(self, ids: Sequence[str]) -> Reading | None:
        """Return what a job says is gone; None where the app may start none."""
        try:
            job = self._job(ids)
        except Trouble as trouble:
            if trouble.status != 403:
                raise
            return None
        for wait in (*WAITS, None):
            status = as_word(job.get("status"))
            if status == "complete":
                self.till.ask()
                answer = self.client.job_result(job)
                if not _is_whole(answer.body):
                    # Taken for a list that names nobody, it would say of every post that it still stands.
                    raise unreadable(NOUN, what="a list of deleted posts that can't be read")
                return read(answer, viewer=self.pager.viewer)
            if status not in _UNDER_WAY or wait is None:
                break
            self.pause(wait)
            self.till.ask()
            job = {**job, **self.client.job(as_id(job.get("id")) or "")}
        message = "X is still working on its list of deleted posts; it is asked again later."
        raise Trouble(message, kind=TroubleKind.UNAVAILABLE, retry_after=_LATER)

    def _job(self, ids: Sequence[str]) -> Mapping[str, Any]:
        """Return the job for these ids that was begun before, else a new one."""
        self.till.ask()
        ours = [job for job in self.client.jobs() if as_word(job.get("name")).startswith(JOB_PREFIX)]
        begun = [
            job for job in ours if job.get("name") == job_name(ids) and self._is_fresh(job)
            and as_word(job.get("status")) in {*_UNDER_WAY, "complete"}
        ]  # fmt: skip
        if begun:
            if as_word(begun[0].get("status")) == "created":
                # Whoever began it may have died before it handed over the ids; the same ones twice are the same.
                self.till.ask()
                self.client.hand_over(begun[0], ids)
            return begun[0]
        if any(as_word(job.get("status")) in _UNDER_WAY for job in ours if self._is_fresh(job)):
            message = "X still works on an earlier list of posts, and takes one at a time; it is asked again later."
            raise Trouble(message, kind=TroubleKind.UNAVAILABLE, retry_after=_LATER)
        self.till.ask()
        job = self.client.start_job(ids)
        self.till.ask()
        self.client.hand_over(job, ids)
        return job

    def _is_fresh(self, job: Mapping[str, Any]) -> bool:
        """Say whether a job was begun within the hour: an older answer says nothing of now."""
        try:
            made = as_time(job.get("created_at"), as_id(job.get("id")) or "")
        except Unreadable:
            return False
        return self.clock.now() - made < timedelta(hours=1)


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdecimal()


def _is_whole(body: bytes) -> bool:
    """Say whether a body is what a job finds: an object with an action a line, or nothing at all."""
    lines = [Document.of(line).parts for line in body.split(b"\n") if line.strip()]
    return all(len(parts) == 1 and "action" in mapping(parts[0]) for parts in lines)
