"""Any transformers text-classification model as the `Classifier` port: `hf:PATH` in the settings.

A folder with model.onnx (or onnx/model.onnx) runs through ONNX Runtime; one with PyTorch weights alone needs the extra
`torch`. Such a model answers one question, so a label map says what its labels mean, and the rest is left open.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from domain.classification import Classification, ClassifierInput
from domain.labels import INTENTS, Intent, Sentiment
from sentiment.calibration import Array, softmax
from sentiment.errors import ModelError
from sentiment.loading import Session, open_session
from sentiment.prediction import blank_classification
from sentiment.rules import intents_from
from sentiment.themes import extract_themes

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_BATCH, _LENGTH = 32, 128
_FROM_INTENT = {Intent.PRAISE: Sentiment.POSITIVE, Intent.COMPLAINT: Sentiment.NEGATIVE}
_GUESSES: Mapping[str, str] = {"pos": "positive", "neg": "negative", "neu": "neutral"}


class HuggingFaceClassifier:
    """A folder with config.json, tokenizer.json and weights. Labels map to a sentiment or to an intent.

    With a sentiment model the intent is a rule of thumb (positive is praise, negative a complaint, a question mark
    makes a question); with an intent model the sentiment is. Urgency, toxicity and language stay unknown (0, 0, None).
    """

    def __init__(
        self, folder: Path, *, labels: Mapping[str, str] | None = None, threads: int = 2, abstain_below: float = 0.5
    ) -> None:
        """`labels` maps the model's labels to `positive`, ... or `praise`, ...; None guesses from their names."""
        self._folder, self._threads, self._abstain_below = folder, threads, abstain_below
        self._labels = labels
        self._runner: _Runner | None = None

    @property
    def revision(self) -> str:
        """`hf:` and the folder's name."""
        return f"hf:{self._folder.name}"

    def classify(self, posts: Sequence[ClassifierInput], /) -> list[Classification]:
        """One classification for each post, in order.

        Raises:
            ModelError: the folder lacks a file, its labels can't be mapped, or it needs the extra `torch`.
        """
        if self._runner is None:
            self._runner = _Runner(self._folder, labels=self._labels, threads=self._threads)
        answers = [blank_classification(model=self.revision) for _ in posts]
        readable = [place for place, post in enumerate(posts) if post.text.strip()]
        readable.sort(key=lambda place: len(posts[place].text))
        for start in range(0, len(readable), _BATCH):
            places = readable[start : start + _BATCH]
            scores = self._runner.scores([posts[place].text for place in places])
            for place, row in zip(places, scores, strict=True):
                answers[place] = self._answer(posts[place], row, self._runner.targets)
        return answers

    def _answer(self, post: ClassifierInput, row: Array, targets: Sequence[str]) -> Classification:
        sums: dict[str, float] = {}
        for target, score in zip(targets, row, strict=True):
            sums[target] = sums.get(target, 0.0) + float(score)
        feelings = {each: sums.get(each, 0.0) for each in Sentiment}
        intents = {each: sums.get(each, 0.0) for each in INTENTS}
        if any(intents.values()):
            for intent, score in intents.items():
                feelings[_FROM_INTENT.get(intent, Sentiment.NEUTRAL)] += score
        else:
            intents = intents_from(feelings, text=post.text)
        best = max(intents, key=lambda each: intents[each])
        return Classification(
            intent=best if intents[best] >= self._abstain_below else Intent.ABSTAINED,
            sentiment=max(feelings, key=lambda each: feelings[each]),
            intent_scores=intents,
            sentiment_scores=feelings,
            urgency=0.0,
            toxicity=0.0,
            urgent=False,
            toxic=False,
            language=None,
            themes=extract_themes(post.text, brand=post.brand),
            model=self.revision,
        )


class _Runner:
    """Tokenizer, weights and label map of one folder."""

    def __init__(self, folder: Path, *, labels: Mapping[str, str] | None, threads: int) -> None:
        config = _read_config(folder)
        names = [str(config["id2label"][key]) for key in sorted(config["id2label"], key=int)]
        self.targets = map_labels(names, labels, folder=folder)
        self._pad = int(config.get("pad_token_id") or 0)
        self._tokenizer = _read_tokenizer(folder)
        self._session = _open(folder, threads=threads)

    def scores(self, texts: Sequence[str]) -> Array:
        """(texts, labels) softmax probabilities."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        longest = max(map(len, tokens))
        ids = np.full((len(tokens), longest), self._pad, dtype=np.int64)
        mask = np.zeros((len(tokens), longest), dtype=np.int64)
        for place, row in enumerate(tokens):
            ids[place, : len(row)] = row
            mask[place, : len(row)] = 1
        return softmax(self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0].astype(np.float64))


def map_labels(names: Sequence[str], labels: Mapping[str, str] | None, *, folder: Path) -> list[str]:
    """What each of the model's labels means to us.

    Raises:
        ModelError: a label has no meaning, or one that is neither a sentiment nor an intent.
    """
    known = {*map(str, Sentiment), *map(str, INTENTS)}
    targets = []
    for name in names:
        target = (labels or {}).get(name) or _guess(name)
        if target not in known:
            raise ModelError(
                f"The model in {folder} has a label {name} without a meaning; add it under sentiment.labels as one of "
                f"{', '.join(sorted(known))}."
            )
        targets.append(target)
    return targets


def _guess(name: str) -> str:
    lowered = name.lower()
    return _GUESSES.get(lowered[:3], lowered) if lowered[:3] in _GUESSES else lowered


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if not path.is_file():
        raise ModelError(f"{folder} has no config.json; give the folder of a transformers text-classification model.")
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if "id2label" not in config:
        raise ModelError(f"{path} has no id2label; give the folder of a text-classification model.")
    return config


def _read_tokenizer(folder: Path) -> "Tokenizer":
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    if not path.is_file():
        raise ModelError(f"{folder} has no tokenizer.json; save a fast tokenizer there with transformers.")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(_LENGTH)
    tokenizer.no_padding()
    return tokenizer


def _open(folder: Path, *, threads: int) -> Session:
    for path in (folder / "model.onnx", folder / "onnx/model.onnx"):
        if path.is_file():
            return _ExactInputs(path, threads=threads)
    try:
        return _TorchSession(folder, threads=threads)
    except ImportError as error:
        raise ModelError(
            f"{folder} has no model.onnx and PyTorch isn't installed; export it to ONNX or install earnest[torch]."
        ) from error


class _ExactInputs:
    """An ONNX session that is fed only what it asks for, and the token types that some models want."""

    def __init__(self, path: Path, *, threads: int) -> None:
        self._session = cast("Any", open_session(path, threads=threads))
        self._wanted = [each.name for each in self._session.get_inputs()]

    def run(self, names: list[str] | None, feed: dict[str, Any]) -> list[Any]:
        """As ONNX Runtime's."""
        every = {**feed, "token_type_ids": np.zeros_like(feed["input_ids"])}
        outputs: list[Any] = self._session.run(names, {name: every[name] for name in self._wanted})
        return outputs


class _TorchSession:
    """PyTorch weights behind the same call."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        import torch
        from transformers import AutoModelForSequenceClassification

        torch.set_num_threads(threads)
        self._torch: Any = torch
        self._model: Any = AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True).eval()

    def run(self, names: list[str] | None, feed: dict[str, Any]) -> list[Any]:
        """Logits for token ids and mask; `names` is for likeness with ONNX Runtime alone."""
        del names
        with self._torch.inference_mode():
            output = self._model(**{name: self._torch.from_numpy(array) for name, array in feed.items()})
        return [output.logits.numpy()]
