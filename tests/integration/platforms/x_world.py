"""X in a box, for tests: the simulator on loopback, reached through the real tweepy."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from config.brand.listening import Account
from config.brand.profile import Profile
from config.brand.sources import OutsideSource
from config.secrets import Secrets
from domain.posts import Batch
from domain.time import Clock, SystemClock
from listener.collectors import x as collecting
from listener.collectors.x import XCollector
from listener.context import CollectorContext
from listener.http import Fetcher
from platforms.allowance import Allowance
from platforms.credentials import MemoryCredentials
from platforms.reach import Reach
from responders.publishers import x as publishing
from responders.publishers.installed import PublisherContext
from responders.publishers.x import XPublisher
from simulators.x import APP_TOKEN, USER_TOKEN, XSimulator
from simulators.x_state import XState
from tests.conftest import NOW

WEEK: Final = timedelta(days=7)
BRAND, ADA = "kestrel", "ada"
# Less patience than the simulator's stall, more than a busy machine needs for an answer.
TIMEOUT: Final = timedelta(seconds=1.5)
STALL: Final = 2.0
SIGNED: Final = {
    "consumer_key": "demo-consumer-key", "consumer_secret": "demo-consumer-secret", "access_token": USER_TOKEN,
    "access_token_secret": "demo-user-secret",
}  # fmt: skip


class World:
    """The brand's account `kestrel` and `ada`, who writes to it."""

    name = "x"

    def __init__(self, *, clock: Clock | None = None, timeout: timedelta = TIMEOUT) -> None:
        """`timeout` is how long a client waits."""
        self.clock, self.timeout = clock or SystemClock(), timeout
        self.simulator = XSimulator(handle=BRAND, state=XState(now=self.clock.now), stall=STALL)
        self.state = self.simulator.state
        self.own = self.simulator.account_id
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.address = self._stack.enter_context(self.simulator.serve())
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    @property
    def reach(self) -> Reach:
        """How the clients come here instead of to X."""
        return Reach(endpoint=self.address, timeout=self.timeout)

    def collector(
        self, *, allowance: Allowance | None = None, token: str = APP_TOKEN, id_is_known: bool = True,
        expression: str = "kestrel", account: str = BRAND, platforms: Sequence[str] = (), **options: Any,
    ) -> XCollector:  # fmt: skip
        """A fresh collector with the app's token, of mentions, own posts and a search unless `options` say else."""
        source = OutsideSource.model_validate({"id": "main", "type": "x", "options": options})
        own = {"platform": "x", "handle": f"@{BRAND}", "id": self.own if id_is_known else None}
        query = {"name": "brand", "expression": expression, "platforms": [*platforms]}
        context = CollectorContext(
            clock=self.clock, base=Path(), secrets=Secrets(environ={}), fetcher=Fetcher(),
            profile=profile_of([own], queries=[query]), account=account and f"@{account}",
            credentials=MemoryCredentials({"bearer_token": token} if token else {}), reach=self.reach,
            allowance=allowance or Allowance(),
        )  # fmt: skip
        return collecting.build(source, context=context)

    def publisher(
        self, *, keys: dict[str, str] | MemoryCredentials | None = None, **account: Any
    ) -> XPublisher:  # fmt: skip
        """A fresh publisher with the account's four keys, unless `keys` say else."""
        held = keys if isinstance(keys, MemoryCredentials) else MemoryCredentials(dict(keys or SIGNED))
        owner = Account.model_validate({"platform": "x", "handle": f"@{BRAND}", "id": self.own, **account})
        context = PublisherContext(
            clock=self.clock, secrets=Secrets(environ={}), data_dir=Path(), reach=self.reach, credentials=held
        )  # fmt: skip
        return publishing.build(owner, context=context)

    def add_post(self, text: str, **more: Any) -> str:
        """Somebody writes to the brand."""
        return self.state.add_post(f"@{BRAND} {text}", **{"author": ADA, **more})

    def delete_post(self, external_id: str) -> None:
        """Its author deletes a post."""
        self.state.remove(external_id)

    def fail_next(self, fault: str) -> None:
        """Let the next request fail, or the next write where the fault is one of writes."""
        (self.simulator.write_faults if fault == "lost_after_write" else self.simulator.faults).append(fault)

    def lag_reads(self, amount: int) -> None:
        """Let the next `amount` reads not show what the brand wrote."""
        self.simulator.lag = amount

    def written(self) -> list[str]:
        """The texts of the brand's replies that are on the platform, as they were sent."""
        return list(self.simulator.sent)

    def requests(self) -> int:
        """How many requests the clients made."""
        return len(self.simulator.requests)


def profile_of(accounts: list[dict[str, Any]], *, expression: str = "kestrel", **more: Any) -> Profile:
    """A brand with these accounts."""
    return Profile.model_validate(
        {
            "slug": "kestrel", "name": "Kestrel", "time_zone": "Europe/Berlin", "accounts": accounts,
            "queries": [{"name": "brand", "expression": expression}], **more,
        }
    )  # fmt: skip


def read(collector: XCollector, cursor: str | None = None, *, since: datetime = NOW - WEEK) -> list[Batch]:
    """Every batch of one reading, as if each were saved."""
    return list(collector.collect(cursor=cursor, since=since))


def ids(batches: list[Batch]) -> list[str]:
    """The ids of all posts, in the order they came."""
    return [post.external_id for batch in batches for post in batch.posts]


def cost(batches: list[Batch]) -> int:
    """What the batches cost together, in micro-units."""
    return sum(batch.cost_micros for batch in batches)
