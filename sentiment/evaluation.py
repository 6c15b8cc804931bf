"""How good a classifier is: figures by class, confusion, calibration, coverage against accuracy, with intervals."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentiment.calibration import Array

Places = NDArray[np.int64]
_BINS, _DRAWS, _SEED = 10, 1_000, 11
_COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the middle 95 % of its bootstrap distribution."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One label's precision, recall, F1 (0 to 1) and number of rows that have it."""

    label: str
    precision: Interval
    recall: Interval
    f1: Interval
    support: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The three figures that need no probabilities, of one set or a part of it."""

    rows: int
    accuracy: Interval
    macro_f1: Interval
    macro_recall: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything measured on one set for one task."""

    labels: tuple[str, ...]
    rows: int
    accuracy: Interval
    macro_f1: Interval
    macro_recall: Interval
    classes: tuple[ClassFigures, ...]
    confusion: tuple[tuple[int, ...], ...]  # rows are the truth, columns what was said
    brier: Interval
    ece: Interval
    ece_if_perfect: Interval  # what a perfectly calibrated model with these probabilities would show at this size
    coverage: tuple[tuple[float, Interval], ...]  # (share answered, accuracy on it), the surest rows first


def measure_predictions(truth: Sequence[str], probabilities: Array, labels: Sequence[str]) -> Report:
    """Compare (rows, labels) probabilities with the true labels; deterministic.

    Raises:
        ValueError: a true label isn't among `labels`, or there is no row.
    """
    if not truth:
        raise ValueError("There is no row to measure; give at least one labelled row.")
    places = _places(truth, labels)
    said = probabilities.argmax(axis=1).astype(np.int64)
    drawn = _draw_confusions(places, said, len(labels))
    confusion = count_confusion(places, said, len(labels))
    confidence, right = probabilities.max(axis=1), said == places
    misses = ((probabilities - np.eye(len(labels))[places]) ** 2).sum(axis=1)
    return Report(
        labels=tuple(labels),
        rows=len(truth),
        accuracy=_bootstrap(confusion, drawn, _accuracy),
        macro_f1=_bootstrap(confusion, drawn, macro_f1),
        macro_recall=_bootstrap(confusion, drawn, macro_recall),
        classes=tuple(_class_figures(confusion, drawn, place, label) for place, label in enumerate(labels)),
        confusion=tuple(tuple(map(int, row)) for row in confusion),
        brier=_interval(float(misses.mean()), [float(misses[rows].mean()) for rows in _draw_rows(len(truth))]),
        ece=_bootstrap_ece(confidence, right),
        ece_if_perfect=_perfect_ece(confidence),
        coverage=_coverage(confidence, right),
    )


def measure_answers(truth: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> Headline:
    """Compare what was said with the true labels; deterministic.

    Raises:
        ValueError: a label isn't among `labels`, or there is no row.
    """
    if not truth:
        raise ValueError("There is no row to measure; give at least one labelled row.")
    places, answers = _places(truth, labels), _places(said, labels)
    confusion = count_confusion(places, answers, len(labels))
    drawn = _draw_confusions(places, answers, len(labels))
    return Headline(
        rows=len(truth),
        accuracy=_bootstrap(confusion, drawn, _accuracy),
        macro_f1=_bootstrap(confusion, drawn, macro_f1),
        macro_recall=_bootstrap(confusion, drawn, macro_recall),
    )


def share_of(right: Sequence[bool]) -> Interval:
    """The share of True among at least one row, with its interval."""
    hits = np.asarray(right, dtype=np.float64)
    return _interval(float(hits.mean()), [float(hits[rows].mean()) for rows in _draw_rows(len(hits))])


def _places(names: Sequence[str], labels: Sequence[str]) -> Places:
    known = {label: place for place, label in enumerate(labels)}
    try:
        return np.asarray([known[name] for name in names], dtype=np.int64)
    except KeyError as error:
        raise ValueError(f"“{error.args[0]}” is none of the labels {', '.join(labels)}.") from None


def count_confusion(truth: Places, said: Places, size: int) -> NDArray[np.int64]:
    """(size, size) counts, rows the truth."""
    counts = np.bincount(truth * size + said, minlength=size * size)
    return counts.reshape(size, size).astype(np.int64)


def macro_f1(confusion: NDArray[np.int64]) -> float:
    """Mean F1 over the labels that occur in truth or in answers."""
    hits, present = np.diag(confusion), confusion.sum(axis=0) + confusion.sum(axis=1)
    kept = present > 0
    return float((2 * hits[kept] / present[kept]).mean())


def macro_recall(confusion: NDArray[np.int64]) -> float:
    """Mean recall over the labels that occur in the truth."""
    support = confusion.sum(axis=1)
    kept = support > 0
    return float((np.diag(confusion)[kept] / support[kept]).mean())


def _accuracy(confusion: NDArray[np.int64]) -> float:
    return float(np.trace(confusion) / confusion.sum())


def expected_calibration_error(confidence: Array, right: NDArray[np.bool_]) -> float:
    """Mean gap between confidence and accuracy over ten bins of equal width, weighted by their rows."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights=confidence - right, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def _class_figures(
    confusion: NDArray[np.int64], drawn: Sequence[NDArray[np.int64]], place: int, label: str
) -> ClassFigures:
    return ClassFigures(
        label=label,
        precision=_bootstrap(
            confusion, drawn, lambda counts: float(counts[place, place] / max(counts[:, place].sum(), 1))
        ),
        recall=_bootstrap(confusion, drawn, lambda counts: float(counts[place, place] / max(counts[place].sum(), 1))),
        f1=_bootstrap(confusion, drawn, lambda counts: _class_f1(counts, place)),
        support=int(confusion[place].sum()),
    )


def _class_f1(confusion: NDArray[np.int64], place: int) -> float:
    every = confusion[:, place].sum() + confusion[place].sum()
    return float(2 * confusion[place, place] / max(every, 1))


def _draw_rows(count: int) -> Iterator[Places]:
    """The same draws for every figure, so that figures of one set move together."""
    chance = np.random.default_rng(_SEED)
    for _ in range(_DRAWS):
        yield chance.integers(0, count, count)


def _draw_confusions(truth: Places, said: Places, size: int) -> list[NDArray[np.int64]]:
    return [count_confusion(truth[rows], said[rows], size) for rows in _draw_rows(len(truth))]


def _bootstrap(
    confusion: NDArray[np.int64], drawn: Sequence[NDArray[np.int64]], figure: Callable[[NDArray[np.int64]], float]
) -> Interval:
    return _interval(figure(confusion), [figure(each) for each in drawn])


def _bootstrap_ece(confidence: Array, right: NDArray[np.bool_]) -> Interval:
    """Its interval is reflected: drawing rows again adds error of its own, so the draws lie above the figure."""
    value = expected_calibration_error(confidence, right)
    draws = [expected_calibration_error(confidence[rows], right[rows]) for rows in _draw_rows(len(confidence))]
    drawn = _interval(value, draws)
    return Interval(value, max(2 * value - drawn.high, 0.0), max(2 * value - drawn.low, value))


def _perfect_ece(confidence: Array) -> Interval:
    chance = np.random.default_rng(_SEED)
    draws = [expected_calibration_error(confidence, chance.random(len(confidence)) < confidence) for _ in range(_DRAWS)]
    return _interval(float(np.mean(draws)), draws)


def _interval(value: float, draws: Sequence[float] | Array) -> Interval:
    low, high = np.quantile(draws, (0.025, 0.975))
    return Interval(value, float(low), float(high))


def _coverage(confidence: Array, right: NDArray[np.bool_]) -> tuple[tuple[float, Interval], ...]:
    drawn = np.asarray([_surest(confidence[rows], right[rows]) for rows in _draw_rows(len(confidence))])
    values = _surest(confidence, right)
    return tuple((share, _interval(values[place], drawn[:, place])) for place, share in enumerate(_COVERAGES))


def _surest(confidence: Array, right: NDArray[np.bool_]) -> list[float]:
    """The accuracy on each share of `_COVERAGES`."""
    ordered = right[np.argsort(-confidence, kind="stable")]
    return [float(ordered[: max(1, round(share * len(ordered)))].mean()) for share in _COVERAGES]


def format_report(report: Report, *, title: str) -> str:
    """The report as plain text lines for a terminal."""
    width = max(map(len, report.labels))
    lines = [
        f"{title}: {report.rows} rows",
        f"  macro-F1 {report.macro_f1}  accuracy {report.accuracy}  macro-recall {report.macro_recall}",
        f"  Brier {report.brier}  ECE {report.ece}  (a perfectly calibrated model: {report.ece_if_perfect})",
        "  accuracy on the surest: " + ", ".join(f"{share:.0%} {right.value:.3f}" for share, right in report.coverage),
    ]
    for figures, counts in zip(report.classes, report.confusion, strict=True):
        lines.append(
            f"  {figures.label:<{width}}  P {figures.precision.value:.3f}  R {figures.recall.value:.3f}  "
            f"F1 {figures.f1.value:.3f}"
            f"  n {figures.support:<5}  said {' '.join(f'{count:>5}' for count in counts)}"
        )
    return "\n".join(lines)
