"""Folders of other people's models, as transformers lays them out: config.json, tokenizer, ONNX or PyTorch weights."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from sentiment.calibration import Array, sigmoid, softmax
from sentiment.errors import ModelError
from sentiment.loading import Session, open_session
from sentiment.prediction import sound

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_LENGTH = 128
# RoBERTa's kin count positions from the padding's number on.
_POSITIONS_KEPT = 2
_ONNX = ("model.onnx", "onnx/model.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx")
_TORCH = ("*.safetensors", "pytorch_model*.bin")


class ForeignModel:
    """Tokenizer, weights and labels of one folder; `names` are the labels as its config.json writes them."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Load it.

        Raises:
            ModelError: a file is missing or can't be read, or it needs the extra `torch`.
        """
        config = read_config(folder)
        self.names = label_names(config, folder=folder)
        self._folder, self._pad = folder, int(config.get("pad_token_id") or 0)
        # One answer a label rather than one in all; shares of the sum then.
        self._many = config.get("problem_type") == "multi_label_classification"
        self._tokenizer = open_tokenizer(folder, length=length_of(config))
        self._session = _open(folder, threads=threads)

    def scores(self, texts: Sequence[str]) -> Array:
        """(texts, labels) probabilities that sum to 1.

        Raises:
            ModelError: the model gives another number of figures than config.json has labels.
        """
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch([sound(text) for text in texts])]
        longest = max(1, *map(len, tokens))
        ids = np.full((len(tokens), longest), self._pad, dtype=np.int64)
        mask = np.zeros((len(tokens), longest), dtype=np.int64)
        for place, row in enumerate(tokens):
            ids[place, : len(row)] = row
            mask[place, : len(row)] = 1
        outputs = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        logits: Array = outputs[0].astype(np.float64)
        if logits.ndim != 2 or logits.shape[1] != len(self.names):
            raise ModelError(
                f"The model in {self._folder} gives figures of the shape {logits.shape[1:]} and its config.json has "
                f"{len(self.names)} labels; export it as a text-classification model."
            )
        if not self._many:
            return softmax(logits)
        shares = sigmoid(logits)
        whole: Array = np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
        return np.divide(shares, whole)


def read_config(folder: Path) -> dict[str, Any]:
    """The folder's config.json; raises ModelError when there is none."""
    path = folder / "config.json"
    if not path.is_file():
        raise ModelError(f"{folder} has no config.json; give the folder of a transformers text-classification model.")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{path} isn't JSON ({error}); save the model again.") from error
    if not isinstance(config, dict):
        raise ModelError(f"{path} isn't a JSON object; save the model again.")
    return config


def label_names(config: dict[str, Any], *, folder: Path) -> list[str]:
    """The labels in the order of the outputs; raises ModelError unless there are two at least."""
    known = config.get("id2label")
    if not isinstance(known, dict) or len(known) < 2:
        raise ModelError(f"{folder}/config.json has no id2label with two labels; give a text-classification model.")
    if not all(str(key).isdecimal() for key in known):
        raise ModelError(
            f"{folder}/config.json numbers its labels in id2label with {', '.join(map(str, known))}; use 0, 1, 2."
        )
    return [str(known[key]) for key in sorted(known, key=int)]


def name_of(folder: Path) -> str:
    """What people call the model: its folder's name, or its name on the hub where the hub's cache holds it."""
    whole = folder.resolve()
    if whole.parent.name != "snapshots":
        return whole.name
    return whole.parent.parent.name.removeprefix("models--").replace("--", "/")


def length_of(config: dict[str, Any]) -> int:
    """How many pieces of a text are read: 128, or as many as the model has positions for."""
    positions = config.get("max_position_embeddings")
    return min(_LENGTH, positions - _POSITIONS_KEPT) if isinstance(positions, int) and positions > 0 else _LENGTH


def open_tokenizer(folder: Path, *, length: int) -> "Tokenizer":
    """The folder's tokenizer.json, or what transformers makes of older files; raises ModelError without either."""
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(path)) if path.is_file() else _convert_tokenizer(folder)
    except Exception as error:  # the library's errors share no base
        raise ModelError(
            f"{folder} has no tokenizer.json that can be read ({type(error).__name__}); save a fast tokenizer there "
            "with transformers."
        ) from error
    tokenizer.enable_truncation(length)
    tokenizer.no_padding()
    return tokenizer


def _convert_tokenizer(folder: Path) -> "Tokenizer":
    kit = quiet_transformers()
    converted: Tokenizer = kit.AutoTokenizer.from_pretrained(folder, local_files_only=True).backend_tokenizer
    return converted


def quiet_transformers() -> Any:  # noqa: ANN401 - its types don't follow its many heads
    """The library, without bars and advice on standard error; imported here, since it takes seconds."""
    import transformers

    kit: Any = transformers
    kit.logging.set_verbosity_error()
    kit.logging.disable_progress_bar()
    return kit


def find_onnx(folder: Path) -> Path | None:
    """The folder's ONNX graph, None without one."""
    return next((folder / name for name in _ONNX if (folder / name).is_file()), None)


def find_weights(folder: Path) -> list[Path]:
    """The files with weights: the ONNX graph where there is one, else PyTorch's."""
    graph = find_onnx(folder)
    if graph is not None:
        return [graph]
    return next((found for pattern in _TORCH if (found := sorted(folder.glob(pattern)))), [])


def _open(folder: Path, *, threads: int) -> Session:
    graph = find_onnx(folder)
    return _ExactInputs(graph, threads=threads) if graph else _TorchSession(folder, threads=threads)


def load_torch(folder: Path) -> Any:  # noqa: ANN401 - a torch module
    """The folder's PyTorch model, ready to answer.

    Raises:
        ModelError: there are no weights, PyTorch isn't installed, or the weights are no text-classification model's.
    """
    if not any(list(folder.glob(pattern)) for pattern in _TORCH):
        raise ModelError(f"{folder} has neither model.onnx nor PyTorch weights (model.safetensors); save them there.")
    try:
        import torch
    except ImportError as error:
        raise ModelError(
            f"{folder} has no model.onnx and PyTorch isn't installed; export it to ONNX or install earnest[torch]."
        ) from error
    kit = quiet_transformers()
    try:
        model, told = kit.AutoModelForSequenceClassification.from_pretrained(
            folder, local_files_only=True, output_loading_info=True, dtype=torch.float32
        )
    except Exception as error:  # whatever the library meets in the folder
        raise ModelError(f"transformers can't load {folder}: {_first_line(error)}") from error
    if told["missing_keys"]:
        missing = min(told["missing_keys"])
        raise ModelError(
            f"The weights in {folder} have no {missing}; give a model that was trained for text classification."
        )
    return model.eval()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


class _ExactInputs:
    """An ONNX session that is fed only what it asks for, and the token types that some models want."""

    def __init__(self, path: Path, *, threads: int) -> None:
        self._session = cast("Any", open_session(path, threads=threads))
        self._wanted = [each.name for each in self._session.get_inputs()]
        unknown = {*self._wanted} - {"input_ids", "attention_mask", "token_type_ids"}
        if unknown:
            raise ModelError(
                f"{path} wants {', '.join(sorted(unknown))}; export it with input_ids and attention_mask alone."
            )
        outputs = [each.name for each in self._session.get_outputs()]
        self._output = "logits" if "logits" in outputs else outputs[0]

    def run(self, _names: list[str] | None, feed: dict[str, Any]) -> list[Any]:
        """The logits alone."""
        every = {**feed, "token_type_ids": np.zeros_like(feed["input_ids"])}
        outputs: list[Any] = self._session.run([self._output], {name: every[name] for name in self._wanted})
        return outputs


class _TorchSession:
    """PyTorch weights behind the same call."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        self._model = load_torch(folder)
        import torch

        torch.set_num_threads(threads)
        self._torch: Any = torch

    def run(self, _names: list[str] | None, feed: dict[str, Any]) -> list[Any]:
        """The logits alone."""
        with self._torch.inference_mode():
            output = self._model(**{name: self._torch.from_numpy(array) for name, array in feed.items()})
        return [output.logits.numpy()]
