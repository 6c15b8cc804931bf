"""What a query means, as a tree: terms and filters joined by And, Or and Not. `str` writes it as a query again."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from listener.matching.text import IN_WORD, fold, has_accents, is_searchable, normalise

OPERATORS: Final = frozenset({"AND", "OR", "NOT"})


class Kind(StrEnum):
    """What sort of thing a term looks for; the value is the sign that it is written with."""

    TEXT = ""
    TAG = "#"
    HANDLE = "@"


class Accents(StrEnum):
    """Whether accents matter; the value is the sign that it is written with.

    AS_WRITTEN: a term without accents also finds accented text, one with accents finds only those.
    """

    AS_WRITTEN = ""
    IGNORED = "~"
    EXACT = "="


class Field(StrEnum):
    """What a filter looks at."""

    LANGUAGE = "lang"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or phrase, a #tag or an @handle; with `prefix`, also whatever begins with it. `text` has no sign."""

    text: str
    kind: Kind = Kind.TEXT
    prefix: bool = False
    accents: Accents = Accents.AS_WRITTEN

    def __str__(self) -> str:
        text = self.text if self.kind is not Kind.TEXT or _is_bare(self.text) else _quote(self.text)
        return f"{self.accents.value}{self.kind.value}{text}{'*' if self.prefix else ''}"

    @property
    def exact(self) -> bool:
        """Whether only text with the same accents is found."""
        if self.accents is Accents.AS_WRITTEN:
            return has_accents(normalise(self.text))
        return self.accents is Accents.EXACT

    @property
    def needles(self) -> tuple[str, ...]:
        """The texts to look for, as they stand in a normalised post, which is also folded unless `exact`."""
        text = normalise(self.text)
        text = text if self.exact else fold(text)
        if self.kind is Kind.HANDLE:
            return f"@{text}", f"u/{text}"  # Reddit's way to write a handle
        return (f"{self.kind.value}{text}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A demand on the post itself: one of these languages (`en`, `pt-br`) or platforms, in lower case."""

    field: Field
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.field.value}:{','.join(self.values)}"

    def admits(self, value: str | None) -> bool:
        """Tell whether a post's `value` passes; a language passes for its varieties too, an unknown one never."""
        if value is None:
            return False
        given = value.strip().casefold().replace("_", "-") if self.field is Field.LANGUAGE else value.strip().casefold()
        if self.field is Field.LANGUAGE:
            return any(given == wanted or given.startswith(f"{wanted}-") for wanted in self.values)
        return given in self.values


@dataclass(frozen=True, slots=True)
class Not:
    """The operand must not hold."""

    operand: "Expression"

    def __str__(self) -> str:
        return f"NOT {_inside(self.operand)}"


@dataclass(frozen=True, slots=True)
class And:
    """All parts must hold; two or more, none an And: build it with `all_of`."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return " AND ".join(_inside(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part must hold; two or more, none an Or: build it with `any_of`."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return " OR ".join(_inside(part) for part in self.parts)


Expression = Term | Filter | Not | And | Or


def all_of(parts: Iterable[Expression]) -> Expression:
    """Join one or more parts by And, flat; a single part stays itself."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,)))
    return flat[0] if len(flat) == 1 else And(flat)


def any_of(parts: Iterable[Expression]) -> Expression:
    """Join one or more parts by Or, flat; a single part stays itself."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def _inside(part: Expression) -> str:
    return f"({part})" if isinstance(part, And | Or) else str(part)


def _is_bare(text: str) -> bool:
    plain = all(IN_WORD[character] or is_searchable(character) or character in "-'.&" for character in text)
    return plain and text not in OPERATORS and (IN_WORD[text[0]] or is_searchable(text[0]))


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
