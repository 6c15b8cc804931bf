"""Setting outliers apart before quantisation: a few neurons in each feed-forward block are far larger than the rest.

One int8 scale for all would round the others away, so each block is split in two that add up to the same function: the
many tame neurons, which are quantised, and the few wild ones, which stay in fp32. The same goes for the few loud ones
of the 384 channels that come in.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from sentiment.training.network import MentionNetwork

WILD, LOUD = 32, 8


class SplitFeedForward(nn.Module):
    """A BERT layer's feed-forward block with its wild neurons apart; stands in the place of the block's output."""

    def __init__(self, inner: nn.Linear, outer: nn.Module, *, largest: Tensor, loudest: Tensor) -> None:
        super().__init__()
        self.register_buffer("loud", loudest.argsort()[-LOUD:].sort().values)
        calm = torch.ones(inner.in_features)
        calm[self.loud] = 0
        self.register_buffer("calm", calm)
        linear, self.norm = outer.dense, outer.LayerNorm
        order = (largest * linear.weight.detach().abs().amax(dim=0)).argsort()
        tame, wild = order[:-WILD].sort().values, order[-WILD:]
        self.tame_in, self.tame_out = _part_of(inner, linear, tame, bias=True)
        self.loud_in = nn.Linear(LOUD, len(tame), bias=False)
        self.loud_in.weight.data = self.tame_in.weight.detach()[:, self.loud]
        self.wild_in, self.wild_out = _part_of(inner, linear, wild, bias=False)

    def forward(self, hidden: Tensor, residual: Tensor) -> Tensor:
        """The block's output for the attention's; BERT passes the same tensor twice, since `intermediate` is empty."""
        inner = self.tame_in(hidden * self.calm) + self.loud_in(hidden[..., self.loud])
        tame = self.tame_out(nn.functional.gelu(inner))
        wild = self.wild_out(nn.functional.gelu(self.wild_in(hidden)))
        normed: Tensor = self.norm(tame + wild + residual)
        return normed


def _part_of(inner: nn.Linear, outer: nn.Linear, neurons: Tensor, *, bias: bool) -> tuple[nn.Linear, nn.Linear]:
    first = nn.Linear(inner.in_features, len(neurons))
    first.weight.data, first.bias.data = inner.weight.detach()[neurons], inner.bias.detach()[neurons]
    second = nn.Linear(len(neurons), outer.out_features, bias=bias)
    second.weight.data = outer.weight.detach()[:, neurons]
    if bias:
        second.bias.data = outer.bias.detach()
    return first, second


def split_network(network: MentionNetwork, batches: Sequence[tuple[Tensor, Tensor]]) -> None:
    """Split every feed-forward block by the activations that it shows on the (ids, mask) batches."""
    layers = list(network.encoder.encoder.layer)
    watched = [layer.output.dense for layer in layers] + [layer.intermediate.dense for layer in layers]
    largest = [torch.zeros(linear.in_features) for linear in watched]
    hooks = [linear.register_forward_pre_hook(_keep_largest(largest, place)) for place, linear in enumerate(watched)]
    with torch.no_grad():
        for ids, mask in batches:
            network(ids, mask)
    for hook in hooks:
        hook.remove()
    for place, layer in enumerate(layers):
        layer.output = SplitFeedForward(
            layer.intermediate.dense, layer.output, largest=largest[place], loudest=largest[len(layers) + place]
        )
        layer.intermediate = nn.Identity()


def _keep_largest(largest: list[Tensor], place: int) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
    def keep(module: nn.Module, arguments: tuple[Tensor, ...]) -> None:
        del module
        largest[place] = torch.maximum(largest[place], arguments[0].abs().flatten(0, -2).amax(dim=0))

    return keep
