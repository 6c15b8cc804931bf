"""The model's outputs, in the order in which they stand side by side in its one row of logits."""

from dataclasses import dataclass

from domain.labels import INTENTS, Sentiment

LANGUAGES = ("en", "es", "de", "fr", "pt", "it", "nl", "af", "hi", "ar", "sw", "pcm")


@dataclass(frozen=True, slots=True)
class Head:
    """One task's share of the logits; `exclusive` heads are a softmax, the others one sigmoid a label."""

    name: str
    labels: tuple[str, ...]
    exclusive: bool

    @property
    def size(self) -> int:
        """How many logits."""
        return len(self.labels)


HEADS: tuple[Head, ...] = (
    Head("intent", tuple(str(intent) for intent in INTENTS), exclusive=True),
    Head("also", tuple(str(intent) for intent in INTENTS), exclusive=False),
    Head("sentiment", tuple(str(sentiment) for sentiment in Sentiment), exclusive=True),
    Head("urgency", ("urgent",), exclusive=False),
    Head("toxicity", ("toxic",), exclusive=False),
    Head("language", LANGUAGES, exclusive=True),
    # Of posts that name no brand: what crowds call positive of a tweet isn't what a brand's desk calls so.
    Head("polarity", tuple(str(sentiment) for sentiment in Sentiment), exclusive=True),
)


def head_slices(heads: tuple[Head, ...] = HEADS) -> dict[str, slice]:
    """Where each head's logits stand."""
    slices, start = {}, 0
    for head in heads:
        slices[head.name] = slice(start, start + head.size)
        start += head.size
    return slices
