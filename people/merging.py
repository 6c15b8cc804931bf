"""Joining two people who turn out to be one human; their authors, history and promises move together."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from domain.errors import InvalidInput, NotFound
from domain.labels import Stage, Tier
from people.advocacy import note_advocacy
from people.rules import rival_queries
from platforms.registry import capabilities_of, kept_apart
from storage import audit
from storage.queries.brands import current_revision
from storage.tables import Author, Case, FollowUp, Idea, Person, Reply, SpecialDay

_STAGES, _TIERS = tuple(Stage), tuple(Tier)


def merge_people(session: Session, *, keep_id: int, other_id: int, at: datetime, user_id: int | None) -> Person:
    """Move everything of `other_id` to `keep_id` and remove the empty row.

    Raises InvalidInput across brands, and where a platform forbids that its authors are joined with those of others.
    An opt-out of either holds for both. Whether the one is an advocate is told from what both said.
    """
    # Always in one order, so that two merges never wait for each other in a circle.
    query = select(Person).where(Person.id.in_((keep_id, other_id))).order_by(Person.id).with_for_update()
    found = {person.id: person for person in session.scalars(query)}
    keep, other = found.get(keep_id), found.get(other_id)
    if keep is None or other is None or keep is other:
        raise NotFound("Two different people are needed; one of them may have been joined already.")
    if keep.brand_id != other.brand_id:
        raise InvalidInput("People of two brands are never joined; each brand keeps its own.")
    _refuse_kept_apart(session, keep, other)
    _drop_doubled_days(session, keep, other)
    for table in (Author, Case, FollowUp, Idea, Reply, SpecialDay):
        session.execute(update(table).where(table.person_id == other.id).values(person_id=keep.id))
    session.execute(update(Person).where(Person.referred_by == other.id).values(referred_by=keep.id))
    keep.name = keep.name or other.name
    keep.mentions += other.mentions
    keep.praises += other.praises
    keep.complaints += other.complaints
    keep.contacts += other.contacts
    keep.first_seen_at = min(keep.first_seen_at, other.first_seen_at)
    keep.last_seen_at = max(keep.last_seen_at, other.last_seen_at)
    keep.last_contacted_at = max(filter(None, (keep.last_contacted_at, other.last_contacted_at)), default=None)
    keep.opted_out_at = min(filter(None, (keep.opted_out_at, other.opted_out_at)), default=None)
    keep.account_manager = keep.account_manager or other.account_manager
    referrer = keep.referred_by or other.referred_by
    keep.referred_by = None if referrer in {keep.id, other.id} else referrer
    keep.stage = max(keep.stage, other.stage, key=_STAGES.index)
    keep.tier = min(keep.tier, other.tier, key=_TIERS.index)
    rivals = rival_queries(current_revision(session, keep.brand_id).profile)
    note_advocacy(session, keep, rivals=rivals, at=at)
    session.flush()
    session.delete(other)
    audit.record(
        session, at=at, action="person.merged", object_kind="person", object_id=keep.id, brand_id=keep.brand_id,
        user_id=user_id, details={"from": other_id},
    )  # fmt: skip
    return keep


def _refuse_kept_apart(session: Session, keep: Person, other: Person) -> None:
    used = set(session.scalars(select(Author.platform).where(Author.person_id.in_((keep.id, other.id)))))
    apart = sorted(used & kept_apart())
    if apart and len(used) > 1:
        name = capabilities_of(apart[0]).name
        raise InvalidInput(f"{name} forbids that its users are joined with those of other platforms.")


def _drop_doubled_days(session: Session, keep: Person, other: Person) -> None:
    """Forget the other's birthday where there is one already: nobody is wished well twice."""
    kept = select(SpecialDay.kind).where(SpecialDay.person_id == keep.id)
    session.execute(
        delete(SpecialDay).where(SpecialDay.person_id == other.id, SpecialDay.kind.in_(kept)),
        execution_options={"synchronize_session": False},
    )
