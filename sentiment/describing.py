"""What a model's folder says of itself: revision, labels, sizes, calibration, digest and card."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sentiment.errors import ModelError
from sentiment.foreign import find_weights, label_names, name_of, read_config
from sentiment.loading import SHIPPED, describe_model

_CARDS = ("CARD.md", "README.md")
_BLOCK = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A model in words and figures; `labels` by question, `card` is Markdown and empty where the folder has none.

    `digest` is the first 12 digits of the SHA-256 of the weights, the files one after the other by name.
    """

    model: str
    folder: str
    weights: dict[str, float]  # megabytes by file
    digest: str
    labels: dict[str, list[str]]
    calibration: Mapping[str, object] = field(default_factory=dict)
    card: str = ""


def describe_shipped(folder: Path = SHIPPED) -> Description:
    """Describe the model that ships with Earnest, or another folder that its training wrote.

    Raises:
        ModelError: the folder isn't such a model's.
    """
    own = describe_model(folder)
    weights = [folder / "model.onnx"]
    return Description(
        model=own.revision, folder=str(folder), weights=_sizes(weights), digest=digest_of(weights),
        labels={head.name: list(head.labels) for head in own.heads}, calibration=own.calibration.to_json(),
        card=_read_card(folder),
    )  # fmt: skip


def describe_foreign(folder: Path) -> Description:
    """Describe any transformers text-classification model's folder, without loading it.

    Raises:
        ModelError: it has no config.json with labels, or no weights.
    """
    names = label_names(read_config(folder), folder=folder)
    weights = find_weights(folder)
    if not weights:
        raise ModelError(f"{folder} has neither model.onnx nor PyTorch weights (model.safetensors); save them there.")
    return Description(
        model=f"hf:{name_of(folder)}", folder=str(folder), weights=_sizes(weights), digest=digest_of(weights),
        labels={"label": names}, card=_read_card(folder),
    )  # fmt: skip


def digest_of(paths: Sequence[Path]) -> str:
    """The first 12 digits of the SHA-256 of the files, one after the other."""
    whole = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                whole.update(block)
    return whole.hexdigest()[:12]


def _sizes(paths: list[Path]) -> dict[str, float]:
    return {path.name: round(path.stat().st_size / 1e6, 1) for path in paths}


def _read_card(folder: Path) -> str:
    path = next((folder / name for name in _CARDS if (folder / name).is_file()), None)
    return path.read_text(encoding="utf-8", errors="replace") if path else ""


def mark_of(paths: Sequence[Path], labels: Sequence[str]) -> str:
    """Hexadecimal digits that change with the weights and with what the labels mean."""
    return hashlib.sha256("\n".join([digest_of(paths), *labels]).encode()).hexdigest()
