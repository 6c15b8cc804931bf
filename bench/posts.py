"""Posts as long and as mixed as real ones: written mentions in thirteen languages, put together from a seed.

Half are below 200 characters, one in fifty above 630; each names the brand, and no two are the same.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

SEED: Final = 90_210
WRITTEN: Final = Path(__file__).resolve().parents[1] / "sentiment" / "data"
PLATFORMS: Final = ("x", "mastodon", "bluesky", "reddit")


def write_posts(target: Path, *, count: int, brand: str, at: datetime) -> None:
    """Write `count` posts of the hours before `at` into a file of JSON lines, as the file collector reads it."""
    with target.open("w", encoding="utf-8") as lines:
        for post in make_posts(count=count, brand=brand, at=at):
            lines.write(json.dumps(post, ensure_ascii=False) + "\n")


def make_posts(*, count: int, brand: str, at: datetime, first: int = 0) -> Iterator[dict[str, Any]]:
    """Yield invented posts, always the same ones; every third author was met before, one post in eight is an answer."""
    chance = random.Random(SEED + first)
    written = _read(brand)
    languages = list(written)
    for number in range(first, first + count):
        language = chance.choice(languages)
        author = number if chance.random() < 2 / 3 else chance.randrange(number + 1)
        post = {
            "id": f"post-{number}", "platform": chance.choice(PLATFORMS), "language": language,
            "author": f"person{author}", "author_name": f"Person {author}",
            "text": f"{_text(chance, written[language], brand)} [{number}]",
            "posted_at": (at - timedelta(seconds=(first + count - number) / 10)).isoformat(),
        }  # fmt: skip
        if number and chance.random() < 1 / 8:
            post["in_reply_to"] = f"post-{chance.randrange(max(0, number - 500), number)}"
        yield post


def _text(chance: random.Random, sentences: list[str], brand: str) -> str:
    wanted = min(2_000, max(20, chance.lognormvariate(5.0, 0.75)))
    text = chance.choice(sentences)
    while len(text) < wanted * 0.75:
        text = f"{text} {chance.choice(sentences)}"
    return text if brand in text else f"{brand}: {text}"


def _read(brand: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(WRITTEN.glob("mentions-*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found[row["language"]].append(row["text"].replace(row["brand"] or brand, brand))
    return dict(found)
