"""One row of training text with the labels it has; a label that a source doesn't give is None and costs nothing."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ACTS = ("EXP", "STM", "QUE", "SUG", "OTH", "THT", "REQ")
EMOTIONS = 28
HELD_OUT_PERCENT = 13
BRANDED = "semeval2017-brand"  # its labels hold towards the brand, so that its name is always shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Raw text and what is known of it. `emotions` are GoEmotions indices, `act` is one of `ACTS`."""

    text: str
    source: str
    brand: str | None = None
    parent: str | None = None
    intent: str | None = None
    also: tuple[str, ...] = ()
    sentiment: str | None = None
    urgent: bool | None = None
    toxic: bool | None = None
    language: str | None = None
    emotions: tuple[int, ...] | None = None
    act: str | None = None


def write_rows(path: Path, rows: Iterable[Row]) -> int:
    """Write one JSON object a line; returns how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            known = {key: value for key, value in asdict(row).items() if value not in (None, ())}
            file.write(json.dumps(known, ensure_ascii=False) + "\n")
            count += 1
    return count


def read_rows(path: Path) -> list[Row]:
    """The rows that `write_rows` wrote."""
    with path.open(encoding="utf-8") as file:
        return [_row_of(json.loads(line)) for line in file]


def _row_of(known: dict[str, object]) -> Row:
    for key in ("also", "emotions"):
        if key in known:
            known[key] = tuple(known[key])  # type: ignore[arg-type]  # JSON has lists only
    return Row(**known)  # type: ignore[arg-type]  # written by write_rows


def read_mentions(paths: Iterable[Path]) -> Iterator[Row]:
    """Mentions in the layout of `sentiment/data/mentions-*.jsonl` or of the dev set, one JSON object a line."""
    for path in paths:
        with path.open(encoding="utf-8") as file:
            for line in filter(str.strip, file):
                mention = json.loads(line)
                yield Row(
                    text=mention["text"],
                    source=path.stem,
                    brand=mention.get("brand"),
                    parent=mention.get("parent"),
                    intent=mention["intent"],
                    also=tuple(mention.get("also") or ()),
                    sentiment=mention["sentiment"],
                    urgent=bool(mention["urgent"]),
                    toxic=mention.get("toxic"),
                    language=mention.get("language"),
                )


def read_posts(paths: Iterable[Path]) -> Iterator[Row]:
    """Posts about no brand in the layout of `sentiment/data/posts-*.jsonl`: overall sentiment, toxicity, language."""
    for path in paths:
        with path.open(encoding="utf-8") as file:
            for post in map(json.loads, filter(str.strip, file)):
                yield Row(
                    text=post["text"], source=path.stem, sentiment=post["sentiment"], toxic=post["toxic"],
                    language=post["language"],
                )  # fmt: skip


def is_held_out(row: Row) -> bool:
    """Whether a written mention is kept from training; decided by its brand, so no brand stands on both sides."""
    digest = hashlib.sha256((row.brand or row.text).casefold().encode()).digest()
    return digest[0] * 100 // 256 < HELD_OUT_PERCENT
