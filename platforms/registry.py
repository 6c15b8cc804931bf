"""Every platform that is installed, ours and outsiders', found through entry points."""

from functools import cache
from importlib.metadata import entry_points

from domain.errors import EarnestError
from platforms.capabilities import Capabilities

GROUP = "earnest.platforms"


class PlatformError(EarnestError):
    """A platform's facts can't be loaded; reinstall the package that brings them, or remove it."""


@cache
def installed() -> dict[str, Capabilities]:
    """Return the capabilities of every installed platform by its name; read once a process."""
    found: dict[str, Capabilities] = {}
    for entry in entry_points(group=GROUP):
        facts = entry.load()
        if not isinstance(facts, Capabilities):
            raise PlatformError(f"The entry point {entry.name} of {entry.value} isn't a Capabilities record; mend it.")
        found[facts.platform] = facts
    return found


def capabilities_of(platform: str) -> Capabilities:
    """Return what a platform can do; one that nobody described can only be listened to and answered by hand."""
    return installed().get(platform) or Capabilities(platform=platform, name=platform.capitalize())


def kept_apart() -> frozenset[str]:
    """Return the platforms whose authors may not be joined with those of others."""
    return frozenset(name for name, facts in installed().items() if not facts.links_people)


def count_length(platform: str, text: str) -> int:
    """Return a text's length in the platform's own unit."""
    return capabilities_of(platform).count(text)
