"""Short themes of a post, in words that stay the same from week to week.

A post's themes come from a closed list, whatever its language, so that "Lieferung" and "delivery" count together. Only
when no word of the list occurs is one noun phrase taken from the post: what follows a determiner, one word.
"""

import re
from functools import cache

from sentiment.normalisation import BRAND, LINK, USER, normalise_text
from sentiment.theme_words import DETERMINERS, STOP_WORDS, THEMES

# Combining marks belong to the word: \w alone cuts Devanagari at every vowel sign.
_WORD = re.compile(r"@?[\w\u0900-\u097f\u064b-\u0652'’-]+")
# A mask keeps its @, since “brand” alone is Dutch for fire.
_MASKS = frozenset({USER, BRAND, LINK, "mail"})
_SHORTEST = 3


def extract_themes(
    text: str, *, language: str | None = None, brand: str | None = None, most: int = 3
) -> tuple[str, ...]:
    """At most `most` themes of the post in the order of their first word; empty when nothing was recognised.

    `language` is an ISO 639-1 code (or pcm) and only serves the fallback, which knows the languages with determiners.
    """
    words = [word.strip("'’-").casefold() for word in _WORD.findall(normalise_text(text, brand=brand))]
    found = _find_listed(words)
    if found:
        return tuple(found[:most])
    phrase = _find_phrase(words, language or "en", own=(brand or "").casefold())
    return (phrase,) if phrase else ()


def _find_listed(words: list[str]) -> list[str]:
    exact, beginnings, phrases = _index()
    joined = " " + " ".join(words) + " "
    first: dict[str, int] = {}
    for phrase, theme in phrases.items():
        at = joined.find(f" {phrase} ")
        if at >= 0:
            first[theme] = min(first.get(theme, len(words)), joined[:at].count(" "))
    for place, word in enumerate(words):
        for theme in exact.get(word, ()):
            first.setdefault(theme, place)
        for size in range(_SHORTEST, len(word) + 1):
            for theme in beginnings.get(word[:size], ()):
                first.setdefault(theme, place)
    return sorted(first, key=lambda theme: (first[theme], theme))


def _find_phrase(words: list[str], language: str, *, own: str) -> str | None:
    determiners = DETERMINERS.get(language, frozenset())
    for place, word in enumerate(words[:-1]):
        if word in determiners:
            phrase = _content_after(words[place + 1 : place + 3], determiners)
            if phrase and phrase != own:
                return phrase
    return None


def _content_after(words: list[str], determiners: frozenset[str]) -> str | None:
    kept: list[str] = []
    for word in words:
        if word in STOP_WORDS or word in determiners or word in _MASKS or not word.isalpha() or len(word) < _SHORTEST:
            break
        kept.append(word)
    return kept[0] if kept else None


@cache
def _index() -> tuple[dict[str, set[str]], dict[str, set[str]], dict[str, str]]:
    """(whole word, word beginning, phrase) to themes, built on first use."""
    exact: dict[str, set[str]] = {}
    beginnings: dict[str, set[str]] = {}
    phrases: dict[str, str] = {}
    for theme, cues in THEMES.items():
        for cue in cues.split():
            if "_" in cue:
                phrases[cue.replace("_", " ")] = theme
            elif cue.endswith("*"):
                beginnings.setdefault(cue[:-1], set()).add(theme)
            else:
                exact.setdefault(cue, set()).add(theme)
    return exact, beginnings, phrases
