"""Matching said as plainly as it can be: look at every place for every term, and work the query out."""

import unicodedata

from listener.matching.expression import Accents, And, Expression, Field, Filter, Kind, Not, Or, Term
from listener.matching.text import fold, normalise

UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "IDEOGRAPHIC")


def matches(expression: Expression, post: str, *, language: str | None, platform: str | None) -> bool:
    match expression:
        case Term():
            return has(expression, post)
        case Filter(field=Field.LANGUAGE, values=values):
            given = (language or "").lower().replace("_", "-")
            return any(given == value or given.startswith(value + "-") for value in values)
        case Filter(values=values):
            return (platform or "").lower() in values
        case Not(operand):
            return not matches(operand, post, language=language, platform=platform)
        case And(parts):
            return all(matches(part, post, language=language, platform=platform) for part in parts)
        case Or(parts):
            return any(matches(part, post, language=language, platform=platform) for part in parts)


def has(term: Term, post: str) -> bool:
    word, text = normalise(term.text), normalise(post)
    exact = term.accents is Accents.EXACT or (term.accents is Accents.AS_WRITTEN and fold(word) != word)
    if not exact:
        word, text = fold(word), fold(text)
    spellings = {Kind.TEXT: [word], Kind.TAG: ["#" + word], Kind.HANDLE: ["@" + word, "u/" + word]}[term.kind]
    return any(
        text[start : start + len(spelling)] == spelling and stands_alone(term, text, start, start + len(spelling))
        for spelling in spellings
        for start in range(len(text))
    )


def stands_alone(term: Term, text: str, start: int, end: int) -> bool:
    before, after, next_after = text[start - 1 : start] if start else "", text[end : end + 1], text[end + 1 : end + 2]
    if term.kind is Kind.TEXT:
        left = is_spaced_letter(before) and is_spaced_letter(text[start])
        right = is_spaced_letter(text[end - 1]) and is_spaced_letter(after)
    else:
        left = is_spaced_letter(before) or (term.kind is Kind.TAG and before in ("/", "&"))
        right = is_letter(after) or (term.kind is Kind.HANDLE and after in (".", "-") and is_letter(next_after))
    return not left and (term.prefix or not right)


def is_letter(character: str) -> bool:
    return character == "_" or (character != "" and unicodedata.category(character)[0] in "LMN")


def is_spaced_letter(character: str) -> bool:
    return is_letter(character) and not unicodedata.name(character, "").startswith(UNSPACED)
