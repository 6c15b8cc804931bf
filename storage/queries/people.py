"""Authors and the people they are, as intake first meets them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from domain.labels import Stage, Tier
from domain.posts import RawAuthor
from storage.tables import Author, Person

AuthorKey = tuple[str, str]


class KnownAuthor(NamedTuple):
    """An author's row, and that of the person they are."""

    id: int
    person_id: int


def ensure_authors(
    session: Session, *, brand_id: int, authors: Iterable[tuple[str, RawAuthor]], at: datetime
) -> dict[AuthorKey, KnownAuthor]:
    """Return the brand's authors by (platform, external id), making those that are new, each with a person.

    What the platform now says of a known author (handle, name, followers, bot flag) is taken over. A few statements,
    however many authors; new ones are written in a fixed order.
    """
    wanted = {(platform, raw.external_id): raw for platform, raw in authors}
    known = _refresh_known(session, brand_id, wanted)
    missing = {key: wanted[key] for key in sorted(wanted.keys() - known.keys())}
    return known | _add(session, brand_id, missing, at)


def _refresh_known(
    session: Session, brand_id: int, wanted: Mapping[AuthorKey, RawAuthor]
) -> dict[AuthorKey, KnownAuthor]:  # fmt: skip
    found: dict[AuthorKey, KnownAuthor] = {}
    changes: list[dict[str, Any]] = []
    columns = (Author.handle, Author.name, Author.url, Author.followers, Author.is_bot)
    for platform in {platform for platform, _ in wanted}:
        ids = [external_id for name, external_id in wanted if name == platform]
        for start in range(0, len(ids), 5000):  # stays under both databases' limit of variables
            query = select(Author.external_id, Author.id, Author.person_id, *columns).where(
                Author.brand_id == brand_id,
                Author.platform == platform,
                Author.external_id.in_(ids[start : start + 5000]),
            )
            for external_id, row_id, person_id, *kept in session.execute(query):
                found[platform, external_id] = KnownAuthor(row_id, person_id)
                said = _said(wanted[platform, external_id], kept)
                if said != kept:
                    changes.append(dict(zip(("h", "n", "u", "f", "b"), said, strict=True)) | {"row": row_id})
    if changes:
        table = Author.__table__
        statement = (
            update(table)  # type: ignore[arg-type]
            .where(table.c.id == bindparam("row"))
            .values(handle=bindparam("h"), name=bindparam("n"), url=bindparam("u"), followers=bindparam("f"),
                    is_bot=bindparam("b"))
        )  # fmt: skip
        session.connection().execute(statement, sorted(changes, key=lambda change: change["row"]))
    return found


def _said(raw: RawAuthor, kept: Sequence[object]) -> list[object]:
    """Return what is kept of an author from now on; silence doesn't take anything away."""
    _, name, url, followers, is_bot = kept
    return [
        raw.handle, raw.name or name, raw.url or url, followers if raw.followers is None else raw.followers,
        raw.is_bot or is_bot,
    ]  # fmt: skip


def _add(
    session: Session, brand_id: int, missing: Mapping[AuthorKey, RawAuthor], at: datetime
) -> dict[AuthorKey, KnownAuthor]:  # fmt: skip
    if not missing:
        return {}
    people = _add_people(session, brand_id, [raw.name for raw in missing.values()], at)
    rows = [
        {
            "brand_id": brand_id, "person_id": people[raw.name].pop(), "platform": platform,
            "external_id": external_id, "handle": raw.handle, "name": raw.name, "url": raw.url,
            "followers": raw.followers, "is_bot": raw.is_bot,
        }
        for (platform, external_id), raw in missing.items()
    ]  # fmt: skip
    table = Author.__table__
    statement = insert(table).returning(  # type: ignore[arg-type]
        table.c.platform, table.c.external_id, table.c.id, table.c.person_id
    )
    return {
        (platform, external_id): KnownAuthor(row_id, person_id)
        for platform, external_id, row_id, person_id in session.connection().execute(statement, rows)
    }


def _add_people(
    session: Session, brand_id: int, names: Sequence[str | None], at: datetime
) -> dict[str | None, list[int]]:  # fmt: skip
    """Return the ids of new people by their name: those of one name are alike, so it matters not which is whose."""
    rows = [
        {
            "brand_id": brand_id, "name": name, "tier": Tier.LEAD, "stage": Stage.REACH, "mentions": 0, "praises": 0,
            "complaints": 0, "contacts": 0, "first_seen_at": at, "last_seen_at": at,
        }
        for name in names
    ]  # fmt: skip
    table = Person.__table__
    statement = insert(table).returning(table.c.id, table.c.name)  # type: ignore[arg-type]
    found: defaultdict[str | None, list[int]] = defaultdict(list)
    for row_id, name in session.connection().execute(statement, rows):
        found[name].append(row_id)
    return found
