"""What other systems are to be told: each webhook of a brand hears of every post that was erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from domain.time import Clock
from listener.chunks import chunks
from listener.deletions import ERASED_ID
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.queries.brands import RevisionCache
from storage.tables import Author, Mention, Notice
from storage.upserts import insert_into


class NoticeEraser:
    """Keeps nothing itself: writes down whom to tell, while the post's id is still known."""

    name = "webhooks"

    def __init__(self, database: Database, jobs: Jobs, clock: Clock, profiles: RevisionCache) -> None:
        """Keep the parts; nothing is read."""
        self._database, self._jobs, self._clock, self._profiles = database, jobs, clock, profiles

    def erase_mention(self, mention_id: int, /) -> int:
        """Note one erased post for every webhook of its brand; return how many notices were written."""
        return self._note(Mention.id == mention_id)

    def erase_person(self, person_id: int, /) -> int:
        """Note every post of a person's."""
        theirs = select(Author.id).where(Author.person_id == person_id)
        return self._note(Mention.author_id.in_(theirs))

    def _note(self, which: ColumnElement[bool]) -> int:
        query = select(Mention.brand_id, Mention.platform, Mention.external_id).where(which)
        with self._database.write() as session:
            posts = session.execute(query.where(Mention.external_id.not_like(f"{ERASED_ID}%"))).all()
            now = self._clock.now()
            values = [
                {
                    "brand_id": post.brand_id, "webhook": webhook.id, "platform": post.platform,
                    "external_id": post.external_id, "attempts": 0, "next_try_at": now, "created_at": now,
                }
                for post in posts
                for webhook in self._profiles.current_of(session, post.brand_id).profile.webhooks
            ]  # fmt: skip
            for some in chunks(values, width=500):  # of seven values each
                session.execute(insert_into(session, Notice).values(some).on_conflict_do_nothing())
            for brand_id in sorted({value["brand_id"] for value in values}):
                wake(session, self._jobs, brand_id=brand_id, now=now)
            return len(values)


def wake(session: Session, jobs: Jobs, *, brand_id: int, now: datetime, delay: timedelta = timedelta()) -> None:
    """Have a brand's webhooks told soon, or after a delay."""
    newest = session.scalar(select(func.max(Notice.id)).where(Notice.brand_id == brand_id))
    # SQLite gives a number that was freed again, so that the number alone would name a job that ran.
    key = f"{JobKind.NOTIFY.value}:{brand_id}:{newest}:{int((now + delay).timestamp() * 1_000_000)}"
    jobs.enqueue(session, Job(kind=JobKind.NOTIFY, key=key, ids=(brand_id,), delay=delay))


def brands_waiting(session: Session, *, now: datetime) -> Sequence[int]:
    """Return the brands that have something to tell by now."""
    return session.scalars(select(Notice.brand_id).where(Notice.next_try_at <= now).distinct()).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """A webhook that has not taken what it was told: how many posts, since when, and what it last said."""

    webhook: str
    posts: int
    since: datetime
    error: str


def list_untold(session: Session, *, brand_id: int) -> list[Untold]:
    """Return the webhooks of a brand that failed at least once, with what waits for them."""
    query = (
        select(Notice.webhook, func.count(), func.min(Notice.created_at), func.max(Notice.last_error))
        .where(Notice.brand_id == brand_id, Notice.attempts > 0)
        .group_by(Notice.webhook)
        .order_by(Notice.webhook)
    )
    rows = session.execute(query).all()
    return [Untold(webhook=name, posts=count, since=since, error=error or "") for name, count, since, error in rows]
