"""The brand's queries in X's words: wider than ours rather than narrower, for our matcher looks again.

Only beginnings of words (`kettle*`) find less there: X searches for whole words. A post that is read costs money, so
AND, OR and NOT are handed on as far as X has them: docs.x.com/x-api/posts/search/integrate/operators.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from config.brand.listening import Query
from config.brand.profile import Profile
from listener.matching.expression import And, Expression, Field, Filter, Kind, Not, Or, Term
from listener.matching.parser import parse_query
from listener.matching.terms import wanted_terms
from platforms.x.options import QUERY_CAP
from platforms.x.values import PLATFORM

# A repost is no post of its own.
_SUFFIX: Final = " -is:retweet"
_BARE: Final = re.compile(r"\w+")
_HANDLE: Final = re.compile(r"\w{1,15}", re.ASCII)
# docs.x.com, lang: Hebrew and Indonesian go by the codes that they had before.
_OLD_CODES: Final = {"he": "iw", "id": "in"}
_RESERVED: Final = frozenset({"OR", "AND", "NOT"})


def search_queries(profile: Profile) -> tuple[str, ...]:
    """Return queries that together find what the brand's own would, as few as X's length allows."""
    parts: dict[str, None] = {}
    for query in profile.queries:
        if not query.platforms or PLATFORM in query.platforms:
            parts.update(dict.fromkeys(_translate(query)))
    return tuple(f"{group}{_SUFFIX}" for group in _pack(list(parts)))


def _translate(query: Query) -> list[str]:
    expression = parse_query(query.expression)
    text = _write(expression)
    # Our matcher hears a post in an unknown language too; X calls that one undefined.
    languages = _languages((*query.languages, "und") if query.languages else ())
    if text is not None and len(text) + len(languages) + 2 <= QUERY_CAP - len(_SUFFIX):
        return [f"{_grouped(text)}{languages}"]
    # Too long, or nothing that X could search for by itself: then every word that speaks for a match, one by one.
    return [f"{_term(term)}{languages}" for term in wanted_terms(expression)]


def _write(expression: Expression) -> str | None:
    """Return what X is asked for; None where it would have to find everything."""
    match expression:
        case Term():
            return _term(expression)
        case Filter(field=Field.LANGUAGE, values=values):
            return _languages(values).strip() or None
        case Filter() | Not():
            return None
        case Or(parts):
            written = [_write(part) for part in parts]
            return None if None in written else " OR ".join(_grouped(each) for each in written if each)
        case And(parts):
            positive = [text for part in parts if (text := _write(part)) is not None]
            if not any(wanted_terms(part) for part in parts if _write(part) is not None):
                return None  # a language alone isn't a search
            return " ".join([*map(_grouped, positive), *_unwanted(parts)])


def _unwanted(parts: Iterable[Expression]) -> list[str]:
    """Return what must not stand in a post; X takes it for single words only, the rest is left to our matcher."""
    words: list[str] = []
    for part in parts:
        inner = part.operand if isinstance(part, Not) else None
        terms = inner.parts if isinstance(inner, Or) else (inner,)
        # X's words know no accents and no beginnings: leaving out more than we would is worse than reading too much.
        if all(isinstance(term, Term) and not term.prefix and not term.exact for term in terms):
            words += [f"-{_term(term)}" for term in terms if isinstance(term, Term)]
    return words


def _term(term: Term) -> str:
    if term.kind is Kind.HANDLE and _HANDLE.fullmatch(term.text):
        return f"@{term.text}"
    if term.kind is Kind.TAG and _BARE.fullmatch(term.text):
        return f"#{term.text}"
    if _BARE.fullmatch(term.text) and term.text.upper() not in _RESERVED:
        return term.text
    return '"' + term.text.replace('"', " ").replace("\\", " ").strip() + '"'


def _languages(tags: Sequence[str]) -> str:
    bases = [tag.partition("-")[0].lower() for tag in tags]
    codes = list(dict.fromkeys(_OLD_CODES.get(base, base) for base in bases))
    if not codes:
        return ""
    return f" lang:{codes[0]}" if len(codes) == 1 else f" ({' OR '.join(f'lang:{code}' for code in codes)})"


def _grouped(text: str) -> str:
    whole = not re.search(r"\s", re.sub(r'"[^"]*"', "x", text))
    return text if whole or (text.startswith("(") and text.endswith(")") and text.count("(") == 1) else f"({text})"


def _pack(parts: Sequence[str]) -> list[str]:
    groups: list[list[str]] = []
    for part in map(_grouped, parts):
        if groups and len(_either([*groups[-1], part])) <= QUERY_CAP - len(_SUFFIX):
            groups[-1].append(part)
        else:
            groups.append([part])
    return [_either(group) for group in groups]


def _either(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"
