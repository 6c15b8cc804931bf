"""Short themes of a post, in words that stay the same from week to week and from language to language.

A post's themes come from a closed list (`lexicons/`), so that "Lieferung" and "delivery" count together. Only when no
word of the list occurs is one noun phrase taken from the post: what follows a determiner, two words at most.
"""

import re
from collections import Counter
from collections.abc import Sequence

from sentiment.lexicon import Lexicon, guess_lexicon, read_lexicon
from sentiment.normalisation import BRAND, LINK, USER, normalise_text

# Combining marks belong to the word: \w alone cuts Devanagari at every vowel sign. A mark ends every phrase.
_WORD = re.compile(r"@?[\w\u0900-\u0963\u0966-\u097f\u064b-\u0652'’-]+|[.,;:!?…()।؟،]")
# A mask keeps its @, since “brand” alone is Dutch for fire.
_MASKS = frozenset({USER, BRAND, LINK, "mail"})
_HISSING = ("sses", "xes", "zes", "ches", "shes")  # English says -es after these
_SHORTEST, _LONGEST = 3, 2  # letters of a word, words of a phrase


def extract_themes(
    text: str, *, language: str | None = None, brand: str | None = None, most: int = 3
) -> tuple[str, ...]:
    """At most `most` themes of the post, those with most words first; empty when nothing was recognised.

    `language` is an ISO 639-1 code (or pcm); where it isn't known, the post's commonest words tell.
    """
    words = _without_brand(_split(normalise_text(text, brand=brand)), _split(brand or ""))
    lexicon = read_lexicon(language) if language else guess_lexicon(words)
    if found := _find_listed(words, lexicon):
        return tuple(found[:most])
    phrase = _find_phrase(words, lexicon)
    return (phrase,) if phrase else ()


def _split(text: str) -> list[str]:
    return [word.strip("'’-").casefold() for word in _WORD.findall(text)]


def _without_brand(words: list[str], own: list[str]) -> list[str]:
    """The words with the brand's name masked: what a brand is called is no theme."""
    if not own:
        return words
    size, masked = len(own), list(words)
    for place in range(len(words) - size + 1):
        if words[place : place + size] == own:
            masked[place : place + size] = [BRAND] * size
    return masked


def _find_listed(words: Sequence[str], lexicon: Lexicon) -> list[str]:
    count: Counter[str] = Counter()
    first: dict[str, int] = {}
    bare = [_without_clitic(word, lexicon.clitics) for word in words] if lexicon.clitics else words
    for place, theme in sorted({(place, cue.theme) for each in (words, bare) for place, cue in lexicon.find(each)}):
        count[theme] += 1
        first.setdefault(theme, place)
    return sorted(count, key=lambda theme: (-count[theme], first[theme], theme))


def _without_clitic(word: str, clitics: Sequence[str]) -> str:
    """The word without the article or preposition that its language writes as one with it."""
    for clitic in clitics:
        if word.startswith(clitic) and len(word) - len(clitic) >= _SHORTEST:
            return word[len(clitic) :]
    return word


def _find_phrase(words: Sequence[str], lexicon: Lexicon) -> str | None:
    for place, word in enumerate(words):
        if word in lexicon.determiners:
            phrase = _content_after(words[place + 1 :], lexicon)
            if phrase:
                return phrase
    return None


def _content_after(words: Sequence[str], lexicon: Lexicon) -> str | None:
    kept: list[str] = []
    for word in words:
        if not kept and word in lexicon.passed_over:
            continue
        if not _is_content(word, lexicon) or len(kept) == _LONGEST:
            break
        kept.append(word)
    if not kept or kept[-1] in lexicon.empty or kept[0] in lexicon.empty:
        return None
    return " ".join([*kept[:-1], _singular(kept[-1], lexicon.plural)])


def _singular(word: str, plural: str) -> str:
    """The word without its plural's end, so that one shoe and many are one theme."""
    if not plural or not word.endswith(plural) or word.endswith(("ss", "us", "is")) or len(word) <= _SHORTEST:
        return word
    return word.removesuffix("e" + plural) if word.endswith(_HISSING) else word.removesuffix(plural)


def _is_content(word: str, lexicon: Lexicon) -> bool:
    others = (_MASKS, lexicon.stop, lexicon.determiners, lexicon.passed_over)
    return word.isalpha() and len(word) >= _SHORTEST and not any(word in each for each in others)
