"""Reads one file of posts, CSV or a JSON object a line, and again what is added to it."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from config.brand.sources import FileSource
from domain.posts import Batch, Signal, SignalKind
from domain.time import Clock, as_utc
from listener.context import CollectorContext
from listener.reading.files import Format, Rules, UnreadableFile, read_file
from listener.reading.posts import Shape
from listener.reading.state import FileState


def build(source: FileSource, *, context: CollectorContext) -> "FileCollector":
    """Build from settings; nothing is opened."""
    shape = Shape(
        platform=source.platform, zone=context.profile.zone, today=context.today or context.clock.now(),
        columns=source.columns,
    )  # fmt: skip
    return FileCollector(
        path=context.base / source.path, name=Path(source.path).name, shape=shape, clock=context.clock,
        format=source.format,
    )  # fmt: skip


class FileCollector:
    """One file. It is read whole, however old its rows are; one from the future waits for its time."""

    def __init__(
        self, *, path: Path, name: str, shape: Shape, clock: Clock, format: Format = "auto",  # noqa: A002
        finished: bool = False,
    ) -> None:  # fmt: skip
        """Keep the settings; `finished` says that nobody writes the file any more."""
        self.platform = shape.platform
        self._path, self._name, self._shape, self._clock = path, name, shape, clock
        self._format, self._finished = format, finished

    def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:  # noqa: ARG002 - read whole
        """Yield what is new in the file; relative times count from the instant that the cursor remembers."""
        kept = json.loads(cursor) if cursor else {}
        today = as_utc(datetime.fromisoformat(kept["today"])) if kept else self._shape.today
        shape = Shape(platform=self.platform, zone=self._shape.zone, today=today, columns=self._shape.columns)
        rules = Rules(shape=shape, now=self._clock.now(), format=self._format, finished=self._finished)
        state = FileState.load(kept) if kept else None
        try:
            for page in read_file(self._path, name=self._name, state=state, rules=rules):
                text = json.dumps({"today": today.isoformat(), **page.state.dump()})
                yield Batch(posts=page.posts, rejects=page.rejects, cursor=text)
        except UnreadableFile as error:
            yield Batch(signal=Signal(kind=SignalKind.MISCONFIGURED, message=str(error)))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"The file {self._name} can't be read: {reason}; put it there, or mend the source's `path:`."
            yield Batch(signal=Signal(kind=SignalKind.UNAVAILABLE, message=message))
