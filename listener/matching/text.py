"""One spelling for every text: what is compared when a query meets a post.

`normalise` removes differences that no reader sees (case, width, curly apostrophes, invisible characters, short
vowel signs); `fold` also removes accents. Both are pure, and cheap for ASCII.
"""

import re
import unicodedata
from typing import Final

# Before NFKC, which would turn an acute accent used as an apostrophe into a space, and let a filler become a letter.
_INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u0640\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
_INVISIBLES: Final = re.compile(f"[{_INVISIBLE}]")
_EARLY: Final = re.compile(f"[`\u00b4\u1fef\u1ffd{_INVISIBLE}]")

# After case folding: letters and signs that people write one for the other, and vowel points that most leave out.
_SAME: Final = {
    **dict.fromkeys("`‘’‛ʹʻʼʽ′՚", "'"),
    **dict.fromkeys("‐‑‒–−", "-"),
    **dict.fromkeys("آأإٱ", "ا"),
    "ı": "i",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
}
_POINTS: Final = (
    "\u0307\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670\u06d6-\u06dc\u06df-\u06e4"
    "\u06e7\u06e8\u06ea-\u06ed"
)
_LATE: Final = re.compile(f"[{re.escape(''.join(_SAME))}{_POINTS}]")

# Accents are folded in Latin, Greek and for the Russian yo; elsewhere a mark makes another letter (й, が, हि).
_ACCENTED: Final = re.compile("[\u00c0-\u024f\u0300-\u036f\u0370-\u03ff\u0451\u1e00-\u1eff\u1f00-\u1fff\u2c60-\u2c7f]")
_STROKES: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "þ": "th", "ŧ": "t"},
)
_MARKS: Final = re.compile("[\u0300-\u036f]+")

# Scripts written without spaces between words, where a word may begin and end beside another letter.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u19e0-\u19ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3035"
    "\u3038-\u9fff\ua000-\ua4cf\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc"
    "\U00016fe0-\U0001b2ff\U00020000-\U0003ffff]"
)

_SIGNS: Final = frozenset({"So", "Sc"})


def normalise(text: str) -> str:
    """Return `text` as it is compared: NFKC, case folded, one space for each run of white space, none at the ends."""
    return " ".join(same_letters(text).split())


def same_letters(text: str) -> str:
    """Return `text` with its letters made comparable and its white space as it was."""
    if text.isascii():
        return text.lower().replace("`", "'")
    same = _same_letters(text)
    # What was removed may have stood between a letter and its mark: join them, and look once more.
    return same if unicodedata.is_normalized("NFKC", same) else unicodedata.normalize("NFKC", _same_letters(same))


def fold(text: str) -> str:
    """Return normalised `text` without accents; each character folds alone, so a part folds as it does in the whole."""
    return text if text.isascii() else _ACCENTED.sub(_fold, text)


def has_accents(text: str) -> bool:
    """Tell whether normalised `text` has an accent that `fold` would remove."""
    return fold(text) != text


def is_searchable(text: str) -> bool:
    """Tell whether `text` holds a letter, a digit, an emoji or a currency sign, and not punctuation alone."""
    return any(
        unicodedata.category(character)[0] in "LN" or unicodedata.category(character) in _SIGNS for character in text
    )


def is_invisible(character: str) -> bool:
    """Tell whether `normalise` removes this character because nobody sees it."""
    return _INVISIBLES.match(character) is not None


class WordCharacters(dict[str, bool]):
    """Says of a character whether it belongs to a word: letters, digits, marks, the underscore. It learns as it reads.

    With `spaced_only`, characters of scripts that put no spaces between words don't count.
    """

    def __init__(self, *, spaced_only: bool) -> None:
        super().__init__()
        self._spaced_only = spaced_only

    def __missing__(self, character: str) -> bool:
        belongs = character == "_" or unicodedata.category(character)[0] in "LNM"
        if self._spaced_only and _UNSPACED.match(character):
            belongs = False
        self[character] = belongs
        return belongs


IN_WORD: Final = WordCharacters(spaced_only=False)
JOINS: Final = WordCharacters(spaced_only=True)


def _same_letters(text: str) -> str:
    return _LATE.sub(_late, unicodedata.normalize("NFKC", _EARLY.sub(_early, text)).casefold())


def _early(found: re.Match[str]) -> str:
    return "'" if found[0] in "`\u00b4\u1fef\u1ffd" else ""


def _late(found: re.Match[str]) -> str:
    return _SAME.get(found[0], "")


class _Folded(dict[str, str]):
    """Each accented character that was met, without its accents."""

    def __missing__(self, character: str) -> str:
        folded = self[character] = _MARKS.sub("", unicodedata.normalize("NFD", character)).translate(_STROKES)
        return folded


_FOLDED: Final = _Folded()


def _fold(found: re.Match[str]) -> str:
    return _FOLDED[found[0]]
