"""The figures of the model card: every set that may be used for choosing, none that is kept apart."""

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from sentiment.behaviour import measure_behaviours, read_behaviours
from sentiment.evaluation import format_report, measure_predictions
from sentiment.heads import HEADS
from sentiment.prediction import OnnxClassifier
from sentiment.steadiness import measure_steadiness, read_theme_posts
from sentiment.training.agreement import measure_agreement
from sentiment.training.calibrating import inputs_of, unseen_mentions
from sentiment.training.corpora import read_offensive, read_tweeteval, read_umsab
from sentiment.training.rows import Row, read_mentions

BEHAVIOURS = Path("tests/unit/sentiment/behaviours.jsonl")
_LABELS = {head.name: head.labels for head in HEADS}
_LONG = 5  # words


def print_figures(*, model: Path, data: Path, written: Path, work: Path) -> None:
    """Measure the model in the folder and print; beside the fp32 weights where the work folder has them."""
    classifier = OnnxClassifier(model)
    dev, held = unseen_mentions(data=data, written=written)
    for name, rows in (("mentions-dev", dev), ("held-out written mentions", held)):
        print_mentions(classifier, rows, name)
    _print_without_brand(classifier, dev)
    _print_by_language(classifier, held)
    _print_languages(classifier, held)
    for part in ("dev", "test"):
        measured = measure_steadiness(read_theme_posts(written / f"themes-{part}.jsonl"))
        _say(f"posts in groups by what they are about, {part}: {measured}")
    urgent = list(read_mentions([written / "urgent-test.jsonl"]))
    _print_binary(classifier, urgent, "urgency", "urgent", "the written urgency test")
    for name, rate in measure_behaviours(classifier, read_behaviours(BEHAVIOURS)).items():
        _say(f"behaviour, {name}: {rate.passed} of {rate.of}")
    tweets = list(read_tweeteval(data / "tweeteval"))
    _print_task(classifier, tweets, "sentiment", "TweetEval sentiment, validation")
    _print_umsab(classifier, data)
    _print_agreement(model, work / "model-fp32.onnx", [*dev, *held, *tweets])
    offensive = list(read_offensive(data / "tweeteval/offensive", split="val"))
    _print_binary(classifier, offensive, "toxicity", "toxic", "TweetEval offensive, validation, as toxicity")


def _print_agreement(model: Path, exact: Path, rows: list[Row]) -> None:
    if not exact.is_file():
        _say(f"int8 against fp32: not measured, for there is no {exact}; export writes it")
        return
    shares = measure_agreement(model, exact, inputs_of(rows))
    told = ", ".join(f"{task} {share:.4f}" for task, share in shares.items())
    _say(f"int8 against fp32 on {len(rows)} posts, share that says the same: {told}")


def print_mentions(classifier: OnnxClassifier, rows: list[Row], name: str) -> None:
    """Intent, sentiment, urgency, toxicity and abstention on labelled mentions."""
    for task in ("intent", "sentiment"):
        _print_task(classifier, rows, task, f"{name}, {task}")
    _print_binary(classifier, rows, "urgency", "urgent", f"{name}, urgency")
    _print_binary(classifier, rows, "toxicity", "toxic", f"{name}, toxicity")
    answers = classifier.classify(inputs_of(rows))
    said = [(answer, row) for answer, row in zip(answers, rows, strict=True) if not answer.abstained]
    right = sum(str(answer.intent) == row.intent for answer, row in said)
    _say(f"{name}: answered {len(said) / len(rows):.3f}, right on those {right / max(len(said), 1):.3f}")


def _print_task(classifier: OnnxClassifier, rows: list[Row], task: str, title: str) -> None:
    probabilities = classifier.predict(inputs_of(rows))[task]
    truth = [str(getattr(row, task)) for row in rows]
    _say(format_report(measure_predictions(truth, probabilities, _LABELS[task]), title=title))


def _print_without_brand(classifier: OnnxClassifier, rows: list[Row]) -> None:
    scores = classifier.predict(inputs_of(rows, brand=False))
    for task in ("intent", "sentiment"):
        truth = [str(getattr(row, task)) for row in rows]
        report = measure_predictions(truth, scores[task], _LABELS[task])
        _say(f"mentions-dev without the brand's name, {task}: macro-F1 {report.macro_f1}, accuracy {report.accuracy}")


def _print_by_language(classifier: OnnxClassifier, rows: list[Row]) -> None:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.language or "?"].append(row)
    for language, members in sorted(groups.items()):
        scores = classifier.predict(inputs_of(members))
        shares = {
            task: np.mean(
                [
                    _LABELS[task][int(place)] == getattr(row, task)
                    for place, row in zip(scores[task].argmax(axis=1), members, strict=True)
                ]
            )
            for task in ("intent", "sentiment", "language")
        }
        _say(f"held-out {language}: n {len(members)}, " + ", ".join(f"{k} {v:.3f}" for k, v in shares.items()))


def _print_languages(classifier: OnnxClassifier, rows: list[Row]) -> None:
    """Naming the language, over the twelve and in their mean, on posts of five words and more."""
    long = [row for row in rows if len(row.text.split()) >= _LONG]
    named = [
        answer.language == row.language for answer, row in zip(classifier.classify(inputs_of(long)), long, strict=True)
    ]
    groups: dict[str, list[bool]] = defaultdict(list)
    for row, right in zip(long, named, strict=True):
        groups[str(row.language)].append(right)
    mean = np.mean([np.mean(group) for group in groups.values()])
    told = f"{np.mean(named):.3f}, mean over {len(groups)} languages {mean:.3f}"
    _say(f"language named right in posts of {_LONG} words and more ({len(long)}): {told}")


def _print_umsab(classifier: OnnxClassifier, data: Path) -> None:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in read_umsab(data / "umsab", split="val"):
        groups[row.source].append(row)
    means = []
    for name, rows in sorted(groups.items()):
        scores = classifier.predict(inputs_of(rows))
        report = measure_predictions([str(row.sentiment) for row in rows], scores["sentiment"], _LABELS["sentiment"])
        means.append(report.macro_f1.value)
        named = [
            _LABELS["language"][int(place)] == row.language
            for place, row in zip(scores["language"].argmax(axis=1), rows, strict=True)
        ]
        _say(f"{name}, validation: macro-F1 {report.macro_f1}; language right {np.mean(named):.3f}")
    _say(f"UMSAB validation, mean macro-F1 over {len(means)} languages (Hindi left out): {np.mean(means):.3f}")


def _print_binary(classifier: OnnxClassifier, rows: list[Row], head: str, field: str, title: str) -> None:
    known = [row for row in rows if getattr(row, field) is not None]
    if not known:
        return
    scores = classifier.predict(inputs_of(known))[head][:, 0]
    truth = np.asarray([bool(getattr(row, field)) for row in known])
    said = np.asarray([getattr(answer, field) for answer in classifier.classify(inputs_of(known))])
    hits, precise = int((said & truth).sum()), _recall_at_half(scores, truth)
    precision, recall = hits / max(int(said.sum()), 1), hits / max(int(truth.sum()), 1)
    f1 = 2 * hits / max(int(said.sum()) + int(truth.sum()), 1)
    _say(
        f"{title}: n {len(known)} ({truth.sum()} true), P {precision:.3f} R {recall:.3f} F1 {f1:.3f}, "
        f"recall at precision 0.5: {precise:.3f}"
    )


def _recall_at_half(scores: np.ndarray, truth: np.ndarray) -> float:
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    good = hits / np.arange(1, len(order) + 1) >= 0.5
    return float(hits[good].max() / max(truth.sum(), 1)) if good.any() else 0.0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
