"""The rule of thumb by which a classifier that knows sentiment alone is read as an intent."""

from collections.abc import Mapping

from domain.labels import INTENTS, Intent, Sentiment

_FROM_SENTIMENT = {Sentiment.POSITIVE: Intent.PRAISE, Sentiment.NEGATIVE: Intent.COMPLAINT}
_MARKS = "?？؟"


def intents_from(feelings: Mapping[Sentiment, float], *, text: str) -> dict[Intent, float]:
    """Positive is praise, negative a complaint, neutral a question where there is a question mark and other without."""
    neutral = Intent.QUESTION if asks(text) else Intent.OTHER
    intents = dict.fromkeys(INTENTS, 0.0)
    for feeling, score in feelings.items():
        intents[_FROM_SENTIMENT.get(feeling, neutral)] += score
    return intents


def asks(text: str) -> bool:
    """Whether the text has a question mark."""
    return any(mark in text for mark in _MARKS)
