"""Any transformers text-classification model as the `Classifier` port: `hf:PATH` in the settings.

A folder with model.onnx (or onnx/model.onnx) runs through ONNX Runtime; one with PyTorch weights alone needs the extra
`torch`. Such a model answers one question, so a label map says what its labels mean, and the rest is left open.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from domain.classification import Classification, ClassifierInput
from domain.labels import INTENTS, Intent, Sentiment
from sentiment.calibration import Array
from sentiment.describing import mark_of
from sentiment.errors import ModelError
from sentiment.foreign import ForeignModel, find_weights, label_names, name_of, read_config
from sentiment.prediction import blank_classification
from sentiment.rules import intents_from
from sentiment.themes import extract_themes

# A revision's name fits into its column.
_BATCH, _LONGEST_NAME, _MARK = 32, 90, 6
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
        self._model: ForeignModel | None = None
        self._revision: str | None = None
        self._targets: list[str] = []

    @property
    def revision(self) -> str:
        """`hf:`, the folder's name, and a mark of weights and label map: where either changes, posts are sorted anew.

        Raises:
            ModelError: the folder lacks a file, or its labels can't be mapped.
        """
        if self._revision is None:
            mark = mark_of(find_weights(self._folder), self._read_targets())[:_MARK]
            self._revision = f"hf:{name_of(self._folder)[:_LONGEST_NAME]}@{mark}"
        return self._revision

    def classify(self, posts: Sequence[ClassifierInput], /) -> list[Classification]:
        """One classification for each post, in order.

        Raises:
            ModelError: the folder lacks a file, its labels can't be mapped, or it needs the extra `torch`.
        """
        model = self._loaded()
        answers = [blank_classification(model=self.revision) for _ in posts]
        readable = [place for place, post in enumerate(posts) if post.text.strip()]
        readable.sort(key=lambda place: len(posts[place].text))
        for start in range(0, len(readable), _BATCH):
            places = readable[start : start + _BATCH]
            scores = model.scores([posts[place].text for place in places])
            for place, row in zip(places, scores, strict=True):
                answers[place] = self._answer(posts[place], row, self._targets)
        return answers

    def _loaded(self) -> ForeignModel:
        if self._model is None:
            # Labels first: a missing meaning is said before a gigabyte is read.
            self._read_targets()
            self._model = ForeignModel(self._folder, threads=self._threads)
        return self._model

    def _read_targets(self) -> list[str]:
        if not self._targets:
            names = label_names(read_config(self._folder), folder=self._folder)
            self._targets = map_labels(names, self._labels, folder=self._folder)
        return self._targets

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
                f"The model in {folder} has a label {name} without a meaning; add it under sentiment.labels, or "
                f"with --label, as one of {', '.join(sorted(known))}."
            )
        targets.append(target)
    if {*map(str, INTENTS)} & set(targets) and {*map(str, Sentiment)} & set(targets):
        raise ModelError(
            f"The labels of the model in {folder} mean sentiments and intents at once ({', '.join(targets)}); "
            "map all of them to the one or to the other."
        )
    return targets


def _guess(name: str) -> str:
    lowered = name.lower()
    return _GUESSES.get(lowered[:3], lowered) if lowered[:3] in _GUESSES else lowered
