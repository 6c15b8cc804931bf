"""Texts encrypted with Fernet (AES-128-CBC and HMAC-SHA256): the first key seals, any of them opens."""

from collections.abc import Sequence
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from storage.database import StorageError

# As many hexadecimal digits as tell the keys of one installation apart; they give nothing of the key away.
_MARK = 12


class BadKey(StorageError):
    """What stands where a key should be is none; the text names the place and says how to make one."""


class OtherKey(StorageError):
    """A text was sealed with a key that isn't among those at hand; put that key back."""


class Damaged(StorageError):
    """A sealed text was changed or cut; nothing can be read from it."""


class Seal:
    """Seals with the first of some keys and opens with any; what it seals begins with the mark of its key."""

    def __init__(self, keys: Sequence[str], *, place: str) -> None:
        """`keys` are Fernet's, 32 bytes in URL-safe base64; `place` is where they stand. Raises BadKey."""
        if not keys:
            raise BadKey(f"There is no key in {place}; make one with: earnest keys new")
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise BadKey(f"{place} holds something that isn't a key; make one with: earnest keys new") from None
        self.place = place
        self.marks = tuple(_mark(key) for key in keys)

    def close(self, text: str) -> str:
        """Return the text sealed with the first key."""
        return f"{self.marks[0]}.{self._fernet.encrypt(text.encode()).decode()}"

    def open(self, sealed: str) -> str:
        """Return what was sealed; raises OtherKey or Damaged."""
        mark, _, token = sealed.partition(".")
        if len(mark) == _MARK and mark not in self.marks:
            raise OtherKey(f"It was sealed with a key that isn't in {self.place}.")
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except (InvalidToken, UnicodeError):
            raise Damaged("What is stored was changed or cut.") from None

    def is_current(self, sealed: str) -> bool:
        """Say whether the first key sealed it."""
        return sealed.partition(".")[0] == self.marks[0]


def new_key() -> str:
    """Return a fresh key."""
    return Fernet.generate_key().decode()


def _mark(key: str) -> str:
    return sha256(f"earnest {key}".encode()).hexdigest()[:_MARK]
