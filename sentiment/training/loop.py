"""The training loop: bf16 where the processor has it, a checkpoint every few minutes, resumed where it stopped."""

import logging
import math
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from sentiment.training.batches import encode_rows, make_batch, plan_batches
from sentiment.training.losses import measure_loss
from sentiment.training.network import MentionNetwork
from sentiment.training.rows import Row

_log = logging.getLogger(__name__)
_PAD = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one stage is trained."""

    epochs: int = 1
    size: int = 48
    rate: float = 1.2e-4
    decay: float = 0.92
    warm: float = 0.06
    keep_context: float = 0.6
    seed: int = 17
    save_every: int = 250
    intent_weights: tuple[float, ...] = (1.2, 0.8, 0.9, 1.7, 1.1)


def train_network(
    network: MentionNetwork, tokenizer: Tokenizer, rows: list[Row], recipe: Recipe, checkpoint: Path
) -> None:
    """Train in place; a checkpoint that is there already is continued from."""
    torch.manual_seed(recipe.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network.to(device).train()
    optimiser = torch.optim.AdamW(list(network.groups(rate=recipe.rate, decay=recipe.decay)), weight_decay=0.01)
    bases = [group["lr"] for group in optimiser.param_groups]
    epochs = [_epoch(tokenizer, rows, recipe, number) for number in range(recipe.epochs)]
    steps = [(number, batch) for number, (_, batches) in enumerate(epochs) for batch in batches]
    start, began, seen, running = _resume(checkpoint, network, optimiser), time.monotonic(), 0, 0.0
    for step in range(start, len(steps)):
        for group, base in zip(optimiser.param_groups, bases, strict=True):
            group["lr"] = base * _pace(step / len(steps), recipe.warm)
        number, places = steps[step]
        ids = epochs[number][0]
        batch = make_batch([ids[place] for place in places], [rows[place] for place in places], pad=_PAD)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            logits, auxiliary = network(batch.ids.to(device), batch.mask.to(device))
        loss = measure_loss(
            logits.float().cpu(), auxiliary.float().cpu(), batch.targets, intent_weights=recipe.intent_weights
        )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        seen, running = seen + len(places), 0.98 * running + 0.02 * float(loss.detach())
        if step % 25 == 24:
            pace = seen / (time.monotonic() - began)
            _log.info("step %d of %d, loss %.3f, %.0f rows/s", step + 1, len(steps), running, pace)
        if step % recipe.save_every == recipe.save_every - 1:
            _save(checkpoint, network, optimiser, step + 1)
    _save(checkpoint, network, optimiser, len(steps))


def _epoch(
    tokenizer: Tokenizer, rows: list[Row], recipe: Recipe, number: int
) -> tuple[list[list[int]], list[list[int]]]:
    ids = encode_rows(tokenizer, rows, keep_context=recipe.keep_context, seed=recipe.seed + number)
    return ids, plan_batches([len(each) for each in ids], size=recipe.size, seed=recipe.seed + number)


def _pace(done: float, warm: float) -> float:
    """Linear warm-up, then a cosine down to a twentieth."""
    if done < warm:
        return (done + 1e-3) / warm
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (done - warm) / (1 - warm)))


def _save(path: Path, network: MentionNetwork, optimiser: torch.optim.Optimizer, step: int) -> None:
    """Write beside and rename, so that a kill leaves the last good checkpoint."""
    beside = path.with_suffix(".new")
    torch.save({"network": network.state_dict(), "optimiser": optimiser.state_dict(), "step": step}, beside)
    beside.replace(path)


def _resume(path: Path, network: MentionNetwork, optimiser: torch.optim.Optimizer) -> int:
    if not path.exists():
        return 0
    saved = torch.load(path, map_location="cpu", weights_only=True)
    network.load_state_dict(saved["network"])
    optimiser.load_state_dict(saved["optimiser"])
    _log.info("resumed at step %d", saved["step"])
    return int(saved["step"])
