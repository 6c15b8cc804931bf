"""Passwords: argon2id hashes, and the same time spent on a login that doesn't exist."""

from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from domain.errors import InvalidInput

SHORTEST = 10
_HASHER = PasswordHasher()
# Each hash takes 64 MiB: a flood of log-ins must not take all memory.
_TURNS = BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """Return the hash to store; raises InvalidInput for a password shorter than ten characters."""
    if len(password) < SHORTEST:
        raise InvalidInput(f"A password needs at least {SHORTEST} characters; choose a longer one.")
    with _TURNS:
        return _HASHER.hash(password)


def check_password(password_hash: str | None, password: str) -> bool:
    """Say whether `password` fits; None, for an unknown login, takes as long and never fits."""
    with _TURNS:
        try:
            fits = _HASHER.verify(password_hash or _nobody(), password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
    return fits and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Say whether the hash was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(password_hash)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _HASHER.hash("the password of nobody")
