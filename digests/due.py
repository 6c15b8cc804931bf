"""Which digests are due: told from what was made, never from what day it is, so a machine that was off catches up."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.brand.reporting import DigestPlan
from config.brand.sources import Polled
from digests.building import build_digest, find_digest
from digests.mail import NOWHERE
from digests.sending import mail_of, queue_mail
from domain.errors import NotFound
from domain.states import SourceState
from domain.time import Clock, Week
from storage.database import Database
from storage.jobs import Jobs
from storage.queries.brands import current_revision
from storage.tables import Brand, BrandRevision, Digest, Source

CATCH_UP = 2
# After a start, sources get so long to be read once before a digest is made of what there is.
PATIENCE = timedelta(hours=2)
# A brand's first week needs so much of it heard to be worth a digest.
LEAST = timedelta(days=2)


def due_digests(
    session: Session, clock: Clock, *, up_since: datetime | None = None, mails: bool = True
) -> list[tuple[int, Week]]:  # fmt: skip
    """Return brands and complete weeks whose digest should be there by now and isn't made, or isn't mailed.

    At most the last two weeks of a brand, the older first. `up_since` is when this process began to work: with it,
    a brand whose sources weren't yet read since the week ended waits for them, two hours at most. `mails` says
    whether there is a mail server.
    """
    now = clock.now()
    due: list[tuple[int, Week]] = []
    # Only the digest's part of each profile is read: this is asked every minute.
    query = (
        select(Brand, BrandRevision.profile["digest"])
        .join(BrandRevision, BrandRevision.id == Brand.revision_id)
        .where(Brand.active)
        .order_by(Brand.id)
    )
    for brand, part in session.execute(query).all():
        plan, zone = DigestPlan.model_validate(part or {}), ZoneInfo(brand.time_zone)
        for week in weeks_due(plan, zone, now):
            after = week.bounds(zone)[1]
            if after < brand.created_at + LEAST or _is_done(session, brand.id, week, plan, mails=mails):
                continue
            if up_since is None or now >= up_since + PATIENCE or _is_read(session, brand.id, after):
                due.append((brand.id, week))
    return due


def weeks_due(plan: DigestPlan, zone: ZoneInfo, now: datetime) -> list[Week]:
    """Return the last two weeks whose digest's hour has come in the brand's zone, the older first."""
    this = Week.of(now, zone)
    # A digest on Monday is of the week before; one later in the week too.
    weeks = [this.shift(-back) for back in range(CATCH_UP + 1, 0, -1)]
    return [week for week in weeks if due_at(plan, zone, week) <= now][-CATCH_UP:]


def due_at(plan: DigestPlan, zone: ZoneInfo, week: Week) -> datetime:
    """Return when a week's digest is made: on the brand's weekday and hour in the week after."""
    day = week.shift(1).monday + timedelta(days=plan.weekday.number)
    return datetime.combine(day, time(plan.hour), zone).astimezone(UTC)


def make_digest(
    database: Database, jobs: Jobs, clock: Clock, *, brand_id: int, week: Week, domain: str = NOWHERE,
    mails: bool = True,
) -> Digest:  # fmt: skip
    """Build a week's digest and queue its mail: the whole of the weekly job, which may run twice."""
    digest = build_digest(database, clock, brand_id=brand_id, week=week)
    if digest.id is not None and mails:
        with database.write() as session:
            found = session.get(Digest, digest.id)
            if found is None:
                raise NotFound(f"The digest of {week} was removed while it was made; ask again.")
            queue_mail(session, jobs, digest=found, at=clock.now(), domain=domain)
    return digest


def week_number(week: Week) -> int:
    """Return a week as the number that a job carries: 202647."""
    return week.year * 100 + week.number


def week_from_number(number: int) -> Week:
    """Return the week of a job's number; raises InvalidInput for a week that never was."""
    return Week.parse(f"{number // 100}-W{number % 100:02d}")


def _is_done(session: Session, brand_id: int, week: Week, plan: DigestPlan, *, mails: bool) -> bool:
    digest = find_digest(session, brand_id=brand_id, week=week)
    if digest is None:
        return False
    return not mails or not plan.recipients or mail_of(session, digest.id) is not None


def _is_read(session: Session, brand_id: int, after: datetime) -> bool:
    """Say whether every source that is polled and works was tried since the week ended."""
    profile = current_revision(session, brand_id).profile
    polled = {source.id for source in profile.sources if isinstance(source, Polled) and not source.schedule}
    waiting = (SourceState.ACTIVE, SourceState.BACKING_OFF)
    query = select(Source.key, Source.last_tried_at).where(
        Source.brand_id == brand_id, Source.enabled, Source.state.in_(waiting), Source.last_tried_at.is_not(None)
    )
    return all(tried is None or tried >= after for key, tried in session.execute(query) if key in polled)
