"""How platforms count a text's length."""

import re

import regex

_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_GRAPHEME = regex.compile(r"\X")
# Ranges that count once; everything else, emoji and CJK among it, counts twice.
_SINGLE = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
URL_LENGTH = 23


def count_characters(text: str) -> int:
    """Return the number of Unicode code points, as Mastodon and most others count."""
    return len(text)


def count_graphemes(text: str) -> int:
    """Return the number of user-perceived characters, as Bluesky counts."""
    return len(_GRAPHEME.findall(text))


def count_weighted(text: str) -> int:
    """Return the weighted length of X: a link is 23, an emoji or CJK character 2, most others 1."""
    total = 0
    for link in _URL.findall(text):
        total += URL_LENGTH
        text = text.replace(link, "", 1)
    for grapheme in _GRAPHEME.findall(text):
        total += 2 if len(grapheme) > 1 and not _is_single(grapheme[0]) else sum(map(_weigh, grapheme))
    return total


def count_with_links_at_23(text: str) -> int:
    """Return the length as Mastodon counts it: every link is 23, a remote handle counts without its server."""
    text = _URL.sub("x" * URL_LENGTH, text)
    return len(re.sub(r"(@\w+)@[\w.-]+", r"\1", text))


def _weigh(character: str) -> int:
    return 1 if _is_single(character) else 2


def _is_single(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in _SINGLE)
