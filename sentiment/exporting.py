"""From a transformers text-classification folder to one with int8 ONNX weights, which needs no PyTorch any more."""

import json
import shutil
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from domain.errors import InvalidInput
from sentiment.errors import ModelError
from sentiment.foreign import ForeignModel, label_names, length_of, load_torch, open_tokenizer, read_config
from sentiment.hf import map_labels

_OPSET = 17
_NEEDED = ("torch", "onnx")
# What travels along, where the source has it: a licence binds the copy too.
_ALONG = ("tokenizer_config.json", "special_tokens_map.json", "README.md", "CARD.md", "LICENSE*", "NOTICE*")
# Short posts in several languages, by which the copy is compared with its source.
SAMPLE = (
    "I love it, thank you so much!", "Worst service ever, never again.", "Where is my parcel?",
    "It would be nice in blue.", "The box is on the table.", "Not bad, but not good either.",
    "Me encanta, muchas gracias.", "¿Dónde está mi pedido?", "Das ist leider kaputt angekommen.",
    "Wann macht ihr heute auf?", "C'est nul, je suis déçu.", "Merci, c'est parfait !", "Ottimo lavoro, bravi!",
    "Não funciona desde ontem.", "Dankie, dit werk nou.", "यह बहुत अच्छा है", "الخدمة سيئة جدا",
    "@brand you lost my bag again 😡", "lol ok", "Huduma nzuri sana, asanteni.",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: its folder, the size of model.onnx, and the share of sample posts with the source's label."""

    folder: str
    megabytes: float
    labels: list[str]
    agreement: float
    compared: int


def export_model(source: Path, target: Path, *, labels: Mapping[str, str] | None = None) -> Exported:
    """Write the int8 copy of `source` into `target`, which must not exist or be empty.

    With `labels` the copy's own labels are ours, so that it needs no map.

    Raises:
        InvalidInput: something lies in the target already.
        ModelError: a package is missing, or the source is no text-classification model that can be exported.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InvalidInput(f"{target} isn't an empty folder; name another one to write the model into.")
    config = read_config(source)
    names = label_names(config, folder=source)
    ours = map_labels(names, labels, folder=source) if labels else names
    _require_packages()
    model = load_torch(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that it appears whole or not at all.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as work:
        folder = Path(work) / "model"
        folder.mkdir()
        open_tokenizer(source, length=length_of(config)).save(str(folder / "tokenizer.json"))
        _write_onnx(model, Path(work) / "fp32.onnx", source=source)
        _quantise(Path(work) / "fp32.onnx", folder / "model.onnx")
        _write_config(config, ours, folder)
        _copy_along(source, folder)
        agreement = _compare(model, folder)
        if target.exists():
            target.rmdir()
        folder.rename(target)
    size = (target / "model.onnx").stat().st_size / 1e6
    return Exported(
        folder=str(target), megabytes=round(size, 1), labels=list(ours), agreement=agreement, compared=len(SAMPLE)
    )


def _require_packages() -> None:
    missing = []
    for name in _NEEDED:
        try:
            __import__(name)
        except ImportError:
            missing.append(name)
    if missing:
        raise ModelError(f"Exporting needs {' and '.join(missing)}; install earnest[export].")


def _write_onnx(model: Any, path: Path, *, source: Path) -> None:  # noqa: ANN401 - a torch module
    import torch

    class Logits(torch.nn.Module):  # type: ignore[misc,name-defined,unused-ignore]
        """The model as a function of ids and mask alone."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:  # noqa: ANN401
            return self.model(input_ids=input_ids, attention_mask=attention_mask).logits

    # Attention as plain products: the fused kinds can't be traced with lengths that vary.
    if hasattr(model, "set_attn_implementation"):
        model.set_attn_implementation("eager")
    ids = torch.tensor([[0, 1, 1, 1, 1], [0, 1, 1, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    axes = {0: "batch", 1: "length"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                Logits().eval(), (ids, mask), str(path), input_names=["input_ids", "attention_mask"],
                output_names=["logits"], opset_version=_OPSET, dynamo=False,
                dynamic_axes={"input_ids": axes, "attention_mask": axes, "logits": {0: "batch"}},
            )  # fmt: skip
    except Exception as error:  # whatever the exporter meets in a foreign network
        raise ModelError(
            f"PyTorch can't export {source} ({type(error).__name__}); its network isn't supported."
        ) from error


def _quantise(source: Path, target: Path) -> None:
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    # It advises a preparation that dynamic quantisation doesn't need.
    logging.getLogger().addFilter(_no_advice)
    try:
        quantize_dynamic(
            str(source), str(target), op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8
        )
    finally:
        logging.getLogger().removeFilter(_no_advice)


def _no_advice(record: Any) -> bool:  # noqa: ANN401 - a log record
    return "pre-processing" not in str(record.msg)


def _write_config(config: dict[str, Any], labels: list[str], folder: Path) -> None:
    own = {
        **{name: value for name, value in config.items() if name not in {"id2label", "label2id", "_name_or_path"}},
        "id2label": {str(place): label for place, label in enumerate(labels)},
        "label2id": {label: place for place, label in enumerate(labels)},
    }
    (folder / "config.json").write_text(json.dumps(own, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _copy_along(source: Path, folder: Path) -> None:
    for pattern in _ALONG:
        for path in source.glob(pattern):
            shutil.copy(path, folder / path.name)


def _compare(model: Any, folder: Path) -> float:  # noqa: ANN401 - a torch module
    """The share of sample posts to which the copy gives the source's label."""
    import torch

    copy = ForeignModel(folder, threads=2)
    tokenizer = open_tokenizer(folder, length=length_of(read_config(folder)))
    same = []
    for text, scores in zip(SAMPLE, copy.scores(SAMPLE), strict=True):
        ids = torch.tensor([tokenizer.encode(text).ids])
        with torch.inference_mode():
            logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0].numpy()
        same.append(int(np.argmax(logits)) == int(np.argmax(scores)))
    return float(np.mean(same))
