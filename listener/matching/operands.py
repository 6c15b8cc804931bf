"""Turns a piece of a query into a term or a filter, or says why it can't be looked for."""

import re
from difflib import get_close_matches
from typing import Final

from listener.matching.expression import Accents, Field, Filter, Kind, Term
from listener.matching.problems import Problem, QueryError
from listener.matching.text import IN_WORD, is_searchable, normalise

PREFIX_MINIMUM: Final = 2
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_FIELD: Final = re.compile(r"([A-Za-z]+):(.*)", re.DOTALL)
_FIELDS: Final = {"lang": Field.LANGUAGE, "language": Field.LANGUAGE, "platform": Field.PLATFORM}
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_PLATFORM: Final = re.compile(r"[a-z][a-z0-9_-]*")
_MENDS: Final = {
    "|": "write OR between two words",
    "&": "leave it out, since words beside each other must all be there, or write AND",
    "!": "write NOT or - before what must not be there",
    "+": "leave the + out, since every word must be there anyway",
    "'": "put a phrase in double quotes",
    "*": "write the beginning of the word and then a *, as in coff*",
}


def read_filter(query: str, start: int, end: int) -> Filter | None:
    """Return the filter that `query[start:end]` is, None if it has no `name:`.

    Raises:
        QueryError: There is no such filter, or its value is none.
    """
    found = _FIELD.fullmatch(query, start, end)
    if found is None:
        return None
    name = found[1].casefold()
    field = _FIELDS.get(name)
    if field is None:
        near = get_close_matches(name, _FIELDS, n=1)
        mend = f"write {near[0]}:" if near else "put it in double quotes to look for it as text"
        raise refusal(query, start, found.end(1) + 1, f"there is no filter {found[1]}:, only lang: and platform:", mend)
    values = tuple(dict.fromkeys(value.casefold() for value in found[2].split(",")))
    if field is Field.LANGUAGE:
        values = tuple(value.replace("_", "-") for value in values)
    pattern = _LANGUAGE if field is Field.LANGUAGE else _PLATFORM
    if not all(pattern.fullmatch(value) for value in values):
        example = "lang:en, lang:pt-br or lang:en,de" if field is Field.LANGUAGE else "platform:reddit"
        noun = "language codes" if field is Field.LANGUAGE else "platforms' names"
        raise refusal(query, start, end, f"{field.value}: wants {noun}, with commas and no spaces", f"write {example}")
    return Filter(field=field, values=values)


def read_bare(query: str, start: int, end: int, *, kind: Kind, accents: Accents) -> Term:
    """Return the term that the unquoted `query[start:end]` is; it may end in a `*`.

    Raises:
        QueryError: It can't be looked for as it stands.
    """
    text = query[start:end]
    prefix = text.endswith("*")
    text = text.removesuffix("*")
    if "*" in text:
        at = start + text.index("*")
        raise refusal(query, at, at + 1, "a * can only stand at the end of a word", _MENDS["*"])
    if kind is not Kind.TEXT:
        _check_token(query, start, end, text=normalise(text), kind=kind)
    elif not (plain := normalise(text)) or not (is_searchable(plain[0]) or IN_WORD[plain[0]]):
        first = text[:1] or "*"
        mend = _MENDS.get(first, "put it in double quotes to look for it as it is")
        raise refusal(query, start, end, f"a word can't begin with {first}", mend)
    elif text[-1] in ",;":
        mend = "leave it out: words beside each other must all be there, and OR stands between alternatives"
        raise refusal(query, end - 1, end, f"{text[-1]} has no meaning here", mend)
    return _term(query, start, end, text=text, kind=kind, prefix=prefix, accents=accents)


def read_phrase(query: str, start: int, end: int, *, text: str, prefix: bool, accents: Accents) -> Term:
    """Return the term that the quoted `text`, at `query[start:end]`, is.

    Raises:
        QueryError: It holds nothing that can be looked for.
    """
    return _term(
        query,
        start,
        end,
        text=" ".join(_CONTROL.sub(" ", text).split()),
        kind=Kind.TEXT,
        prefix=prefix,
        accents=accents,
    )


def refusal(query: str, start: int, end: int, message: str, mend: str) -> QueryError:
    """Return the error for `query[start:end]`."""
    return QueryError(query, Problem(start=start, end=end, message=message, mend=mend))


def _term(query: str, start: int, end: int, *, text: str, kind: Kind, prefix: bool, accents: Accents) -> Term:
    plain = normalise(text)
    if not is_searchable(plain):
        raise refusal(query, start, end, "there is no letter, digit or emoji to look for", "write a word")
    if prefix and len(plain) < PREFIX_MINIMUM:
        message = f"a * needs at least {PREFIX_MINIMUM} letters before it"
        raise refusal(query, start, end, message, "write more of the word")
    return Term(text=text, kind=kind, prefix=prefix, accents=accents)


def _check_token(query: str, start: int, end: int, *, text: str, kind: Kind) -> None:
    noun = "a hashtag" if kind is Kind.TAG else "a handle"
    if not text or not IN_WORD[text[0]]:
        message = f"{noun} needs its name directly after the {kind.value}"
        raise refusal(query, start, end, message, f"write it like {kind.value}earnest")
    others = "" if kind is Kind.TAG else "-.@"
    wrong = next((character for character in text if not IN_WORD[character] and character not in others), None)
    if wrong is not None or text[-1] in others:
        message = f"{noun} can't {'hold' if wrong else 'end in'} {wrong or text[-1]}"
        raise refusal(
            query, start, end, message, "leave it out, or put all of it in double quotes to look for it as text"
        )
