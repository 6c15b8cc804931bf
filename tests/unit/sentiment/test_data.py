"""The written data is whole: readable rows, allowed labels, one id each, nothing written twice."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.labels import INTENTS, Sentiment
from sentiment.heads import LANGUAGES

DATA = Path(__file__).parents[3] / "sentiment" / "data"
FIELDS = {
    "mentions": {
        "id", "text", "language", "brand", "trade", "platform", "intent", "also", "sentiment", "urgent", "toxic",
        "parent",
    },
    "posts": {"id", "text", "language", "sentiment", "toxic"},
    "labels": {"set", "id", "brand", "intent", "also", "sentiment", "urgent", "toxic"},
}  # fmt: skip


def rows_of(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(DATA.glob(f"{kind}-*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            yield f"{path.name}:{number}", json.loads(line)


@pytest.mark.parametrize("kind", FIELDS)
def test_every_row_is_whole(kind: str) -> None:
    rows = list(rows_of(kind))
    assert rows
    for place, row in rows:
        assert set(row) == FIELDS[kind], place
        assert row["sentiment"] in set(Sentiment), place
        assert row["toxic"] in (True, False), place
        assert row.get("intent", "other") in set(INTENTS), place
        assert set(row.get("also", ())) <= set(INTENTS) - {"other", row.get("intent")}, place
        assert row.get("urgent") in (None, True, False), place
        assert row.get("language", "en") in LANGUAGES, place
        assert row.get("text", "-").strip(), place


@pytest.mark.parametrize("kind", FIELDS)
def test_every_id_is_its_own(kind: str) -> None:
    counts = Counter(row["id"] for _, row in rows_of(kind))
    assert [name for name, count in counts.items() if count > 1] == []


def test_no_text_is_written_twice() -> None:
    counts = Counter((row["text"], row.get("parent")) for kind in ("mentions", "posts") for _, row in rows_of(kind))
    assert [text for text, count in counts.items() if count > 1] == []
