"""From logits to honest probabilities, and the thresholds that turn probabilities into decisions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_COLDEST, _HOTTEST, _STEPS = 0.3, 5.0, 95


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Temperatures and biases by head, and thresholds by decision; chosen on data that was not trained on.

    `temperatures` divide a head's logits, `biases` are added after (one a label; a head that is absent has none).
    `thresholds`: `intent` is the lowest probability at which an intent is said rather than abstained on, `also`,
    `urgency` and `toxicity` the lowest at which the label is set, `language` the lowest at which one is named.
    `shares`: how much overall `polarity` counts in the sentiment towards a brand, 0 to 1.
    """

    temperatures: Mapping[str, float] = field(default_factory=dict)
    biases: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)

    def probabilities(self, head: str, logits: Array, *, exclusive: bool) -> Array:
        """(rows, labels) probabilities of one head from its logits."""
        scaled = logits / self.temperatures.get(head, 1.0) + np.asarray(self.biases.get(head, 0.0))
        return softmax(scaled) if exclusive else sigmoid(scaled)

    def threshold(self, name: str) -> float:
        """The threshold of a decision, a half where none was chosen."""
        return self.thresholds.get(name, 0.5)

    def with_threshold(self, name: str, value: float) -> "Calibration":
        """The same with one threshold changed."""
        return replace(self, thresholds={**self.thresholds, name: value})

    def to_json(self) -> dict[str, object]:
        """As it stands in the model's config.json."""
        plain: dict[str, object] = json.loads(json.dumps(asdict(self)))
        return plain


def read_calibration(known: Mapping[str, Mapping[str, object]]) -> Calibration:
    """Read back what `Calibration.to_json` wrote."""
    biases = known.get("biases", {})
    return Calibration(
        temperatures={name: float(str(value)) for name, value in known.get("temperatures", {}).items()},
        biases={name: tuple(map(float, values)) for name, values in biases.items() if isinstance(values, list)},
        thresholds={name: float(str(value)) for name, value in known.get("thresholds", {}).items()},
        shares={name: float(str(value)) for name, value in known.get("shares", {}).items()},
    )


def softmax(logits: Array) -> Array:
    """Along the last axis, without overflow."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Array = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def sigmoid(logits: Array) -> Array:
    """Elementwise, without overflow."""
    halves: Array = 0.5 * (1.0 + np.tanh(0.5 * logits))
    return halves


def fit_temperature(logits: Array, labels: Sequence[int]) -> float:
    """The temperature with the least negative log-likelihood, of softmax (labels, columns) or sigmoid (one column)."""
    temperatures = np.geomspace(_COLDEST, _HOTTEST, _STEPS)
    losses = [_likelihood_loss(logits / temperature, labels) for temperature in temperatures]
    return round(float(temperatures[int(np.argmin(losses))]), 3)


def fit_biases(logits: Array, labels: Sequence[int], *, weight: float = 0.02, rounds: int = 300) -> tuple[float, ...]:
    """Small corrections of a softmax head's logits, held near 0 by `weight`: there are few rows to fit them on."""
    bias = np.zeros(logits.shape[1])
    wanted = np.eye(logits.shape[1])[np.asarray(labels)]
    for _ in range(rounds):
        slope = (softmax(logits + bias) - wanted).mean(axis=0) + weight * bias
        bias -= slope
    return tuple(round(float(each), 3) for each in bias - bias.mean())


def _likelihood_loss(logits: Array, labels: Sequence[int]) -> float:
    if logits.shape[1] == 1:
        right = np.where(np.asarray(labels) == 1, sigmoid(logits[:, 0]), sigmoid(-logits[:, 0]))
    else:
        right = softmax(logits)[np.arange(len(labels)), np.asarray(labels)]
    return float(-np.log(np.maximum(right, 1e-12)).mean())


def choose_abstention(best: Array, *, share: float) -> float:
    """The threshold under which about `share` of the rows' highest probabilities lie."""
    return round(float(np.quantile(best, share)), 4)


def choose_threshold(probabilities: Array, labels: Sequence[int], *, precision: float) -> float:
    """The lowest threshold (so the best recall) at which precision is still `precision`; 0.5 when none reaches it."""
    truth = np.asarray(labels, dtype=bool)
    reached = [
        float(threshold)
        for threshold in np.unique(probabilities)
        if truth[probabilities >= threshold].mean() >= precision
    ]
    return round(min(reached), 4) if reached else 0.5
