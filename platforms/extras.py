"""Client libraries that are extras: which are missing, and what to type then."""

from importlib.util import find_spec
from typing import Final

from domain.errors import EarnestError

# The module that each extra brings.
MODULES: Final = {"bluesky": "atproto", "mastodon": "mastodon"}


class MissingExtra(EarnestError):
    """A platform's client library isn't installed; install the extra that the text names."""


def why_missing(extra: str) -> str | None:
    """Return what to do about an extra that isn't installed, None when it is there; nothing is imported."""
    if find_spec(MODULES[extra]) is not None:
        return None
    return f"The library for {extra.capitalize()} isn't installed; run: pip install 'earnest[{extra}]'"


def require(extra: str) -> None:
    """Raise MissingExtra when an extra isn't installed."""
    missing = why_missing(extra)
    if missing is not None:
        raise MissingExtra(missing)
