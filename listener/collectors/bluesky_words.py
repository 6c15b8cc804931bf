"""What to search Bluesky for: the words of the brand's queries, in Bluesky's own way to write them."""

from config.brand.profile import Profile
from listener.matching.expression import Kind, Term
from listener.searching import cap_searches, quoted, terms_by_query


def search_words(profile: Profile, *, platform: str) -> tuple[str, ...]:
    """Return what to search for, each once and no more than are asked for at a reading."""
    terms = (term for query in terms_by_query(profile, platform=platform) for term in query)
    return cap_searches(map(_write, terms), profile=profile)


def _write(term: Term) -> str:
    # docs.bsky.app, searchPosts: a phrase in quotes, a tag and a handle with their signs; a prefix isn't offered.
    return quoted(term) if term.kind is Kind.TEXT else f"{term.kind.value}{term.text}"
