"""Rows of a file of texts, one at a time: CSV or JSON Lines. What can't be read becomes a row that says why."""

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from domain.errors import InvalidInput
from sentiment.normalisation import normalise_text

TEXT_FIELDS = ("text", "message", "content", "body", "tweet")
_DELIMITERS = ",;\t"
_LONGEST_CELL = 2**24  # characters; Python's own limit of 131,072 would tear a long cell into rows


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """One row of a file: its line (from 1), what was read, or why it couldn't be."""

    line: int
    fields: Mapping[str, Any]
    problem: str | None = None


def read_rows(lines: Iterable[str], *, suffix: str = "", text_field: str | None = None) -> Iterator[InputRow]:
    """Read CSV where the file's ending says so, JSON Lines elsewhere.

    Without an ending that says which (standard input has none) the first line decides: a header that names the text's
    column makes it CSV.
    """
    if suffix.lower() in {".csv", ".tsv"}:
        return read_csv_rows(lines, text_field=text_field)
    source = iter(lines)
    first = next(source, "")
    whole = chain([first], source) if first else source
    if suffix.lower() not in {".jsonl", ".ndjson", ".json"} and _is_header(first, text_field):
        return read_csv_rows(whole, text_field=text_field)
    return read_json_lines(whole)


def read_json_lines(lines: Iterable[str]) -> Iterator[InputRow]:
    """One row a line; a line that isn't a JSON object becomes a row with a problem. Empty lines count as blank rows."""
    for number, line in enumerate(lines, start=1):
        if problem := _find_bytes(line, number):
            yield InputRow(line=number, fields={}, problem=problem)
            continue
        try:
            fields = json.loads(line, parse_constant=_refuse_constant) if line.strip() else {}
        except (ValueError, RecursionError) as error:
            yield InputRow(line=number, fields={}, problem=f"Line {number} isn't JSON ({error}); mend or remove it.")
            continue
        if isinstance(fields, dict) and not _is_endless(fields.get("id")):
            yield InputRow(line=number, fields=fields)
        else:
            problem = f"Line {number} isn't a JSON object with a usable id; write {{...}}."
            yield InputRow(line=number, fields={}, problem=problem)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _is_endless(value: object) -> bool:
    """A number such as 1e999 can be read, but not written again as JSON."""
    return isinstance(value, float) and not math.isfinite(value)


def read_csv_rows(lines: Iterable[str], *, text_field: str | None = None) -> Iterator[InputRow]:
    """One row a record, named by the header; `line` is the file's line on which the record ends.

    Cells may be parted by commas, semicolons or tabs, whichever the header has most of.

    Raises:
        InvalidInput: the file has no header line, or none that names the text's column once.
    """
    csv.field_size_limit(_LONGEST_CELL)
    source = iter(lines)
    head = next(source, "")
    reader = csv.reader(chain([head], source), delimiter=_delimiter_of(head), strict=True)
    names = [name.strip() for name in next(reader, [])]
    _check_header(names, text_field)
    while True:
        began = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = _explain(error, began, reader.line_num)
            yield InputRow(line=reader.line_num, fields={}, problem=problem)
            continue
        yield _record(names, cells, reader.line_num)


def _check_header(names: list[str], text_field: str | None) -> None:
    if not any(names):
        raise InvalidInput("The CSV has no header line; begin it with the names of its columns, one of them text.")
    wanted = (text_field,) if text_field else TEXT_FIELDS
    name = next((name for name in wanted if name in names), None)
    if name is None:
        raise InvalidInput(
            f"The CSV has no column {', '.join(wanted)}; its columns are {', '.join(filter(None, names))}. "
            "Name the one with the text with --text-field."
        )
    if names.count(name) > 1:
        raise InvalidInput(f"The CSV has {names.count(name)} columns {name}; rename all but the one with the text.")


def _explain(error: csv.Error, began: int, ended: int) -> str:
    if ended > began:
        return (
            f"Lines {began} to {ended} were read as one record ({error}): a quote that opens on line {began} isn't "
            "closed; close it, or remove it."
        )
    return f"Line {ended} isn't CSV ({error}); mend or remove it."


def _record(names: list[str], cells: list[str], number: int) -> InputRow:
    fields = dict(zip(names, cells, strict=False))
    problem = next(filter(None, (_find_bytes(cell, number) for cell in cells)), None)
    if len(cells) > len(names):
        problem = (
            f"Line {number} has {len(cells)} cells and the header {len(names)} names; "
            "put a text that holds the delimiter in quotes."
        )
    return InputRow(line=number, fields={} if problem else fields, problem=problem)


def text_of(fields: Mapping[str, Any], text_field: str | None) -> object:
    """The row's text: of the named field, or of the first of the usual names that it has; None without one."""
    names = (text_field,) if text_field else TEXT_FIELDS
    return next((fields[name] for name in names if name in fields), None)


def find_problem(row: InputRow, text_field: str | None) -> str | None:
    """Why the row can't be classified, or None."""
    if row.problem is not None:
        return row.problem
    text = text_of(row.fields, text_field)
    if not row.fields:
        return f"Line {row.line} is blank; there is nothing to classify."
    if text is None:
        return f"Line {row.line} has no field {text_field or ', '.join(TEXT_FIELDS)}; name it with --text-field."
    if not isinstance(text, str):
        return f"The text in line {row.line} isn't a string; write it in quotes."
    return None if normalise_text(text) else f"The text in line {row.line} is blank; there is nothing to classify."


def _is_header(line: str, text_field: str | None) -> bool:
    if not line.strip() or line.lstrip().startswith(("{", "[")):
        return False
    names = next(csv.reader([line], delimiter=_delimiter_of(line)), [])
    return any(name in names for name in ((text_field,) if text_field else TEXT_FIELDS))


def _delimiter_of(head: str) -> str:
    return max(_DELIMITERS, key=head.count)


def _find_bytes(text: str, number: int) -> str | None:
    """Bytes that are no UTF-8 come in as lone surrogates, when the file was opened with `surrogateescape`."""
    if text.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in text):
        return None
    return f"Line {number} isn't UTF-8; save the file as UTF-8."
