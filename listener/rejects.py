"""The rejects files: what couldn't be read of each file, as lines that say where each stood and why."""

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from sqlalchemy import select

from listener.needles import Needles
from storage.database import Database
from storage.tables import DeadLetter, Source

LIMIT: Final = 10_000
ENDING: Final = ".rejects.jsonl"
_UNSAFE: Final = re.compile(r"[^\w.\-]+")


def write_rejects(database: Database, *, folder: Path, source_id: int) -> list[Path]:
    """Write a source's dead letters into `folder`, one file for each file they came from, and return those paths.

    Written anew from the table each time, so a crash before it costs nothing and what was replayed goes. Only the
    owner can read them: they hold what people wrote.
    """
    letters: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    with database.read() as session:
        key = session.scalar(select(Source.key).where(Source.id == source_id)) or str(source_id)
        newest = (
            select(DeadLetter.place, DeadLetter.reason, DeadLetter.payload)
            .where(DeadLetter.source_id == source_id, DeadLetter.replayed_at.is_(None))
            .order_by(DeadLetter.id.desc())
            .limit(LIMIT)
        )
        for place, reason, payload in session.execute(newest):
            name = place.rpartition(":")[0] or key
            letters[name].append({"place": place, "reason": reason, "payload": payload})
        done = (
            select(DeadLetter.place)
            .distinct()
            .where(DeadLetter.source_id == source_id, DeadLetter.replayed_at.is_not(None))
        )
        replayed = {place.rpartition(":")[0] or key for place in session.scalars(done)}
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stale = {folder / file_name(name) for name in replayed - letters.keys()}
    wanted = {folder / file_name(name): rows[::-1] for name, rows in letters.items()}
    for path, rows in wanted.items():
        _write(path, rows)
    for path in stale - wanted.keys():
        path.unlink(missing_ok=True)
    return sorted(wanted)


def scrub_rejects(folder: Path, *, needles: Needles) -> int:
    """Take the lines out of the rejects files in which one of the words stands; return how many."""
    gone = 0
    for path in sorted(folder.glob(f"*{ENDING}")) + sorted(folder.glob("*.part")):
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        except FileNotFoundError:
            continue  # a draft that has just been put into its place
        kept = [line for line in lines if not needles.found_in(line)]
        gone += len(lines) - len(kept)
        # One without a line may be a draft that somebody is about to write.
        if (lines and not kept) or needles.found_in(path.name):
            path.unlink(missing_ok=True)
        elif len(kept) < len(lines):
            _replace(path, kept)
    return gone


def file_name(name: str) -> str:
    """Return the name of the rejects file of what came from the file or source called `name`."""
    return f"{_UNSAFE.sub('_', name)[-150:]}{ENDING}"


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    _replace(path, (f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows))


def _replace(path: Path, lines: Iterable[str]) -> None:
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as draft:
        draft.writelines(lines)
    os.replace(draft.name, path)  # noqa: PTH105 - both are names
