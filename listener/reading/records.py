"""Reads records, CSV rows or JSON lines, from lines; a record that can't be read says why and never stops the rest."""

import csv
import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from listener.reading.lines import Line

# A quote that isn't closed within so many lines is a mistake of its first one.
ROW_LINES: Final = 500
_DELIMITERS: Final = ",;\t|"
csv.field_size_limit(2**22)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record: its values, or the `fault` that kept it from being read; `number` is its first line, from 1.

    `ended` is False where more of it may come: its last line has no newline, or its quote was open when the lines ran
    out.
    """

    number: int
    start: int
    end: int
    source: str
    values: Mapping[str, Any] | None = None
    fault: str | None = None
    lines: int = 1
    ended: bool = True
    clean: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A CSV file's first row, and the sign between its columns."""

    names: tuple[str, ...]
    delimiter: str


def read_header(line: Line) -> Header | None:
    """Return the header that a CSV file's first line holds; None when it names no column."""
    counts = {sign: line.text.count(sign) for sign in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda sign: counts[sign])
    try:
        row = next(csv.reader([line.text.rstrip("\r")], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
    names = tuple(name.strip() for name in row)
    return Header(names=names, delimiter=delimiter) if any(names) else None


def read_json(lines: Iterator[Line], *, number: int) -> Iterator[Record]:
    """Yield one record for each line that isn't blank; `number` is the first line's."""
    for count, line in enumerate(lines, start=number):
        if line.whole and not line.text.strip():
            continue
        yield _json_record(line, count)


def read_csv(lines: Iterator[Line], *, header: Header, number: int) -> Iterator[Record]:
    """Yield one record for each row; a quoted field may reach over several lines."""
    waiting: deque[Line] = deque()
    count = number
    while line := _next(waiting, lines):
        if line.whole and not line.text.strip():
            count += 1
            continue
        if not line.whole:
            yield _record([line], count, fault="The line is too long.")
            count += 1
            continue
        taken, values, fault, ended = _read_row(line, waiting, lines, header)
        yield _record(taken, count, values=values, fault=fault, ended=ended)
        count += len(taken)


def _next(waiting: deque[Line], lines: Iterator[Line]) -> Line | None:
    return waiting.popleft() if waiting else next(lines, None)


def _read_row(
    first: Line, waiting: deque[Line], lines: Iterator[Line], header: Header
) -> tuple[list[Line], dict[str, Any] | None, str | None, bool]:  # fmt: skip
    """Return the lines of one row and its values; when it can't be read, its first line alone, and why.

    At last, False where the lines ran out within a quote, so that more of the row may come.
    """
    taken = [first]

    def feed() -> Iterator[str]:
        yield f"{first.text}\n"
        while len(taken) < ROW_LINES and (line := _next(waiting, lines)):
            taken.append(line)
            yield f"{line.text}\n"

    try:
        row = next(csv.reader(feed(), delimiter=header.delimiter, strict=True), [])
    except csv.Error as error:
        # The lines after the first are rows of their own, as far as anybody can tell.
        waiting.extendleft(reversed(taken[1:]))
        if "unexpected end of data" in str(error):
            return taken[:1], None, "A quote isn't closed.", len(taken) >= ROW_LINES
        return taken[:1], None, f"The row can't be read as CSV: {error}.", True
    return taken, *_fit(row, header), True


def _fit(row: Sequence[str], header: Header) -> tuple[dict[str, Any] | None, str | None]:
    extra = [value for value in row[len(header.names) :] if value.strip()]
    if extra:
        return None, f"The row has {len(row)} columns, the header {len(header.names)}; quote values that hold commas."
    # strict=False: a row may leave its last columns out.
    return {name: value.strip() for name, value in zip(header.names, row, strict=False) if name}, None


def _json_record(line: Line, number: int) -> Record:
    if not line.whole:
        return _record([line], number, fault="The line is too long.")
    try:
        values = json.loads(line.text.strip("\r \t\ufeff"))
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "it nests too deep"
        return _record([line], number, fault=f"The line isn't JSON: {reason}.")
    if not isinstance(values, dict):
        return _record([line], number, fault="The line isn't a JSON object; write one post a line, in braces.")
    return _record([line], number, values=values)


def _record(
    lines: Sequence[Line], number: int, *, values: Mapping[str, Any] | None = None, fault: str | None = None,
    ended: bool = True,
) -> Record:  # fmt: skip
    return Record(
        number=number, start=lines[0].start, end=lines[-1].end, source="\n".join(line.text for line in lines)[:20_000],
        values=values, fault=fault, lines=len(lines), ended=ended and lines[-1].ended,
        clean=all(line.clean for line in lines),
    )  # fmt: skip
