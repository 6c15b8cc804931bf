"""Reads a feed: RSS, Atom or JSON Feed, asked for only when it has changed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from config.brand.sources import FeedSource
from domain.labels import PostKind
from domain.posts import Batch, RawAuthor, RawPost, Signal, SignalKind
from domain.time import Clock, as_utc
from listener.context import CollectorContext
from listener.http import Fetched, Fetcher, FetchFailed, signal_for, signal_of
from listener.reading.feeds import Entry, NotAFeed, read_feed

PLATFORM: Final = "feed"
PAGE: Final = 200
_ACCEPT: Final = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_SCHEMES: Final = ("http:", "https:", "tag:", "urn:")


def build(source: FeedSource, *, context: CollectorContext) -> "FeedCollector":
    """Build from settings; nothing is fetched."""
    return FeedCollector(
        key=source.id, url=source.url, fetcher=context.fetcher, clock=context.clock, language=source.language
    )  # fmt: skip


class FeedCollector:
    """One feed; `key` keeps the ids of one feed apart from those of another."""

    platform = PLATFORM

    def __init__(self, *, key: str, url: str, fetcher: Fetcher, clock: Clock, language: str | None = None) -> None:
        """Keep the settings."""
        self._key, self._url, self._fetcher, self._clock, self._language = key, url, fetcher, clock, language
        self._host = urlsplit(url).hostname or "The feed"

    def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:
        """Ask once and yield the entries that are dated `since` the first reading's start, or not at all."""
        kept: dict[str, Any] = json.loads(cursor) if cursor else {"floor": since.isoformat()}
        # What another address said of its feed says nothing of this one's.
        was_read = cursor is not None and kept.get("url", self._url) == self._url
        known = kept if was_read else {}
        now = self._clock.now()
        asked = {"If-None-Match": known.get("etag"), "If-Modified-Since": known.get("modified"), "Accept": _ACCEPT}
        try:
            answer = self._fetcher.get(self._url, headers={name: text for name, text in asked.items() if text})
        except FetchFailed as error:
            yield Batch(signal=signal_of(error), requests=1)
            return
        signal = signal_for(answer, noun=f"The feed of {self._host}", now=now, was_read=was_read)
        if signal or answer.status == 304:
            yield Batch(signal=signal, requests=1)
            return
        yield from self._read(answer, kept, now, was_read=was_read)

    def _read(self, answer: Fetched, kept: dict[str, Any], now: datetime, *, was_read: bool) -> Iterator[Batch]:
        digest = sha256(answer.body).hexdigest()
        seen = {
            "floor": kept["floor"], "hash": digest, "etag": answer.headers.get("etag"),
            "modified": answer.headers.get("last-modified"), "url": self._url,
        }  # fmt: skip
        if kept.get("hash") == digest:
            yield Batch(cursor=json.dumps(seen), requests=1)
            return
        try:
            entries = read_feed(answer.body, content_type=answer.headers.get("content-type", ""), url=answer.url)
        except NotAFeed as error:
            # A feed that has worked shows a page while its site is down.
            kind = SignalKind.UNAVAILABLE if was_read else SignalKind.MISCONFIGURED
            yield Batch(signal=Signal(kind=kind, message=f"{self._host}: {error}"), requests=1)
            return
        floor = as_utc(datetime.fromisoformat(kept["floor"])).astimezone(UTC)
        posts = [self._post(entry, now) for entry in entries if entry.posted_at is None or entry.posted_at >= floor]
        pages = [tuple(posts[first : first + PAGE]) for first in range(0, len(posts), PAGE)] or [()]
        for number, page in enumerate(pages, start=1):
            # What was read is remembered with the last page alone: a reading cut short asks again.
            cursor = json.dumps(seen) if number == len(pages) else None
            yield Batch(posts=page, cursor=cursor, requests=1 if number == 1 else 0)

    def _post(self, entry: Entry, now: datetime) -> RawPost:
        author = entry.author or self._host
        return RawPost(
            platform=PLATFORM,
            external_id=self._id(entry),
            text=entry.text,
            title=entry.title or None,
            author=RawAuthor(
                external_id=f"{self._host}/{author}", handle=author, name=entry.author or None, url=entry.author_url
            ),
            posted_at=entry.posted_at or now,
            kind=PostKind.ARTICLE,
            url=entry.url,
            language=self._language or entry.language,
        )

    def _id(self, entry: Entry) -> str:
        if entry.id.lower().startswith(_SCHEMES):
            return entry.id
        # An id like 17 is the feed's own; without any, the words are the entry.
        words = sha256(f"{entry.title}\x1f{entry.text}".encode(errors="surrogatepass")).hexdigest()[:24]
        return f"{self._key}:{entry.id or words}"
