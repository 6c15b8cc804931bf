"""Which publisher sends for a brand on a platform."""

from collections.abc import Mapping
from typing import Protocol

from domain.ports import Publisher


class Publishers(Protocol):
    """Finds the publisher of a brand's account."""

    def of(self, *, brand: str, platform: str) -> Publisher | None:
        """Return who sends for the brand (by slug) on the platform, None when nobody does."""
        ...


class OnePublisher:
    """The same publisher for everything: the file publisher of the demo, the one in memory of the tests."""

    def __init__(self, publisher: Publisher) -> None:
        """Send everything through `publisher`."""
        self._publisher = publisher

    def of(self, *, brand: str, platform: str) -> Publisher | None:  # noqa: ARG002 - the port's names
        """Return the one there is."""
        return self._publisher


class PublishersByPlatform:
    """A publisher for each brand and platform."""

    def __init__(self, publishers: Mapping[tuple[str, str], Publisher]) -> None:
        """Take the publishers by (brand's slug, platform)."""
        self._publishers = publishers

    def of(self, *, brand: str, platform: str) -> Publisher | None:
        """Return the one that was given for both."""
        return self._publishers.get((brand, platform))
