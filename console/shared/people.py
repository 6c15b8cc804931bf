"""Who is talking, as the panel beside a mention shows it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from people.erasure import GONE
from storage.queries.around import authors_of, cases_of
from storage.queries.mentions import MentionView, history_of
from storage.tables import Author, Case, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person with their accounts, what they wrote before and the cases they had."""

    person: Person
    authors: list[Author]
    history: list[MentionView]
    cases: list[Case]

    @property
    def name(self) -> str:
        """What to call them."""
        return self.person.name or (self.authors[0].handle if self.authors else "somebody")

    @property
    def forgotten(self) -> bool:
        """Whether they asked to be forgotten, and nothing is kept of them."""
        return self.person.name == GONE


def read_person(session: Session, person_id: int, *, besides: Collection[int] = (), limit: int = 8) -> Known:
    """Return what is known of a person, without the mentions that are being read."""
    history = [
        view for view in history_of(session, person_id=person_id, limit=limit + len(besides)) if view.id not in besides
    ]
    return Known(
        person=session.get_one(Person, person_id), authors=authors_of(session, person_id), history=history[:limit],
        cases=cases_of(session, person_id=person_id),
    )  # fmt: skip
