"""How platforms count a text's length."""

import re
from unicodedata import normalize

import regex

# A link ends before the punctuation that belongs to the sentence around it.
_URL = re.compile(r"https?://\S+?(?=[.,;:!?…)\]}»”’'\"]*(?:\s|$))", re.IGNORECASE)
# What X makes a link of without its scheme: a name with an ending of letters, not the domain of a mail address.
_BARE = re.compile(r"(?<![\w@.-])(?:[a-z0-9-]+\.)+[a-z]{2,24}(?![\w@-])", re.IGNORECASE)
_BARE_WITH_PATH = re.compile(rf"{_BARE.pattern}(?:/\S*?(?=[.,;:!?…)\]}}»”’'\"]*(?:\s|$)))?", re.IGNORECASE)
_REMOTE = re.compile(r"(@\w+)@[\w.-]*\w")
_GRAPHEME = regex.compile(r"\X")
# What makes an emoji of a character that else counts once: ©️, 1️⃣.
_EMOJI_MARKS = frozenset("\ufe0f\u20e3")
# Ranges that count once; everything else, emoji and CJK among it, counts twice.
_SINGLE = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_PLAIN = chr(_SINGLE[0][1])
URL_LENGTH = 23


def count_characters(text: str) -> int:
    """Return the number of Unicode code points, as Mastodon and most others count."""
    return len(text)


def count_graphemes(text: str) -> int:
    """Return the number of user-perceived characters, as Bluesky counts."""
    return len(_GRAPHEME.findall(text))


def count_weighted(text: str) -> int:
    """Return the weighted length of X: a link is 23, without its scheme too; an emoji or CJK character 2, others 1."""
    without, links = _URL.subn(" ", normalize("NFC", text))
    without, bare = _BARE_WITH_PATH.subn(" ", without)
    # Most texts hold nothing that counts twice, and need no closer look.
    length = len(without) if max(without, default="") <= _PLAIN else sum(map(_weigh, _GRAPHEME.findall(without)))
    return (links + bare) * (URL_LENGTH - 1) + length


def has_link(text: str) -> bool:
    """Say whether a text holds a link that platforms would shorten and some charge for."""
    return bool(_URL.search(text) or _BARE.search(text))


def count_with_links_at_23(text: str) -> int:
    """Return the length as Mastodon counts it: every link is 23, a remote handle counts without its server."""
    return len(_REMOTE.sub(r"\1", _URL.sub("x" * URL_LENGTH, text)))


def _weigh(grapheme: str) -> int:
    if len(grapheme) > 1 and (not _is_single(grapheme[0]) or not _EMOJI_MARKS.isdisjoint(grapheme)):
        return 2
    return sum(1 if _is_single(character) else 2 for character in grapheme)


def _is_single(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in _SINGLE)
