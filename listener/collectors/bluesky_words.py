"""What to search Bluesky for: the words of the brand's queries, in Bluesky's own way to write them."""

import logging
from typing import Final

from config.brand.profile import Profile
from listener.matching.expression import Kind, Term
from listener.matching.parser import parse_query
from listener.matching.terms import wanted_terms

# Each is a request of its own at every reading.
CAP: Final = 30
_log = logging.getLogger(__name__)


def search_words(profile: Profile, *, platform: str) -> tuple[str, ...]:
    """Return what to search for, each once and at most CAP of them."""
    found: dict[str, None] = {}
    for query in profile.queries:
        if not query.platforms or platform in query.platforms:
            found.update(dict.fromkeys(_write(term) for term in wanted_terms(parse_query(query.expression))))
    if len(found) > CAP:
        _log.warning("too many words to search for", extra={"brand": profile.slug, "words": len(found)})
    return tuple(found)[:CAP]


def _write(term: Term) -> str:
    # docs.bsky.app, searchPosts: a phrase in quotes, a tag and a handle with their signs; a prefix isn't offered.
    if term.kind is not Kind.TEXT:
        return f"{term.kind.value}{term.text}"
    return term.text if term.prefix else f'"{term.text}"'
