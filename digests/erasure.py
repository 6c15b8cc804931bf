"""What digests keep of a post or a person: ids in snapshots, and no words; both go when either is erased."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.time import Week
from storage.database import Database
from storage.tables import Author, Brand, Digest, Mention, Person

# Where in the data directory digests are written as files.
FOLDER = "digests"


class DigestsEraser:
    """Implements the `Eraser` port: quotes vanish from every digest, names with them; counts stay."""

    name = "digests"

    def __init__(self, database: Database, *, folder: Path | None = None) -> None:
        """Keep where to erase; `folder` holds pages and mails that were written from snapshots, and can be again."""
        self._database, self._folder = database, folder

    def erase_mention(self, mention_id: int, /) -> int:
        """Take a post out of every digest that quotes it; return how many digests changed."""
        with self._database.write() as session:
            mention = session.get(Mention, mention_id)
            if mention is None:
                return 0
            since = _week_of(session, mention)
            changed = _rewrite(session, mention.brand_id, since=since, mentions={mention_id})
            _drop_files(session, self._folder, mention.brand_id, since=since, changed=changed)
            return len(changed)

    def erase_person(self, person_id: int, /) -> int:
        """Take a person and all they wrote out of every digest; return how many digests changed."""
        with self._database.write() as session:
            person = session.get(Person, person_id)
            if person is None:
                return 0
            authors = select(Author.id).where(Author.person_id == person_id)
            mentions = set(session.scalars(select(Mention.id).where(Mention.author_id.in_(authors))))
            changed = _rewrite(session, person.brand_id, since="", mentions=mentions, person_id=person_id)
            _drop_files(session, self._folder, person.brand_id, since="", changed=changed)
            return len(changed)


def _week_of(session: Session, mention: Mention) -> str:
    brand = session.get_one(Brand, mention.brand_id)
    return str(Week.of(mention.posted_at, ZoneInfo(brand.time_zone)))


def _rewrite(
    session: Session, brand_id: int, *, since: str, mentions: set[int], person_id: int | None = None
) -> set[str]:  # fmt: skip
    """Take posts and a person out of the brand's snapshots; return the weeks that changed."""
    query = select(Digest).where(Digest.brand_id == brand_id, Digest.week >= since).with_for_update()
    changed = set()
    for digest in session.scalars(query).all():
        figures = forget(digest.figures, mentions=mentions, person_id=person_id)
        if figures != digest.figures:
            digest.figures = figures
            changed.add(digest.week)
    return changed


def _drop_files(session: Session, folder: Path | None, brand_id: int, *, since: str, changed: set[str]) -> None:
    """Remove the written pages and mails of weeks that changed, and of those of which no snapshot was kept."""
    if folder is None or not folder.is_dir():
        return
    slug = session.get_one(Brand, brand_id).slug
    kept = set(session.scalars(select(Digest.week).where(Digest.brand_id == brand_id)))
    for path in folder.glob(f"{slug}-[0-9][0-9][0-9][0-9]-W[0-9][0-9].*"):
        week = path.name.removeprefix(f"{slug}-").partition(".")[0]
        if week >= since and (week in changed or week not in kept):
            path.unlink(missing_ok=True)


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
