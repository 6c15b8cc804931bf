"""Waves of complaints with one cause, and people whom a customer brought."""

from datetime import datetime

from digests.frame import Frame
from digests.material import Material
from digests.sections import Section


class IncidentLine(Section):
    """A wave that was open in the week; `people` complained of it so far, `unsolved` of its cases are open."""

    cause: str
    opened_at: datetime
    closed_at: datetime | None
    cases: int
    people: int
    unsolved: int


class Referral(Section):
    """Somebody new, and the customer who brought them; names are filled in when the digest is shown."""

    person_id: int
    referred_by: int


def compute_incidents(frame: Frame, material: Material) -> tuple[IncidentLine, ...]:
    """Return the waves that were open in the week, the oldest first."""
    end = frame.bounds(frame.week)[1]
    lines = []
    for row in material.incidents:
        cases = [case for case in material.cases if case.incident_id == row.id]
        lines.append(
            IncidentLine(
                cause=row.cause, opened_at=row.opened_at, closed_at=row.closed_at, cases=len(cases),
                people=len({case.person_id for case in cases}),
                unsolved=sum(1 for case in cases if case.resolved_at is None or case.resolved_at >= end),
            )
        )  # fmt: skip
    return tuple(lines)


def compute_referrals(material: Material) -> tuple[Referral, ...]:
    """Return who came this week because a customer brought them."""
    return tuple(Referral(person_id=row.person_id, referred_by=row.referred_by) for row in material.referrals)
