"""Where a needle may stand in a text: whole words, beginnings, hashtags and handles."""

from collections.abc import Iterator

from listener.matching.expression import Kind, Term
from listener.matching.text import IN_WORD, JOINS


def stands(term: Term, text: str, start: int, end: int) -> bool:
    """Tell whether a needle of `term`, found at `text[start:end]` in a normalised text, stands as the term asks."""
    return begins(term.kind, text, start) and (term.prefix or ends(term.kind, text, end))


def begins(kind: Kind, text: str, start: int) -> bool:
    """Tell whether a thing of this kind may begin at `start`: not inside a word, nor a tag inside an address."""
    if start == 0:
        return True
    before = text[start - 1]
    if kind is Kind.TEXT:
        return not (JOINS[before] and JOINS[text[start]])
    return not JOINS[before] and not (kind is Kind.TAG and before in "/&")


def ends(kind: Kind, text: str, end: int) -> bool:
    """Tell whether a thing of this kind may end at `end`: a tag or handle only where its name does, in any script."""
    if end == len(text):
        return True
    after = text[end]
    if kind is Kind.TEXT:
        return not (JOINS[text[end - 1]] and JOINS[after])
    if IN_WORD[after]:
        return False
    return kind is Kind.TAG or after not in ".-" or not IN_WORD[text[end + 1 : end + 2] or " "]


def occurrences(term: Term, text: str) -> Iterator[tuple[int, int]]:
    """Yield each start and end of `term` in a text that is normalised, and folded unless the term is exact."""
    for needle in term.needles:
        start = text.find(needle)
        while start >= 0:
            if stands(term, text, start, start + len(needle)):
                yield start, start + len(needle)
            start = text.find(needle, start + 1)
