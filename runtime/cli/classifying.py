"""What `earnest classify` does: rows in, JSON lines out, in constant memory."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from domain.errors import InvalidInput
from sentiment.choosing import open_classifier, read_label_map
from sentiment.files import classify_rows
from sentiment.reading import InputRow, read_rows

STDIN = "-"
# So many bad rows are named; the others say why in their results alone.
SHOWN = 10
_EVERY = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file's rows; `size` is its bytes (None for standard input), `position` how many of them were read."""

    rows: Iterator[InputRow]
    size: int | None
    position: Callable[[], int]


def classify_file(
    file: str, *, text_field: str | None, brand: str | None, out: Path | None, model: str, labels: list[str]
) -> None:
    """Classify the rows of `file` (- for standard input) and write the results to `out` or standard output.

    Raises:
        InvalidInput: the file isn't there or is what `out` would overwrite, or the model's word can't be read.
        ModelError: the model's folder can't be used.
    """
    classifier = open_classifier(model, labels=read_label_map(labels))
    # A model that can't be used is said before a file is opened to write.
    _ = classifier.revision, classifier.classify([])
    with ExitStack() as stack:
        opened = stack.enter_context(open_rows(file, text_field=text_field))
        target = stack.enter_context(_open_out(out, file)) if out else _standard_output()
        results = classify_rows(opened.rows, classifier, text_field=text_field, brand=brand)
        troubled = _write(results, target, opened)
    if troubled:
        print(f"{troubled} row(s) couldn't be classified; each says why in its “error”.", file=sys.stderr)


@contextmanager
def open_rows(file: str, *, text_field: str | None) -> Iterator[Opened]:
    """Yield a file's rows, or those of standard input when it is called -; raises InvalidInput when there is none."""
    if file == STDIN:
        # Bytes that are no UTF-8 become a broken row and not a broken run.
        stream = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="surrogateescape", newline="")
        yield Opened(rows=read_rows(stream, text_field=text_field), size=None, position=lambda: 0)
        stream.detach()
        return
    path = Path(file)
    if not path.exists() or path.is_dir():
        raise InvalidInput(f"There is no file {path}; name a CSV or JSON Lines file, or - for standard input.")
    with path.open("rb") as source:
        lines = io.TextIOWrapper(source, encoding="utf-8-sig", errors="surrogateescape", newline="")
        rows = read_rows(lines, suffix=path.suffix, text_field=text_field)
        yield Opened(rows=rows, size=path.stat().st_size or None, position=_teller(source))


@contextmanager
def progress_of(opened: Opened, what: str) -> Iterator[Callable[[int], None]]:
    """Show a bar of the file's bytes on standard error, and the rows done; yields `report(rows)`."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]:,} rows"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    console = Console(stderr=True)
    # In a log or a pipe a bar is only noise.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=opened.size or None, rows=0)

        def report(rows: int) -> None:
            progress.update(task, completed=opened.position(), rows=rows)

        yield report


def name_problem(problem: str, *, count: int) -> None:
    """Say on standard error what is wrong with a row, for the first ten of them."""
    if count <= SHOWN:
        print(problem, file=sys.stderr)


def _write(results: Iterator[dict[str, Any]], target: IO[str], opened: Opened) -> int:
    troubled = 0
    with progress_of(opened, "Sorting") as report:
        for done, result in enumerate(results, start=1):
            if "error" in result:
                troubled += 1
                name_problem(result["error"], count=troubled)
            line = json.dumps(result, ensure_ascii=False)
            target.write(line.encode("utf-8", "replace").decode("utf-8") + "\n")
            if done % _EVERY == 0:
                report(done)
    return troubled


def _standard_output() -> IO[str]:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


def _teller(source: IO[bytes]) -> Callable[[], int]:
    return source.tell if source.seekable() else lambda: 0


@contextmanager
def _open_out(out: Path, file: str) -> Iterator[IO[str]]:
    """Yield where to write. What stood there stays until all of the new one is written; a pipe is written at once."""
    if out.exists() and _is_read(out, file):
        raise InvalidInput(f"--out {out} is the file that is read; name another, or it would be overwritten.")
    if out.exists() and not out.is_file():
        with out.open("w", encoding="utf-8") as target:
            yield target
        return
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8") as target:
            yield target
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _is_read(out: Path, file: str) -> bool:
    if file != STDIN:
        return out.samefile(file)
    try:
        return os.path.samestat(os.fstat(sys.stdin.fileno()), out.stat())
    except (OSError, ValueError):  # a stream without a file behind it
        return False
