"""Reddit in a box, for tests: the simulator on loopback, read and answered through the real PRAW."""

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from config.brand.listening import Account
from config.brand.profile import Profile
from config.brand.sources import OutsideSource
from config.secrets import Secrets
from domain.ports import Publisher
from domain.posts import Batch, RawPost
from domain.time import Clock, SystemClock
from listener.collectors.reddit import RedditCollector
from listener.collectors.reddit import build as build_collector
from listener.context import CollectorContext
from listener.http import Fetcher
from platforms.allowance import Allowance
from platforms.credentials import MemoryCredentials, Use
from platforms.reach import Reach
from platforms.reddit.client import SCOPES
from responders.publishers.installed import PublisherContext
from responders.publishers.reddit import build as build_publisher
from simulators.reddit import RedditSimulator
from tests.conftest import NOW
from tests.integration.platforms.faults import Unsupported

BRAND = "kestrel"
SINCE = NOW - timedelta(days=7)


class World:
    """One Reddit, on which somebody else has posted a submission that others answer."""

    name = "reddit"

    def __init__(self, *, clock: Clock | None = None, timeout: timedelta = timedelta(seconds=1)) -> None:
        """`timeout` is how long a client waits; the simulator's stall is a little longer."""
        self.clock = clock or SystemClock()
        self.timeout = timeout
        self.reddit = RedditSimulator(account=BRAND, now=lambda: self.clock.now().timestamp())
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.address = self._stack.enter_context(self.reddit.serve())
        self.thread = self.reddit.add_submission("What do you drink in the morning?", "I can't decide", author="cy")
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    @property
    def reach(self) -> Reach:
        """How the clients reach it."""
        return Reach(endpoint=self.address, timeout=self.timeout)

    def keys(self, use: Use, **changes: str) -> MemoryCredentials:
        """Return keys with the scopes of that use and no more."""
        token = self.reddit.grant(" ".join(SCOPES[use]))
        app = {"client_id": self.reddit.client_id, "client_secret": self.reddit.client_secret}
        return MemoryCredentials({**app, "refresh_token": token, **changes})

    def collector(
        self, *, credentials: MemoryCredentials | None = None, allowance: Allowance | None = None,
        account: str = BRAND, queries: list[dict[str, Any]] | None = None, **options: Any,
    ) -> RedditCollector:  # fmt: skip
        """Return a fresh collector."""
        source = OutsideSource.model_validate(
            {"id": "main", "type": "reddit", "records": {"approval": "2026"}, "options": options}
        )
        profile = Profile.model_validate(
            {
                "slug": BRAND, "name": "Kestrel", "time_zone": "Europe/Berlin",
                "queries": queries or [{"name": "brand", "expression": "kestrel"}],
            }
        )  # fmt: skip
        context = CollectorContext(
            clock=self.clock, base=Path(), secrets=Secrets(environ={}), fetcher=Fetcher(), profile=profile,
            account=account, credentials=credentials or self.keys(Use.READ), reach=self.reach,
            allowance=allowance or Allowance(),
        )  # fmt: skip
        return build_collector(source, context=context)

    def publisher(self, *, credentials: MemoryCredentials | None = None, **options: Any) -> Publisher:
        """Return a fresh publisher."""
        account = Account.model_validate({"platform": "reddit", "handle": f"u/{BRAND}", "options": options})
        context = PublisherContext(
            clock=self.clock, secrets=Secrets(environ={}), data_dir=Path(), reach=self.reach,
            credentials=credentials or self.keys(Use.WRITE),
        )  # fmt: skip
        return build_publisher(account, context=context)

    def add_post(self, text: str) -> str:
        """Have somebody mention the account; return the comment's fullname."""
        return self.reddit.add_comment(self.thread, f"{text} — u/{BRAND}")

    def delete_post(self, external_id: str) -> None:
        """Have its author delete a post."""
        self.reddit.delete(external_id)

    def fail_next(self, fault: str) -> None:
        """Let the next request fail."""
        if fault == "payment":
            raise Unsupported("Reddit documents no 402; what it charges stands in a contract.")
        self.reddit.fail_next(fault)

    def lag_reads(self, amount: int) -> None:
        """Have the next reads not show the account's newest comment."""
        self.reddit.pages.hide_own = amount

    def written(self) -> list[str]:
        """Return the texts of the replies that are really there."""
        return [thing.text for thing in self.reddit.things.values() if thing.author == BRAND and not thing.taken]

    def requests(self) -> int:
        """Return how many requests there were."""
        return len(self.reddit.requests)


def read(collector: RedditCollector, cursor: str | None = None) -> tuple[list[RawPost], str | None, list[Batch]]:
    """Read all there is; return the posts, the cursor to go on from, and the batches."""
    batches = list(collector.collect(cursor=cursor, since=SINCE))
    cursors = [batch.cursor for batch in batches if batch.cursor]
    return [post for batch in batches for post in batch.posts], cursors[-1] if cursors else cursor, batches


def names(posts: Iterable[RawPost]) -> set[str]:
    """Return the posts' ids."""
    return {post.external_id for post in posts}
