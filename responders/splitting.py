"""A reply that is too long for one post, as a numbered thread; each part is a Reply of its own."""

from collections.abc import Iterator
from typing import Final

import regex

from domain.errors import InvalidInput
from platforms.capabilities import Capabilities

MOST_PARTS: Final = 9
# Each piece keeps the space behind it, so that the pieces together are the text.
_CLOSING: Final = r"[\p{P}--\p{Ps}]*"
_SENTENCE: Final = regex.compile(rf"\S.*?(?:[.!?…]+\s+|[。！？]{_CLOSING}\s*|\n\s*|$)", regex.DOTALL | regex.VERSION1)
_WORD: Final = regex.compile(r"\S+\s*")
# Scripts that put no spaces between words may be broken between characters, but not before their punctuation.
_SPACELESS: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_CHARACTER: Final = regex.compile(rf"(?:[{_SPACELESS}]\p{{M}}*|[^{_SPACELESS}\s]+){_CLOSING}\s*", regex.VERSION1)


def split_text(text: str, capabilities: Capabilities) -> tuple[str, ...]:
    """Return the parts of `text`, numbered (1/2), each short enough; one part as it is when it fits.

    It breaks between sentences where it can, else between words; raises InvalidInput when a word alone is too long or
    more than nine parts were needed.
    """
    if capabilities.fits(text):
        return (text,)
    parts: list[str] = []
    for piece in _pieces(text, capabilities):
        if parts and _fits(parts[-1] + piece, capabilities):
            parts[-1] += piece
        elif _fits(piece, capabilities):
            parts.append(piece)
        else:
            raise InvalidInput(f"A word is too long for one post on {capabilities.name}; shorten it.")
    if len(parts) > MOST_PARTS:
        raise InvalidInput(f"The reply would need {len(parts)} posts on {capabilities.name}; shorten it.")
    return tuple(f"{part.rstrip()} ({number}/{len(parts)})" for number, part in enumerate(parts, 1))


def _pieces(text: str, capabilities: Capabilities) -> Iterator[str]:
    for sentence in _SENTENCE.findall(text.strip()):
        if _fits(sentence, capabilities):
            yield sentence
            continue
        for word in _WORD.findall(sentence):
            if _fits(word, capabilities):
                yield word
            else:
                yield from _CHARACTER.findall(word)


def _fits(text: str, capabilities: Capabilities) -> bool:
    return capabilities.fits(f"{text.rstrip()} (9/9)")
