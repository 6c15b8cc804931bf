"""Three stages: the public sets; the mentions written for this project with a share of the first; those once more."""

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BertConfig

from sentiment.heads import head_slices
from sentiment.training.corpora import guess_others, read_care, read_labelled
from sentiment.training.loop import Recipe, train_network
from sentiment.training.network import MentionNetwork
from sentiment.training.rows import Row, is_held_out, read_mentions, read_posts, read_rows

_log = logging.getLogger(__name__)
LABELLED = "labels-semeval2017.jsonl"
BLEND = {"brand": 0.3, "finish": 0.7}
PUBLIC = Recipe(epochs=1, rate=1.4e-4)
INTENT_WEIGHTS = (1.2, 0.85, 1.0, 1.4, 0.7)  # by how rare each is among the rows; most of the labelled tweets are other
FINISH = Recipe(epochs=1, rate=7e-5, decay=0.9, keep_context=0.6, seed=31, intent_weights=INTENT_WEIGHTS)
BRAND = Recipe(epochs=1, rate=7e-5, decay=0.9, keep_context=0.6, seed=29, intent_weights=INTENT_WEIGHTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How often the written mentions, the support threads, the labelled tweets and the written posts are taken.

    `replayed` and `others` are how many public rows and weak examples of `other` join them.
    """

    written: int = 3
    care: int = 2
    labelled: int = 1
    posts: int = 2
    replayed: int = 8_000
    others: int = 300


def run_stage(
    stage: str, *, data: Path, written: Path, work: Path, subset: int | None = None, shift: int = 0
) -> None:  # fmt: skip
    """Train one stage and leave `<stage>.pt` in the work folder; run again after a kill, it goes on.

    `subset` is the most rows that it takes, all of them when None; `shift` is added to every seed.
    """
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    if stage == "public":
        rows, recipe, start = public_rows(work), PUBLIC, work / "start.pt"
    elif stage == "brand":
        rows = brand_rows(data=data, written=written, work=work, seed=BRAND.seed + shift)
        recipe, start = BRAND, work / "public.pt"
    else:
        shares = Shares(written=3, care=1, posts=1, replayed=2_500, others=200)
        rows = brand_rows(data=data, written=written, work=work, seed=FINISH.seed + shift, shares=shares)
        recipe, start = FINISH, work / "brand.pt"
    if subset is not None:
        rows = random.Random(recipe.seed).sample(rows, min(subset, len(rows)))
    network = load_network(start, work / "start.pt")
    if stage == "brand":
        begin_sentiment(network)
    _log.info("stage %s: %d rows", stage, len(rows))
    train_network(network, tokenizer, rows, replace(recipe, seed=recipe.seed + shift), work / f"{stage}.pt")


def begin_sentiment(network: MentionNetwork) -> None:
    """Let sentiment towards a brand begin as overall polarity, which the public sets taught."""
    slices = head_slices()
    with torch.no_grad():
        for values in (network.heads.weight, network.heads.bias):
            values[slices["sentiment"]] = values[slices["polarity"]]


def public_rows(work: Path) -> list[Row]:
    """The prepared rows; the multilingual sentiment tweets stand thrice, for they are few beside the English ones."""
    rows = read_rows(work / "public.jsonl")
    return rows + [row for row in rows if row.source.startswith("umsab") and row.language != "en"] * 2


def blend_runs(works: Sequence[Path]) -> MentionNetwork:
    """The mean of the last two stages' weights, over every run: it errs less on posts unlike the written ones."""
    network = load_network(works[0] / "finish.pt", works[0] / "start.pt")
    blended: dict[str, torch.Tensor] = {}
    for work in works:
        for stage, share in BLEND.items():
            saved = torch.load(work / f"{stage}.pt", map_location="cpu", weights_only=True)["network"]
            for name, values in saved.items():
                part = values * (share / len(works))
                blended[name] = blended[name] + part if name in blended else part
    network.load_state_dict(blended)
    network.eval()
    return network


def load_network(weights: Path, start: Path) -> MentionNetwork:
    """The network with the weights of a checkpoint; `start` holds its configuration."""
    config: dict[str, Any] = torch.load(start, weights_only=True)["config"]
    network = MentionNetwork(BertConfig(**config))
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True)["network"])
    return network


def brand_rows(
    *, data: Path, written: Path, work: Path, seed: int = BRAND.seed, shares: Shares = Shares()
) -> list[Row]:
    """Written mentions (not those held out), support threads, labelled tweets, and a share of the public rows."""
    chance = random.Random(seed)
    mentions = [row for row in read_mentions(sorted(written.glob("mentions-*.jsonl"))) if not is_held_out(row)]
    public = read_rows(work / "public.jsonl")
    replayed = chance.sample(public, shares.replayed)
    others = chance.sample(list(guess_others(public)), shares.others)
    care = list(read_care(data / "ibm-customer-care"))
    labelled = list(read_labelled(written / LABELLED, data / "semeval2017/train.tsv"))
    posts = list(read_posts(sorted(written.glob("posts-*.jsonl"))))
    own = mentions * shares.written + posts * shares.posts
    return own + care * shares.care + labelled * shares.labelled + others + replayed
