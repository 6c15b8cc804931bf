"""Bluesky for tests: the simulated network, with the brand's account, Ada who writes to it, and the real clients."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Self

from config.brand.listening import Account
from config.brand.profile import Profile
from config.brand.sources import OutsideSource
from config.secrets import Secrets
from domain.time import Clock, SystemClock
from listener.collectors import bluesky as collecting
from listener.collectors.bluesky import BlueskyCollector
from listener.context import CollectorContext
from listener.http import Fetcher
from platforms.allowance import Allowance
from platforms.credentials import MemoryCredentials
from platforms.reach import Reach
from responders.publishers import bluesky as publishing
from responders.publishers.bluesky import BlueskyPublisher
from responders.publishers.installed import PublisherContext
from simulators.bluesky import BlueskySimulator
from simulators.bluesky_network import POSTS, Network, Record
from simulators.bluesky_stream import PATH, JetstreamSimulator
from tests.integration.platforms.faults import Unsupported

HANDLE: Final = "kestrel.test"
# Less patience than the simulator's stall, more than a busy machine needs for an answer.
TIMEOUT, STALL = timedelta(seconds=1), 1.6


class World:
    """The brand's account `kestrel.test`, and `ada.test` who writes to it, on one network."""

    name = "bluesky"

    def __init__(self, *, clock: Clock | None = None, timeout: timedelta = TIMEOUT) -> None:
        """`timeout` is how long a client waits."""
        self.clock, self.timeout = clock or SystemClock(), timeout
        self.network = Network(clock=self.clock)
        self.brand = self.network.add_account(HANDLE)
        self.ada = self.network.add_account("ada.test", name="Ada")
        self.server = BlueskySimulator(self.network, slow=self.brand.did, stall=STALL)
        self.stream = JetstreamSimulator(self.network)
        # The read and the write keys are two sets, each with a session of its own.
        self.read_keys = MemoryCredentials({"app_password": self.brand.password})
        self.write_keys = MemoryCredentials({"app_password": self.brand.password})
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.address = self._stack.enter_context(self.server.serve())
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    @property
    def reach(self) -> Reach:
        """How the clients come here: by address, as an own server in a private network is reached."""
        return Reach(timeout=self.timeout, allow_private=True)

    def open_stream(self, *, path: str = PATH) -> str:
        """Serve the stream, and return its address."""
        return self._stack.enter_context(self.stream.serve()) + path

    def account(self, **more: Any) -> dict[str, Any]:
        """The brand's account as its profile states it."""
        return {
            "platform": "bluesky", "handle": f"@{HANDLE}", "id": self.brand.did, "records": {"bot_label": "2026-11-01"},
            "options": {"service": self.address}, **more,
        }  # fmt: skip

    def collector(
        self, *, allowance: Allowance | None = None, keys: MemoryCredentials | None = None, **options: Any
    ) -> BlueskyCollector:
        """A fresh collector with the account's read keys."""
        source = OutsideSource.model_validate(
            {"id": "main", "type": "bluesky", "options": {"appview": self.address, **options}}
        )
        context = CollectorContext(
            clock=self.clock, base=Path(), secrets=Secrets(environ={}), fetcher=Fetcher(), account=f"@{HANDLE}",
            profile=profile_of([self.account()]), credentials=self.read_keys if keys is None else keys,
            reach=self.reach, allowance=allowance or Allowance(),
        )  # fmt: skip
        return collecting.build(source, context=context)

    def publisher(self) -> BlueskyPublisher:
        """A fresh publisher with the account's write keys."""
        context = PublisherContext(
            clock=self.clock, secrets=Secrets(environ={}), data_dir=Path(), reach=self.reach,
            credentials=self.write_keys,
        )  # fmt: skip
        return publishing.build(Account.model_validate(self.account()), context=context)

    def add_post(self, text: str) -> str:
        """Ada writes to the brand."""
        called = f"@{HANDLE} {text}"
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": self.brand.did}
        facet = {"index": {"byteStart": 0, "byteEnd": len(HANDLE) + 1}, "features": [feature]}
        return self.write(called, facets=[facet])

    def write(self, text: str, *, who: Any = None, **more: Any) -> str:
        """Somebody writes `text` just so, Ada where nobody is named; return its address."""
        record = {"$type": POSTS, "text": text, "createdAt": self.network.now(), "langs": ["en"], **more}
        return str(self.network.write(who or self.ada, POSTS, record)["uri"])

    def answer(self, uri: str, text: str, *, who: Any = None, root: str | None = None) -> str:
        """Somebody answers a post."""
        parent = self.post(uri)
        first = self.post(root) if root else parent
        return self.write(text, who=who, reply={"root": first.reference, "parent": parent.reference})

    def post(self, uri: str) -> Record:
        """A post as its repository holds it."""
        return self.network.records[uri]

    def delete_post(self, external_id: str) -> None:
        """Its author deletes a post."""
        self.network.delete(external_id)

    def fail_next(self, fault: str) -> None:
        """Let the next request fail, but for what a publisher reads before it writes."""
        if fault == "payment":
            raise Unsupported("Bluesky asks nobody for money.")
        self.server.faults.append(fault)

    def lag_reads(self, amount: int) -> None:
        """Let the next `amount` reads of the network not show what the brand wrote."""
        self.server.lagging = amount

    def replies(self) -> list[Record]:
        """The brand's replies, oldest first."""
        return [post for post in reversed(self.network.posts()) if post.did == self.brand.did and "reply" in post.value]

    def written(self) -> list[str]:
        """The texts of the brand's replies."""
        return [str(reply.value["text"]) for reply in self.replies()]

    def requests(self) -> int:
        """How many requests the clients made."""
        return len(self.server.asked)

    def count(self, method: str) -> int:
        """How often a method was asked for."""
        return self.server.methods().count(method)


def profile_of(accounts: list[dict[str, Any]]) -> Profile:
    """A brand with these accounts."""
    return Profile.model_validate(
        {
            "slug": "kestrel", "name": "Kestrel", "time_zone": "Europe/Berlin", "accounts": accounts,
            "queries": [{"name": "brand", "expression": "kestrel"}],
        }
    )  # fmt: skip


Make = Callable[..., World]
