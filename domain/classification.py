"""What the model says of a mention, and what it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.labels import Intent, Sentiment

# The name that a person's own verdict carries where a model's revision stands.
BY_HAND = "a person"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierInput:
    """One post to classify: its text, and the context that helps (brand's name, the post above)."""

    text: str
    brand: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """The model's answer for one mention; probabilities are calibrated and lie in 0 to 1.

    `intent` is `abstained` when the model isn't sure enough; `intent_scores` then still says what it leaned to.
    """

    intent: Intent
    sentiment: Sentiment
    intent_scores: Mapping[Intent, float]
    sentiment_scores: Mapping[Sentiment, float]
    urgency: float
    toxicity: float
    urgent: bool
    toxic: bool
    language: str | None
    themes: tuple[str, ...] = ()
    also: tuple[Intent, ...] = ()
    model: str = field(default="")

    @property
    def abstained(self) -> bool:
        """True when a person must decide the intent."""
        return self.intent is Intent.ABSTAINED

    @property
    def leaning(self) -> Intent:
        """The likeliest intent, whether or not the model dared to say it."""
        return max(self.intent_scores, key=lambda intent: self.intent_scores[intent])
