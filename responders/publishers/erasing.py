"""Takes erased replies out of the file that stands for a platform; their keys stay, since they say what was sent."""

import fcntl
import json
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import ColumnElement, or_, select

from storage.database import Database
from storage.tables import Author, Mention, Reply


class OutboxFileEraser:
    """Implements the `Eraser` port for outbox.jsonl."""

    name = "outbox_file"

    def __init__(self, database: Database, path: Path) -> None:
        """Keep where to erase; nothing is read."""
        self._database, self._path = database, path

    def erase_mention(self, mention_id: int, /) -> int:
        """Erase the lines of replies to one mention; return how many."""
        return self._erase(Reply.mention_id == mention_id)

    def erase_person(self, person_id: int, /) -> int:
        """Erase the lines of replies to one person; return how many."""
        theirs = (
            select(Mention.id).join(Author, Author.id == Mention.author_id).where(Author.person_id == person_id)
        )  # fmt: skip
        return self._erase(or_(Reply.person_id == person_id, Reply.mention_id.in_(theirs)))

    def _erase(self, which: ColumnElement[bool]) -> int:
        if not self._path.exists():
            return 0
        with self._database.read() as session:
            keys = set(session.scalars(select(Reply.key).where(which)))
        if not keys:
            return 0
        with self._path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            return _overwrite(file, keys)


def _overwrite(file: BinaryIO, keys: Collection[str]) -> int:
    """Write over each line in its place and at its length, so that a crash leaves every other line whole."""
    touched = place = 0
    for line in file.read().split(b"\n"):
        erased = _erased(line, keys)
        if erased is not None:
            file.seek(place)
            file.write(erased)
            touched += 1
        place += len(line) + 1
    return touched


def _erased(line: bytes, keys: Collection[str]) -> bytes | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict) or found.get("key") not in keys or found.get("erased"):
        return None
    return json.dumps({"key": found["key"], "erased": True}).encode().ljust(len(line))
