"""Reads Mastodon: mentions, hashtags, searches, the account's own posts, and the stream for a while at each reading."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from domain.posts import Batch, RawPost, Reject
from domain.time import Clock
from listener.collectors.mastodon_setup import Setup, set_up
from listener.context import CollectorContext
from listener.made import is_made
from platforms.allowance import Allowance
from platforms.mastodon.client import AT_ONCE, Client
from platforms.mastodon.feeds import Feed, feeds_of, streams_of
from platforms.mastodon.reading import read_for
from platforms.mastodon.statuses import PLATFORM, Me, identifier
from platforms.mastodon.streams import Ear
from platforms.trouble import Trouble, TroubleKind, as_signal

# Posts of other servers arrive late, and in their place among the older ones: so much is read again each time.
OVERLAP: Final = timedelta(minutes=30)
# What one reading asks for of one listing; what is left is read by the next, from where this one stopped.
PAGES: Final = 100
_ID: Final = re.compile(r"[\w-]{1,200}")


def build(source: Any, /, *, context: CollectorContext) -> "MastodonCollector":  # noqa: ANN401 - the factory's
    """Build from settings; raises InvalidInput or MissingCredential naming what is wrong. Nothing is asked."""
    setup = set_up(source, context=context)
    client = Client(setup.address, token=setup.token, reach=context.reach, clock=context.clock)
    return MastodonCollector(client=client, setup=setup, clock=context.clock, allowance=context.allowance)


@dataclass(slots=True)
class _State:
    """What the cursor holds: on which server, who the key is of there, and how far each listing is read."""

    at: str
    me: dict[str, str] = field(default_factory=dict)
    feeds: dict[str, dict[str, str]] = field(default_factory=dict)

    def dump(self) -> str:
        return json.dumps({"at": self.at, "me": self.me, "feeds": self.feeds}, sort_keys=True)


class MastodonCollector:
    """Reads each listing from its top down to what it has. The cursor remembers how far, and a walk under way."""

    platform = PLATFORM

    def __init__(self, *, client: Client, setup: Setup, clock: Clock, allowance: Allowance) -> None:
        """Keep the settings; nothing is asked yet."""
        self._client, self._options, self._me = client, setup.options, setup.me
        self._mentions, self._own = setup.mentions, setup.own
        self._clock, self._allowance = clock, allowance
        self._told, self._singly = 0, False

    def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:
        """Yield each listing's pages; a page is saved with where the next one begins."""
        state = _load(cursor, host=self._client.host)
        try:
            yield from self._collect(state, since)
        except Trouble as trouble:
            yield Batch(signal=as_signal(trouble), requests=self._untold())

    def read_thread(self, external_id: str, /) -> Batch:
        """Return the posts above and below one; an empty batch for one that isn't there."""
        if not _ID.fullmatch(external_id):
            return Batch()
        try:
            self._allowance.take()
            reading = read_for(self._client.context(external_id), me=self._me)
        except Trouble as trouble:
            signal = None if trouble.kind is TroubleKind.GONE else as_signal(trouble)
            return Batch(signal=signal, requests=self._untold())
        return Batch(posts=self._kept(reading.posts), rejects=reading.rejects, requests=self._untold())

    def recheck(self, external_ids: Sequence[str], /) -> Batch:
        """Read posts again, twenty a request; each that the server leaves out is asked for alone before it is gone.

        What is no server's id stands: it was never there to be deleted.
        """
        posts: dict[str, RawPost] = {}
        gone: list[str] = []
        wanted = [name for name in dict.fromkeys(external_ids) if _ID.fullmatch(name) and not is_made(name)]
        foreign = tuple(each for each in external_ids if each not in {*wanted})
        try:
            for start in range(0, len(wanted), AT_ONCE):
                part = wanted[start : start + AT_ONCE]
                posts.update((post.external_id, post) for post in self._look(part) if post.external_id in part)
                for name in part:
                    if name not in posts:
                        self._look_alone(name, posts, gone)
        except Trouble as trouble:
            return self._rechecked(posts, gone, foreign, trouble)
        return self._rechecked(posts, gone, foreign)

    def _collect(self, state: _State, since: datetime) -> Iterator[Batch]:
        self._introduce(state)
        for feed in feeds_of(self._options, mentions=self._mentions, me=self._me):
            # What came since a walk was broken off lies above it.
            for _ in range(2 if "next" in state.feeds.get(feed.key, {}) else 1):
                yield from self._walk(feed, state, since)
        if self._options.stream:
            yield from self._listen(self._options.stream)

    def _introduce(self, state: _State) -> None:
        """Learn whose key it is, once: by id, since a mention is the account's by its id."""
        if not self._mentions or self._me.id:
            return
        if not state.me:
            self._allowance.take()
            account = self._client.me()
            state.me = {"id": identifier(account.get("id")) or "", "name": str(account.get("username") or "")}
        self._me = Me(id=state.me.get("id", ""), name=(state.me.get("name") or self._me.name).casefold())

    def _walk(self, feed: Feed, state: _State, since: datetime) -> Iterator[Batch]:
        mark = state.feeds.setdefault(feed.key, {"begin": since.isoformat(), "floor": since.isoformat()})
        begin, floor = _time(mark["begin"]), _time(mark["floor"])
        seen: set[str] = set()
        for _ in range(PAGES):
            at = mark.get("next")
            self._allowance.take()
            answer = feed.ask(self._client, at)
            page, reading = feed.page(self._client, answer, at), read_for(answer, me=self._me)
            top = max((_time(mark["top"]),) if "top" in mark else (), default=floor)
            top = max(top, page.newest or top)
            # A server may give a page again, or the same place to go on from: then there is nothing more to learn.
            is_over = page.next_id in {None, at} or (page.ids and page.ids <= seen) or page.is_mostly_before(floor)
            seen |= page.ids
            if is_over:
                floor = max(floor, min(top, self._clock.now()) - OVERLAP)
                mark = {"begin": mark["begin"], "floor": floor.isoformat()}
            else:
                mark = {**mark, "next": page.next_id or "", "top": top.isoformat()}
            state.feeds[feed.key] = mark
            posts = tuple(post for post in self._kept(reading.posts) if post.posted_at >= begin)
            rejects = tuple(_placed(reject, feed) for reject in reading.rejects)
            yield Batch(posts=posts, rejects=rejects, cursor=state.dump(), requests=self._untold())
            if is_over:
                return

    def _listen(self, length: timedelta) -> Iterator[Batch]:
        streams = streams_of(self._options, mentions=self._mentions)
        share = max(length / max(len(streams), 1), timedelta(seconds=1))
        for stream in streams:
            self._allowance.take(calls=2)  # where the stream is, and the stream
            try:
                answer = self._client.listen(stream, ear=Ear(length=share))
            except Trouble as trouble:
                if trouble.kind is not TroubleKind.GONE:
                    raise
                yield Batch(requests=self._untold())  # the server offers none; the listings are read anyway
                return
            reading = read_for(answer, me=self._me)
            yield Batch(
                posts=self._kept(reading.posts), rejects=reading.rejects, deleted=reading.deleted,
                requests=self._untold(),
            )  # fmt: skip

    def _look(self, names: Sequence[str]) -> tuple[RawPost, ...]:
        if self._singly:
            return ()
        self._allowance.take()
        try:
            answer = self._client.statuses(names)
        except Trouble as trouble:
            if trouble.kind not in {TroubleKind.GONE, TroubleKind.WRONG}:
                raise
            self._singly = True  # older servers know no such request
            return ()
        return read_for(answer, me=self._me).posts

    def _look_alone(self, name: str, posts: dict[str, RawPost], gone: list[str]) -> None:
        self._allowance.take()
        answer = self._client.find_status(name)
        if answer is None:
            gone.append(name)
            return
        posts.update((post.external_id, post) for post in read_for(answer, me=self._me).posts)

    def _rechecked(
        self, posts: Mapping[str, RawPost], gone: Sequence[str], foreign: Sequence[str], trouble: Trouble | None = None
    ) -> Batch:  # fmt: skip
        kept, signal = self._kept(tuple(posts.values())), as_signal(trouble) if trouble else None
        # What has lost its words is there all the same.
        standing = (*foreign, *(name for name, post in posts.items() if not post.text))
        return Batch(posts=kept, deleted=tuple(gone), standing=standing, requests=self._untold(), signal=signal)

    def _kept(self, posts: Sequence[RawPost]) -> tuple[RawPost, ...]:
        """Leave out what has no words, since it can't be matched, and call the brand as its profile does."""
        return tuple(self._called(post) for post in posts if post.text)

    def _called(self, post: RawPost) -> RawPost:
        # A server shows its own accounts without its name, and the profile says them in full.
        handle = self._own.get(post.author.handle.casefold())
        return replace(post, author=replace(post.author, handle=handle)) if handle else post

    def _untold(self) -> int:
        """Return how many requests were made since it was last asked."""
        made, self._told = self._client.requests - self._told, self._client.requests
        return made


def _load(cursor: str | None, *, host: str) -> _State:
    kept: dict[str, Any] = json.loads(cursor) if cursor else {}
    if kept.get("at", host) != host:
        return _State(at=host)  # ids and places of another server mean nothing here
    return _State(at=host, me=dict(kept.get("me", {})), feeds=dict(kept.get("feeds", {})))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _placed(reject: Reject, feed: Feed) -> Reject:
    # An item without an id moves down its page from reading to reading, and is one all the same.
    is_named = reject.place.startswith("status ")
    return reject if is_named else replace(reject, place=f"{feed.key}: an item without an id")
