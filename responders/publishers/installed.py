"""Publishers that are installed, found through entry points of the group earnest.publishers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final, Protocol

from config.brand.listening import Account
from config.brand.profile import Profile
from config.secrets import Secrets
from domain.ports import Publisher
from domain.time import Clock
from responders.gate import account_for

GROUP: Final = "earnest.publishers"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherContext:
    """What a publisher may need besides its account; secrets are asked for by the names the account gives."""

    clock: Clock
    secrets: Secrets
    data_dir: Path


class Factory(Protocol):
    """Builds a publisher for one account; raises EarnestError naming what is wrong with it and the mend."""

    def __call__(self, account: Account, /, *, context: PublisherContext) -> Publisher:
        """Build without connecting to anything."""
        ...


class InstalledPublishers:
    """The publisher of each brand and platform, built on first use, and anew when the account's settings change."""

    def __init__(
        self,
        *,
        profile_of: Callable[[str], Profile],
        context: PublisherContext,
        factories: Mapping[str, Callable[[], Factory]] | None = None,
    ) -> None:
        """`profile_of` returns a brand's profile in force by slug; `factories` replaces what is installed."""
        self._profile_of, self._context, self._factories = profile_of, context, factories
        self._built: dict[tuple[str, str], tuple[Account, Publisher]] = {}

    def of(self, *, brand: str, platform: str) -> Publisher | None:
        """Return who sends for the brand on the platform; None when none is installed, or no account may publish."""
        factories = self._factories if self._factories is not None else find_factories()
        account = _account(self._profile_of(brand), platform)
        if account is None or platform not in factories:
            return None
        known, publisher = self._built.get((brand, platform), (None, None))
        if publisher is None or known != account:
            publisher = factories[platform]()(account, context=self._context)
            self._built[brand, platform] = account, publisher
        return publisher


def _account(profile: Profile, platform: str) -> Account | None:
    handle = account_for(profile, platform)
    return next((each for each in profile.accounts if (each.platform, each.handle) == (platform, handle)), None)


@cache
def find_factories() -> Mapping[str, Callable[[], Factory]]:
    """Return what loads each installed publisher's factory, by its platform; nothing is imported until called."""
    return {point.name: _loader(point) for point in entry_points(group=GROUP)}


def _loader(point: EntryPoint) -> Callable[[], Factory]:
    def load() -> Factory:
        factory: Factory = point.load()
        return factory

    return load
