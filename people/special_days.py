"""Birthdays and other days that people told us of: seen in time, wished at most once, never a nuisance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import InvalidInput, NotFound
from storage import audit
from storage.tables import AuditEvent, Brand, Person, SpecialDay

LOOK_AHEAD = timedelta(days=14)
# Who was written to so lately hears from us often enough.
QUIET = timedelta(days=3)
# Somebody we never exchanged a word with would wonder how we know.
FEWEST_CONTACTS = 1
WISHED = "special_day.wished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A day that comes soon; `wish` is False, with the reason, where it is kinder to say nothing."""

    special_day_id: int
    person_id: int
    name: str | None
    kind: str
    on: date
    days: int
    wish: bool
    reason: str = ""


def add_day(
    session: Session, *, person_id: int, kind: str, month: int, day: int, at: datetime, year: int | None = None,
    user_id: int | None = None,
) -> SpecialDay:  # fmt: skip
    """Keep a day that a person told us of; raises InvalidInput for a day that no year has, NotFound without them."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(f"There is no person {person_id}; they may have been erased.")
    try:
        date(year or 2000, month, day)
    except ValueError:
        raise InvalidInput(f"There is no day {day} in month {month}; write day and month as on a calendar.") from None
    if not kind.strip():
        raise InvalidInput("Say what day it is, such as birthday.")
    known = session.scalars(
        select(SpecialDay).where(SpecialDay.person_id == person_id, SpecialDay.kind == kind.strip())
    ).first()
    row = known or SpecialDay(person_id=person_id, kind=kind.strip())
    row.month, row.day, row.year = month, day, year
    session.add(row)
    session.flush()
    audit.record(
        session, at=at, action="special_day.kept", object_kind="special_day", object_id=row.id,
        brand_id=person.brand_id, user_id=user_id, details={"person": person_id},
    )  # fmt: skip
    return row


def coming_days(session: Session, *, brand_id: int, at: datetime, within: timedelta = LOOK_AHEAD) -> list[Coming]:
    """Return the days of a brand's people from today on, the soonest first, with what speaks against a wish."""
    brand = session.get(Brand, brand_id)
    if brand is None:
        raise NotFound(f"There is no brand {brand_id}.")
    zone = ZoneInfo(brand.time_zone)
    today = at.astimezone(zone).date()
    months = sorted({(today + timedelta(days=ahead)).month for ahead in range(within.days + 1)} | {2})
    query = (
        select(SpecialDay, Person)
        .join(Person, Person.id == SpecialDay.person_id)
        .where(Person.brand_id == brand_id, SpecialDay.month.in_(months))
    )
    rows = [(day, person, next_on(month=day.month, day=day.day, today=today)) for day, person in session.execute(query)]
    soon = [(day, person, on) for day, person, on in rows if on - today <= within]
    wished = _wished_this_year(session, brand_id, (day.id for day, _, _ in soon), today, zone)
    found = [_coming(day, person, on, today=today, at=at, wished=day.id in wished) for day, person, on in soon]
    return sorted(found, key=lambda each: (each.on, each.special_day_id))


def next_on(*, month: int, day: int, today: date) -> date:
    """Return when a day of the year comes next; 29 February is kept on the 28th where there is none."""
    for year in (today.year, today.year + 1):
        try:
            on = date(year, month, day)
        except ValueError:
            on = date(year, 2, 28)
        if on >= today:
            return on
    raise InvalidInput(f"There is no day {day} in month {month}.")


def note_wished(session: Session, *, special_day_id: int, at: datetime, user_id: int | None) -> None:
    """Record that somebody was wished well, so that nobody does it twice in a year."""
    row = session.get(SpecialDay, special_day_id)
    if row is None:
        raise NotFound(f"There is no special day {special_day_id}; the person may have been erased.")
    person = session.get_one(Person, row.person_id)
    audit.record(
        session, at=at, action=WISHED, object_kind="special_day", object_id=row.id, brand_id=person.brand_id,
        user_id=user_id,
    )  # fmt: skip


def _coming(day: SpecialDay, person: Person, on: date, *, today: date, at: datetime, wished: bool) -> Coming:
    reason = _why_not(person, at=at, wished=wished)
    return Coming(
        special_day_id=day.id, person_id=person.id, name=person.name, kind=day.kind, on=on, days=(on - today).days,
        wish=not reason, reason=reason,
    )  # fmt: skip


def _why_not(person: Person, *, at: datetime, wished: bool) -> str:
    if person.opted_out_at is not None:
        return "They asked not to be contacted."
    if wished:
        return "Somebody wished them well already this year."
    if person.contacts < FEWEST_CONTACTS:
        return "We never wrote to them; a wish out of nowhere would puzzle them."
    if person.last_contacted_at is not None and at - person.last_contacted_at < QUIET:
        return "We wrote to them within the last three days."
    return ""


def _wished_this_year(
    session: Session, brand_id: int, ids: Iterable[int], today: date, zone: ZoneInfo
) -> set[int]:  # fmt: skip
    # A wish in the last weeks of December may be for a day in January.
    since = datetime.combine(today - timedelta(days=300), time(), zone)
    keys = [str(each) for each in ids]
    query = select(AuditEvent.object_id).where(
        AuditEvent.brand_id == brand_id, AuditEvent.object_kind == "special_day", AuditEvent.object_id.in_(keys),
        AuditEvent.action == WISHED, AuditEvent.at >= since,
    )  # fmt: skip
    return {int(key) for key in session.scalars(query)}
