"""Which of Reddit's listings a source reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from config.brand.profile import Profile
from listener.searching import plain_terms
from platforms.reddit import PLATFORM
from platforms.reddit.options import QUERY_CAP, Options

_INBOX: Final = {"mentions": "mentions", "comments": "answers to comments", "selfreply": "answers to submissions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listing, newest first; `key` is its place in the cursor, `label` what people read of it."""

    key: str
    label: str
    path: str
    params: Mapping[str, str | int] = field(default_factory=dict)


def listings_of(options: Options, *, profile: Profile, account: str, inbox: bool) -> tuple[Listing, ...]:
    """Return what is read, what was said to the account first."""
    found: list[Listing] = []
    if inbox:
        found += [
            Listing(key=f"inbox:{name}", label=f"the {noun}", path=f"/message/{name}", params={"mark": "false"})
            for name, noun in _INBOX.items()
        ]
    if inbox and account:
        found.append(
            Listing(key="own", label="what the account wrote", path=f"/user/{account}/comments", params={"sort": "new"})
        )
    names = "+".join(options.subreddits)
    for kind in (("new", "comments") if options.comments else ("new",)) if names else ():
        found.append(Listing(key=f"{kind}:{names.casefold()}", label=f"r/{names}/{kind}", path=f"/r/{names}/{kind}"))
    words = (options.words or words_of(profile)) if options.search else ()
    for number, query in enumerate(searches_for(words), start=1):
        params = {"q": query, "sort": "new", "type": "link", "t": "all"}
        found.append(Listing(key=f"search:{query}", label=f"search {number}", path="/search", params=params))
    return tuple(found)


def words_of(profile: Profile) -> tuple[str, ...]:
    """Return the words of the brand's queries, those that a handle or hashtag is made of too."""
    return tuple(dict.fromkeys(term.text for term in plain_terms(profile, platform=PLATFORM)))


def searches_for(words: Sequence[str]) -> list[str]:
    """Return searches that together find any of the words, as few as Reddit's length allows."""
    searches: list[str] = []
    for word in words:
        quoted = f'"{word.replace(chr(34), " ")}"'
        if searches and len(searches[-1]) + len(quoted) + 4 <= QUERY_CAP:
            searches[-1] += f" OR {quoted}"
        else:
            searches.append(quoted[:QUERY_CAP])
    return searches
