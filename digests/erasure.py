"""What digests keep of a post or a person: ids in snapshots, and no words; both go when either is erased."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.time import Week
from storage.database import Database
from storage.tables import Author, Brand, Digest, Mention, Person


class DigestsEraser:
    """Implements the `Eraser` port: quotes vanish from every digest, names with them; counts stay."""

    name = "digests"

    def __init__(self, database: Database) -> None:
        """Keep where to erase; nothing is read."""
        self._database = database

    def erase_mention(self, mention_id: int, /) -> int:
        """Take a post out of every digest that quotes it; return how many digests changed."""
        with self._database.write() as session:
            mention = session.get(Mention, mention_id)
            if mention is None:
                return 0
            return _rewrite(session, mention.brand_id, since=_week_of(session, mention), mentions={mention_id})

    def erase_person(self, person_id: int, /) -> int:
        """Take a person and all they wrote out of every digest; return how many digests changed."""
        with self._database.write() as session:
            person = session.get(Person, person_id)
            if person is None:
                return 0
            authors = select(Author.id).where(Author.person_id == person_id)
            mentions = set(session.scalars(select(Mention.id).where(Mention.author_id.in_(authors))))
            return _rewrite(session, person.brand_id, since="", mentions=mentions, person_id=person_id)


def _week_of(session: Session, mention: Mention) -> str:
    brand = session.get_one(Brand, mention.brand_id)
    return str(Week.of(mention.posted_at, ZoneInfo(brand.time_zone)))


def _rewrite(
    session: Session, brand_id: int, *, since: str, mentions: set[int], person_id: int | None = None
) -> int:  # fmt: skip
    query = select(Digest).where(Digest.brand_id == brand_id, Digest.week >= since).with_for_update()
    changed = 0
    for digest in session.scalars(query).all():
        figures = forget(digest.figures, mentions=mentions, person_id=person_id)
        if figures != digest.figures:
            digest.figures = figures
            changed += 1
    return changed


def forget(figures: dict[str, Any], *, mentions: set[int], person_id: int | None) -> dict[str, Any]:
    """Return a stored snapshot without some posts and a person; counts stay as they were."""

    def without(line: dict[str, Any]) -> dict[str, Any]:
        return {**line, "mention_ids": [key for key in line["mention_ids"] if key not in mentions]}

    advocates, themes, ideas = figures["advocates"], figures["themes"], figures["ideas"]
    return {
        **figures,
        "advocates": {
            **advocates,
            "speakers": [without(line) for line in advocates["speakers"] if line["person_id"] != person_id],
        },
        "themes": {
            **themes,
            "praised": [without(line) for line in themes["praised"]],
            "complained": [without(line) for line in themes["complained"]],
        },
        "ideas": {
            **ideas,
            "listed": [
                line for line in ideas["listed"]
                if line["mention_id"] not in mentions and (person_id is None or line["person_id"] != person_id)
            ],
        },
        "referrals": [
            line for line in figures["referrals"]
            if person_id is None or person_id not in {line["person_id"], line["referred_by"]}
        ],
    }  # fmt: skip
