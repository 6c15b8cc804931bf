"""Who may be one human on two platforms: the same handle, or the same full name; a suggestion, never an act."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from domain.errors import NotFound
from platforms.registry import kept_apart
from storage.tables import Author, Person

MOST = 10
# A handle so short belongs to many.
SHORTEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Another person of the brand who may be the same human, and what speaks for it."""

    person_id: int
    platform: str
    handle: str
    name: str | None
    why: str
    strength: int


def suggest_merges(session: Session, *, person_id: int) -> list[Likeness]:
    """Return who else may be this person, the likeliest first; people on the same platform are never suggested.

    Nor is anybody on a platform that forbids it.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(f"There is no person {person_id}; they may have been erased.")
    mine = list(session.scalars(select(Author).where(Author.person_id == person_id)))
    taken, apart = {author.platform for author in mine}, kept_apart()
    if taken & apart:
        return []
    other = aliased(Author)
    query = select(other).where(
        other.brand_id == person.brand_id, other.person_id != person_id, other.platform.not_in(taken | apart),
        other.is_bot.is_(False), _may_be(other, mine),
    )  # fmt: skip
    found: dict[int, Likeness] = {}
    for candidate in session.scalars(query):
        best = max((_compare(author, candidate) for author in mine), key=lambda told: told[0], default=(0, ""))
        if best[0] > getattr(found.get(candidate.person_id), "strength", 0):
            found[candidate.person_id] = Likeness(
                person_id=candidate.person_id, platform=candidate.platform, handle=candidate.handle,
                name=candidate.name, why=best[1], strength=best[0],
            )  # fmt: skip
    return sorted(found.values(), key=lambda each: (-each.strength, each.person_id))[:MOST]


def _may_be(other: type[Author], mine: Sequence[Author]) -> ColumnElement[bool]:
    """Narrow the brand's accounts in the database; `_compare` decides."""
    bare = func.replace(func.replace(func.replace(func.lower(other.handle), "_", ""), "-", ""), ".", "")
    wanted: list[ColumnElement[bool]] = [false()]
    for author in mine:
        handle = bare_handle(author.handle)
        if len(handle) >= SHORTEST:
            wanted.append(bare.contains(handle, autoescape=True))
        if author.name:
            wanted.append(func.lower(other.name) == author.name.lower())
    return or_(*wanted)


def _compare(one: Author, other: Author) -> tuple[int, str]:
    if one.is_bot or other.is_bot:
        return 0, ""
    same_handle = bare_handle(one.handle) == bare_handle(other.handle) and len(bare_handle(one.handle)) >= SHORTEST
    same_name = bool(one.name and other.name) and bare_name(one.name or "") == bare_name(other.name or "")
    # A first name alone says nothing.
    full_name = same_name and len(bare_name(one.name or "").split()) >= 2
    if same_handle and full_name:
        return 3, f"The same handle and name on {one.platform} and {other.platform}."
    if same_handle:
        return 2, f"The same handle on {one.platform} and {other.platform}."
    return (1, f"The same full name on {one.platform} and {other.platform}.") if full_name else (0, "")


def bare_handle(handle: str) -> str:
    """Return a handle without what platforms put around it: `u/`, `@`, a server, case, punctuation."""
    bare = handle.strip().casefold().removeprefix("u/").removeprefix("@").partition("@")[0]
    bare = bare.removesuffix(".bsky.social")
    return re.sub(r"[^\w]|_", "", bare)


def bare_name(name: str) -> str:
    """Return a name without case, accents, emoji and doubled spaces."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    letters = (char if char.isalpha() else " " for char in folded if not unicodedata.combining(char))
    return " ".join("".join(letters).split())
