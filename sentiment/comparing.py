"""Measuring classifiers on rows with known labels: one report each, and one a language."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from domain.classification import Classification, ClassifierInput
from domain.errors import InvalidInput
from domain.labels import INTENTS, Sentiment
from domain.ports import Classifier
from sentiment.calibration import Array
from sentiment.evaluation import Headline, Interval, Report, measure_answers, measure_predictions, share_of
from sentiment.files import post_of
from sentiment.reading import InputRow, find_problem
from sentiment.tasks import Task, check_numbers, read_label

_CHUNK = 256
UNNAMED = "not named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The names of a file's fields; None looks for the usual ones."""

    text: str | None = None
    label: str | None = None
    language: str | None = None
    brand: str = "brand"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledRow:
    """One post with its true label; `language` is None where the file has no field for it."""

    line: int
    post: ClassifierInput
    label: str
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageFigures:
    """The figures of the rows in one language."""

    language: str
    figures: Headline


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFigures:
    """Everything measured of one classifier.

    `calibrated` is False for a classifier without probabilities: its calibration and coverage say nothing.
    `answered` is the share of rows whose intent it dared to say, `right_when_answered` its accuracy on those; both are
    None for tasks in which nothing abstains.
    """

    model: str
    report: Report
    calibrated: bool
    answered: float | None
    right_when_answered: Interval | None
    languages: tuple[LanguageFigures, ...]
    seconds: float

    @property
    def texts_per_second(self) -> float:
        """Its speed in this run."""
        return self.report.rows / max(self.seconds, 1e-9)


class _Said(NamedTuple):
    """(rows, labels) probabilities, and what else is counted, row by row."""

    scores: Array
    abstained: list[bool]
    languages: list[str | None]
    seconds: float


def read_labelled(
    rows: Iterable[InputRow], *, task: Task, fields: Fields, note_problem: Callable[[str], None]
) -> list[LabelledRow]:
    """Return the rows with text and label; `note_problem` hears of each row that can't be read.

    Raises:
        InvalidInput: a row's label is none of the task's, or no row is left; the text names line and value.
    """
    labelled: list[LabelledRow] = []
    written: set[str] = set()
    for row in rows:
        problem = find_problem(row, fields.text)
        if problem is not None:
            note_problem(problem)
            continue
        labelled.append(_labelled(row, task=task, fields=fields))
        written.add(str(row.fields[_label_field(row, task, fields)]).strip())
    if not labelled:
        raise InvalidInput("The file has no row with a text and a label; there is nothing to measure.")
    check_numbers(written, task=task)
    return labelled


def _label_field(row: InputRow, task: Task, fields: Fields) -> str:
    names = (fields.label,) if fields.label else (str(task), "label")
    name = next((name for name in names if name in row.fields), None)
    if name is None:
        raise InvalidInput(f"Line {row.line} has no field {' or '.join(names)}; name it with --label-field.")
    return name


def _labelled(row: InputRow, *, task: Task, fields: Fields) -> LabelledRow:
    name = _label_field(row, task, fields)
    language = row.fields.get(fields.language) if fields.language else None
    if fields.language and fields.language not in row.fields:
        raise InvalidInput(f"Line {row.line} has no field {fields.language}; mend --language-field.")
    return LabelledRow(
        line=row.line,
        post=post_of(row, text_field=fields.text, brand_field=fields.brand),
        label=read_label(row.fields[name], task=task, line=row.line, field=name),
        language=(str(language).strip() or UNNAMED) if language is not None else None,
    )


def measure_classifiers(
    classifiers: Sequence[Classifier], rows: Sequence[LabelledRow], *, task: Task,
    note_done: Callable[[str, int], None] = lambda _model, _rows: None,
) -> list[ModelFigures]:  # fmt: skip
    """Measure each classifier on the same rows, in order.

    Where the file names no languages, the first classifier's answers do. `note_done` hears of the model's name and the
    rows it has done since the last time.

    Raises:
        ModelError: a classifier can't be used.
    """
    measured: list[ModelFigures] = []
    languages: list[str] = []
    for classifier in classifiers:
        said = _ask(classifier, rows, task, note_done)
        if not languages:
            languages = [row.language or named or UNNAMED for row, named in zip(rows, said.languages, strict=True)]
        measured.append(_figures(classifier.revision, rows, said, task, languages))
    return measured


def _ask(
    classifier: Classifier, rows: Sequence[LabelledRow], task: Task, note_done: Callable[[str, int], None]
) -> _Said:  # fmt: skip
    """What the classifier says of every row, without keeping its whole answers."""
    scores: list[list[float]] = []
    abstained: list[bool] = []
    languages: list[str | None] = []
    # Loading isn't timed.
    classifier.classify([rows[0].post])
    began = time.perf_counter()
    for start in range(0, len(rows), _CHUNK):
        answers = classifier.classify([row.post for row in rows[start : start + _CHUNK]])
        scores += [_scores(answer, task) for answer in answers]
        abstained += [answer.abstained for answer in answers]
        languages += [answer.language for answer in answers]
        note_done(classifier.revision, len(answers))
    return _Said(np.asarray(scores, dtype=np.float64), abstained, languages, time.perf_counter() - began)


def _scores(answer: Classification, task: Task) -> list[float]:
    if task is Task.INTENT:
        return [answer.intent_scores[label] for label in INTENTS]
    return [answer.sentiment_scores[label] for label in Sentiment]


def _figures(
    model: str, rows: Sequence[LabelledRow], said: _Said, task: Task, languages: Sequence[str]
) -> ModelFigures:  # fmt: skip
    truth = [row.label for row in rows]
    answers = [task.labels[int(place)] for place in said.scores.argmax(axis=1)]
    right = [one == other for one, other in zip(truth, answers, strict=True)]
    dared = [hit for hit, abstained in zip(right, said.abstained, strict=True) if not abstained]
    abstains = task is Task.INTENT
    return ModelFigures(
        model=model,
        report=measure_predictions(truth, said.scores, task.labels),
        calibrated=not bool(np.isin(said.scores, (0.0, 1.0)).all()),
        answered=len(dared) / len(rows) if abstains else None,
        right_when_answered=share_of(dared) if abstains and dared else None,
        languages=_by_language(truth, answers, task, languages),
        seconds=said.seconds,
    )


def _by_language(
    truth: Sequence[str], said: Sequence[str], task: Task, languages: Sequence[str]
) -> tuple[LanguageFigures, ...]:
    groups: dict[str, list[int]] = {}
    for place, language in enumerate(languages):
        groups.setdefault(language, []).append(place)
    return tuple(
        LanguageFigures(
            language=language,
            figures=measure_answers([truth[at] for at in places], [said[at] for at in places], task.labels),
        )
        for language, places in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    )
