"""The `Classifier` port on the shipped model, through ONNX Runtime."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from domain.classification import Classification, ClassifierInput
from domain.labels import INTENTS, Intent, Sentiment
from sentiment.calibration import Array
from sentiment.heads import head_slices
from sentiment.loading import SHIPPED, LoadedModel, describe_model, load_model
from sentiment.normalisation import context_of, normalise_text
from sentiment.themes import extract_themes

# More pieces at once are no faster on two cores, and every one of them costs 130 kB while it is worked on.
_BATCH, _PIECES = 32, 512
_FRAGMENT = 3  # words


class OnnxClassifier:
    """Sorts mentions with a model's folder; the model is loaded at the first post, not before."""

    def __init__(self, folder: Path = SHIPPED, *, threads: int = 2, batch: int = _BATCH) -> None:
        """`threads` are the processor threads that inference may use, `batch` how many posts run at once."""
        self._folder, self._threads, self._batch = folder, threads, batch
        self._model: LoadedModel | None = None
        self._revision: str | None = None

    @property
    def revision(self) -> str:
        """Name and version of the model; reads config.json the first time.

        Raises:
            ModelError: the folder isn't a model's.
        """
        if self._revision is None:
            self._revision = describe_model(self._folder).revision
        return self._revision

    def classify(self, posts: Sequence[ClassifierInput], /) -> list[Classification]:
        """One classification for each post, in order; a post without a letter, digit or sign is abstained on."""
        readable = [place for place, post in enumerate(posts) if normalise_text(post.text)]
        heads = self.predict([posts[place] for place in readable]) if readable else {}
        answers = [blank_classification(model=self.revision) for _ in posts]
        for row, place in enumerate(readable):
            scores = {name: probabilities[row] for name, probabilities in heads.items()}
            answers[place] = self._decide(posts[place], scores)
        return answers

    def predict(self, posts: Sequence[ClassifierInput]) -> dict[str, Array]:
        """Calibrated probabilities by head, each (posts, labels).

        Sentiment is towards the brand; of a post for which none is given it is the overall polarity.
        """
        model = self._loaded()
        logits, calibration = self.logits(posts), model.description.calibration
        slices = head_slices(model.description.heads)
        scores = {
            head.name: calibration.probabilities(head.name, logits[:, slices[head.name]], exclusive=head.exclusive)
            for head in model.description.heads
        }
        if "polarity" in scores:
            share = calibration.shares.get("polarity", 0.0)
            counts = np.asarray([share if (post.brand or "").strip() else 1.0 for post in posts])[:, None]
            scores["sentiment"] = (1 - counts) * scores["sentiment"] + counts * scores.pop("polarity")
        return scores

    def logits(self, posts: Sequence[ClassifierInput]) -> Array:
        """(posts, outputs) before calibration; runs in batches of posts of about one length."""
        model = self._loaded()
        tokens = [encoding.ids for encoding in model.tokenizer.encode_batch([_model_input(post) for post in posts])]
        outputs = np.zeros((len(tokens), sum(head.size for head in model.description.heads)))
        for places in _plan(list(map(len, tokens)), rows=self._batch):
            outputs[places] = model.logits([tokens[place] for place in places])
        return outputs

    def _loaded(self) -> LoadedModel:
        if self._model is None:
            self._model = load_model(self._folder, threads=self._threads)
        return self._model

    def _decide(self, post: ClassifierInput, scores: Mapping[str, Array]) -> Classification:
        calibration = self._loaded().description.calibration
        intent_scores = dict(zip(INTENTS, map(float, scores["intent"]), strict=True))
        sentiment_scores = dict(zip(Sentiment, map(float, scores["sentiment"]), strict=True))
        leaning = max(intent_scores, key=lambda intent: intent_scores[intent])
        sure = intent_scores[leaning] >= calibration.threshold("intent")
        language = self._name_language(scores["language"])
        urgency, toxicity = float(scores["urgency"][0]), float(scores["toxicity"][0])
        return Classification(
            intent=leaning if sure else Intent.ABSTAINED,
            sentiment=max(sentiment_scores, key=lambda each: sentiment_scores[each]),
            intent_scores=intent_scores,
            sentiment_scores=sentiment_scores,
            urgency=urgency,
            toxicity=toxicity,
            urgent=urgency >= calibration.threshold("urgency"),
            toxic=toxicity >= calibration.threshold("toxicity"),
            language=language,
            themes=extract_themes(post.text, language=language, brand=post.brand),
            also=_others(scores["also"], leaning, calibration.threshold("also")),
            model=self.revision,
        )

    def _name_language(self, scores: Array) -> str | None:
        description = self._loaded().description
        labels = next(head.labels for head in description.heads if head.name == "language")
        best = int(scores.argmax())
        return labels[best] if scores[best] >= description.calibration.threshold("language") else None


def _plan(lengths: list[int], *, rows: int) -> Iterator[list[int]]:
    """Batches of about one length, of at most `rows` posts and 512 pieces: memory stays flat on long posts."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: lengths[place]):
        if batch and (len(batch) == rows or (len(batch) + 1) * lengths[place] > _PIECES):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _model_input(post: ClassifierInput) -> str | tuple[str, str]:
    text = normalise_text(post.text, brand=post.brand)
    # Longer posts speak for themselves: under a stranger's post their intent was right on 69 of 100 instead of 80.
    parent = post.parent if len(text.split()) <= _FRAGMENT else None
    context = context_of(brand=post.brand, parent=parent)
    return (sound(text), sound(context)) if context else sound(text)


def sound(text: str) -> str:
    """The text with half characters (lone surrogates) as question marks: JSON may hold them, tokenizers refuse them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _others(scores: Array, leaning: Intent, threshold: float) -> tuple[Intent, ...]:
    """The further intents that are clearly carried too."""
    named = zip(INTENTS, scores, strict=True)
    return tuple(each for each, score in named if score >= threshold and each not in (leaning, Intent.OTHER))


def blank_classification(*, model: str) -> Classification:
    """The answer for a post with nothing to read: every score even, abstained."""
    return Classification(
        intent=Intent.ABSTAINED,
        sentiment=Sentiment.NEUTRAL,
        intent_scores=dict.fromkeys(INTENTS, 1 / len(INTENTS)),
        sentiment_scores=dict.fromkeys(Sentiment, 1 / len(Sentiment)),
        urgency=0.0,
        toxicity=0.0,
        urgent=False,
        toxic=False,
        language=None,
        model=model,
    )
