"""What the listener keeps of a post or a person, and how it is erased."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from domain.states import MentionState
from domain.time import Clock
from listener.chunks import chunks
from listener.deletions import ERASED_ID, blank_mentions
from listener.letters import drop_letters
from listener.needles import Needles, needles_of_person
from listener.rejects import scrub_rejects
from storage.database import Database
from storage.queries.threads import drop_context
from storage.tables import Author, Conversation, Mention, Person, ThreadPost


class ListenerEraser:
    """Blanks mentions and what the model said of them, drops the context around them and what couldn't be read.

    Who they were by is the business of people's eraser.
    """

    name = "listener"

    def __init__(self, database: Database, clock: Clock, *, rejects_folder: Path | None = None) -> None:
        """Keep the parts; nothing is read."""
        self._database, self._clock, self._folder = database, clock, rejects_folder

    def erase_mention(self, mention_id: int, /) -> int:
        """Erase one mention's words, and the context around it when nothing else is left of its thread."""
        with self._database.write() as session:
            touched = blank_mentions(session, ids=[mention_id], now=self._clock.now())
            return touched + _drop_lonely_context(session, mention_id)

    def erase_person(self, person_id: int, /) -> int:
        """Erase everything the person wrote to the brand, with its ids, addresses and surroundings.

        Rows stay, without anybody in them, so that counts and threads hold.
        """
        with self._database.write() as session:
            needles = needles_of_person(session, person_id)
            touched = _erase_posts(session, person_id, now=self._clock.now())
            touched += _drop_their_context(session, person_id)
            touched += _drop_letters(session, person_id, needles)
        # The files are made from the table, and go after it.
        return touched + (scrub_rejects(self._folder, needles=needles) if self._folder else 0)


def _erase_posts(session: Session, person_id: int, *, now: datetime) -> int:
    rows = session.execute(
        select(Mention.id, Mention.external_id, Mention.conversation_id, Mention.state)
        .join(Author, Author.id == Mention.author_id)
        .where(Author.person_id == person_id, Mention.external_id.not_like(f"{ERASED_ID}%"))
    ).all()
    living = [row.id for row in rows if row.state is not MentionState.DELETED]
    touched = blank_mentions(session, ids=living, now=now)
    places = sorted({row.conversation_id for row in rows})
    for row in rows:
        # A hash with the row's own id can't be found by trying ids on other rows.
        erased = erased_id(row.id, row.external_id)
        session.execute(
            update(Mention).where(Mention.id == row.id).values(external_id=erased, in_reply_to=None, visibility=None)
        )
    _forget_ids(session, places, [row.external_id for row in rows])
    return touched


def erased_id(row_id: int, external_id: str) -> str:
    """Return what stands where an id stood by which somebody could be found."""
    return f"{ERASED_ID}{sha256(f'{row_id}:{external_id}'.encode()).hexdigest()[:32]}"


def _forget_ids(session: Session, places: Sequence[int], external_ids: Sequence[str]) -> None:
    """Take a person's post ids out of the threads they stood in."""
    gone = set(external_ids)
    for part in chunks(places):
        session.execute(
            update(Mention)
            .where(Mention.conversation_id.in_(part), Mention.in_reply_to.in_(gone))
            .values(in_reply_to=None)
        )  # fmt: skip
        for place in session.scalars(select(Conversation).where(Conversation.id.in_(part))):
            others = select(Mention.id).where(
                Mention.conversation_id == place.id, Mention.state != MentionState.DELETED
            )
            if place.external_id in gone:
                place.external_id = erased_id(place.id, place.external_id)
            if session.scalar(others.limit(1)) is None:
                place.labels = []


def _drop_their_context(session: Session, person_id: int) -> int:
    authors = select(Author.id).where(Author.person_id == person_id)
    places = select(Mention.conversation_id).where(Mention.author_id.in_(authors))
    accounts = session.scalars(select(Author).where(Author.person_id == person_id)).all()
    theirs = [
        (ThreadPost.platform == each.platform)
        & or_(ThreadPost.author_external_id == each.external_id, ThreadPost.author_handle == each.handle)
        for each in accounts
    ]  # fmt: skip
    brand_id = session.scalar(select(Person.brand_id).where(Person.id == person_id))
    return drop_context(
        session, (ThreadPost.brand_id == brand_id) & or_(ThreadPost.conversation_id.in_(places), *theirs)
    )


def _drop_lonely_context(session: Session, mention_id: int) -> int:
    place = select(Mention.conversation_id).where(Mention.id == mention_id).scalar_subquery()
    left = select(Mention.id).where(Mention.conversation_id == place, Mention.state != MentionState.DELETED)
    if session.scalar(left.limit(1)) is not None:
        return 0
    session.execute(update(Conversation).where(Conversation.id == place).values(labels=[]))
    return drop_context(session, ThreadPost.conversation_id == place)


def _drop_letters(session: Session, person_id: int, needles: Needles) -> int:
    brand_id = session.scalar(select(Person.brand_id).where(Person.id == person_id))
    return 0 if brand_id is None else drop_letters(session, brand_id=brand_id, needles=needles)
