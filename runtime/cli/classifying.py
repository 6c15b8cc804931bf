"""What `earnest classify` does: rows in, JSON lines out, in constant memory."""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from domain.errors import InvalidInput
from domain.ports import Classifier
from sentiment.files import InputRow, classify_rows, read_csv_rows, read_json_lines


def classify_file(file: str, *, text_field: str | None, brand: str | None, out: Path | None, model: str) -> None:
    """Classify the rows of `file` (- for standard input) and write the results to `out` or standard output."""
    with ExitStack() as stack:
        rows = stack.enter_context(_reading(file))
        target = stack.enter_context(out.open("w", encoding="utf-8")) if out else sys.stdout
        troubled = _write(classify_rows(rows, build_classifier(model), text_field=text_field, brand=brand), target)
    if troubled:
        print(f"{troubled} row(s) couldn't be classified; each says why in its “error”.", file=sys.stderr)


def build_classifier(model: str) -> Classifier:
    """Return the shipped classifier, or the one in the folder that `hf:` names."""
    if model == "default":
        from sentiment.prediction import OnnxClassifier

        return OnnxClassifier()
    from sentiment.hf import HuggingFaceClassifier

    return HuggingFaceClassifier(Path(model.removeprefix("hf:")))


def _write(results: Iterator[dict[str, object]], target: IO[str]) -> int:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} rows"), TimeElapsedColumn())
    troubled = 0
    console = Console(stderr=True)
    # In a log or a pipe a bar is only noise.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("rows", total=None)
        for result in results:
            troubled += "error" in result
            target.write(json.dumps(result, ensure_ascii=False) + "\n")
            progress.advance(task)
    return troubled


@contextmanager
def _reading(file: str) -> Iterator[Iterator[InputRow]]:
    if file == "-":
        yield read_json_lines(sys.stdin)
        return
    path = Path(file)
    if not path.is_file():
        raise InvalidInput(f"There is no file {path}; name a CSV or JSON Lines file, or - for standard input.")
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        yield read_csv_rows(lines) if path.suffix.lower() in {".csv", ".tsv"} else read_json_lines(lines)
