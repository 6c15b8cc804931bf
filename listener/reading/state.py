"""How far a file of posts was read, and what of it waits for its time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from domain.posts import RawPost, Reject

_MARK: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """A row that is dated in the future: its bytes, its line and its time."""

    start: int
    end: int
    number: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """How far a file was read: the next byte and line, a hash of what was read last, and what waits for its time."""

    offset: int = 0
    number: int = 1
    mark: str = ""
    look: tuple[int, int] = (-1, 0)
    later: tuple[Later, ...] = ()

    def dump(self) -> dict[str, Any]:
        """Return what a cursor keeps."""
        later = [[row.start, row.end, row.number, row.at] for row in self.later]
        return {"offset": self.offset, "number": self.number, "mark": self.mark, "look": self.look, "later": later}

    @classmethod
    def load(cls, kept: Mapping[str, Any]) -> "FileState":
        """Read what a cursor kept."""
        later = (Later(start=start, end=end, number=number, at=at) for start, end, number, at in kept["later"])
        return cls(
            offset=kept["offset"], number=kept["number"], mark=kept["mark"],
            look=(kept["look"][0], kept["look"][1]), later=tuple(later),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows of a file, and how far it was read with them."""

    state: FileState
    posts: tuple[RawPost, ...] = ()
    rejects: tuple[Reject, ...] = ()


def due(state: FileState, now: datetime) -> list[Later]:
    """Return the waiting rows whose time has come, as they stand in the file."""
    return sorted((row for row in state.later if row.at <= now.timestamp()), key=lambda row: row.start)


def mark_at(path: Path, offset: int) -> str:
    """Return a hash of a file's first bytes and of those before `offset`; it changes when the file is written anew."""
    with path.open("rb") as stream:
        head = stream.read(min(offset, _MARK))
        stream.seek(max(0, offset - _MARK))
        tail = stream.read(min(offset, _MARK))
    return sha256(head + b"|" + tail).hexdigest()[:32]
