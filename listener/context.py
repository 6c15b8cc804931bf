"""What a collector is given, and how collectors are found: entry points of the group earnest.collectors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final, Protocol

from config.brand.profile import Profile
from config.secrets import Secrets
from domain.errors import EarnestError, InvalidInput
from domain.ports import Collector
from domain.time import Clock
from listener.http import Fetcher
from listener.sources import SourceView
from platforms.allowance import Allowance
from platforms.credentials import Credentials, Holder, Keyring, MemoryCredentials, Use, secrets_only
from platforms.prices import currency_of
from platforms.reach import Reach
from platforms.registry import capabilities_of

GROUP: Final = "earnest.collectors"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorContext:
    """What a collector may need; `base` is the folder that paths in settings count from.

    `today` is what relative times in files count from: the instant of the first reading when None. `credentials` are
    the read ones of `account` (a handle, empty where the brand has none there), `reach` says how the platform is
    reached, and `allowance` is asked before each request that counts or costs.
    """

    clock: Clock
    base: Path
    secrets: Secrets
    fetcher: Fetcher
    profile: Profile
    today: datetime | None = None
    account: str = ""
    credentials: Credentials = field(default_factory=MemoryCredentials)
    reach: Reach = field(default_factory=Reach)
    allowance: Allowance = field(default_factory=Allowance)


class Factory(Protocol):
    """Builds a collector from its settings; raises EarnestError naming what is wrong with them and the mend."""

    def __call__(self, source: Any, /, *, context: CollectorContext) -> Collector:  # noqa: ANN401 - a plug-in's own
        """Build without connecting to anything."""
        ...


class UnknownCollector(EarnestError):
    """No collector of that name is installed; install the plug-in that brings it, or mend the source's `type:`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collectors:
    """Builds the collector of a source: the `build` that collection asks for.

    `keyring` finds credentials, those that settings name as secrets alone when None; `reach_of` says how a platform
    is reached, and `allowance_of` what a source may still spend.
    """

    clock: Clock
    base: Path
    secrets: Secrets
    fetcher: Fetcher
    today: datetime | None = None
    factories: Mapping[str, Callable[[], Factory]] | None = None
    keyring: Keyring | None = None
    reach_of: Callable[[str], Reach] = lambda _platform: Reach()
    allowance_of: Callable[[SourceView], Allowance] = lambda _view: Allowance()

    def __call__(self, view: SourceView, /) -> Collector:
        """Return the collector of a source; raises EarnestError naming what is wrong with its settings."""
        if view.settings is None:
            raise InvalidInput(
                f"The profile of {view.profile.slug} has no source “{view.key}”; run: earnest config apply"
            )
        found = (self.factories if self.factories is not None else find_factories()).get(view.kind)
        if found is None:
            raise UnknownCollector(f"No collector is called “{view.kind}”; install the plug-in that brings it.")
        require_records(view)
        require_currency(view)
        account = reading_account(view)
        holder = Holder(brand=view.profile.slug, platform=view.kind, account=account, use=Use.READ)
        keyring = self.keyring or secrets_only(self.secrets)
        context = CollectorContext(
            clock=self.clock, base=self.base, secrets=self.secrets, fetcher=self.fetcher, profile=view.profile,
            today=self.today, account=account, credentials=keyring(holder, getattr(view.settings, "credentials", {})),
            reach=self.reach_of(view.kind), allowance=self.allowance_of(view),
        )  # fmt: skip
        return found()(view.settings, context=context)


def require_records(view: SourceView) -> None:
    """Raise InvalidInput where the platform demands something on record before it may be read, and nothing is."""
    records: Mapping[str, str] = getattr(view.settings, "records", {})
    for demand in capabilities_of(view.kind).demands_to_read:
        if not records.get(demand.key, "").strip():
            sentence = demand.sentence.rstrip().rstrip(".")
            raise InvalidInput(
                f"{sentence} — then write under the source {view.key}, in the brand's file, when and how it was given: "
                f'records: {{{demand.key}: "..."}}'
            )


def require_currency(view: SourceView) -> None:
    """Raise InvalidInput where a budget would limit nothing: its platform charges in another currency."""
    facts = capabilities_of(view.kind)
    charged = currency_of(facts)
    if view.budget and charged and view.budget.currency != charged:
        raise InvalidInput(f"{facts.name} charges in {charged}; write the budget of the source {view.key} in it.")


def reading_account(view: SourceView) -> str:
    """Return the handle that a source reads as: its own setting, or the brand's first account there; else empty."""
    named = getattr(view.settings, "account", None)
    if named:
        return str(named)
    return next((account.handle for account in view.profile.accounts if account.platform == view.kind), "")


@cache
def find_factories() -> Mapping[str, Callable[[], Factory]]:
    """Return what loads each installed collector's factory, by its name; nothing is imported until it is called."""
    return {point.name: _loader(point) for point in entry_points(group=GROUP)}


def _loader(point: EntryPoint) -> Callable[[], Factory]:
    def load() -> Factory:
        factory: Factory = point.load()
        return factory

    return load
