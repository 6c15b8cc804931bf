"""Cutting a big Unigram vocabulary down to the pieces that the model's languages use."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

SPECIAL = 4  # <s>, <pad>, </s>, <unk> keep their places
_KEPT_RANGES = (
    (0x20, 0x24F),
    (0x600, 0x6FF),
    (0x900, 0x97F),
    (0x2000, 0x206F),
    (0x20A0, 0x20BF),
    (0x2600, 0x27BF),
    (0x1F300, 0x1FAFF),
)


def count_pieces(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[int]:
    """How often each piece occurs in the texts."""
    counts: Counter[int] = Counter()
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == 4_096:
            counts.update(piece for encoding in tokenizer.encode_batch(batch) for piece in encoding.ids)
            batch.clear()
    counts.update(piece for encoding in tokenizer.encode_batch(batch) for piece in encoding.ids)
    return counts


def choose_pieces(pieces: list[str], counts: Counter[int], *, most: int) -> list[int]:
    """Ids to keep, in their old order: special ones, single letters and emoji, then the most frequent."""
    kept = set(range(SPECIAL))
    kept.update(place for place, piece in enumerate(pieces) if _is_letter(piece))
    for place, _ in counts.most_common():
        if len(kept) >= most:
            break
        kept.add(place)
    return sorted(kept)


def _is_letter(piece: str) -> bool:
    bare = piece.removeprefix("▁")
    return len(bare) <= 1 and all(any(low <= ord(each) <= high for low, high in _KEPT_RANGES) for each in bare)


def trim_tokenizer(source: Path, kept: list[int], target: Path, *, length: int) -> None:
    """Write tokenizer.json with only the kept pieces, their order unchanged, cutting inputs at `length` pieces."""
    spec: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    vocabulary = spec["model"]["vocab"]
    spec["model"]["vocab"] = [vocabulary[place] for place in kept]
    places = {old: new for new, old in enumerate(kept)}
    spec["added_tokens"] = [
        dict(token, id=places[token["id"]]) for token in spec["added_tokens"] if token["id"] in places
    ]
    spec["truncation"] = {"direction": "Right", "max_length": length, "strategy": "LongestFirst", "stride": 0}
    spec["padding"] = None
    target.write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")


def piece_names(source: Path) -> list[str]:
    """The pieces of a tokenizer.json in the order of their ids."""
    spec: Mapping[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return [piece for piece, _ in spec["model"]["vocab"]]
