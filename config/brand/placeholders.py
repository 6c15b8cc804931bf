"""The placeholders in canned responses: `{name}`, `{fact:ID}`, `{promise:ID}`; `{{` and `}}` are braces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

PLACEHOLDERS = {
    "name": "the customer's name, or nothing where it isn't known",
    "product": "the product they wrote about, or the brand's name",
    "said": "a few of their own words",
    "brand": "the brand's name",
}
CITATIONS = ("fact", "promise")
_PIECE = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One placeholder: `name` is a key of PLACEHOLDERS, or `fact` or `promise` with the `cited` id."""

    name: str
    cited: str | None
    start: int
    end: int


def find_placeholders(text: str) -> Iterator[Placeholder]:
    """Yield the placeholders of a text in order; a lone brace is one with an empty name."""
    for found in _PIECE.finditer(text):
        if found.group() in {"{{", "}}"}:
            continue
        name, colon, cited = (found[1] or "").partition(":")
        yield Placeholder(name.strip(), cited.strip() if colon else None, found.start(), found.end())
