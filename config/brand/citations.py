"""Checks what canned responses cite: placeholders, facts, promises, products, languages."""

from collections.abc import Iterator

from config.brand.placeholders import CITATIONS, PLACEHOLDERS, Placeholder, find_placeholders
from config.brand.raw import Data, entries, first_language, main, tag, texts, words
from config.brand.wording import EVERY
from config.mistakes import Fault, Path
from config.shapes import guess

_HELD = {"fact": "facts", "promise": "promises"}


def find_wrong_citations(data: Data) -> Iterator[Fault]:
    """Yield every placeholder that can't be filled, and every text in a language that the brand doesn't answer in."""
    first = first_language(data)
    spoken = {main(tag(word)) for _, word in words(data, "languages")} or {"en"}
    known = {kind: _languages_by_id(data, name, first) for kind, name in _HELD.items()}
    for path, entry in entries(data, "canned_responses"):
        for where, language, text in texts(entry, first=first):
            here = (*path, *where)
            if main(language) not in {*spoken, EVERY}:
                mend = f"Add {language} to the brand's languages, or remove the text."
                yield Fault(here, f"The brand doesn't answer in {language}.", mend, at_key=True)
            for placeholder in find_placeholders(text):
                yield from _check(placeholder, text, language, known, here)
        yield from _check_products(data, path, entry)


def _languages_by_id(data: Data, name: str, first: str) -> dict[str, set[str]]:
    return {
        str(entry.get("id")): {main(language) for _, language, _ in texts(entry, first=first)}
        for _, entry in entries(data, name)
    }


def _check(
    placeholder: Placeholder, text: str, language: str, known: dict[str, dict[str, set[str]]], path: Path
) -> Iterator[Fault]:
    shown = text[placeholder.start : placeholder.end]
    if not placeholder.name:
        yield Fault(path, f"A brace stands alone at character {placeholder.start + 1}.", "Write {{ or }} for a brace.")
    elif placeholder.name in CITATIONS:
        yield from _check_cited(placeholder, language, known[placeholder.name], path)
    elif placeholder.name not in PLACEHOLDERS or placeholder.cited is not None:
        names = [*PLACEHOLDERS, "fact:ID", "promise:ID"]
        meant = guess(placeholder.name, names)
        mend = f"Did you mean {{{meant}}}?" if meant else f"Known: {', '.join(f'{{{name}}}' for name in names)}."
        yield Fault(path, f"{shown} isn't a placeholder.", mend)


def _check_cited(placeholder: Placeholder, language: str, known: dict[str, set[str]], path: Path) -> Iterator[Fault]:
    kind, cited = placeholder.name, placeholder.cited or ""
    if cited not in known:
        meant = guess(cited, list(known)) if cited else None
        mend = f"Did you mean {{{kind}:{meant}}}?" if meant else f"Add it to {_HELD[kind]}, or cite one that is there."
        yield Fault(path, f"There is no {kind} “{cited}”.", mend)
    elif language != EVERY and known[cited] and not known[cited] & {main(language), EVERY}:
        mend = f"Add its text under texts: {language}:, or write language: mul if it reads the same everywhere."
        yield Fault(path, f"The {kind} “{cited}” has no text in {language}.", mend)


def _check_products(data: Data, path: Path, entry: Data) -> Iterator[Fault]:
    known = [str(product.get("id")) for _, product in entries(data, "products")]
    for where, word in words(entry, "products"):
        if word not in known:
            meant = guess(word, known)
            mend = f"Did you mean {meant}?" if meant else "Add it to products, or remove it here."
            yield Fault((*path, *where), f"There is no product “{word}”.", mend)
