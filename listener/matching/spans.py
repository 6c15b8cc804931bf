"""Where terms stand in a post as its author wrote it, for showing them."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from listener.matching.expression import Term
from listener.matching.occurrence import occurrences
from listener.matching.parser import parse_query
from listener.matching.text import fold, is_invisible, same_letters

# Characters that compose with the one before, although they are no marks: Korean vowels and finals, narrow voicing.
_JOINED: Final = frozenset(map(chr, [*range(0x1160, 0x1200), 0xFF9E, 0xFF9F]))


@dataclass(frozen=True, slots=True)
class _Traced:
    """A normalised text, and for each of its characters where in the original it comes from, as (start, end)."""

    text: str
    origins: tuple[tuple[int, int], ...]

    def folded(self) -> "_Traced":
        parts = [(fold(character), origin) for character, origin in zip(self.text, self.origins, strict=True)]
        origins = tuple(origin for part, origin in parts for _ in part)
        return _Traced("".join(part for part, _ in parts), origins)


def locate(terms: Iterable[str], text: str) -> tuple[tuple[int, int], ...]:
    """Return where `terms`, as a Match tells them, stand in `text`: (start, end) offsets, in order, not overlapping.

    Empty too in the rare text whose characters melt into each other so that none can be traced back.

    Raises:
        QueryError: A term is none.
    """
    traced = _trace(text)
    if traced is None:
        return ()
    folded = traced.folded()
    spans: list[tuple[int, int]] = []
    for term in map(parse_query, terms):
        if isinstance(term, Term):
            source = traced if term.exact else folded
            found = occurrences(term, source.text)
            spans.extend((source.origins[start][0], source.origins[end - 1][1]) for start, end in found)
    return _merge(spans)


def _trace(text: str) -> _Traced | None:
    pieces = [(same_letters(text[start:end]), (start, end)) for start, end in _clusters(text)]
    if "".join(piece for piece, _ in pieces) != same_letters(text):
        return None
    letters: list[str] = []
    origins: list[tuple[int, int]] = []
    for piece, origin in pieces:
        for character in piece:
            if not character.isspace():
                letters.append(character)
                origins.append(origin)
            elif letters and letters[-1] != " ":
                letters.append(" ")
                origins.append(origin)
    return _Traced("".join(letters), tuple(origins))


def _clusters(text: str) -> list[tuple[int, int]]:
    """Cut `text` into letters with all that belongs to them."""
    starts = [
        index
        for index, character in enumerate(text)
        if index == 0
        or not (unicodedata.category(character)[0] == "M" or character in _JOINED or is_invisible(character))
    ]
    return list(zip(starts, [*starts[1:], len(text)], strict=True)) if text else []


def _merge(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
