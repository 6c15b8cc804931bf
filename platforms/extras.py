"""Libraries that come with an extra: whether one is here, and what to run when it isn't."""

import sys
from importlib.util import find_spec

from domain.errors import EarnestError


class MissingExtra(EarnestError):
    """A platform's library isn't installed; install it with its extra."""


def is_here(module: str) -> bool:
    """Say whether a library is installed, without importing it."""
    return find_spec(module) is not None


def how_to_install(extra: str) -> str:
    """Return the command that adds an extra to this very installation, which `pip` alone may not be the one of."""
    wanted = f"install 'earnest[{extra}]'"
    return f"{sys.executable} -m pip {wanted}" if is_here("pip") else f"uv pip {wanted} --python {sys.executable}"


def need(module: str, *, extra: str, noun: str) -> None:
    """Raise MissingExtra, naming the command that mends it, when a library isn't installed."""
    if not is_here(module):
        raise MissingExtra(f"{noun} needs a library that isn't installed; run: {how_to_install(extra)}")
