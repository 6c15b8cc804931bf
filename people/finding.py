"""Finds a person as people name one: by their number, @handle, or platform:handle."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from domain.errors import InvalidInput, NotFound
from storage.tables import Author, Brand, Person

_SIGNS = ("", "@", "u/", "/u/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One person of one brand, with their accounts as platform and handle."""

    id: int
    brand_id: int
    brand: str
    name: str | None
    accounts: tuple[tuple[str, str], ...]


def find_people(session: Session, who: str, *, brand_ids: Collection[int]) -> list[Found]:
    """Return who is meant, at most one person a brand; raises NotFound, and InvalidInput where it may be several."""
    named = who.strip()
    found = _by_number(session, named, brand_ids) or _by_handle(session, named, brand_ids)
    if not found:
        raise NotFound(f"Nobody is known as “{who}”; name a person by number, @handle or platform:handle.")
    if len({each.brand_id for each in found}) < len(found) or _may_be_several(found, named):
        several = "; ".join(f"{each.id} ({each.brand}: {_accounts(each)})" for each in found[:10])
        raise InvalidInput(f"Several people are called “{who}”: {several}. Name one by number or platform:handle.")
    return found


def _by_number(session: Session, named: str, brand_ids: Collection[int]) -> list[Found]:
    if not named.isdecimal() or len(named) > 18:
        return []
    return _load(session, [int(named)], brand_ids)


def _by_handle(session: Session, named: str, brand_ids: Collection[int]) -> list[Found]:
    platform, colon, handle = named.partition(":")
    theirs = _ids(session, handle, brand_ids, platform=platform.lower()) if colon and handle else []
    # A handle may hold a colon itself.
    return _load(session, theirs or _ids(session, named, brand_ids), brand_ids)


def _ids(session: Session, handle: str, brand_ids: Collection[int], *, platform: str | None = None) -> list[int]:
    bare = handle.removeprefix("@").removeprefix("/").removeprefix("u/").lower()
    spelt = [f"{sign}{bare}" for sign in _SIGNS]
    which = or_(func.lower(Author.handle).in_(spelt), Author.external_id == handle, _of_server(bare))
    query = select(Author.person_id).where(Author.brand_id.in_(brand_ids), which)
    if platform is not None:
        query = query.where(Author.platform == platform)
    return sorted(set(session.scalars(query)))


def _of_server(bare: str) -> ColumnElement[bool]:
    """A server shows its own people without its name: `ada@social.example` is the `ada` whose address is there."""
    name, _, server = bare.partition("@")
    if not name or not server:
        return false()
    there = func.lower(Author.url).contains(f"://{server}/", autoescape=True)
    return func.lower(Author.handle).in_([name, f"@{name}"]) & there


def _load(session: Session, ids: Collection[int], brand_ids: Collection[int]) -> list[Found]:
    rows = session.execute(
        select(Person, Brand.slug)
        .join(Brand, Brand.id == Person.brand_id)
        .where(Person.id.in_(ids), Person.brand_id.in_(brand_ids))
        .order_by(Person.id)
    ).all()
    accounts = select(Author).where(Author.person_id.in_(ids)).order_by(Author.id)
    authors = session.scalars(accounts).all()
    return [
        Found(
            id=person.id, brand_id=person.brand_id, brand=slug, name=person.name,
            accounts=tuple((each.platform, each.handle) for each in authors if each.person_id == person.id),
        )
        for person, slug in rows
    ]  # fmt: skip


def _may_be_several(found: list[Found], named: str) -> bool:
    """Whether a bare handle is meant on several platforms: two platforms' accounts of one name may be two people."""
    if ":" in named or len(found) < 2:
        return False
    bare = named.removeprefix("@").lower()
    spelt = {bare, bare.partition("@")[0]}
    platforms = [
        {platform for platform, handle in each.accounts if handle.removeprefix("@").lower() in spelt} for each in found
    ]
    return not set.intersection(*platforms)


def _accounts(found: Found) -> str:
    return ", ".join(f"{platform}:{handle}" for platform, handle in found.accounts) or "no account"
