"""Reads stories and comments on Hacker News through its official search API, newest first within a window of time."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from config.brand.profile import Profile
from config.brand.sources import HackerNewsSource
from domain.labels import PostKind
from domain.posts import Batch, RawAuthor, RawPost, Reject, Signal, SignalKind
from domain.time import Clock
from listener.context import CollectorContext
from listener.http import Fetcher, FetchFailed, signal_for, signal_of
from listener.searching import cap_searches, plain_terms, quoted
from platforms.markup import to_text

PLATFORM: Final = "hackernews"
API: Final = "https://hn.algolia.com/api/v1"
ITEM: Final = "https://news.ycombinator.com/item?id={}"
PAGE: Final = 200
# The index takes a while to show a post: so much is read again each time.
OVERLAP: Final = timedelta(minutes=15)


def build(source: HackerNewsSource, *, context: CollectorContext) -> "HackerNewsCollector":
    """Build from settings; nothing is fetched."""
    terms = (source.query,) if source.query else search_terms(context.profile)
    return HackerNewsCollector(terms=terms, fetcher=context.fetcher, clock=context.clock)


def search_terms(profile: Profile) -> tuple[str, ...]:
    """Return what to search for: the words of the brand's queries, those that a handle or hashtag is made of too."""
    return cap_searches(map(quoted, plain_terms(profile, platform=PLATFORM)), profile=profile)


class HackerNewsCollector:
    """Searches for each term in turn. The cursor remembers for each how far it is read, and a window under way."""

    platform = PLATFORM

    def __init__(self, *, terms: Sequence[str], fetcher: Fetcher, clock: Clock, api: str = API) -> None:
        """Keep the settings."""
        self._terms, self._fetcher, self._clock, self._api = tuple(terms), fetcher, clock, api

    def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:
        """Yield each term's pages; a page is saved with where the next one begins."""
        kept: dict[str, Any] = json.loads(cursor) if cursor else {}
        state = {term: kept[term] for term in self._terms if term in kept}
        for term in self._terms:
            state.setdefault(term, {"floor": int(since.timestamp())})
            yield from self._search(term, state, was_read=cursor is not None)
            if "ceiling" in state[term]:
                return  # a signal ended it

    def _search(self, term: str, state: dict[str, Any], *, was_read: bool) -> Iterator[Batch]:
        window = state[term]
        if "ceiling" not in window:
            ceiling = int(self._clock.now().timestamp())
            window = state[term] = {"floor": window["floor"], "ceiling": ceiling, "before": ceiling}
        while "ceiling" in window:
            batch, oldest, count = self._ask(term, window, was_read=was_read)
            if batch.signal:
                yield batch
                return
            if count < PAGE or oldest is None or oldest <= window["floor"]:
                floor = max(window["floor"], window["ceiling"] - int(OVERLAP.total_seconds()))
                window = state[term] = {"floor": floor}
            else:
                # Inclusive, since several may share a second; a second with a whole page of them is passed over.
                before = oldest if oldest < window["before"] else oldest - 1
                window = state[term] = {**window, "before": before}
            yield Batch(
                posts=batch.posts, rejects=batch.rejects, cursor=json.dumps(state), requests=batch.requests
            )  # fmt: skip

    def _ask(self, term: str, window: dict[str, int], *, was_read: bool) -> tuple[Batch, int | None, int]:
        """Return one page, the time of its oldest post and how many stood in it."""
        words = {
            "query": term, "tags": "(story,comment)", "hitsPerPage": PAGE, "advancedSyntax": "true",
            "typoTolerance": "false",
            "numericFilters": f"created_at_i>{window['floor']},created_at_i<={window['before']}",
        }  # fmt: skip
        try:
            answer = self._fetcher.get(f"{self._api}/search_by_date?{urlencode(words)}")
        except FetchFailed as error:
            return Batch(signal=signal_of(error), requests=1), None, 0
        now = self._clock.now()
        if signal := signal_for(answer, noun="Hacker News' search", now=now, was_read=was_read):
            return Batch(signal=signal, requests=1), None, 0
        hits = _hits(answer.body)
        if hits is None:
            message = "Hacker News' search answers in a form that we don't know; it is tried again."
            return Batch(signal=Signal(kind=SignalKind.UNAVAILABLE, message=message), requests=1), None, 0
        posts: list[RawPost] = []
        rejects: list[Reject] = []
        for hit in hits:
            post = _post(hit)
            if post:
                posts.append(post)
            elif not _is_empty(hit):
                rejects.append(_reject(hit))
        oldest = min((int(post.posted_at.timestamp()) for post in posts), default=None)
        return Batch(posts=tuple(posts), rejects=tuple(rejects), requests=1), oldest, len(hits)


def _hits(body: bytes) -> list[Any] | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    hits = data.get("hits") if isinstance(data, dict) else None
    return hits if isinstance(hits, list) else None


def _post(hit: Any) -> RawPost | None:  # noqa: ANN401 - whatever JSON held
    if not isinstance(hit, dict) or not hit.get("objectID") or not _is_time(hit.get("created_at_i")):
        return None
    is_comment = bool(hit.get("comment_text"))
    text = to_text(str(hit.get("comment_text") or hit.get("story_text") or ""))
    title = None if is_comment else to_text(str(hit.get("title") or ""))
    if not text and not title:
        return None
    number = str(hit["objectID"])
    author = str(hit.get("author") or "unknown")
    story = hit.get("story_id") if is_comment else None
    return RawPost(
        platform=PLATFORM,
        external_id=number,
        text=text,
        title=title or None,
        author=RawAuthor(external_id=author, handle=author, url=f"https://news.ycombinator.com/user?id={author}"),
        posted_at=datetime.fromtimestamp(hit["created_at_i"], UTC),
        kind=PostKind.REPLY if is_comment else PostKind.POST,
        url=ITEM.format(number),
        conversation_id=str(story) if story else number,
        in_reply_to=str(hit["parent_id"]) if is_comment and hit.get("parent_id") else None,
        metrics={name: hit[name] for name in ("points", "num_comments") if isinstance(hit.get(name), int)},
    )


def _is_time(value: object) -> bool:
    return isinstance(value, int) and 0 < value < 2**33


def _is_empty(hit: Any) -> bool:  # noqa: ANN401 - whatever JSON held
    """Say whether a hit is a post whose words are gone."""
    return isinstance(hit, dict) and not any(hit.get(name) for name in ("comment_text", "story_text", "title"))


def _reject(hit: Any) -> Reject:  # noqa: ANN401 - whatever JSON held
    place = f"item {hit.get('objectID') if isinstance(hit, dict) else '?'}"
    return Reject(place=place, reason="The post has no id or no time.", payload=json.dumps(hit)[:20_000])
