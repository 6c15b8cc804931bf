"""Goodwill offered on a case, within the brand's limits, with its cost in the ledger."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.brand.answers import Gesture as GesturePlan
from config.brand.profile import Profile
from domain.errors import AccessDenied, InvalidInput
from domain.labels import Role
from domain.time import as_utc
from responders import cases
from storage.tables import Brand, Case, Gesture, LedgerEntry, Membership, User

LEDGER_KIND = "gestures"
_YEAR = timedelta(days=365)


def offer_gesture(
    session: Session, *, case_id: int, version: int, gesture_id: str, profile: Profile, user_id: int, at: datetime
) -> Gesture:  # fmt: skip
    """Offer one of the profile's gestures on a case and enter its cost.

    Raises InvalidInput for an unknown gesture, one offered already, or a limit that is reached; AccessDenied where
    another role must agree; StaleWrite when the case changed. Nothing is changed then.
    """
    plan = _find(profile, gesture_id)
    _check_role(session, plan, cases.find(session, case_id), user_id)
    case = cases.claim(session, case_id, version)
    # One at a time for a brand, so that two people can't both take the last one.
    session.execute(select(Brand.id).where(Brand.id == case.brand_id).with_for_update())
    _check_limits(session, plan, case, profile, at)
    row = Gesture(
        brand_id=case.brand_id, case_id=case.id, kind=plan.id, micros=plan.cost.micros, currency=plan.cost.currency,
        offered_by=user_id, offered_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    entry = LedgerEntry(
        brand_id=case.brand_id, kind=LEDGER_KIND, reference=f"gesture:{row.id}", micros=plan.cost.micros,
        currency=plan.cost.currency, at=at,
    )  # fmt: skip
    session.add(entry)
    details = {"gesture": plan.id, "micros": plan.cost.micros, "currency": plan.cost.currency}
    cases.record(session, case, "gesture.offered", at=at, user_id=user_id, details=details)
    return row


def _find(profile: Profile, gesture_id: str) -> GesturePlan:
    for plan in profile.gestures:
        if plan.id == gesture_id:
            return plan
    known = ", ".join(plan.id for plan in profile.gestures) or "none"
    raise InvalidInput(f"There is no gesture “{gesture_id}”; the profile's are: {known}.")


def _check_role(session: Session, plan: GesturePlan, case: Case, user_id: int) -> None:
    if plan.approved_by is None:
        return
    user = session.get(User, user_id)
    if user is not None and (user.is_admin or plan.approved_by in _roles(session, user_id, case.brand_id)):
        return
    raise AccessDenied(f"“{plan.name}” must be offered by {plan.approved_by}; ask one of them.")


def _roles(session: Session, user_id: int, brand_id: int) -> set[Role]:
    query = select(Membership.role).where(Membership.user_id == user_id, Membership.brand_id == brand_id)
    return set(session.scalars(query))


def _check_limits(session: Session, plan: GesturePlan, case: Case, profile: Profile, at: datetime) -> None:
    mine = select(func.count(Gesture.id)).where(Gesture.brand_id == case.brand_id, Gesture.kind == plan.id)
    if session.scalar(mine.where(Gesture.case_id == case.id)):
        raise InvalidInput(f"“{plan.name}” was offered on this case already.")
    if (session.scalar(mine.where(Gesture.offered_at >= _month_start(at, profile.zone))) or 0) >= plan.monthly_limit:
        raise InvalidInput(f"“{plan.name}” was offered {plan.monthly_limit} times this month, which is its limit.")
    theirs = mine.join(Case, Case.id == Gesture.case_id).where(
        Case.person_id == case.person_id, Gesture.offered_at >= at - _YEAR
    )
    if (session.scalar(theirs) or 0) >= plan.per_person_limit:
        limit = plan.per_person_limit
        raise InvalidInput(f"This person was offered “{plan.name}” {limit} times this year, which is its limit.")


def _month_start(at: datetime, zone: ZoneInfo) -> datetime:
    local = as_utc(at).astimezone(zone)
    return as_utc(local.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
