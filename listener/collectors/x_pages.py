"""Reads one listing of X from its newest post down to what is known, page by page, each saved with its next one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from domain.posts import Batch, RawPost, Reject
from domain.time import Clock
from listener.collectors.x_spending import Till
from platforms.recordings import Reading
from platforms.trouble import Trouble, TroubleKind, as_signal
from platforms.x.client import Page
from platforms.x.marks import Mark
from platforms.x.reading import read
from platforms.x.snowflake import id_before
from platforms.x.viewing import Viewer

# Recent search reaches back seven days, and refuses what is older by a second.
REACH: Final = timedelta(days=7) - timedelta(minutes=2)
# A server that gives one next page after another must not keep us for ever; the next reading goes on.
MOST_PAGES: Final = 100
# A post dated further ahead than clocks differ must not move the mark, or all until then would be passed over.
SKEW: Final = timedelta(minutes=10)


class Ask(Protocol):
    """Asks for one page of a listing."""

    def __call__(self, *, size: int, since_id: str | None, start: datetime | None, token: str | None) -> Page:
        """Return the page; raises Trouble."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list of posts: its place in the cursor, what a post of it costs, the smallest page that X gives of it."""

    name: str
    price: str
    ask: Ask
    least: int
    forgets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Reads listings; `cursor` writes down where all of them stand."""

    clock: Clock
    till: Till
    viewer: Viewer
    overlap: timedelta
    cursor: Callable[[], str | None]

    def read(self, listing: Listing, mark: Mark) -> Iterator[Batch]:
        """Yield the pages of one pass, the last with a signal where it had to end early."""
        is_resumed = mark.token is not None
        began_at = mark.token
        for _ in range(MOST_PAGES):
            try:
                page = self._ask(listing, mark)
            except Trouble as trouble:
                if is_resumed and trouble.kind is TroubleKind.WRONG:
                    # The page that was next is forgotten there by now: the pass begins anew, and meets what it has.
                    mark.token, mark.top, is_resumed = None, None, False
                    continue
                yield self.batch(Reading(), trouble=trouble)
                return
            is_resumed = False
            reading = read(page.answer, viewer=self.viewer)
            latest = self.clock.now() + SKEW
            mark.note(post.posted_at for post in reading.posts if post.posted_at <= latest)
            following = page.next_token
            # An empty page with a next one is no end. One that names itself is looked at again the next time, and
            # when it does so then too, there is nothing behind it.
            is_stuck = following is not None and following == mark.token
            if following is None or (is_stuck and following == began_at):
                mark.end(overlap=self.overlap)
                yield self.batch(reading)
                return
            mark.token = following
            yield self.batch(reading)
            if is_stuck:
                return

    def batch(self, reading: Reading, *, trouble: Trouble | None = None) -> Batch:
        """Return what a reading brought, with the cursor and the cost of the requests since the last one."""
        posts, rejects = _with_authors(reading)
        requests, micros = self.till.take()
        return Batch(
            posts=posts, rejects=rejects, deleted=reading.deleted, cursor=self.cursor(),
            signal=as_signal(trouble) if trouble else None, requests=requests, cost_micros=micros,
            currency=self.till.prices.currency,
        )  # fmt: skip

    def _ask(self, listing: Listing, mark: Mark) -> Page:
        now = self.clock.now()
        size = self.till.set_aside(listing.price, least=listing.least)
        since_id, start = _from(mark, now=now, forgets=listing.forgets)
        page: Page | None = None
        try:
            page = listing.ask(size=size, since_id=since_id, start=start, token=mark.token)
            return page
        finally:
            self.till.settle(listing.price, page, size=size, mark=mark, now=now)


def _from(mark: Mark, *, now: datetime, forgets: bool) -> tuple[str | None, datetime | None]:
    """Return where a pass begins: an id, or a time on the first reading and where the id is older than X remembers."""
    oldest = now - REACH
    if forgets and mark.floor < oldest:
        return None, oldest
    return (None, mark.floor) if mark.is_first else (id_before(mark.floor), None)


def _with_authors(reading: Reading) -> tuple[tuple[RawPost, ...], tuple[Reject, ...]]:
    """Part posts whose author didn't come along, as of somebody who is suspended, from those that can be kept."""
    known = tuple(post for post in reading.posts if post.author.external_id)
    unknown = [post for post in reading.posts if not post.author.external_id]
    rejects = [
        Reject(place=f"post {post.external_id}", reason="The post has no author.", payload=post.text)
        for post in unknown
    ]  # fmt: skip
    named = tuple(
        post if post.author.handle else replace(post, author=replace(post.author, handle=post.author.external_id))
        for post in known
    )
    return named, (*reading.rejects, *rejects)
