"""Looks into a brand's plain data, which may be wrong anywhere, without ever failing."""

from collections.abc import Iterator
from typing import Any

from config.mistakes import Path

Data = dict[str, Any]


def group(data: Any, *names: str) -> Data:  # noqa: ANN401  (whatever YAML held)
    """Return the group of settings at `names`, or an empty one."""
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def entries(data: Any, *names: str) -> Iterator[tuple[Path, Data]]:  # noqa: ANN401  (whatever YAML held)
    """Yield the groups in the list at `names`, each with its path."""
    held = group(data, *names[:-1]).get(names[-1])
    for index, entry in enumerate(held if isinstance(held, list) else []):
        if isinstance(entry, dict):
            yield (*names, index), entry


def words(entry: Data, name: str) -> Iterator[tuple[Path, str]]:
    """Yield the texts at `name`, one or a list, each with its path within the entry."""
    held = entry.get(name)
    if isinstance(held, str):
        yield (name,), held
    for index, word in enumerate(held if isinstance(held, list) else []):
        if isinstance(word, str):
            yield (name, index), word


def texts(entry: Data, *, first: str) -> Iterator[tuple[Path, str, str]]:
    """Yield the texts of a wording: path within the entry, language, text."""
    if isinstance(text := entry.get("text"), str) and text:
        yield ("text",), tag(entry.get("language") or first), text
    for language, text in group(entry, "texts").items():
        if isinstance(text, str) and text:
            yield ("texts", language), tag(language), text


def tag(language: Any) -> str:  # noqa: ANN401  (whatever YAML held)
    """Return a language code in one spelling, known or not."""
    return str(language).lower().replace("_", "-")


def main(language: str) -> str:
    """Return the main language: `pt` of `pt-br`."""
    return language.partition("-")[0]


def first_language(data: Data) -> str:
    """Return the brand's first language."""
    return next((tag(word) for _, word in words(data, "languages")), "en")
