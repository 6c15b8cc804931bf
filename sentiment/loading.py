"""Opening a model's folder: config.json, tokenizer.json and model.onnx, as transformers and its tools lay them out."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sentiment.calibration import Calibration, read_calibration
from sentiment.errors import ModelError
from sentiment.heads import Head

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SHIPPED = Path(__file__).resolve().parent / "model"
_FILES = ("config.json", "tokenizer.json", "model.onnx")
Tokens = Sequence[Sequence[int]]


class Session(Protocol):
    """The part of an ONNX Runtime session that is used."""

    def run(self, names: list[str] | None, feed: dict[str, NDArray[np.int64]]) -> list[NDArray[np.float32]]:
        """Outputs for the named inputs."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDescription:
    """What config.json says: which outputs there are, how they are calibrated, how the model is called."""

    revision: str
    heads: tuple[Head, ...]
    calibration: Calibration
    length: int
    pad: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model in memory."""

    description: ModelDescription
    tokenizer: "Tokenizer"
    session: Session

    def logits(self, tokens: Tokens) -> NDArray[np.float32]:
        """(rows, outputs) for one batch of token ids, padded to its longest row."""
        longest = max(map(len, tokens))
        ids = np.full((len(tokens), longest), self.description.pad, dtype=np.int64)
        mask = np.zeros((len(tokens), longest), dtype=np.int64)
        for place, row in enumerate(tokens):
            ids[place, : len(row)] = row
            mask[place, : len(row)] = 1
        return self.session.run(None, {"input_ids": ids, "attention_mask": mask})[0]


def describe_model(folder: Path = SHIPPED) -> ModelDescription:
    """Read config.json alone: fast, and enough to know the revision.

    Raises:
        ModelError: a file is missing, or config.json isn't one of ours.
    """
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise ModelError(f"The model's folder {folder} has no {missing[0]}; give the folder of an exported model.")
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if "earnest" not in config:
        raise ModelError(f"{folder}/config.json has no section earnest; name other models as hf:{folder}.")
    own = config["earnest"]
    return ModelDescription(
        revision=own["revision"],
        heads=tuple(Head(each["name"], tuple(each["labels"]), exclusive=each["exclusive"]) for each in own["heads"]),
        calibration=read_calibration(own["calibration"]),
        length=own["length"],
        pad=config["pad_token_id"],
    )


def load_model(folder: Path = SHIPPED, *, threads: int = 2) -> LoadedModel:
    """Load the tokenizer and start the session; about half a second.

    Raises:
        ModelError: see `describe_model`; or ONNX Runtime refuses the file.
    """
    from tokenizers import Tokenizer

    description = describe_model(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(description.length)
    tokenizer.no_padding()
    return LoadedModel(
        description=description, tokenizer=tokenizer, session=open_session(folder / "model.onnx", threads=threads)
    )


def open_session(path: Path, *, threads: int) -> Session:
    """An ONNX Runtime session on the CPU.

    Raises:
        ModelError: ONNX Runtime refuses the file.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # A thread that spins while it waits takes the processor from the desk and the workers beside it.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The arena stays on: it gives a layer's buffers to the next, and peaks 40 MB lower than going without. Planned by
    # shape (memory patterns) it would keep one plan for every length.
    options.enable_mem_pattern = False
    try:
        session: Session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own errors share no base of theirs
        raise ModelError(f"ONNX Runtime can't open {path}: {error}") from error
    return session


def weights_digest(folder: Path = SHIPPED) -> str:
    """The first 12 digits of the SHA-256 of model.onnx, for the card and for `model info`."""
    return hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()[:12]
