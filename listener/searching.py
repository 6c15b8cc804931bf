"""What platforms that can be searched are searched for: the terms of the brand's queries that speak for a match."""

import logging
from collections.abc import Iterable
from typing import Final

from config.brand.profile import Profile
from listener.matching.expression import Kind, Term
from listener.matching.parser import parse_query
from listener.matching.terms import wanted_terms

# Each is a request of its own at every reading.
CAP: Final = 30
_log = logging.getLogger(__name__)


def terms_by_query(profile: Profile, *, platform: str) -> list[tuple[Term, ...]]:
    """Return the wanted terms of each query that is heard on the platform, in the order they are written."""
    heard = (query for query in profile.queries if not query.platforms or platform in query.platforms)
    return [wanted_terms(parse_query(query.expression)) for query in heard]


def plain_terms(profile: Profile, *, platform: str) -> list[Term]:
    """Return the terms for a platform without handles and hashtags; what those are made of where a query has no other.

    A platform's search knows no signs, so `#kestrel` is searched for as the word that it is made of.
    """
    found: list[Term] = []
    for terms in terms_by_query(profile, platform=platform):
        words = [term for term in terms if term.kind is Kind.TEXT]
        found += words or terms
    return found


def quoted(term: Term) -> str:
    """Return a term as most searches take it: a phrase in quotes, and a prefix as it is."""
    return term.text if term.prefix else f'"{term.text}"'


def cap_searches(words: Iterable[str], *, profile: Profile) -> tuple[str, ...]:
    """Return each of the words once, and at most CAP of them; the log says when some are left out."""
    found = tuple(dict.fromkeys(words))
    if len(found) > CAP:
        _log.warning("too many words to search for", extra={"brand": profile.slug, "words": len(found)})
    return found[:CAP]
