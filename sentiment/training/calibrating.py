"""Choosing temperatures and thresholds on mentions that were not trained on: the dev set and the held-out ones."""

import logging
from pathlib import Path

import numpy as np

from domain.classification import ClassifierInput
from sentiment.calibration import (
    Array,
    Calibration,
    choose_abstention,
    choose_threshold,
    fit_biases,
    fit_temperature,
    sigmoid,
    softmax,
)
from sentiment.heads import HEADS, head_slices
from sentiment.prediction import OnnxClassifier
from sentiment.training.corpora import read_tweeteval, read_umsab
from sentiment.training.rows import Row, is_held_out, read_mentions

_log = logging.getLogger(__name__)
# The dev set is what real posts are like; the held-out ones are many more, and in eleven more languages.
REAL = 3
ABSTAIN_SHARE, URGENT_PRECISION, TOXIC_PRECISION, ALSO_PRECISION = 0.10, 0.55, 0.6, 0.5
# Of real posts more is known without a brand; more of it costs the written mentions.
POLARITY_SHARE = 0.3
_SLICES = head_slices()
_LABELS = {head.name: head.labels for head in HEADS}


def unseen_mentions(*, data: Path, written: Path) -> tuple[list[Row], list[Row]]:
    """(the dev set, the written mentions that are held out)."""
    dev = list(read_mentions([data / "mentions-dev/mentions.jsonl"]))
    held = [row for row in read_mentions(sorted(written.glob("mentions-*.jsonl"))) if is_held_out(row)]
    return dev, held


def inputs_of(rows: list[Row], *, brand: bool = True) -> list[ClassifierInput]:
    """What the classifier is shown of the rows."""
    if not brand:
        return [ClassifierInput(text=row.text) for row in rows]
    return [ClassifierInput(text=row.text, brand=row.brand, parent=row.parent) for row in rows]


def fit_calibration(folder: Path, *, data: Path, written: Path) -> Calibration:
    """Fit every temperature, bias and threshold for the model in the folder; deterministic."""
    dev, held = unseen_mentions(data=data, written=written)
    rows = dev * REAL + held
    logits = OnnxClassifier(folder).logits(inputs_of(rows))
    temperatures = {**_temperatures(logits, rows), "polarity": _polarity_temperature(folder, data)}
    fitted = Calibration(
        temperatures=temperatures,
        biases=_biases(logits, rows),
        thresholds={"language": 0.5},
        shares={"polarity": POLARITY_SHARE},
    )
    intent = fitted.probabilities("intent", logits[:, _SLICES["intent"]], exclusive=True)
    fitted = fitted.with_threshold("intent", choose_abstention(intent.max(axis=1), share=ABSTAIN_SHARE))
    for name, labels, precision in (
        ("urgency", [row.urgent for row in rows], URGENT_PRECISION),
        ("toxicity", [row.toxic for row in rows], TOXIC_PRECISION),
    ):
        known = [place for place, label in enumerate(labels) if label is not None]
        scores = fitted.probabilities(name, logits[known, _SLICES[name]], exclusive=False)[:, 0]
        truth = [int(bool(labels[place])) for place in known]
        fitted = fitted.with_threshold(name, choose_threshold(scores, truth, precision=precision))
    also = fitted.with_threshold("also", _also_threshold(logits, rows))
    _log.info("calibration: %s", also.to_json())
    return also


def _temperatures(logits: Array, rows: list[Row]) -> dict[str, float]:
    temperatures = {}
    for name in ("intent", "sentiment"):
        temperatures[name] = fit_temperature(logits[:, _SLICES[name]], _places(name, rows))
    for name, values in (("urgency", [row.urgent for row in rows]), ("toxicity", [row.toxic for row in rows])):
        known = [place for place, value in enumerate(values) if value is not None]
        truth = [int(bool(values[place])) for place in known]
        temperatures[name] = fit_temperature(logits[known, _SLICES[name]], truth)
    return temperatures


def _polarity_temperature(folder: Path, data: Path) -> float:
    """On the tweets that are kept for choosing."""
    rows = [*read_tweeteval(data / "tweeteval"), *read_umsab(data / "umsab", split="val")]
    logits = OnnxClassifier(folder).logits(inputs_of(rows))
    truth = [_LABELS["polarity"].index(str(row.sentiment)) for row in rows]
    return fit_temperature(logits[:, _SLICES["polarity"]], truth)


def _biases(logits: Array, rows: list[Row]) -> dict[str, tuple[float, ...]]:
    temperature = fit_temperature(logits[:, _SLICES["intent"]], _places("intent", rows))
    return {"intent": fit_biases(logits[:, _SLICES["intent"]] / temperature, _places("intent", rows), weight=0.1)}


def _places(head: str, rows: list[Row]) -> list[int]:
    return [_LABELS[head].index(str(getattr(row, head))) for row in rows]


def _also_threshold(logits: Array, rows: list[Row]) -> float:
    """Over every intent but the leading one and other."""
    scores, leading = sigmoid(logits[:, _SLICES["also"]]), softmax(logits[:, _SLICES["intent"]]).argmax(axis=1)
    pairs = [
        (scores[place, column], int(label in row.also or label == row.intent))
        for place, row in enumerate(rows)
        for column, label in enumerate(_LABELS["also"])
        if column != leading[place] and label != "other"
    ]
    values, truth = zip(*pairs, strict=True)
    return choose_threshold(np.asarray(values), truth, precision=ALSO_PRECISION)
