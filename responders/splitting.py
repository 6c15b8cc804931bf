"""A reply that is too long for one post, as a numbered thread; each part is a Reply of its own."""

import re

from domain.errors import InvalidInput
from platforms.capabilities import Capabilities

MOST_PARTS = 9
_BREAK = re.compile(r"(?<=[.!?…。！？])\s+|\n+")


def split_text(text: str, capabilities: Capabilities) -> tuple[str, ...]:
    """Return the parts of `text`, numbered (1/2), each short enough; one part as it is when it fits.

    It breaks between sentences where it can, else between words; raises InvalidInput when a word alone is too long or
    more than nine parts were needed.
    """
    if capabilities.fits(text):
        return (text,)
    pieces: list[str] = []
    for sentence in filter(None, _BREAK.split(text)):
        pieces += [sentence] if _fits(sentence, capabilities) else sentence.split()
    parts: list[str] = []
    for piece in pieces:
        longer = f"{parts[-1]} {piece}" if parts else piece
        if parts and _fits(longer, capabilities):
            parts[-1] = longer
        elif _fits(piece, capabilities):
            parts.append(piece)
        else:
            raise InvalidInput(f"A word is too long for one post on {capabilities.name}; shorten it.")
    if len(parts) > MOST_PARTS:
        raise InvalidInput(f"The reply would need {len(parts)} posts on {capabilities.name}; shorten it.")
    return tuple(f"{part} ({number}/{len(parts)})" for number, part in enumerate(parts, 1))


def _fits(text: str, capabilities: Capabilities) -> bool:
    return capabilities.fits(f"{text} (9/9)")
