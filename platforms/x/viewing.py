"""Whose eyes a post is read with: whether its author called on that account, by X's own marks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from platforms.x.values import as_id, as_word


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """The account that is read for: its id where it is known, and its handle without the @."""

    id: str | None = None
    handle: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is one at all."""
        return bool(self.id or self.handle)

    def is_one_of(self, people: Iterable[Mapping[str, Any]], *, name: str) -> bool:
        """Say whether the account is among people who are named by id and, under `name`, by handle."""
        return any(self._is(as_id(who.get("id_str"), who.get("id")), as_word(who.get(name))) for who in people)

    def is_called(self, *, mentioned: bool | None, quoted: bool | None) -> bool | None:
        """Say whether it was mentioned or quoted; None where neither is told to be so and one isn't told at all."""
        if not self.is_known:
            return None
        if mentioned or quoted:
            return True
        return None if mentioned is None or quoted is None else False

    def _is(self, external_id: str | None, handle: str) -> bool:
        # An id outlives a handle, which somebody else may carry later.
        if self.id and external_id:
            return external_id == self.id
        return bool(self.handle) and handle.casefold() == self.handle.casefold()


NOBODY = Viewer()
