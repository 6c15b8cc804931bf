"""The last step of polarity: its linear layer once more, on the finished encoder, from many public posts at once."""

import logging
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from sentiment.heads import HEADS, head_slices
from sentiment.training.batches import encode_rows, make_batch, plan_batches
from sentiment.training.losses import SENTIMENT_WEIGHTS
from sentiment.training.network import MentionNetwork
from sentiment.training.rows import Row, read_posts, read_rows

_log = logging.getLogger(__name__)
_SEED, _STEPS, _RATE, _DECAY = 3, 300, 3e-3, 1e-3
_TWEETS, _AFRICAN = 8_000, 3_000
_LABELS = next(head.labels for head in HEADS if head.name == "polarity")


def polarity_rows(work: Path, written: Path) -> list[Row]:
    """Public posts with an overall sentiment, every language with a fair share, and the written ones."""
    chance = random.Random(_SEED)
    public = [row for row in read_rows(work / "public.jsonl") if row.sentiment and not row.brand]
    tweets = [row for row in public if row.source == "semeval2017"]
    african = [row for row in public if row.source.startswith("afrisenti")]
    others = [row for row in public if row.source.startswith("umsab")]
    posts = list(read_posts(sorted(written.glob("posts-*.jsonl"))))
    return chance.sample(tweets, _TWEETS) + chance.sample(african, _AFRICAN) + others + posts


def refit_polarity(network: MentionNetwork, tokenizer: Tokenizer, rows: Sequence[Row]) -> None:
    """Put a layer fitted on the frozen encoder's output in the place of polarity's, in the network's own weights."""
    pooled = pool_rows(network, tokenizer, rows)
    truth = torch.tensor([_LABELS.index(str(row.sentiment)) for row in rows])
    layer = fit_layer(pooled, truth)
    place = head_slices()["polarity"]
    with torch.no_grad():
        network.heads.weight[place], network.heads.bias[place] = layer.weight, layer.bias
    _log.info("polarity fitted on %d posts", len(rows))


def pool_rows(network: MentionNetwork, tokenizer: Tokenizer, rows: Sequence[Row]) -> Tensor:
    """(rows, hidden): what the encoder makes of each."""
    network.eval()
    ids = encode_rows(tokenizer, rows, keep_context=1.0, seed=0)
    pooled = torch.zeros(len(rows), network.heads.in_features)
    for places in plan_batches([len(each) for each in ids], size=64, seed=0):
        batch = make_batch([ids[place] for place in places], [rows[place] for place in places], pad=1)
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            pooled[places] = network.pooled(batch.ids, batch.mask).float()
    return pooled


def fit_layer(pooled: Tensor, truth: Tensor) -> nn.Linear:
    """A linear layer by weighted logistic regression; fitted on standardised columns, returned for plain ones."""
    torch.manual_seed(_SEED)
    mean, spread = pooled.mean(0), pooled.std(0) + 1e-6
    scaled = (pooled - mean) / spread
    layer = nn.Linear(pooled.shape[1], len(_LABELS))
    optimiser = torch.optim.Adam(layer.parameters(), lr=_RATE, weight_decay=_DECAY)
    for _ in range(_STEPS):
        loss = nn.functional.cross_entropy(layer(scaled), truth, weight=torch.tensor(SENTIMENT_WEIGHTS))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        layer.weight /= spread
        layer.bias -= layer.weight @ mean
    return layer
