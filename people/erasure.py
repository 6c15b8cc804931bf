"""What is kept of a person, erased: names, accounts, days, ties; counts stay, without anybody in them."""

from hashlib import sha256

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from domain.states import MentionState
from domain.time import Clock
from people.advocacy import note_advocacy
from people.rules import rival_queries
from storage import audit
from storage.database import Database
from storage.queries.brands import current_revision
from storage.tables import Author, Mention, Person, SpecialDay

GONE = "[erased]"


class PeopleEraser:
    """Implements the `Eraser` port for people, their accounts and their days."""

    name = "people"

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep where to erase, and the clock that dates it."""
        self._database, self._clock = database, clock

    def erase_mention(self, mention_id: int, /) -> int:
        """Forget who wrote it when that was their last post here; else they stay known by their others.

        The account's id stays, so that a new post of theirs finds its way; names come back with it. Praise that is gone
        makes nobody an advocate.
        """
        with self._database.write() as session:
            author = session.scalars(
                select(Author).join(Mention, Mention.author_id == Author.id).where(Mention.id == mention_id)
            ).one_or_none()
            if author is None:
                return 0
            person = session.get_one(Person, author.person_id, with_for_update=True)
            self._weigh_anew(session, person)
            if author.handle == GONE or _has_posts(session, Mention.author_id == author.id):
                return 0
            author.handle, author.name, author.url, author.followers = GONE, None, None, None
            theirs = select(Author.id).where(Author.person_id == person.id)
            if person.name is None or _has_posts(session, Mention.author_id.in_(theirs)):
                return 1
            person.name = None
            return 2

    def _weigh_anew(self, session: Session, person: Person) -> None:
        if person.advocate_since is not None:
            rivals = rival_queries(current_revision(session, person.brand_id).profile)
            note_advocacy(session, person, rivals=rivals, at=self._clock.now())

    def erase_person(self, person_id: int, /) -> int:
        """Blank a person and their accounts; return how many rows changed, 0 when it was done before.

        The rows stay, empty, so that counts and threads hold; they are never written to again, and somebody who
        comes back by the same account is a stranger.
        """
        now = self._clock.now()
        with self._database.write() as session:
            person = session.get(Person, person_id, with_for_update=True)
            if person is None:
                return 0
            touched = _blank_authors(session, person_id)
            days = delete(SpecialDay).where(SpecialDay.person_id == person_id).returning(SpecialDay.id)
            brought = (
                update(Person).where(Person.referred_by == person_id).values(referred_by=None).returning(Person.id)
            )
            touched += len(session.scalars(days).all()) + len(session.scalars(brought.returning(Person.id)).all())
            if person.name != GONE:
                person.name, person.account_manager, person.referred_by = GONE, None, None
                person.advocate_since = None
                person.opted_out_at = person.opted_out_at or now
                touched += 1
                audit.record(
                    session, at=now, action="person.erased", object_kind="person", object_id=person_id,
                    brand_id=person.brand_id,
                )  # fmt: skip
        return touched


def _has_posts(session: Session, which: ColumnElement[bool]) -> bool:
    query = select(Mention.id).where(which, Mention.state != MentionState.DELETED)
    return session.scalar(query.limit(1)) is not None


def _blank_authors(session: Session, person_id: int) -> int:
    touched = 0
    kept = Author.external_id.not_like("erased-%")
    for author in session.scalars(select(Author).where(Author.person_id == person_id, kept)):
        # A hash with the row's own id can't be found by trying handles on other rows.
        author.external_id = f"erased-{sha256(f'{author.id}:{author.external_id}'.encode()).hexdigest()[:32]}"
        author.handle, author.name, author.url, author.followers = GONE, None, None, None
        touched += 1
    return touched
