"""Other names and other surroundings, so that the model learns from what is said of a brand and from nothing else."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from sentiment.training.rows import Row

SHARE = 0.35
LENT = 0.12


def rename_brands(rows: Sequence[Row], *, seed: int, share: float = SHARE) -> list[Row]:
    """Give that share of the written mentions another written mention's brand, in the post, its parent and by name."""
    chance = random.Random(seed)
    names = sorted({row.brand for row in rows if row.brand and _is_written(row)})
    return [
        _rename(row, chance.choice(names)) if _is_written(row) and row.brand and chance.random() < share else row
        for row in rows
    ]


def lend_parents(rows: Sequence[Row], *, seed: int, share: float = LENT) -> list[Row]:
    """Put that share of the posts about a brand under somebody else's, so that what stands above decides nothing."""
    chance = random.Random(seed)
    texts = [row.text for row in rows if row.brand]
    return [
        replace(row, parent=chance.choice(texts)) if row.brand and not row.parent and chance.random() < share else row
        for row in rows
    ]


def _is_written(row: Row) -> bool:
    return row.source.startswith("mentions-")


def _rename(row: Row, name: str) -> Row:
    whole = re.compile(rf"{re.escape(row.brand or '')}", re.IGNORECASE)
    joined = re.compile(re.escape("".join((row.brand or "").split())), re.IGNORECASE)

    def put(text: str | None) -> str | None:
        # In a handle or hashtag the name stands without its spaces.
        return joined.sub(lambda _: "".join(name.split()), whole.sub(lambda _: name, text)) if text else text

    return replace(row, text=put(row.text) or row.text, parent=put(row.parent), brand=name)
