"""Erasing a person everywhere: rows, search index, files, bytes; a receipt and a mark without content are left."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from domain.states import MentionState, ReplyState
from listener.marks import REASON, Account, add_marks, keyed
from listener.needles import Needles, needles_of_person
from listener.notices import NoticeEraser, list_untold
from runtime.application import Application
from storage.scrubbing import scrub
from storage.tables import Author, Brand, Case, Draft, FollowUp, Mention, Person, Receipt, Reply, SpecialDay, ThreadPost

UNDER_WAY: Final = (ReplyState.SENDING, ReplyState.UNKNOWN)
# What is made of the database itself, and what can't be read as text.
_OWN: Final = (".db", ".db-wal", ".db-shm", ".db.lock")
_LARGEST: Final = 64 * 2**20
_ARCHIVES: Final = (".gz", ".zip", ".tar", ".tgz", ".part")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What is kept of a person: how many of each."""

    counts: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was done: rows and lines by eraser, replies still on their way, and files that Earnest doesn't own.

    `files` still name the person, `archives` can't be looked into; `scrubbed` says that the file's bytes are clean, and
    `untold` are the webhooks that wait to be told.
    """

    person_id: int
    brand: str
    touched: dict[str, int]
    under_way: int
    scrubbed: bool
    files: list[str] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)


def count_holdings(session: Session, person_id: int) -> Holdings:
    """Return what would go."""
    authors = select(Author.id).where(Author.person_id == person_id)
    posts = select(Mention.id).where(Mention.author_id.in_(authors))
    places = select(Mention.conversation_id).where(Mention.author_id.in_(authors))
    queries = {
        "accounts": select(func.count()).select_from(Author).where(Author.person_id == person_id),
        "mentions": select(func.count()).where(Mention.id.in_(posts), Mention.state != MentionState.DELETED),
        "drafts": select(func.count()).where(Draft.mention_id.in_(posts)),
        "replies": select(func.count()).where(or_(Reply.person_id == person_id, Reply.mention_id.in_(posts))),
        "cases": select(func.count()).where(Case.person_id == person_id),
        "follow-ups": select(func.count()).where(FollowUp.person_id == person_id),
        "special days": select(func.count()).where(SpecialDay.person_id == person_id),
        "posts around": select(func.count()).where(ThreadPost.conversation_id.in_(places)),
    }
    return Holdings(counts={name: session.scalar(query) or 0 for name, query in queries.items()})


def forget_person(parts: Application, person_id: int) -> Forgotten:
    """Erase a person; can be killed anywhere and run again by their number. Raises NotFound without an installation.

    First they are marked, so that no reading brings them back meanwhile; their name goes last.
    """
    with parts.database.write() as session:
        person = session.get_one(Person, person_id)
        brand_id = person.brand_id
        # As intake does: a post is either here before the mark, or dropped by it.
        session.execute(select(Brand.id).where(Brand.id == brand_id).with_for_update(key_share=True))
        slug = session.get_one(Brand, brand_id).slug
        needles = needles_of_person(session, person_id)
        add_marks(session, brand_id=brand_id, accounts=_accounts(session, person_id), now=parts.clock.now())
    touched = {eraser.name: eraser.erase_person(person_id) for eraser in parts.erasers}
    if touched[NoticeEraser.name]:
        parts.teller.tell(brand_id)
    scrubbed = scrub(parts.database)
    with parts.database.write() as session:
        under_way = _count_under_way(session, person_id)
        untold = [f"{each.webhook}: {each.error}" for each in list_untold(session, brand_id=brand_id)]
        _leave_receipt(session, parts, brand_id=brand_id, person_id=person_id, touched=touched)
    files, archives = _look_around(parts.loaded.data_dir, needles)
    return Forgotten(
        person_id=person_id, brand=slug, touched=touched, under_way=under_way, scrubbed=scrubbed, files=files,
        archives=archives, untold=untold,
    )  # fmt: skip


def _accounts(session: Session, person_id: int) -> list[Account]:
    rows = session.scalars(select(Author).where(Author.person_id == person_id)).all()
    return [
        Account(row.platform, row.external_id, row.handle) for row in rows if not row.external_id.startswith("erased-")
    ]


def _count_under_way(session: Session, person_id: int) -> int:
    query = select(func.count()).where(Reply.person_id == person_id, Reply.state.in_(UNDER_WAY))
    return session.scalar(query) or 0


def _leave_receipt(
    session: Session, parts: Application, *, brand_id: int, person_id: int, touched: dict[str, int]
) -> None:  # fmt: skip
    digest = keyed(session, f"person:{brand_id}:{person_id}")
    there = select(Receipt.id).where(
        Receipt.brand_id == brand_id, Receipt.object_kind == "person", Receipt.object_hash == digest
    )
    if session.scalar(there.limit(1)) is None:
        session.add(
            Receipt(
                brand_id=brand_id, object_kind="person", object_hash=digest, reason=REASON, touched=touched,
                at=parts.clock.now(),
            )
        )  # fmt: skip


def _look_around(data_dir: Path, needles: Needles) -> tuple[list[str], list[str]]:
    """Return the files in the data directory that still name the person, and the archives, which may."""
    named, archives = [], []
    for path in _files(data_dir):
        if path.suffix in _ARCHIVES:
            archives.append(str(path))
        elif needles.found_in(path.read_text(encoding="utf-8", errors="replace")):
            named.append(str(path))
    return named, archives


def _files(data_dir: Path) -> Iterator[Path]:
    for path in sorted(data_dir.rglob("*")):
        if path.is_file() and not path.name.endswith(_OWN) and path.stat().st_size <= _LARGEST:
            yield path
