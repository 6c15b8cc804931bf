"""Passwords: hashed with argon2id, and the same way for logins that don't exist."""

import pytest

from console.access.passwords import check_password, hash_password, is_outdated
from domain.errors import InvalidInput
from tests.seed import QUICK


def test_a_hash_fits_its_password_alone() -> None:
    stored = hash_password("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert "correct" not in stored
    assert check_password(stored, "correct horse battery")
    assert not check_password(stored, "Correct horse battery")
    assert not is_outdated(stored)


def test_nobody_has_a_password() -> None:
    assert not check_password(None, "the password of nobody")
    assert not check_password("not a hash", "anything at all")


def test_short_passwords_are_refused() -> None:
    with pytest.raises(InvalidInput, match="at least 10"):
        hash_password("ninechars")


def test_weak_hashes_are_renewed() -> None:
    assert is_outdated(QUICK.hash("correct horse battery"))
