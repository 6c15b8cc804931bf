"""Classifying a file of rows with constant memory: CSV or JSON lines in, one dictionary a row out, in order."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from domain.classification import Classification, ClassifierInput
from domain.errors import InvalidInput
from domain.ports import Classifier
from sentiment.prediction import blank_classification

_CHUNK = 512
_NAMES = ("text", "message", "content", "body", "tweet")


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """One row of a file: its line (from 1), what was read, or why it couldn't be."""

    line: int
    fields: Mapping[str, Any]
    problem: str | None = None


def classify_rows(
    rows: Iterable[InputRow], classifier: Classifier, *, text_field: str | None = None, brand: str | None = None
) -> Iterator[dict[str, Any]]:
    """Yield one result for each row, in order, holding at most 512 rows in memory.

    `text_field` names the column with the text (default: the first of text, message, content, body, tweet that the row
    has). `brand` is the brand spoken of; a row's own field `brand` goes before it, and its field `parent` is the post
    above. A blank or broken row is passed through as abstained, with `error` saying why.
    """
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        problems = [row.problem or _find_problem(row.fields, text_field) for row in chunk]
        posts = [
            _post_of(row.fields, text_field, brand)
            for row, problem in zip(chunk, problems, strict=True)
            if problem is None
        ]
        answers = iter(classifier.classify(posts))
        for row, problem in zip(chunk, problems, strict=True):
            answer = next(answers) if problem is None else blank_classification(model=classifier.revision)
            yield result_of(answer, row, problem=problem)


def result_of(answer: Classification, row: InputRow, *, problem: str | None) -> dict[str, Any]:
    """The dictionary that is written for one row; `id` is the row's own where it has one."""
    result: dict[str, Any] = {"line": row.line}
    if "id" in row.fields:
        result["id"] = row.fields["id"]
    result |= {
        "intent": str(answer.intent),
        "intent_scores": _rounded(answer.intent_scores),
        "also": [str(intent) for intent in answer.also],
        "sentiment": str(answer.sentiment),
        "sentiment_scores": _rounded(answer.sentiment_scores),
        "urgency": round(answer.urgency, 4),
        "urgent": answer.urgent,
        "toxicity": round(answer.toxicity, 4),
        "toxic": answer.toxic,
        "language": answer.language,
        "themes": list(answer.themes),
        "abstained": answer.abstained,
        "model": answer.model,
    }
    if problem is not None:
        result["error"] = problem
    return result


def read_json_lines(lines: Iterable[str]) -> Iterator[InputRow]:
    """One row a line; a line that isn't a JSON object becomes a row with a problem. Empty lines count as blank rows."""
    for number, line in enumerate(lines, start=1):
        try:
            fields = json.loads(line) if line.strip() else {}
        except ValueError as error:
            yield InputRow(line=number, fields={}, problem=f"Line {number} isn't JSON ({error}); mend or remove it.")
            continue
        if isinstance(fields, dict):
            yield InputRow(line=number, fields=fields)
        else:
            yield InputRow(line=number, fields={}, problem=f"Line {number} isn't a JSON object; write {{...}}.")


def read_csv_rows(lines: Iterable[str]) -> Iterator[InputRow]:
    """One row a record, named by the header; `line` is the file's line on which the record ends.

    Raises:
        InvalidInput: the file has no header line.
    """
    reader = csv.DictReader(lines)
    if not reader.fieldnames:
        raise InvalidInput("The CSV has no header line; begin it with the names of its columns, one of them text.")
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number = reader.line_num
            yield InputRow(line=number, fields={}, problem=f"Line {number} isn't CSV ({error}); mend or remove it.")
            continue
        yield InputRow(line=reader.line_num, fields={key: value for key, value in record.items() if key is not None})


def _text_of(fields: Mapping[str, Any], text_field: str | None) -> object:
    names = (text_field,) if text_field else _NAMES
    return next((fields[name] for name in names if name in fields), None)


def _find_problem(fields: Mapping[str, Any], text_field: str | None) -> str | None:
    text = _text_of(fields, text_field)
    if text is None:
        return f"The row has no field {text_field or ', '.join(_NAMES)}; name the column with --text-field."
    if not isinstance(text, str):
        return "The row's text isn't a string; write it in quotes."
    return None if text.strip() else "The row's text is blank; there is nothing to classify."


def _post_of(fields: Mapping[str, Any], text_field: str | None, brand: str | None) -> ClassifierInput:
    own, parent = fields.get("brand"), fields.get("parent")
    return ClassifierInput(
        text=str(_text_of(fields, text_field)),
        brand=own if isinstance(own, str) and own.strip() else brand,
        parent=parent if isinstance(parent, str) and parent.strip() else None,
    )


def _rounded(scores: Mapping[Any, float]) -> dict[str, float]:
    return {str(label): round(score, 4) for label, score in scores.items()}
