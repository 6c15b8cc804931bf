"""Joining two people who turn out to be one human; their authors, history and promises move together."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from domain.errors import InvalidInput, NotFound
from domain.labels import Stage, Tier
from storage import audit
from storage.tables import Author, Case, FollowUp, Idea, Person, Reply, SpecialDay

_STAGES, _TIERS = tuple(Stage), tuple(Tier)


def merge_people(session: Session, *, keep_id: int, other_id: int, at: datetime, user_id: int | None) -> Person:
    """Move everything of `other_id` to `keep_id` and remove the empty row; raises InvalidInput across brands.

    An opt-out of either holds for both.
    """
    keep, other = session.get(Person, keep_id), session.get(Person, other_id)
    if keep is None or other is None or keep is other:
        raise NotFound("Two different people are needed; one of them may have been joined already.")
    if keep.brand_id != other.brand_id:
        raise InvalidInput("People of two brands are never joined; each brand keeps its own.")
    for table in (Author, Case, FollowUp, Idea, Reply, SpecialDay):
        session.execute(update(table).where(table.person_id == other.id).values(person_id=keep.id))
    keep.name = keep.name or other.name
    keep.mentions += other.mentions
    keep.praises += other.praises
    keep.complaints += other.complaints
    keep.contacts += other.contacts
    keep.first_seen_at = min(keep.first_seen_at, other.first_seen_at)
    keep.last_seen_at = max(keep.last_seen_at, other.last_seen_at)
    keep.opted_out_at = keep.opted_out_at or other.opted_out_at
    keep.advocate_since = keep.advocate_since or other.advocate_since
    keep.stage = max(keep.stage, other.stage, key=_STAGES.index)
    keep.tier = min(keep.tier, other.tier, key=_TIERS.index)
    session.flush()
    session.delete(other)
    audit.record(
        session, at=at, action="person.merged", object_kind="person", object_id=keep.id, brand_id=keep.brand_id,
        user_id=user_id, details={"from": other_id},
    )  # fmt: skip
    return keep
