"""What can be measured: the tasks with one label a post, and how people write those labels."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from domain.errors import InvalidInput
from domain.labels import INTENTS, Sentiment


class Task(StrEnum):
    """A question with one answer a post."""

    INTENT = "intent"
    SENTIMENT = "sentiment"

    @property
    def labels(self) -> tuple[str, ...]:
        """Its labels, in the order of the model's outputs."""
        return tuple(map(str, INTENTS if self is Task.INTENT else Sentiment))


# 0, 1 and 2 as in TweetEval, UMSAB and AfriSenti. LABEL_0 isn't guessed: models disagree on what it is.
_SENTIMENTS: Mapping[str, str] = {
    "0": "negative", "1": "neutral", "2": "positive", "0.0": "negative", "1.0": "neutral", "2.0": "positive",
    "neg": "negative", "neu": "neutral", "pos": "positive",
}  # fmt: skip
_INTENTS: Mapping[str, str] = {
    "complaints": "complaint", "questions": "question", "suggestions": "suggestion", "praises": "praise",
}  # fmt: skip


def read_label(value: object, *, task: Task, line: int, field: str) -> str:
    """Return our label for what a file says, whatever its case.

    Raises:
        InvalidInput: it is none of the task's labels; the text names line and value.
    """
    written = "" if value is None else str(value).strip()
    label = written.casefold()
    label = (_SENTIMENTS if task is Task.SENTIMENT else _INTENTS).get(label, label)
    if label not in task.labels:
        told = f"the label “{written}”" if written else "no label"
        known = f"{', '.join(task.labels[:-1])} or {task.labels[-1]}"
        raise InvalidInput(f"Line {line} has {told} in its field {field}; write {known}.")
    return label


def check_numbers(written: Collection[str], *, task: Task) -> None:
    """Raise InvalidInput where a file's labels are 0 and 1 alone: 1 means positive to some and neutral to others."""
    if task is Task.SENTIMENT and {"0", "1"} <= {each.removesuffix(".0") for each in written} <= {"0", "1"}:
        raise InvalidInput(
            "Only the labels 0 and 1 occur, and 1 could mean neutral or positive; write negative, neutral or positive."
        )
