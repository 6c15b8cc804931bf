"""Sentences of ours with the labels a person gives them; none stands in the training data."""

import json
from dataclasses import dataclass
from pathlib import Path

from domain.classification import ClassifierInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A post, what is known of it, and its labels; `urgent` and `toxic` are false where the file doesn't say so."""

    text: str
    language: str
    intent: str
    sentiment: str
    urgent: bool = False
    toxic: bool = False
    brand: str | None = None
    parent: str | None = None

    @property
    def post(self) -> ClassifierInput:
        """What the model is shown."""
        return ClassifierInput(text=self.text, brand=self.brand, parent=self.parent)


def read_sentences(path: Path) -> tuple[Sentence, ...]:
    """The sentences of a file, one JSON object a line."""
    return tuple(Sentence(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


SENTENCES = read_sentences(Path(__file__).with_name("sentences.jsonl"))
