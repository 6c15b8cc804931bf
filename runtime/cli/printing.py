"""How commands print: JSON for programs on standard output, tables for people."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any, Final

_SHORT: Final = 12


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    """Print `value` as JSON: aware times as ISO 8601, records as objects."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; customers' text is shown as text, never as markup. A column that is empty throughout is left out.

    Short columns keep their words whole; the long ones share what is left of the terminal.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    cells = [tuple("" if cell is None else str(cell) for cell in row) for row in rows]
    kept = [place for place in range(len(columns)) if any(row[place] for row in cells)]
    table = Table(
        title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0),
        show_header=any(columns),
    )  # fmt: skip
    for place in kept:
        longest = max(len(columns[place]), *(len(row[place]) for row in cells))
        table.add_column(columns[place], overflow="fold", no_wrap=longest <= _SHORT)
    for row in cells:
        table.add_row(*(escape(row[place]) for place in kept))
    Console().print(table if cells else title)


def shorten(text: str, length: int = 60) -> str:
    """Return the text on one line, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, frozenset | set | tuple):
        return list(value)
    return str(value)
