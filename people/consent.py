"""Whether a person wants to be contacted: an opt-out holds on every platform we know them by."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain.errors import InvalidInput, NotFound
from people.erasure import GONE
from storage import audit
from storage.tables import Person


def opt_out(session: Session, *, person_id: int, at: datetime, user_id: int | None = None) -> None:
    """Record that the person asked not to be contacted; the gate refuses every reply from now on."""
    person = _load(session, person_id)
    if person.opted_out_at is None:
        person.opted_out_at = at
        _note(session, person, "opted_out", at, user_id)


def opt_in(session: Session, *, person_id: int, at: datetime, user_id: int | None = None) -> None:
    """Take an opt-out back, because the person said so; raises InvalidInput for one who asked to be forgotten."""
    person = _load(session, person_id)
    if person.name == GONE:
        raise InvalidInput("They asked to be forgotten; if they write again by themselves, they are somebody new.")
    if person.opted_out_at is not None:
        person.opted_out_at = None
        _note(session, person, "opted_in", at, user_id)


def _load(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(f"There is no person {person_id}; they may have been erased.")
    return person


def _note(session: Session, person: Person, what: str, at: datetime, user_id: int | None) -> None:
    audit.record(
        session, at=at, action=f"person.{what}", object_kind="person", object_id=person.id, brand_id=person.brand_id,
        user_id=user_id,
    )  # fmt: skip
