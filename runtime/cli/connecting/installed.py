"""Which connectors are installed, and what a platform still lacks here."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution

from domain.errors import EarnestError, InvalidInput
from platforms.connecting import Connector, find_connectors
from platforms.extras import how_to_install

_NEEDED = re.compile(r"^([A-Za-z0-9._-]+).*;\s*extra\s*==\s*['\"]([^'\"]+)['\"]")


class MissingExtra(EarnestError):
    """A platform's library isn't installed; the text says how to install it."""


def load_connector(platform: str) -> Connector:
    """Return the platform's connector; raises InvalidInput naming those there are, or MissingExtra."""
    found = find_connectors()
    if platform not in found:
        raise InvalidInput(f"Nothing here connects “{platform}”; there are: {', '.join(sorted(found)) or 'none'}.")
    require_extra(platform)
    return found[platform]()


def require_extra(platform: str) -> None:
    """Raise MissingExtra where Earnest's own extra of that name isn't installed."""
    if missing := ", ".join(missing_libraries(platform)):
        raise MissingExtra(f"{missing} isn't installed, which {platform} needs; run: {how_to_install(platform)}")


def missing_libraries(platform: str) -> list[str]:
    """Return the libraries of the extra of that name that aren't installed; none where there is no such extra."""
    return [name for name in _extra(platform) if not _is_installed(name)]


def _extra(platform: str) -> Iterator[str]:
    for line in distribution("earnest").requires or ():
        found = _NEEDED.match(line)
        if found and found[2] == platform:
            yield found[1]


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
