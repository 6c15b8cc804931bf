"""From rows to batches of token ids and targets, in an order that the seed alone decides."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from sentiment.heads import HEADS
from sentiment.normalisation import context_of, normalise_text
from sentiment.training.renaming import lend_parents, rename_brands
from sentiment.training.rows import ACTS, BRANDED, EMOTIONS, Row

_LABELS = {head.name: {label: place for place, label in enumerate(head.labels)} for head in HEADS}
_BUCKET = 40
MISSING = -1.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids and mask (batch, length), and targets by task; -1 stands for "not labelled"."""

    ids: Tensor
    mask: Tensor
    targets: dict[str, Tensor]


def encode_rows(tokenizer: Tokenizer, rows: Sequence[Row], *, keep_context: float, seed: int) -> list[list[int]]:
    """Token ids of each row; its brand and parent are shown to the model with the probability `keep_context`."""
    chance = random.Random(seed)
    pairs: list[tuple[str, str] | str] = []
    for row in lend_parents(rename_brands(rows, seed=seed), seed=seed) if keep_context < 1 else rows:
        shown = chance.random() < keep_context or row.source == BRANDED
        text = _roughen(row.text, chance) if keep_context < 1 else row.text
        context = context_of(brand=row.brand, parent=row.parent) if shown else None
        text = normalise_text(text, brand=row.brand if shown else None)
        pairs.append((text, context) if context else text)
    return [encoding.ids for encoding in tokenizer.encode_batch(pairs)]


def _roughen(text: str, chance: random.Random) -> str:
    """Now and then what hurried thumbs do: lower case, no full stop, two letters swapped."""
    draw = chance.random()
    if draw < 0.10:
        return text.lower()
    if draw < 0.14:
        return text.rstrip(".!…")
    if draw < 0.19 and len(text) > 12:
        at = chance.randrange(2, len(text) - 2)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


def plan_batches(lengths: Sequence[int], *, size: int, seed: int) -> list[list[int]]:
    """Row numbers batch by batch: shuffled, then sorted by length within buckets so that little is padded."""
    chance = random.Random(seed)
    order = list(range(len(lengths)))
    chance.shuffle(order)
    batches = []
    for start in range(0, len(order), size * _BUCKET):
        bucket = sorted(order[start : start + size * _BUCKET], key=lambda row: lengths[row])
        batches += [bucket[at : at + size] for at in range(0, len(bucket), size)]
    chance.shuffle(batches)
    return batches


def make_batch(ids: Sequence[Sequence[int]], rows: Sequence[Row], *, pad: int) -> Batch:
    """Pad to the longest and put the targets beside it."""
    longest = max(map(len, ids))
    padded = np.full((len(ids), longest), pad, dtype=np.int64)
    mask = np.zeros((len(ids), longest), dtype=np.int64)
    for place, each in enumerate(ids):
        padded[place, : len(each)] = each
        mask[place, : len(each)] = 1
    return Batch(torch.from_numpy(padded), torch.from_numpy(mask), _targets(rows))


def _targets(rows: Sequence[Row]) -> dict[str, Tensor]:
    targets = {
        "intent": [_place("intent", row.intent) for row in rows],
        "sentiment": [_place("sentiment", row.sentiment if row.brand else None) for row in rows],
        "polarity": [_place("polarity", None if row.brand else row.sentiment) for row in rows],
        "language": [_place("language", row.language) for row in rows],
        "act": [MISSING if row.act is None else float(ACTS.index(row.act)) for row in rows],
        "urgency": [MISSING if row.urgent is None else float(row.urgent) for row in rows],
        "toxicity": [MISSING if row.toxic is None else float(row.toxic) for row in rows],
    }
    tensors = {name: torch.tensor(values) for name, values in targets.items()}
    tensors["also"] = torch.tensor([_all_intents(row) for row in rows])
    tensors["emotions"] = torch.tensor([_emotions(row) for row in rows])
    return tensors


def _place(head: str, label: str | None) -> float:
    return MISSING if label is None else float(_LABELS[head].get(label, MISSING))


def _all_intents(row: Row) -> list[float]:
    if row.intent is None:
        return [MISSING] * len(_LABELS["intent"])
    return [float(label == row.intent or label in row.also) for label in _LABELS["intent"]]


def _emotions(row: Row) -> list[float]:
    if row.emotions is None:
        return [MISSING] * EMOTIONS
    return [float(place in row.emotions) for place in range(EMOTIONS)]
