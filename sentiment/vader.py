"""VADER behind the `Classifier` port: the word list that many use today, to compare with. Needs the extra `compare`."""

from collections.abc import Sequence
from typing import Any

from domain.classification import Classification, ClassifierInput
from domain.labels import INTENTS, Intent, Sentiment
from sentiment.errors import ModelError
from sentiment.prediction import blank_classification
from sentiment.rules import asks

_INTENTS = {Sentiment.POSITIVE: Intent.PRAISE, Sentiment.NEGATIVE: Intent.COMPLAINT, Sentiment.NEUTRAL: Intent.OTHER}
# Its authors' own thresholds on the compound score.
_POSITIVE, _NEGATIVE = 0.05, -0.05


class VaderClassifier:
    """English sentiment by word list; a question mark makes a question. It gives no probabilities, only 0 and 1."""

    def __init__(self) -> None:
        """Read the word list.

        Raises:
            ModelError: the package vaderSentiment isn't installed.
        """
        try:
            from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
        except ImportError as error:
            raise ModelError(
                "To compare with vader the package vaderSentiment is needed; install earnest[compare]."
            ) from error
        self._analyser: Any = SentimentIntensityAnalyzer()

    @property
    def revision(self) -> str:
        """Its name."""
        return "vader"

    def classify(self, posts: Sequence[ClassifierInput], /) -> list[Classification]:
        """Return one classification for each post, in the same order."""
        return [self._answer(post) for post in posts]

    def _answer(self, post: ClassifierInput) -> Classification:
        blank = blank_classification(model=self.revision)
        if not post.text.strip():
            return blank
        feeling = _feeling_of(float(self._analyser.polarity_scores(post.text)["compound"]))
        feelings = {each: float(each is feeling) for each in Sentiment}
        # A question mark first: read so, it comes closer to the truth than by neutral posts alone.
        leaning = Intent.QUESTION if asks(post.text) else _INTENTS[feeling]
        intents = {each: float(each is leaning) for each in INTENTS}
        return Classification(
            intent=leaning, sentiment=feeling, intent_scores=intents, sentiment_scores=feelings, urgency=0.0,
            toxicity=0.0, urgent=False, toxic=False, language=None, model=self.revision,
        )  # fmt: skip


def _feeling_of(compound: float) -> Sentiment:
    if compound >= _POSITIVE:
        return Sentiment.POSITIVE
    return Sentiment.NEGATIVE if compound <= _NEGATIVE else Sentiment.NEUTRAL
