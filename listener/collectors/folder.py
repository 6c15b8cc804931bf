"""Reads every file that appears in a folder, as soon as it is whole."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from config.brand.sources import FolderSource
from domain.posts import Batch, Reject, Signal, SignalKind
from domain.time import Clock, as_utc
from listener.context import CollectorContext
from listener.reading.files import Format, Rules, UnreadableFile, read_file
from listener.reading.posts import Shape
from listener.reading.state import FileState

# A file that nobody touched for so long is whole.
REST: Final = timedelta(seconds=10)
# What copying programs call a file that isn't whole yet; rejects are ours.
_UNFINISHED: Final = (".part", ".partial", ".tmp", ".crdownload", ".swp", "~", ".rejects.jsonl")


def build(source: FolderSource, *, context: CollectorContext) -> "FolderCollector":
    """Build from settings; nothing is opened."""
    shape = Shape(
        platform=source.platform, zone=context.profile.zone, today=context.today or context.clock.now(),
        columns=source.columns,
    )  # fmt: skip
    return FolderCollector(
        folder=context.base / source.path, pattern=source.pattern, shape=shape, clock=context.clock,
        format=source.format,
    )  # fmt: skip


class FolderCollector:
    """One folder, without those below it. A file is read once it has rested.

    Each file has its own place in the cursor, and its relative times count from when it was first seen.
    """

    def __init__(
        self, *, folder: Path, shape: Shape, clock: Clock, pattern: str = "*", format: Format = "auto",  # noqa: A002
    ) -> None:  # fmt: skip
        """Keep the settings."""
        self.platform = shape.platform
        self._folder, self._pattern, self._shape, self._clock, self._format = folder, pattern, shape, clock, format

    def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:  # noqa: ARG002 - files are read whole
        """Yield what is new in each file, oldest file first; one that can't be read is set aside and the rest go on."""
        kept: dict[str, Any] = json.loads(cursor) if cursor else {}
        try:
            found = self._list_files()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"The folder {self._folder.name} can't be read: {reason}; make it, or mend the source's `path:`."
            yield Batch(signal=Signal(kind=SignalKind.UNAVAILABLE, message=message))
            return
        files = {name: kept[name] for name in found if name in kept}
        for name, look in found.items():
            if name not in files:
                files[name] = {"today": self._shape.today.isoformat(), "seen": look}
                if self._has_rested(look):
                    yield from self._read(name, files)
            elif files[name].get("seen") != look and "offset" not in files[name]:
                files[name] = {**files[name], "seen": look}  # it still grows
            else:
                yield from self._read(name, files)
        if files != kept:
            yield Batch(cursor=json.dumps(files))

    def _list_files(self) -> dict[str, list[int]]:
        """Return each file's size and time of change, the oldest first; links are not followed."""
        looks = {}
        for path in self._folder.iterdir():
            name = path.name
            if name.startswith(".") or name.lower().endswith(_UNFINISHED) or not fnmatchcase(name, self._pattern):
                continue
            if path.is_file() and not path.is_symlink():
                stat = path.stat()
                looks[name] = [stat.st_size, stat.st_mtime_ns]
        return dict(sorted(looks.items(), key=lambda item: (item[1][1], item[0])))

    def _has_rested(self, look: list[int]) -> bool:
        return self._clock.now().timestamp() - look[1] / 1e9 >= REST.total_seconds()

    def _read(self, name: str, files: dict[str, Any]) -> Iterator[Batch]:
        file = files[name]
        today = as_utc(datetime.fromisoformat(file["today"]))
        shape = Shape(platform=self.platform, zone=self._shape.zone, today=today, columns=self._shape.columns)
        # It has rested since it was first seen, so its last line is whole.
        finished = "seen" in file
        rules = Rules(shape=shape, now=self._clock.now(), format=self._format, finished=finished)
        state = FileState.load(file) if "offset" in file else None
        try:
            for page in read_file(self._folder / name, name=name, state=state, rules=rules):
                files[name] = {"today": file["today"], **page.state.dump()}
                yield Batch(posts=page.posts, rejects=page.rejects, cursor=json.dumps(files))
        except (UnreadableFile, OSError) as error:
            reason = str(error) if isinstance(error, UnreadableFile) else f"The file can't be read: {error.strerror}."
            if file.get("fault") != reason:
                files[name] = {**file, "fault": reason}
                reject = Reject(place=f"{name}:1", reason=reason, payload="")
                yield Batch(rejects=(reject,), cursor=json.dumps(files))
