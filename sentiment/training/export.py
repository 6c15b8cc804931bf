"""From a checkpoint to the shipped folder: ONNX with int8 weights, the tokenizer, and a config that says it all."""

import json
import logging
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import ModelProto
from tokenizers import Tokenizer
from torch import Tensor, nn

from sentiment.calibration import Calibration
from sentiment.heads import HEADS
from sentiment.loading import describe_model
from sentiment.training.batches import encode_rows, make_batch
from sentiment.training.calibrating import fit_calibration
from sentiment.training.network import MentionNetwork
from sentiment.training.outliers import split_network
from sentiment.training.preparation import LENGTH
from sentiment.training.refitting import polarity_rows, refit_polarity
from sentiment.training.rows import read_rows
from sentiment.training.stages import blend_runs

_log = logging.getLogger(__name__)
_OPSET = 17
_EXACT = ("/heads/", "/wild_", "/loud_")
_SAMPLE, _SAMPLE_SEED = 512, 5
REVISION = "earnest-mentions-3.1"


class CompactNetwork(nn.Module):
    """The network as it is exported: word embeddings in int8 with one scale a piece, no auxiliary tasks."""

    def __init__(self, network: MentionNetwork) -> None:
        super().__init__()
        self.network = network
        words = network.encoder.embeddings.word_embeddings.weight.detach()
        scale = words.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("words", torch.round(words / scale).to(torch.int8))
        self.register_buffer("scale", scale)
        network.encoder.embeddings.word_embeddings = nn.Identity()

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """(batch, outputs) logits."""
        embedded = self.words[input_ids].to(torch.float32) * self.scale[input_ids]
        hidden = self.network.encoder(inputs_embeds=embedded, attention_mask=attention_mask).last_hidden_state
        weight = attention_mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weight).sum(1) / weight.sum(1)
        logits: Tensor = self.network.heads(pooled)
        return logits


def export_model(*, work: Path, also: Sequence[Path], data: Path, written: Path, target: Path) -> None:
    """Write the folder: fp32 beside the checkpoints, int8 into the target; then fit and store the calibration.

    `also` are the work folders of other runs from the same `prepare`, whose weights are averaged in.
    """
    target.mkdir(parents=True, exist_ok=True)
    network = blend_runs([work, *also])
    refit_polarity(network, Tokenizer.from_file(str(work / "tokenizer.json")), polarity_rows(work, written))
    config = network.encoder.config.to_dict()
    split_network(network, _sample_batches(work))
    _write_onnx(network, work / "model-plain.onnx")
    _fuse(work / "model-plain.onnx", work / "model-fp32.onnx", heads=config["num_attention_heads"])
    _quantise(work / "model-fp32.onnx", target / "model.onnx")
    tokenizer = (work / "tokenizer.json").read_text(encoding="utf-8")
    (target / "tokenizer.json").write_text(tokenizer, encoding="utf-8")
    _write_config(config, Calibration(), target)
    _write_config(config, fit_calibration(target, data=data, written=written), target)
    megabytes = (target / "model.onnx").stat().st_size / 1e6
    _log.info("%s: %.1f MB, revision %s", target, megabytes, describe_model(target).revision)


def _sample_batches(work: Path) -> list[tuple[Tensor, Tensor]]:
    """A few batches of training text, on which activations are measured."""
    rows = random.Random(_SAMPLE_SEED).sample(read_rows(work / "public.jsonl"), _SAMPLE)
    ids = encode_rows(Tokenizer.from_file(str(work / "tokenizer.json")), rows, keep_context=1.0, seed=0)
    batches = [make_batch(ids[at : at + 32], rows[at : at + 32], pad=1) for at in range(0, _SAMPLE, 32)]
    return [(batch.ids, batch.mask) for batch in batches]


def _write_onnx(network: MentionNetwork, path: Path) -> None:
    network.encoder.set_attn_implementation("eager")
    example = torch.tensor([[0, 5, 6, 7, 2], [0, 8, 2, 1, 1]])
    mask = (example != 1).long()
    axes = {0: "batch", 1: "length"}
    torch.onnx.export(
        CompactNetwork(network).eval(),
        (example, mask),
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        opset_version=_OPSET,
        dynamo=False,
        dynamic_axes={"input_ids": axes, "attention_mask": axes, "logits": {0: "batch"}},
    )


def _fuse(source: Path, target: Path, *, heads: int) -> None:
    """Put one node in the place of each attention, which computes the same a quarter faster on the whole."""
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model

    options = FusionOptions("bert")
    options.use_multi_head_attention, options.enable_embed_layer_norm = True, False
    # opt_level 0: only these fusions, so that the file doesn't depend on the processor it was made on.
    fused = optimize_model(str(source), "bert", num_heads=heads, optimization_options=options, opt_level=0)
    fused.save_model_to_file(str(target))


def _quantise(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        str(source),
        str(target),
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=_exact_nodes(onnx.load(str(source))),
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},  # it can't see through fused nodes
    )


def _exact_nodes(model: ModelProto) -> list[str]:
    """What stays in fp32: wild neurons, loud channels, and the last layer, whose rounding would show everywhere."""
    linear = [node.name for node in model.graph.node if node.op_type in ("MatMul", "Gemm")]
    names = [name for name in linear if any(part in name for part in _EXACT)]
    return names + [f"{name}_MatMul" for name in names]  # the quantiser splits a Gemm in two before it looks


def _write_config(encoder: dict[str, Any], calibration: Calibration, target: Path) -> None:
    labels = [f"{head.name}/{label}" for head in HEADS for label in head.labels]
    heads = [{"name": head.name, "labels": list(head.labels), "exclusive": head.exclusive} for head in HEADS]
    config = {
        **{
            key: value
            for key, value in encoder.items()
            if key not in ("dtype", "_name_or_path", "id2label", "label2id")
        },
        "architectures": ["BertForSequenceClassification"],
        "problem_type": "multi_label_classification",
        "id2label": {str(place): label for place, label in enumerate(labels)},
        "label2id": {label: place for place, label in enumerate(labels)},
        "earnest": {
            "revision": REVISION,
            "length": LENGTH,
            "pooling": "mean",
            "heads": heads,
            "calibration": calibration.to_json(),
        },
    }
    text = json.dumps(config, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (target / "config.json").write_text(text, encoding="utf-8")
    extra = {
        "model_max_length": LENGTH,
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
    }
    (target / "tokenizer_config.json").write_text(json.dumps(extra, indent=1) + "\n", encoding="utf-8")
