"""Authors and the people they are, as intake first meets them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.labels import Stage, Tier
from domain.posts import RawAuthor
from storage.tables import Author, Person

AuthorKey = tuple[str, str]


def ensure_authors(
    session: Session, *, brand_id: int, authors: Iterable[tuple[str, RawAuthor]], at: datetime
) -> dict[AuthorKey, Author]:
    """Return the brand's authors by (platform, external id), making those that are new, each with a person.

    What the platform now says of a known author (handle, name, followers, bot flag) is taken over. New ones are
    written in a fixed order, so that two transactions never wait for each other in a circle.
    """
    wanted = {(platform, raw.external_id): raw for platform, raw in authors}
    known = _known(session, brand_id, list(wanted))
    for key, author in known.items():
        _refresh(author, wanted[key])
    missing = [(key, wanted[key]) for key in sorted(wanted.keys() - known.keys())]
    known.update(_add(session, brand_id, missing, at))
    session.flush()
    return known


def _known(session: Session, brand_id: int, keys: list[AuthorKey]) -> dict[AuthorKey, Author]:
    found: dict[AuthorKey, Author] = {}
    for platform in {platform for platform, _ in keys}:
        ids = [external_id for name, external_id in keys if name == platform]
        for start in range(0, len(ids), 5000):  # stays under both databases' limit of variables
            query = select(Author).where(
                Author.brand_id == brand_id,
                Author.platform == platform,
                Author.external_id.in_(ids[start : start + 5000]),
            )
            found.update({(platform, author.external_id): author for author in session.scalars(query)})
    return found


def _add(
    session: Session, brand_id: int, missing: Sequence[tuple[AuthorKey, RawAuthor]], at: datetime
) -> dict[AuthorKey, Author]:
    people = [_person(brand_id, raw, at) for _, raw in missing]
    session.add_all(people)
    session.flush()  # one statement for all of them, and their ids
    made = {
        key: Author(
            brand_id=brand_id, person_id=person.id, platform=key[0], external_id=key[1], handle=raw.handle,
            name=raw.name, url=raw.url, followers=raw.followers, is_bot=raw.is_bot,
        )
        for (key, raw), person in zip(missing, people, strict=True)
    }  # fmt: skip
    session.add_all(made.values())
    return made


def _person(brand_id: int, raw: RawAuthor, at: datetime) -> Person:
    return Person(
        brand_id=brand_id, name=raw.name, tier=Tier.LEAD, stage=Stage.REACH, first_seen_at=at, last_seen_at=at,
        mentions=0, praises=0, complaints=0, contacts=0,
    )  # fmt: skip


def _refresh(author: Author, raw: RawAuthor) -> None:
    author.handle = raw.handle
    author.is_bot = author.is_bot or raw.is_bot
    author.name = raw.name or author.name
    author.url = raw.url or author.url
    author.followers = raw.followers if raw.followers is not None else author.followers
