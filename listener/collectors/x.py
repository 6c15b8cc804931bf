"""Reads X: the account's mentions, its own posts, recent search, the filtered stream; threads, and deletions."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from config.brand.sources import OutsideSource
from domain.errors import InvalidInput
from domain.posts import Batch
from domain.time import Clock
from listener.collectors.x_deletions import Deletions
from listener.collectors.x_listening import Streaming
from listener.collectors.x_pages import Listing, Pager
from listener.collectors.x_query import search_queries
from listener.collectors.x_spending import Till
from listener.collectors.x_threads import read_thread
from listener.context import CollectorContext
from platforms.allowance import Allowance
from platforms.prices import prices_of
from platforms.recordings import Reading
from platforms.trouble import Trouble
from platforms.x import FACTS
from platforms.x.access import BEARER, reader
from platforms.x.client import XClient
from platforms.x.marks import Mark
from platforms.x.options import Listing as Wanted
from platforms.x.options import Options
from platforms.x.streaming import Listening
from platforms.x.values import PLATFORM, as_id, mapping
from platforms.x.viewing import Viewer

# The smallest page that X gives (docs.x.com: max_results of each endpoint).
_LEAST: Final = {Wanted.MENTIONS: 5, Wanted.OWN: 5, Wanted.SEARCH: 10}


def build(source: OutsideSource, *, context: CollectorContext) -> "XCollector":
    """Build from settings; nothing is fetched.

    Raises MissingCredential where the app's token is nowhere, InvalidInput where there is nothing to read by.
    """
    options = Options.model_validate(source.options)
    handle = context.account.removeprefix("@")
    accounts = (each for each in context.profile.accounts if each.platform == PLATFORM)
    known = next((each.id for each in accounts if each.handle.removeprefix("@") == handle and each.id), None)
    viewer = Viewer(id=options.user_id or known, handle=handle)
    queries = (options.query,) if options.query else search_queries(context.profile)
    _check(options, viewer=viewer, queries=queries)
    token = context.credentials.get(BEARER)
    return XCollector(
        client=reader(context.credentials, reach=context.reach, clock=context.clock),
        options=options,
        queries=queries,
        viewer=viewer,
        clock=context.clock,
        allowance=context.allowance,
        listen=lambda most: Listening(
            token, reach=context.reach, clock=context.clock, lasts=options.stream_for, most=most
        ),
        tag=f"earnest:{context.profile.slug}:",
    )  # fmt: skip


def _check(options: Options, *, viewer: Viewer, queries: Sequence[str]) -> None:
    wanted = {*options.read}
    if {Wanted.MENTIONS, Wanted.OWN} & wanted and not viewer.is_known:
        raise InvalidInput("The brand has no account on X whose mentions could be read; name one, or read search only.")
    if not queries and (Wanted.STREAM in wanted or wanted == {Wanted.SEARCH}):
        raise InvalidInput("The brand has no query for X to search by; write one, or one under the source's options.")


@dataclass(slots=True, kw_only=True)
class XCollector:
    """Reads one listing after another. The cursor holds each one's mark, and the account's id once it is known."""

    client: XClient
    options: Options
    queries: Sequence[str]
    viewer: Viewer
    clock: Clock
    allowance: Allowance
    listen: Any
    tag: str
    platform: str = PLATFORM
    _till: Till = field(init=False)
    _marks: dict[str, Mark] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Open the till."""
        self._till = Till(prices=prices_of(FACTS, {"prices": self.options.prices}), allowance=self.allowance)

    def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:
        """Yield each listing's pages; the cheap ones first, so that a budget that ends has brought what matters."""
        kept = mapping(json.loads(cursor)) if cursor else {}
        self.viewer = Viewer(id=self.viewer.id or as_id(kept.get("account")), handle=self.viewer.handle)
        try:
            listings = self._listings()
        except Trouble as trouble:
            yield self._pager().batch(Reading(), trouble=trouble)
            return
        marks = mapping(kept.get("marks"))
        self._marks = {each.name: Mark.load(mapping(marks.get(each.name)), since=since) for each in listings}
        for listing in listings:
            for batch in self._pager().read(listing, self._marks[listing.name]):
                yield batch
                if batch.signal:
                    return
        if Wanted.STREAM in self.options.read:
            yield from self._streaming().read()

    def read_thread(self, external_id: str, /) -> Batch:
        """Return the posts of a conversation that X still finds, seven days back, and what the post refers to."""
        return read_thread(external_id, client=self.client, pager=self._pager(), till=self._till, clock=self.clock)

    def recheck(self, external_ids: Sequence[str], /) -> Batch:
        """Return which posts are deleted, protected or suspended; a compliance job tells no words of the others."""
        deletions = Deletions(
            client=self.client, till=self._till, pager=self._pager(), clock=self.clock,
            jobs_from=self.options.compliance_from,
        )  # fmt: skip
        return deletions.recheck(external_ids)

    def _listings(self) -> list[Listing]:
        """Return what is read, in the order that it is read in."""
        wanted = self.options.read
        found = []
        if {Wanted.MENTIONS, Wanted.OWN} & {*wanted}:
            user_id = self._account_id()
            if Wanted.MENTIONS in wanted:
                found.append(self._of(Wanted.MENTIONS, lambda **page: self.client.mentions(user_id, **page)))
            if Wanted.OWN in wanted:
                found.append(self._of(Wanted.OWN, lambda **page: self.client.timeline(user_id, **page)))
        if {Wanted.SEARCH, Wanted.STREAM} & {*wanted}:
            # What a stream missed between two readings is paged for with the same query.
            found += [self._search(query) for query in self.queries]
        return found

    def _of(self, wanted: Wanted, ask: Any) -> Listing:  # noqa: ANN401 - a closure over keyword arguments
        return Listing(name=wanted.value, price="own_read", ask=ask, least=_LEAST[wanted])

    def _search(self, query: str) -> Listing:
        name = f"search:{hashlib.sha256(query.encode()).hexdigest()[:12]}"
        ask: Any = lambda **page: self.client.search(query, **page)  # noqa: E731 - one line says it
        return Listing(name=name, price="post_read", ask=ask, least=_LEAST[Wanted.SEARCH], forgets=True)

    def _account_id(self) -> str:
        if self.viewer.id is None:
            self._till.ask(key="user_read")
            self.viewer = Viewer(id=as_id(self.client.user(self.viewer.handle).get("id")), handle=self.viewer.handle)
        return self.viewer.id or ""

    def _pager(self) -> Pager:
        return Pager(
            clock=self.clock, till=self._till, viewer=self.viewer, overlap=self.options.overlap, cursor=self._cursor
        )  # fmt: skip

    def _streaming(self) -> Streaming:
        return Streaming(
            client=self.client, listen=self.listen, queries=self.queries, tag=self.tag, till=self._till,
            pager=self._pager(), marks=self._marks, most=self.options.stream_posts, clock=self.clock,
        )  # fmt: skip

    def _cursor(self) -> str | None:
        if not self._marks:
            return None
        return json.dumps(
            {"account": self.viewer.id, "marks": {name: mark.dump() for name, mark in self._marks.items()}}
        )  # fmt: skip
