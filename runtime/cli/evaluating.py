"""What `earnest evaluate` does: the model and those it is compared with, on rows with known labels, in one run."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from domain.errors import InvalidInput
from domain.ports import Classifier
from runtime.cli.classifying import name_problem, open_rows, progress_of
from runtime.cli.errors import say
from runtime.cli.printing import print_table
from runtime.cli.progress import counting
from sentiment.choosing import PREFIX, open_classifier, read_label_map
from sentiment.comparing import Fields, ModelFigures, measure_classifiers, read_labelled
from sentiment.reading import InputRow
from sentiment.tasks import Task

VADER = "vader"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What was measured; `skipped` counts the rows that couldn't be read."""

    file: str
    task: Task
    rows: int
    skipped: int
    models: list[ModelFigures]


def evaluate_file(
    file: str, *, task: Task, fields: Fields, model: str, labels: list[str], compare: Sequence[str]
) -> Evaluation:
    """Measure the model and those in `compare` on the file's rows.

    Raises:
        InvalidInput: the file, a label in it, or a word for a model can't be read.
        ModelError: a model can't be used, or the package for it is missing.
    """
    known = read_label_map(labels)
    classifiers = [open_classifier(model, labels=known), *(_rival(word, known) for word in compare)]
    problems: list[str] = []

    def note_problem(problem: str) -> None:
        problems.append(problem)
        name_problem(problem, count=len(problems))

    with open_rows(file, text_field=fields.text) as opened, progress_of(opened, "Reading") as report:
        rows = read_labelled(_counted(opened.rows, report), task=task, fields=fields, note_problem=note_problem)
    if problems:
        say(f"{len(problems)} row(s) couldn't be read and are left out.")
    with counting("Sorting") as progress:
        measured = measure_classifiers(classifiers, rows, task=task, note_done=progress)
    return Evaluation(file=file, task=task, rows=len(rows), skipped=len(problems), models=measured)


def show_evaluation(done: Evaluation) -> None:
    """Print what was measured as tables."""
    models = done.models
    names = [each.model for each in models]
    print_table(f"{done.file}: {done.task} of {done.rows} rows", ("", *names), _figures(done))
    for each in models:
        _show_labels(each)
    for title, figure in (("Macro-F1", "macro_f1"), ("Accuracy", "accuracy")):
        cells = zip(*(each.languages for each in models), strict=True)
        languages = [
            (line[0].language, line[0].figures.rows, *(getattr(each.figures, figure) for each in line))
            for line in cells
        ]  # fmt: skip
        print_table(f"{title} by language", ("language", "rows", *names), languages)


def _show_labels(each: ModelFigures) -> None:
    report = each.report
    figures = [(one.label, one.precision, one.recall, one.f1, one.support) for one in report.classes]
    print_table(f"{each.model}, by label", ("label", "precision", "recall", "F1", "rows"), figures)
    confusion = [(f"is {label}", *counts) for label, counts in zip(report.labels, report.confusion, strict=True)]
    print_table(f"{each.model}, what it said of each", ("", *report.labels), confusion)


def _figures(done: Evaluation) -> list[tuple[object, ...]]:
    """One row a figure, one column a model; what a model can't show stays empty."""
    models = done.models
    rows: list[tuple[object, ...]] = [
        ("macro-F1", *(each.report.macro_f1 for each in models)),
        ("accuracy", *(each.report.accuracy for each in models)),
        ("macro-recall", *(each.report.macro_recall for each in models)),
        ("mean macro-F1 of languages", *(f"{_mean_of_languages(each):.3f}" for each in models)),
        ("Brier score", *(each.report.brier if each.calibrated else None for each in models)),
        ("ECE", *(each.report.ece if each.calibrated else None for each in models)),
        ("ECE, if perfectly calibrated", *(each.report.ece_if_perfect if each.calibrated else None for each in models)),
    ]
    for place, (share, _) in enumerate(models[0].report.coverage):
        cells = (each.report.coverage[place][1] if each.calibrated else None for each in models)
        rows.append((f"accuracy on the surest {share:.0%}", *cells))
    if done.task is Task.INTENT:
        rows.append(("share it dares to answer", *(f"{each.answered or 0:.3f}" for each in models)))
        rows.append(("accuracy on those", *(each.right_when_answered for each in models)))
    rows.append(("texts a second, here", *(f"{each.texts_per_second:,.0f}" for each in models)))
    return rows


def _mean_of_languages(each: ModelFigures) -> float:
    return fmean(line.figures.macro_f1.value for line in each.languages)


def _rival(word: str, labels: dict[str, str]) -> Classifier:
    if word == VADER:
        from sentiment.vader import VaderClassifier

        return VaderClassifier()
    if not word.startswith(PREFIX):
        raise InvalidInput(f"--compare {word} isn't known; write {VADER}, or {PREFIX} and a model's folder.")
    return open_classifier(word, labels=labels)


def _counted(rows: Iterator[InputRow], report: Callable[[int], None]) -> Iterator[InputRow]:
    for done, row in enumerate(rows, start=1):
        yield row
        report(done)
