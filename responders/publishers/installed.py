"""Publishers that are installed, found through entry points of the group earnest.publishers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final, Protocol

from config.brand.listening import Account
from config.brand.profile import Profile
from config.secrets import Secrets
from domain.ports import Publisher
from domain.time import Clock
from platforms.credentials import Credentials, Holder, Keyring, MemoryCredentials, Use, secrets_only
from platforms.reach import Reach
from responders.gate import account_for

GROUP: Final = "earnest.publishers"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherContext:
    """What a publisher may need besides its account: its write credentials, and how the platform is reached."""

    clock: Clock
    secrets: Secrets
    data_dir: Path
    credentials: Credentials = field(default_factory=MemoryCredentials)
    reach: Reach = field(default_factory=Reach)


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
        keyring: Keyring | None = None,
        reach_of: Callable[[str], Reach] = lambda _platform: Reach(),
    ) -> None:
        """`profile_of` returns a brand's profile in force by slug; `factories` replaces what is installed.

        `keyring` finds credentials, those that settings name as secrets alone when None.
        """
        self._profile_of, self._context, self._factories = profile_of, context, factories
        self._keyring, self._reach_of = keyring or secrets_only(context.secrets), reach_of
        self._built: dict[tuple[str, str], tuple[Account, Publisher]] = {}

    def of(self, *, brand: str, platform: str) -> Publisher | None:
        """Return who sends for the brand on the platform; None when none is installed, or no account may publish."""
        factories = self._factories if self._factories is not None else find_factories()
        account = _account(self._profile_of(brand), platform)
        if account is None or platform not in factories:
            return None
        known, publisher = self._built.get((brand, platform), (None, None))
        if publisher is None or known != account:
            holder = Holder(brand=brand, platform=platform, account=account.handle, use=Use.WRITE)
            context = replace(
                self._context, credentials=self._keyring(holder, account.credentials), reach=self._reach_of(platform)
            )
            publisher = factories[platform]()(account, context=context)
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
