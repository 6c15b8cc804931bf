"""Mastodon in a box, for tests: the stateful server of `mastodon-mock` behind a proxy that makes faults happen.

One server serves a whole run and is set back for each world. Somebody's posts are made there directly; the collector
and the publisher see it through the proxy alone, with Mastodon.py.
"""

import atexit
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

import requests
from mastodon_mock.config import DatabaseConfig, MastodonMockConfig, SeedAccount, SeedConfig, StreamingConfig
from mastodon_mock.testing.server import MockServer

from config.brand.listening import Account
from config.brand.profile import Profile
from config.brand.sources import OutsideSource
from config.secrets import Secrets
from domain.ports import Publisher
from domain.posts import Batch, RawPost
from domain.time import Clock, SystemClock
from listener.collectors import mastodon as collecting
from listener.collectors.mastodon import MastodonCollector
from listener.context import CollectorContext
from listener.http import Fetcher
from platforms.allowance import Allowance
from platforms.credentials import Holder, MemoryCredentials, Use
from platforms.reach import Reach
from responders.publishers import mastodon as publishing
from responders.publishers.installed import PublisherContext
from simulators.loopback import Request
from simulators.mastodon import MastodonProxy
from tests.integration.platforms.faults import Unsupported

INSTANCE: Final = "social.example"
BRAND, ADA, BO = "kestrel", "ada", "bo"
SEED: Final = SeedConfig(
    accounts=[
        SeedAccount(username=name, display_name=name.title(), access_token=f"{name}-token", bot=name == BO)
        for name in (BRAND, ADA, BO)
    ]
)
# Less patience than the proxy's stall, more than a busy machine needs for an answer.
TIMEOUT: Final = timedelta(seconds=3)
STALL: Final = 3.5
LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)


class World:
    """The brand's account `kestrel`, `ada` who writes to it, and the bot `bo`, on one server."""

    name = "mastodon"

    def __init__(self, *, clock: Clock | None = None, timeout: timedelta = TIMEOUT) -> None:
        """`timeout` is how long a client waits."""
        self.clock, self.timeout = clock or SystemClock(), timeout
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        server = mock_server()
        server.reset()
        self.upstream = server.base_url
        self.own = self.ask("GET", "accounts/verify_credentials", who=BRAND)["id"]
        self.proxy = MastodonProxy(upstream=self.upstream, own=self.own, stall=STALL)
        self.address = self._stack.enter_context(self.proxy.serve())
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    @property
    def reach(self) -> Reach:
        """How the clients come here instead of to the server's address."""
        return Reach(endpoint=self.address, timeout=self.timeout)

    @property
    def account(self) -> dict[str, Any]:
        """The brand's account as its profile has it."""
        account = {"platform": "mastodon", "handle": f"@{BRAND}@{INSTANCE}"}
        return {**account, "id": self.own} if self.own else account

    def collector(
        self, *, allowance: Allowance | None = None, token: str | None = f"{BRAND}-token", **options: Any
    ) -> MastodonCollector:
        """A fresh collector with the account's read key, of mentions unless `options` say otherwise."""
        settings = {"instance": INSTANCE, **options}
        source = OutsideSource.model_validate({"id": "main", "type": "mastodon", "options": settings})
        holder = Holder(brand=BRAND, platform="mastodon", account=self.account["handle"], use=Use.READ)
        keys = MemoryCredentials({"access_token": token} if token else {}, holder)
        context = CollectorContext(
            clock=self.clock, base=Path(), secrets=Secrets(environ={}), fetcher=Fetcher(), credentials=keys,
            profile=profile_of([self.account]), account=self.account["handle"], reach=self.reach,
            allowance=allowance or Allowance(),
        )  # fmt: skip
        return collecting.build(source, context=context)

    def publisher(self, *, token: str = f"{BRAND}-token") -> Publisher:
        """A fresh publisher with the account's write key."""
        account = Account.model_validate(self.account)
        context = PublisherContext(
            clock=self.clock, secrets=Secrets(environ={}), data_dir=Path(), reach=self.reach,
            credentials=MemoryCredentials({"access_token": token}),
        )  # fmt: skip
        return publishing.build(account, context=context)

    def add_post(self, text: str, *, who: str = ADA, **more: Any) -> str:
        """Somebody writes to the brand: `text` with whom it calls in front."""
        return self.write(f"@{BRAND} {text}", who=who, **more)

    def write(self, text: str, *, who: str = ADA, **more: Any) -> str:
        """Somebody writes `text` just so; return its id."""
        return str(self.ask("POST", "statuses", who=who, data={"status": text, **more})["id"])

    def delete_post(self, external_id: str) -> None:
        """Its author deletes a post."""
        author = self.ask("GET", f"statuses/{external_id}")["account"]["username"]
        self.ask("DELETE", f"statuses/{external_id}", who=author)

    def fail_next(self, fault: str) -> None:
        """Let the next request fail, but for what a publisher reads before it writes: that does nothing yet."""
        if fault == "payment":
            raise Unsupported("No Mastodon server asks for money.")
        is_write = (lambda request: request.method == "POST") if fault == "lost_after_write" else (lambda _: True)
        self.proxy.fail_next(fault, lambda request: is_write(request) and not reads_before_writing(request))

    def lag_reads(self, amount: int) -> None:
        """Let the next `amount` reads not show what the brand wrote."""
        self.proxy.lagging = amount

    def replies(self) -> list[dict[str, Any]]:
        """The brand's replies as the server has them, oldest first."""
        found: list[dict[str, Any]] = self.ask("GET", f"accounts/{self.own}/statuses?limit=40", who=BRAND)
        return [status for status in reversed(found) if status["in_reply_to_id"]]

    def written(self) -> list[str]:
        """The texts of the brand's replies, without whom they answer in front."""
        sources = (self.ask("GET", f"statuses/{status['id']}/source", who=BRAND) for status in self.replies())
        return [source["text"].removeprefix(f"@{ADA} ") for source in sources]

    def requests(self) -> int:
        """How many requests the clients made."""
        return len(self.proxy.requests)

    def ask(self, method: str, path: str, *, who: str | None = None, data: Any = None) -> Any:
        """Ask the server directly, past the proxy."""
        headers = {"Authorization": f"Bearer {who}-token"} if who else {}
        answer = requests.request(method, f"{self.upstream}/api/v1/{path}", headers=headers, data=data, timeout=10)
        answer.raise_for_status()
        return answer.json()


def read(collector: MastodonCollector, cursor: str | None = None, since: datetime = LONG_AGO) -> list[Batch]:
    """All that a collector brings."""
    return list(collector.collect(cursor=cursor, since=since))


def posts_of(batches: list[Batch]) -> dict[str, RawPost]:
    """The posts of some batches by their ids."""
    return {post.external_id: post for batch in batches for post in batch.posts}


def reads_before_writing(request: Request) -> bool:
    """Whether it is one of the reads that a publisher makes first: the post that it answers, the server's limits."""
    head, _, name = request.path.rpartition("/")
    is_status = head.endswith("/statuses") and name.isdecimal()
    return request.method == "GET" and (is_status or "/instance" in request.path)


def profile_of(accounts: list[dict[str, Any]], sources: list[dict[str, Any]] | None = None) -> Profile:
    """A brand with these accounts and sources."""
    return Profile.model_validate(
        {
            "slug": "kestrel", "name": "Kestrel", "time_zone": "Europe/Berlin", "accounts": accounts,
            "sources": sources or [], "queries": [{"name": "brand", "expression": "kestrel"}],
        }
    )  # fmt: skip


@cache
def mock_server() -> MockServer:
    """The server, started once in a process."""
    config = MastodonMockConfig(
        database=DatabaseConfig(path=":memory:"), seed=SEED, streaming=StreamingConfig(heartbeat_seconds=0.2)
    )
    server = MockServer(config=config, startup_timeout=30).start()
    atexit.register(server.stop)
    return server
