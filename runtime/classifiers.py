"""The classifier that the settings name, loaded at its first batch and working on one batch at a time."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Protocol

from config.operator import Understanding
from domain.classification import Classification, ClassifierInput
from domain.ports import Classifier
from sentiment.choosing import open_classifier


class NoteModel(Protocol):
    """Told of each batch."""

    def __call__(self, *, mentions: int, seconds: float) -> None:
        """Note that so many mentions took so many seconds."""
        ...


class OneAtATime:
    """A classifier whose batches never run beside each other: they would only share the same cores."""

    def __init__(self, build: Callable[[], Classifier], *, note: NoteModel) -> None:
        """`build` is called when the classifier is first needed."""
        self._build, self._note = build, note
        self._lock = threading.Lock()
        self._built: Classifier | None = None

    @property
    def revision(self) -> str:
        """Name and version of the model."""
        return self._classifier().revision

    def classify(self, posts: Sequence[ClassifierInput], /) -> list[Classification]:
        """Return one classification for each post, in the same order."""
        with self._lock:
            started = monotonic()
            answers = self._classifier().classify(posts)
            self._note(mentions=len(posts), seconds=monotonic() - started)
        return answers

    def _classifier(self) -> Classifier:
        if self._built is None:
            self._built = self._build()
        return self._built


def build_classifier(settings: Understanding, *, base: Path) -> Classifier:
    """Return the shipped classifier, or the Hugging Face one that the settings name by a path from `base`."""
    threads = settings.threads or os.cpu_count() or 1
    return open_classifier(settings.model, labels=settings.labels, base=base, threads=threads, batch=settings.batch)
