"""Authors and the people they are, as intake first meets them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from domain.labels import Stage, Tier
from domain.posts import RawAuthor
from storage.tables import Author, Person

AuthorKey = tuple[str, str]


def ensure_authors(
    session: Session, *, brand_id: int, authors: Iterable[tuple[str, RawAuthor]], at: datetime
) -> dict[AuthorKey, Author]:
    """Return the brand's authors by (platform, external id), making those that are new, each with a person.

    What the platform now says of a known author (handle, name, followers, bot flag) is taken over.
    """
    wanted = {(platform, raw.external_id): raw for platform, raw in authors}
    known = _known(session, brand_id, list(wanted))
    for (platform, external_id), raw in wanted.items():
        author = known.get((platform, external_id))
        if author is None:
            known[platform, external_id] = _add(session, brand_id, platform, raw, at)
        else:
            _refresh(author, raw)
    session.flush()
    return known


def _known(session: Session, brand_id: int, keys: list[AuthorKey]) -> dict[AuthorKey, Author]:
    found: dict[AuthorKey, Author] = {}
    for start in range(0, len(keys), 400):  # stays under SQLite's limit of variables
        query = select(Author).where(
            Author.brand_id == brand_id,
            tuple_(Author.platform, Author.external_id).in_(keys[start : start + 400]),
        )
        found.update({(author.platform, author.external_id): author for author in session.scalars(query)})
    return found


def _add(session: Session, brand_id: int, platform: str, raw: RawAuthor, at: datetime) -> Author:
    person = Person(
        brand_id=brand_id, name=raw.name, tier=Tier.LEAD, stage=Stage.REACH, first_seen_at=at, last_seen_at=at,
        mentions=0, praises=0, complaints=0, contacts=0,
    )  # fmt: skip
    session.add(person)
    session.flush()
    author = Author(
        brand_id=brand_id, person_id=person.id, platform=platform, external_id=raw.external_id, handle=raw.handle,
        name=raw.name, url=raw.url, followers=raw.followers, is_bot=raw.is_bot,
    )  # fmt: skip
    session.add(author)
    return author


def _refresh(author: Author, raw: RawAuthor) -> None:
    author.handle = raw.handle
    author.is_bot = author.is_bot or raw.is_bot
    author.name = raw.name or author.name
    author.url = raw.url or author.url
    author.followers = raw.followers if raw.followers is not None else author.followers
