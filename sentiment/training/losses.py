"""The masked multi-task loss: every row teaches only what it is labelled for."""

import torch
from torch import Tensor
from torch.nn import functional

from sentiment.heads import head_slices
from sentiment.training.rows import ACTS, EMOTIONS

SMOOTHING = 0.05
# The mean loss of each task over its labelled rows, weighted by their share of the batch and by these.
SHARES = {
    "intent": 1.0,
    "also": 0.5,
    "sentiment": 1.0,
    "polarity": 1.0,
    "urgency": 0.5,
    "toxicity": 0.5,
    "language": 0.2,
    "act": 0.4,
    "emotions": 4.0,
}
# Rarer classes count more (about the square root of how much rarer); the measures are macro averages.
SENTIMENT_WEIGHTS = (0.95, 0.8, 1.35)
POSITIVE = {"urgency": 2.0, "toxicity": 1.3}
_SLICES = head_slices()


def measure_loss(
    logits: Tensor, auxiliary: Tensor, targets: dict[str, Tensor], *, intent_weights: tuple[float, ...]
) -> Tensor:
    """One number for the batch."""
    total = logits.new_zeros(())
    weights = {"sentiment": SENTIMENT_WEIGHTS, "polarity": SENTIMENT_WEIGHTS, "intent": intent_weights}
    for name in ("intent", "sentiment", "polarity", "language"):
        total = total + SHARES[name] * _exclusive(logits[:, _SLICES[name]], targets[name], weights.get(name))
    total = total + SHARES["act"] * _exclusive(auxiliary[:, EMOTIONS : EMOTIONS + len(ACTS)], targets["act"], None)
    for name in ("urgency", "toxicity"):
        total = total + SHARES[name] * _sigmoids(logits[:, _SLICES[name]], targets[name].unsqueeze(1), POSITIVE[name])
    total = total + SHARES["also"] * _sigmoids(logits[:, _SLICES["also"]], targets["also"], 1.5)
    return total + SHARES["emotions"] * _sigmoids(auxiliary[:, :EMOTIONS], targets["emotions"], 1.0)


def _exclusive(logits: Tensor, target: Tensor, weights: tuple[float, ...] | None) -> Tensor:
    known = target >= 0
    if not bool(known.any()):
        return logits.new_zeros(())
    weight = None if weights is None else torch.tensor(weights)
    loss = functional.cross_entropy(
        logits[known].float(), target[known].long(), weight=weight, label_smoothing=SMOOTHING, reduction="sum"
    )
    return loss / len(target)


def _sigmoids(logits: Tensor, target: Tensor, positive: float) -> Tensor:
    known = target[:, 0] >= 0
    if not bool(known.any()):
        return logits.new_zeros(())
    loss = functional.binary_cross_entropy_with_logits(
        logits[known].float(), target[known], pos_weight=torch.tensor(positive), reduction="none"
    )
    return loss.mean(1).sum() / len(target)
