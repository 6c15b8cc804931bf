"""What a collector is given, and how collectors are found: entry points of the group earnest.collectors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

GROUP: Final = "earnest.collectors"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorContext:
    """What a collector may need; `base` is the folder that paths in settings count from.

    `today` is what relative times in files count from: the instant of the first reading when None.
    """

    clock: Clock
    base: Path
    secrets: Secrets
    fetcher: Fetcher
    profile: Profile
    today: datetime | None = None


class Factory(Protocol):
    """Builds a collector from its settings; raises EarnestError naming what is wrong with them and the mend."""

    def __call__(self, source: Any, /, *, context: CollectorContext) -> Collector:  # noqa: ANN401 - a plug-in's own
        """Build without connecting to anything."""
        ...


class UnknownCollector(EarnestError):
    """No collector of that name is installed; install the plug-in that brings it, or mend the source's `type:`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collectors:
    """Builds the collector of a source: the `build` that collection asks for."""

    clock: Clock
    base: Path
    secrets: Secrets
    fetcher: Fetcher
    today: datetime | None = None
    factories: Mapping[str, Callable[[], Factory]] | None = None

    def __call__(self, view: SourceView, /) -> Collector:
        """Return the collector of a source; raises EarnestError naming what is wrong with its settings."""
        if view.settings is None:
            raise InvalidInput(
                f"The profile of {view.profile.slug} has no source “{view.key}”; run: earnest config apply"
            )
        found = (self.factories if self.factories is not None else find_factories()).get(view.kind)
        if found is None:
            raise UnknownCollector(f"No collector is called “{view.kind}”; install the plug-in that brings it.")
        context = CollectorContext(
            clock=self.clock, base=self.base, secrets=self.secrets, fetcher=self.fetcher, profile=view.profile,
            today=self.today,
        )  # fmt: skip
        return found()(view.settings, context=context)


@cache
def find_factories() -> Mapping[str, Callable[[], Factory]]:
    """Return what loads each installed collector's factory, by its name; nothing is imported until it is called."""
    return {point.name: _loader(point) for point in entry_points(group=GROUP)}


def _loader(point: EntryPoint) -> Callable[[], Factory]:
    def load() -> Factory:
        factory: Factory = point.load()
        return factory

    return load
