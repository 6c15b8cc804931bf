"""The network: a small multilingual BERT encoder, the mean of its last layer, and one linear layer for every task."""

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from sentiment.heads import HEADS
from sentiment.training.rows import ACTS, EMOTIONS

OUTPUTS = sum(head.size for head in HEADS)
AUXILIARY = EMOTIONS + len(ACTS)
_DROPOUT = 0.1


class MentionNetwork(nn.Module):
    """Logits of every head for a batch of token ids; the auxiliary tasks' are only computed in training."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.dropout = nn.Dropout(_DROPOUT)
        self.heads = nn.Linear(config.hidden_size, OUTPUTS)
        self.auxiliary = nn.Linear(config.hidden_size, AUXILIARY)

    def pooled(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Mean over the real tokens: (batch, hidden)."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        return (hidden * weight).sum(1) / weight.sum(1)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, outputs) and (batch, auxiliary outputs)."""
        pooled = self.dropout(self.pooled(ids, mask))
        return self.heads(pooled), self.auxiliary(pooled)

    def groups(self, *, rate: float, decay: float) -> Iterator[dict[str, object]]:
        """Parameter groups: lower layers learn slower, heads faster; word embeddings stay frozen."""
        self.encoder.embeddings.word_embeddings.weight.requires_grad = False
        layers = list(self.encoder.encoder.layer)
        for depth, layer in enumerate(reversed(layers)):
            yield {"params": list(layer.parameters()), "lr": rate * decay**depth}
        rest = [each for each in self.encoder.embeddings.parameters() if each.requires_grad]
        yield {"params": rest, "lr": rate * decay ** len(layers)}
        yield {"params": [*self.heads.parameters(), *self.auxiliary.parameters()], "lr": rate * 5}


def build_network(encoder: Path, kept: list[int], *, layers: int) -> MentionNetwork:
    """The pretrained encoder with its first `layers` layers and only the kept rows of its vocabulary."""
    whole = BertModel.from_pretrained(encoder, add_pooling_layer=False)
    config = BertConfig.from_pretrained(encoder, num_hidden_layers=layers, vocab_size=len(kept))
    network = MentionNetwork(config)
    state = whole.state_dict()
    state["embeddings.word_embeddings.weight"] = state["embeddings.word_embeddings.weight"][torch.tensor(kept)]
    wanted = network.encoder.state_dict().keys()
    network.encoder.load_state_dict({name: value for name, value in state.items() if name in wanted})
    return network
