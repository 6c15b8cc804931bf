"""Sentences of known language for the language task: the translated messages that Django ships (BSD-3-Clause)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sentiment.heads import LANGUAGES
from sentiment.training.rows import Row

_SHORTEST_WORDS = 4
_MARKUP = re.compile(r"%\(\w+\)\w|%\w|<[^>]+>|\{\w*\}")


def read_catalogues() -> Iterator[Row]:
    """Messages of four words and more in each of the model's languages that has a catalogue."""
    import django

    root = Path(django.__file__).parent
    for language in LANGUAGES:
        seen: set[str] = set()
        for path in sorted(root.glob(f"**/locale/{language}/LC_MESSAGES/*.po")):
            seen.update(read_messages(path.read_text(encoding="utf-8")))
        for text in sorted(seen):
            yield Row(text=text, source="catalogue", language=language)


def read_messages(text: str) -> Iterator[str]:
    """The translated messages of one catalogue, placeholders and markup taken out."""
    for entry in text.split("\n\n"):
        at = entry.find("\nmsgstr")
        if at < 0 or "fuzzy" in entry[:at]:
            continue
        parts = re.findall(
            r'^(?:msgstr(?:\[0\])?\s*)?("(?:[^"\\]|\\.)*")$', entry[at + 1 :].split("\nmsgstr[1]")[0], re.MULTILINE
        )
        message = _MARKUP.sub(" ", "".join(ast.literal_eval(part) for part in parts))
        for sentence in re.split(r"\n+", message):
            if len(sentence.split()) >= _SHORTEST_WORDS and "Content-T" not in sentence:
                yield " ".join(sentence.split())
