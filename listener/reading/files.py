"""Reads a file of posts page by page from where it stopped, by byte; a row dated in the future is left for later."""

import io
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, cast

from domain.errors import EarnestError, InvalidInput
from domain.posts import RawPost, Reject
from listener.reading.lines import Encoding, detect_encoding, read_lines
from listener.reading.posts import Shape, has_words, read_post
from listener.reading.records import Header, Record, read_csv, read_header, read_json
from listener.reading.state import FileState, Later, Page, due, mark_at

Format = Literal["auto", "csv", "jsonl", "ndjson"]
PAGE: Final = 500
# So many rows from the future are remembered; then the reading waits there.
LATER_CAP: Final = 2_000
_HEAD: Final = 2**16
_log = logging.getLogger(__name__)


class UnreadableFile(EarnestError):
    """The file as a whole can't be read as posts; the text says why and what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a file is read; `finished` says that nobody is still writing it."""

    shape: Shape
    now: datetime
    format: Format = "auto"
    finished: bool = False


@dataclass(slots=True)
class _Rows:
    """Collects rows into a page."""

    name: str
    rules: Rules
    posts: list[RawPost] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)
    unclean: int = 0
    once: bool = False

    def take(self, record: Record) -> None:
        self.unclean += not record.clean
        try:
            post = read_post(_values_of(record), shape=self.rules.shape, now=self.rules.now, number=record.number)
        except InvalidInput as error:
            place = f"{self.name}:{record.number}"
            self.rejects.append(Reject(place=place, reason=str(error), payload=record.source))
            return
        if post.posted_at > self.rules.now and not self.once:
            at = post.posted_at.timestamp()
            self.later.append(Later(start=record.start, end=record.end, number=record.number, at=at))
        else:
            self.posts.append(post)

    def page(self, state: FileState) -> Page:
        page = Page(state=state, posts=tuple(self.posts), rejects=tuple(self.rejects))
        self.posts, self.rejects = [], []
        return page

    @property
    def full(self) -> bool:
        return len(self.posts) + len(self.rejects) >= PAGE


def _values_of(record: Record) -> Mapping[str, Any]:
    if record.values is None:
        raise InvalidInput(record.fault or "The row can't be read.")
    return record.values


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """What a file's beginning tells of the rest."""

    encoding: Encoding
    header: Header | None

    def records(self, stream: BinaryIO, *, start: int, number: int) -> Iterator[Record]:
        """Yield the records from byte `start` on, where `stream` stands; a header isn't one."""
        lines = read_lines(stream, encoding=self.encoding, start=start, base=self.encoding.mark)
        if self.header is None:
            return read_json(lines, number=number)
        records = read_csv(lines, header=self.header, number=number)
        if start == self.encoding.mark:
            next(records, None)
        return records


def read_file(path: Path, *, name: str, state: FileState | None, rules: Rules) -> Iterator[Page]:
    """Yield the rows of a file that are new since `state`, each page with the state to save with it.

    A file that was written anew is read from its start. A last line without its newline, and a last row whose
    quote is open, wait until the file has rested since the look before. Raises UnreadableFile, and OSError where the
    file can't be opened.
    """
    before = state or FileState()
    with path.open("rb") as stream:
        stat = os.fstat(stream.fileno())
        look = (stat.st_size, stat.st_mtime_ns)
        rested = before.look == look
        if rested and before.offset >= stat.st_size and not due(before, rules.now):
            return
        if before.offset > stat.st_size or (before.offset and before.mark != mark_at(path, before.offset)):
            before = FileState()
        layout = _lay_out(stream.read(_HEAD), name=name, rules=rules)
        settled = rested or rules.finished
        rows = _Rows(name, rules)
        state = replace(before, look=look)
        for page in _read_due(stream, state, rows, layout):
            state = page.state
            yield page
        yield from _read_on(stream, path, state, rows, layout=layout, settled=settled)


def read_stream(stream: BinaryIO, *, name: str, rules: Rules, first: int = 1) -> Iterator[Page]:
    """Yield the rows of a stream that can't be read twice, such as standard input; none waits for its time.

    `first` is the number of its first line.
    """
    head = stream.read(_HEAD)
    layout = _lay_out(head, name=name, rules=rules)
    mark = layout.encoding.mark
    rows = _Rows(name, rules, once=True)
    body = cast(BinaryIO, Joined(head[mark:], stream))
    for record in layout.records(body, start=mark, number=first):
        rows.take(record)
        if rows.full:
            yield rows.page(FileState())
    yield rows.page(FileState())


def _read_due(stream: BinaryIO, state: FileState, rows: _Rows, layout: _Layout) -> Iterator[Page]:
    """Yield the waiting rows whose time has come."""
    for row in due(state, rows.rules.now):
        stream.seek(row.start)
        body = io.BytesIO(stream.read(row.end - row.start))
        for record in layout.records(body, start=row.start, number=row.number):
            rows.take(record)
        state = replace(state, later=tuple(other for other in state.later if other != row))
        if rows.full:
            yield rows.page(state)
    if rows.posts or rows.rejects:
        yield rows.page(state)


def _read_on(
    stream: BinaryIO, path: Path, state: FileState, rows: _Rows, *, layout: _Layout, settled: bool
) -> Iterator[Page]:  # fmt: skip
    """Yield what stands behind the place that was reached."""
    rows.later = list(state.later)
    start = max(state.offset, layout.encoding.mark)
    stream.seek(start)
    for record in layout.records(stream, start=start, number=state.number):
        if (not record.ended and not settled) or len(rows.later) >= LATER_CAP:
            break
        rows.take(record)
        state = replace(state, offset=record.end, number=record.number + record.lines)
        if rows.full:
            yield rows.page(replace(state, mark=mark_at(path, state.offset), later=tuple(rows.later)))
    yield rows.page(replace(state, mark=mark_at(path, state.offset), later=tuple(rows.later)))
    if rows.unclean:
        _log.warning("file isn't UTF-8; read as Windows-1252", extra={"file": rows.name, "rows": rows.unclean})


def _lay_out(head: bytes, *, name: str, rules: Rules) -> _Layout:
    encoding = detect_encoding(head)
    lines = read_lines(io.BytesIO(head[encoding.mark :]), encoding=encoding, start=encoding.mark, base=encoding.mark)
    first = next((line for line in lines if line.text.strip()), None)
    if first is None or not _is_csv(name, first.text, rules.format):
        return _Layout(encoding=encoding, header=None)
    header = read_header(first)
    if header is None or not has_words(header.names, rules.shape):
        columns = ", ".join(header.names)[:300] if header else "none"
        raise UnreadableFile(
            f"{name} has no column for the text; its columns are: {columns}. Name yours in the source's `columns:`,"
            " such as {text: Comment}."
        )
    return _Layout(encoding=encoding, header=header)


def _is_csv(name: str, first: str, wanted: Format) -> bool:
    if wanted != "auto":
        return wanted == "csv"
    ending = Path(name).suffix.lower()
    if ending in {".jsonl", ".ndjson", ".json"}:
        return False
    return ending in {".csv", ".tsv"} or not first.lstrip().startswith("{")


class Joined(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        """Give back `head` first."""
        self._head, self._rest = head, rest

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes; none at the end."""
        if self._head:
            given, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return given
        return self._rest.read(size)
