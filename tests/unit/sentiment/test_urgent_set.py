"""The urgency test set: as broad as the guideline says, in the common layout, and out of training's reach."""

import json
from collections import Counter
from pathlib import Path

from domain.labels import INTENTS, Sentiment
from sentiment.loading import SHIPPED
from tests.unit.sentiment.sentences import SENTENCES

PATH = SHIPPED.parent / "data" / "urgent-test.jsonl"
ROWS = [json.loads(line) for line in PATH.read_text(encoding="utf-8").splitlines()]
FIELDS = {
    "id": str, "text": str, "language": str, "brand": str, "trade": str, "platform": str, "intent": str, "also": list,
    "sentiment": str, "urgent": bool, "toxic": bool, "parent": str | None,
}  # fmt: skip


def test_every_row_has_the_layout() -> None:
    for row in ROWS:
        assert list(row) == list(FIELDS)
        assert all(isinstance(row[name], kind) for name, kind in FIELDS.items()), row["id"]
        assert row["intent"] in INTENTS
        assert row["sentiment"] in set(Sentiment)
        assert row["intent"] not in row["also"]


def test_it_is_as_broad_as_it_says() -> None:
    assert len(ROWS) == len({row["id"] for row in ROWS}) == len({row["text"].casefold() for row in ROWS}) == 240
    assert sum(row["urgent"] for row in ROWS) == 60
    languages = Counter(row["language"] for row in ROWS)
    assert len(languages) == 12
    assert min(languages.values()) >= 11
    urgent = Counter(row["language"] for row in ROWS if row["urgent"])
    assert min(urgent[language] for language in languages) >= 3


def test_training_does_not_find_it() -> None:
    assert not Path(PATH.name).match("mentions-*.jsonl")
    assert not {row["text"] for row in ROWS} & {sentence.text for sentence in SENTENCES}
