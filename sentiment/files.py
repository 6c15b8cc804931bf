"""Classifying rows with constant memory: rows in, one dictionary a row out, in order."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from domain.classification import Classification, ClassifierInput
from sentiment.prediction import blank_classification
from sentiment.reading import InputRow, find_problem, text_of

if TYPE_CHECKING:
    from domain.ports import Classifier

# The first label comes soon, and later batches are long enough to be sorted by length.
_FIRST_CHUNK, _CHUNK = 32, 512


def classify_rows(
    rows: Iterable[InputRow], classifier: "Classifier", *, text_field: str | None = None, brand: str | None = None
) -> Iterator[dict[str, Any]]:
    """Yield one result for each row, in order, holding at most 512 rows in memory.

    `text_field` names the column with the text (default: the first of text, message, content, body, tweet that the row
    has). `brand` is the brand spoken of; a row's own field `brand` goes before it, and its field `parent` is the post
    above. A blank or broken row is passed through as abstained, with `error` saying why.
    """
    source, size = iter(rows), _FIRST_CHUNK
    while chunk := list(islice(source, size)):
        size = min(size * 2, _CHUNK)
        problems = [find_problem(row, text_field) for row in chunk]
        posts = [
            post_of(row, text_field=text_field, brand=brand)
            for row, problem in zip(chunk, problems, strict=True)
            if problem is None
        ]
        answers = iter(classifier.classify(posts))
        for row, problem in zip(chunk, problems, strict=True):
            answer = next(answers) if problem is None else blank_classification(model=classifier.revision)
            yield result_of(answer, row, problem=problem)


def post_of(
    row: InputRow, *, text_field: str | None = None, brand: str | None = None, brand_field: str = "brand"
) -> ClassifierInput:
    """What the classifier is shown of a row without a problem; the row's own brand goes before `brand`."""
    own, parent = row.fields.get(brand_field), row.fields.get("parent")
    return ClassifierInput(
        text=str(text_of(row.fields, text_field)),
        brand=own if isinstance(own, str) and own.strip() else brand,
        parent=parent if isinstance(parent, str) and parent.strip() else None,
    )


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


def _rounded(scores: Mapping[Any, float]) -> dict[str, float]:
    return {str(label): round(score, 4) for label, score in scores.items()}
