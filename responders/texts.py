"""Small readings of texts that drafting and the guards share."""

import re

_SENTENCE_END = re.compile(r"[.!?。！？।؟…\n]+")
_SPACE = re.compile(r"\s+")
_QUOTED = re.compile(r"[“„«「][^“”„«»「」]{1,400}[”“»」]")


def fold(text: str) -> str:
    """Return `text` without case and with straight apostrophes, one character for each of `text` where that is one.

    The result is as long as `text`, so that offsets in one hold in the other.
    """
    lowered = text.casefold()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := letter.casefold()) == 1 else letter for letter in text)
    return lowered.replace("’", "'").replace("ʼ", "'")


def squeeze(text: str) -> str:
    """Return `text` in one line with single spaces."""
    return _SPACE.sub(" ", text).strip()


def main_language(tag: str | None) -> str | None:
    """Return `pt` for `pt-BR`; None stays None."""
    return tag.partition("-")[0].lower() if tag else None


def opening_of(text: str, *, name: str | None = None) -> str:
    """Return the first sentence of a reply as a key to compare by: letters only, without the person's name."""
    without = text.replace(name, "") if name else text
    sentences = (letters_of(part) for part in _SENTENCE_END.split(without))
    # “Hi Mia!” alone says nothing yet: what follows belongs to the opening.
    kept: list[str] = []
    for sentence in filter(None, sentences):
        kept.append(sentence)
        if sum(map(len, kept)) >= 16:
            break
    return " ".join(kept)


def letters_of(text: str) -> str:
    """Return the letters of `text` alone, without case or marks, as a key to compare by."""
    return "".join(filter(str.isalpha, text.casefold()))


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Return where `text` quotes somebody, as pairs of offsets."""
    return [found.span() for found in _QUOTED.finditer(text)]


def is_within(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """Say whether the stretch lies inside one of `spans`."""
    return any(first <= start and end <= last for first, last in spans)
