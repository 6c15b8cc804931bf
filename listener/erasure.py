"""What the listener keeps of a post or a person, and how it is erased."""

from sqlalchemy import select

from domain.states import MentionState
from domain.time import Clock
from listener.deletions import blank_mentions
from storage.database import Database
from storage.tables import Author, Mention


class ListenerEraser:
    """Blanks mentions and what the model said of them; who they were by is the business of people's eraser."""

    name = "listener"

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep the parts; nothing is read."""
        self._database, self._clock = database, clock

    def erase_mention(self, mention_id: int, /) -> int:
        """Erase one mention's words; return how many rows were touched."""
        with self._database.write() as session:
            return blank_mentions(session, ids=[mention_id], now=self._clock.now())

    def erase_person(self, person_id: int, /) -> int:
        """Erase the words of everything the person wrote to the brand; return how many rows were touched."""
        with self._database.write() as session:
            ids = session.scalars(
                select(Mention.id)
                .join(Author, Author.id == Mention.author_id)
                .where(Author.person_id == person_id, Mention.state != MentionState.DELETED)
            ).all()
            return blank_mentions(session, ids=ids, now=self._clock.now())
