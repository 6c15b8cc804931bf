"""Reads Reddit: the account's inbox and own comments, subreddits, and a search over all of it; through PRAW."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from config.brand.sources import OutsideSource
from domain.errors import InvalidInput
from domain.posts import Batch
from domain.time import Clock
from listener.collectors.reddit_listings import Listing, listings_of
from listener.collectors.reddit_pages import PAGE, Places, Window, newer, read_page
from listener.context import CollectorContext
from platforms.credentials import Use
from platforms.prices import prices_of
from platforms.reddit import FACTS, PLATFORM
from platforms.reddit.client import RedditClient
from platforms.reddit.options import Options
from platforms.reddit.reading import read_data
from platforms.reddit.things import COMMENT, FULLNAME, SUBMISSION, Setting, bare_name, fullname_of
from platforms.trouble import Trouble, TroubleKind, as_signal

# How far a thread is read above and below a post.
_ABOVE: Final = 8
_BELOW: Final = 200
RECHECKED: Final = 100


def build(source: OutsideSource, *, context: CollectorContext) -> "RedditCollector":
    """Build from settings; nothing is fetched. Raises InvalidInput and MissingCredential."""
    options = Options.model_validate(dict(source.options))
    prices = prices_of(FACTS, {"prices": options.prices})
    client = RedditClient(
        context.credentials, use=Use.READ, reach=context.reach, clock=context.clock, account=context.account,
        allowance=context.allowance, price=prices.micros("request"),
    )  # fmt: skip
    if options.inbox and not client.has_account:
        raise InvalidInput("The keys belong to an app alone, which has no inbox; leave out inbox: true, or connect.")
    inbox = client.has_account if options.inbox is None else options.inbox
    listings = listings_of(options, profile=context.profile, account=bare_name(context.account), inbox=inbox)
    if not listings:
        raise InvalidInput("The brand has no query to search for; write one, or name subreddits under options.")
    return RedditCollector(client=client, listings=listings, clock=context.clock, currency=prices.currency)


class RedditCollector:
    """Reads each listing in turn. The cursor remembers for each how far it is read, and a reading under way."""

    platform = PLATFORM

    def __init__(
        self, *, client: RedditClient, listings: Sequence[Listing], clock: Clock, currency: str = "USD"
    ) -> None:  # fmt: skip
        """Keep the settings."""
        self._client, self._listings, self._clock, self._currency = client, tuple(listings), clock, currency

    def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:
        """Yield each listing's pages; a page is saved with where the next one begins, and whose turn it is then."""
        places = Places.read(cursor, self._listings, since=since)
        for listing in places.in_turn():
            for batch in self._read(listing, places, since):
                yield batch
                if batch.signal:
                    return

    def read_thread(self, external_id: str, /) -> Batch:
        """Return the submission, the comments above the post and those below it, as far as one page shows them."""
        if not FULLNAME.fullmatch(external_id):
            return self._batch()
        try:
            link = external_id if external_id.startswith(SUBMISSION) else self._link_of(external_id)
            if link is None:
                return self._batch()
            focus: dict[str, str | int] = {} if link == external_id else {"comment": external_id[3:], "context": _ABOVE}
            data = self._client.get(f"/comments/{link[3:]}", limit=_BELOW, **focus)
        except Trouble as trouble:
            return self._batch() if trouble.kind is TroubleKind.GONE else self._batch(signal=as_signal(trouble))
        reading = read_data(data, setting=Setting(link=link), place=f"thread {link}")
        return self._batch(posts=reading.posts, rejects=reading.rejects, deleted=reading.deleted)

    def recheck(self, external_ids: Sequence[str], /) -> Batch:
        """Look up to 100 posts up; one that Reddit doesn't show any more is gone, whoever took it away.

        What is no id of Reddit's stands: it was never there to be deleted.
        """
        foreign = tuple(name for name in dict.fromkeys(external_ids) if not FULLNAME.fullmatch(name))
        asked = [name for name in dict.fromkeys(external_ids) if FULLNAME.fullmatch(name)][:RECHECKED]
        if not asked:
            return self._batch(standing=foreign)
        try:
            data = self._client.get("/api/info", id=",".join(asked))
            if not _names_in(data):
                # An empty answer erases all that was asked about, so one by mistake must not do.
                data = self._client.get("/api/info", id=",".join(asked))
            reading = read_page(data, place="info").reading
        except Trouble as trouble:
            return self._batch(standing=foreign, signal=as_signal(trouble))
        shown = _names_in(data)
        wanted = [post for post in reading.posts if post.external_id in asked]
        gone = [name for name in asked if name in reading.deleted or name not in shown]
        return self._batch(posts=tuple(wanted), rejects=reading.rejects, deleted=tuple(gone), standing=foreign)

    def _read(self, listing: Listing, places: Places, since: datetime) -> Iterator[Batch]:
        window = places.windows[listing.key]
        resumed, floor = window.after is not None, window.floor
        while True:
            after = {"after": window.after} if window.after else {}
            try:
                data = self._client.get(listing.path, limit=PAGE, **listing.params, **after)
                page = read_page(data, place=listing.label)
            except Trouble as trouble:
                # One that fails again and again must not keep the others from their turn.
                places.pass_on(listing)
                yield self._batch(signal=as_signal(trouble), cursor=places.kept())
                return
            reading = page.reading
            if resumed and not reading.posts and not page.after:
                # The post that marked the place was deleted meanwhile: from the top again, since nothing may be lost.
                resumed, window = False, Window(floor=window.floor)
                continue
            resumed = False
            window = places.windows[listing.key] = window.following(page, now=self._clock.now())
            if window.after is None:
                places.pass_on(listing)
            yield self._batch(
                posts=newer(reading.posts, since=since, floor=floor), rejects=reading.rejects, deleted=reading.deleted,
                cursor=places.kept(),
            )  # fmt: skip
            if window.after is None:
                return

    def _link_of(self, comment: str) -> str | None:
        posts = read_data(self._client.get("/api/info", id=comment)).posts
        return next((post.conversation_id for post in posts if post.external_id == comment), None)

    def _batch(self, **what: Any) -> Batch:  # noqa: ANN401 - a batch's own fields
        requests, micros = self._client.meter.read()
        return Batch(**what, requests=requests, cost_micros=micros, currency=self._currency)


def _names_in(data: dict[str, Any]) -> set[str]:
    """Return the fullnames that stand in a listing, those that can't be read among them."""
    things = [child for child in data["data"]["children"] if isinstance(child, dict)]
    named = [
        fullname_of(kind, thing["data"])
        for thing in things
        for kind in (COMMENT, SUBMISSION)
        if thing.get("kind") == kind and isinstance(thing.get("data"), dict)
    ]
    return {name for name in named if name}
