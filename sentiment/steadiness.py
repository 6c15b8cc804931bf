"""How steady themes are: whether posts about one thing share a theme however they are worded, and others don't."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from sentiment.themes import extract_themes


class ThemePost(NamedTuple):
    """A post of a week; those of one `group` are about the same thing."""

    group: str
    brand: str
    language: str
    text: str


class Steadiness(NamedTuple):
    """Shares, 0 to 1.

    `named`: posts that have a theme at all. `together`: pairs of one group that share one. `main`: posts that have
    their group's most frequent theme. `apart`: pairs of two groups of one brand that share none.
    """

    named: float
    together: float
    main: float
    apart: float

    def __str__(self) -> str:
        told = ", ".join(f"{name} {value:.3f}" for name, value in self._asdict().items())
        return f"themes: {told}"


def read_theme_posts(path: Path) -> list[ThemePost]:
    """Read a file of posts, one JSON object a line with `group`, `brand`, `language` and `text`."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [ThemePost(row["group"], row["brand"], row["language"], row["text"]) for row in rows]


def measure_steadiness(
    posts: Sequence[ThemePost], extract: Callable[[ThemePost], Iterable[str]] | None = None
) -> Steadiness:
    """Measure theme extraction on posts whose groups are known; by default ours with the language given."""
    extract = extract or (lambda post: extract_themes(post.text, language=post.language, brand=post.brand))
    found = [(post, frozenset(extract(post))) for post in posts]
    groups: dict[str, list[frozenset[str]]] = defaultdict(list)
    for post, themes in found:
        groups[post.group].append(themes)
    same = [bool(one & other) for members in groups.values() for one, other in combinations(members, 2)]
    others = [
        not one & other
        for (post, one), (second, other) in combinations(found, 2)
        if post.brand == second.brand and post.group != second.group
    ]
    return Steadiness(
        named=_share(bool(themes) for _, themes in found),
        together=_share(same),
        main=_share(hit for members in groups.values() for hit in _main_hits(members)),
        apart=_share(others),
    )


def _main_hits(members: Sequence[frozenset[str]]) -> list[bool]:
    themes = sorted({theme for each in members for theme in each})
    if not themes:
        return [False] * len(members)
    main = max(themes, key=lambda theme: sum(theme in each for each in members))
    return [main in each for each in members]


def _share(hits: Iterable[bool]) -> float:
    known = list(hits)
    return sum(known) / len(known) if known else 0.0
