"""Reads Bluesky: notifications, the account's own posts, a search, and the public stream; threads and re-checks too."""

import json
import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from pydantic import ValidationError

from config.brand.sources import OutsideSource
from domain.errors import EarnestError, InvalidInput
from domain.posts import Batch, RawPost, Signal, SignalKind
from listener.collectors.bluesky_stream import StreamReading
from listener.collectors.bluesky_windows import Fetch, Page, gather, read_down
from listener.collectors.bluesky_words import search_words
from listener.context import CollectorContext
from listener.interest import Interest
from platforms.bluesky.addresses import read_place
from platforms.bluesky.client import Client, Gone
from platforms.bluesky.jetstream import Jetstream
from platforms.bluesky.options import Listing, Options, bare, service_for
from platforms.bluesky.posts import PLATFORM
from platforms.bluesky.reading import Gathering
from platforms.bluesky.session import SessionOwner
from platforms.bluesky.values import Json, count, items, mapping, moment
from platforms.trouble import Trouble, TroubleKind, as_signal

_log = logging.getLogger(__name__)
PAGE: Final = 50
# app.bsky.feed.getPosts takes no more.
POSTS_CAP: Final = 25
# How far a thread is read: app.bsky.feed.getPostThread.
_BELOW, _ABOVE = 10, 80
_REASONS: Final = ("mention", "reply", "quote")
STREAM: Final = "stream"
_WITH_ACCOUNT: Final = (Listing.NOTIFICATIONS, Listing.OWN, Listing.SEARCH)


def build(source: OutsideSource, *, context: CollectorContext) -> "BlueskyCollector":
    """Build from settings; nothing is asked."""
    options = _options_of(source)
    handle = bare(context.account)
    service = service_for(context.profile, handle=context.account, named=options.service)

    def connect(server: str) -> Client:
        return Client(server, reach=context.reach, clock=context.clock, spend=context.allowance.take)

    owner = SessionOwner(
        handle=handle, service=service, credentials=context.credentials, clock=context.clock, connect=connect
    )
    return BlueskyCollector(
        options=options, context=context, owner=owner, public=connect(options.appview),
        interest=Interest(context.profile), words=options.queries or search_words(context.profile, platform=PLATFORM),
    )  # fmt: skip


def _options_of(source: OutsideSource) -> Options:
    try:
        return Options.model_validate(source.options)
    except ValidationError as error:
        raise InvalidInput(f"The options of the source {source.id} can't be read; run: earnest config check") from error


@dataclass(slots=True, kw_only=True)
class BlueskyCollector:
    """Reads with the account's session where there is one, else what is public. The cursor keeps a window a list."""

    options: Options
    context: CollectorContext
    owner: SessionOwner
    public: Client
    interest: Interest
    words: Sequence[str]
    platform: str = PLATFORM

    def collect(self, *, cursor: str | None, since: datetime) -> Generator[Batch]:
        """Yield each list's pages, then the stream's; a failing list doesn't keep the stream from being read."""
        failure: EarnestError | None = None
        listings = self.options.read or (_WITH_ACCOUNT if self.owner.is_possible else (Listing.STREAM,))
        lists = dict(self._lists(listings))
        kept = mapping(json.loads(cursor)) if cursor else {}
        state: dict[str, Any] = {key: kept[key] for key in (*lists, STREAM) if key in kept}
        try:
            for key, fetch in lists.items():
                pages = read_down(
                    fetch, state=state, key=key, since=since, overlap=self.options.overlap, clock=self.context.clock
                )
                for page in pages:
                    yield self._batch(state, posts=page.posts, rejects=page.rejects)
        except EarnestError as error:
            failure = error
        if Listing.STREAM in listings and not _is_spent(failure):
            try:
                yield from self._read_stream(state, since)
            except EarnestError as error:
                failure = failure or error
        if failure is not None:
            yield self._batch(state, signal=_signal_of(failure))

    def read_thread(self, external_id: str, /) -> Batch:
        """Return the posts above and below one that the account may see."""
        gathering = Gathering(ours=self._ours() or None)
        deleted: list[str] = []
        signal = None
        try:
            query = {"uri": external_id, "depth": _BELOW, "parentHeight": _ABOVE}
            gathering.take(self._ask("app.bsky.feed.getPostThread", query))
            deleted.extend(uri for uri in gathering.deleted if self._is_gone(uri))
        except EarnestError as error:
            gone = isinstance(error, Trouble) and error.kind is TroubleKind.GONE
            signal = None if gone else _signal_of(error)
        return Batch(
            posts=_with_words(list(gathering.posts.values())), rejects=tuple(gathering.rejects),
            deleted=tuple(deleted), signal=signal, requests=self._take_requests(),
        )  # fmt: skip

    def recheck(self, external_ids: Sequence[str], /) -> Batch:
        """Return which of the posts are gone, how the others read now, and which stand without being shown to us.

        What is no address stands too: it was never there to be deleted.
        """
        posts: list[RawPost] = []
        deleted: list[str] = []
        uris = [uri for uri in external_ids if read_place(uri)]
        standing = [each for each in external_ids if not read_place(each)]
        signal = None
        try:
            for start in range(0, len(uris), POSTS_CAP):
                part = uris[start : start + POSTS_CAP]
                found = self._look_up(part)
                posts.extend(post for post in found.values() if post.text.strip())
                standing.extend(uri for uri, post in found.items() if not post.text.strip())
                for uri in part:
                    if uri not in found:
                        (deleted if self._is_gone(uri) else standing).append(uri)
        except EarnestError as error:
            signal = _signal_of(error)
        return Batch(
            posts=tuple(posts), deleted=tuple(deleted), standing=tuple(standing), signal=signal,
            requests=self._take_requests(),
        )  # fmt: skip

    def _lists(self, listings: Sequence[Listing]) -> Iterator[tuple[str, Fetch]]:
        if Listing.NOTIFICATIONS in listings:
            yield "notifications", self._notifications
        if Listing.OWN in listings:
            yield "own", self._own
        if Listing.SEARCH in listings:
            for words in self.words:
                yield f"search {words}", partial(self._search, words)

    def _notifications(self, place: str | None, floor: datetime) -> Page:
        query = {"limit": PAGE, "cursor": place, "reasons": _REASONS}
        data = self.owner.ask("app.bsky.notification.listNotifications", query)
        return self._page(data, "notifications", floor)

    def _own(self, place: str | None, floor: datetime) -> Page:
        did = self.owner.current().did
        query = {"actor": did, "limit": PAGE, "cursor": place, "filter": "posts_with_replies"}
        data = self.owner.ask("app.bsky.feed.getAuthorFeed", query)
        # What the account reposted isn't its own, and stands in the list by the instant of the repost.
        listed = [mapping(item) for item in items(data.get("feed"))]
        page = self._page({**data, "feed": [item for item in listed if "reason" not in item]}, "feed", floor)
        reposts = (moment(mapping(item.get("reason")).get("indexedAt")) for item in listed)
        instants = [at for at in (page.newest, page.oldest, *reposts) if at is not None]
        return replace(
            page, size=len(listed), newest=max(instants, default=None), oldest=min(instants, default=None)
        )  # fmt: skip

    def _search(self, words: str, place: str | None, floor: datetime) -> Page:
        query = {"q": words, "sort": "latest", "limit": PAGE, "cursor": place, "since": _as_time(floor)}
        return self._page(self.owner.ask("app.bsky.feed.searchPosts", query), "posts", floor)

    def _page(self, data: Json, name: str, floor: datetime) -> Page:
        return gather(data, name=name, gathering=Gathering(ours=self._ours()), floor=floor)

    def _read_stream(self, state: dict[str, Any], since: datetime) -> Iterator[Batch]:
        ours = self._ours()
        reading = StreamReading(
            stream=Jetstream(address=self.options.jetstream, reach=self.context.reach, clock=self.context.clock),
            clock=self.context.clock, listen_for=self.options.stream_for, ours=ours or None,
            wanted=lambda post: self._wants(post, ours),
        )  # fmt: skip
        self.context.allowance.take()
        self.public.requests += 1
        for part in reading.read(at=count(mapping(state.get(STREAM)).get("at")), since=since):
            state[STREAM] = {"at": part.at}
            posts = self._with_handles(part.posts)
            yield self._batch(state, posts=posts, rejects=part.rejects, deleted=part.deleted)

    def _wants(self, post: RawPost, ours: frozenset[str]) -> bool:
        root = read_place(post.conversation_id)
        return (
            bool(self.interest.match(post)) or bool(post.addressed) or post.author.external_id in ours
            or (root is not None and root.did in ours)
        )  # fmt: skip

    def _with_handles(self, posts: Sequence[RawPost]) -> tuple[RawPost, ...]:
        """Return posts with their authors' handles, which the stream doesn't tell; unknown ones keep the DID."""
        shown: dict[str, RawPost] = {}
        for start in range(0, len(posts), POSTS_CAP):
            try:
                shown.update(self._look_up([post.external_id for post in posts[start : start + POSTS_CAP]]))
            except Trouble as trouble:
                if trouble.kind is TroubleKind.SPENT:
                    raise
                _log.warning("authors couldn't be looked up", extra={"kind": trouble.kind.value})
                break
        return tuple(
            replace(post, author=shown[post.external_id].author, url=shown[post.external_id].url)
            if post.external_id in shown
            else post
            for post in posts
        )

    def _look_up(self, uris: Sequence[str]) -> dict[str, RawPost]:
        gathering = Gathering(ours=self._ours() or None)
        gathering.take(self._ask("app.bsky.feed.getPosts", {"uris": list(uris)}))
        return gathering.posts

    def _is_gone(self, uri: str) -> bool:
        """Say whether a post that isn't shown is gone, and not only hidden by a block between its author and us."""
        place = read_place(uri)
        if place is None:
            return False
        query = {"repo": place.did, "collection": place.collection, "rkey": place.key}
        try:
            self._ask("com.atproto.repo.getRecord", query)
        except Gone:
            return True
        return False

    def _ask(self, method: str, query: Mapping[str, Any]) -> Json:
        return self.owner.ask(method, query) if self.owner.is_possible else self.public.ask(method, query)

    def _ours(self) -> frozenset[str]:
        """Return the DIDs of the brand's own accounts."""
        stated = {account.id for account in self.context.profile.accounts if account.platform == PLATFORM}
        return frozenset(filter(None, {*stated, self.owner.did}))

    def _batch(self, state: Mapping[str, Any], **more: Any) -> Batch:  # noqa: ANN401 - a batch's own fields
        return Batch(cursor=json.dumps(state), requests=self._take_requests(), **more)

    def _take_requests(self) -> int:
        return self.owner.take_requests() + self.public.take_requests()


def _with_words(posts: Sequence[RawPost]) -> tuple[RawPost, ...]:
    return tuple(post for post in posts if post.text.strip())


def _as_time(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_spent(failure: EarnestError | None) -> bool:
    return isinstance(failure, Trouble) and failure.kind is TroubleKind.SPENT


def _signal_of(error: EarnestError) -> Signal:
    if isinstance(error, Trouble):
        return as_signal(error)
    return Signal(kind=SignalKind.MISCONFIGURED, message=str(error))
