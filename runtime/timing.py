"""When a source is read: every so often, or by a schedule in the brand's zone, worked out from tables alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.brand.sources import Polled
from domain.errors import InvalidInput
from domain.states import SourceState
from storage.queries.brands import RevisionCache
from storage.tables import Brand, Source

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How one source is timed; two that are equal tick at the same moments on every machine and after every start."""

    source_id: int
    interval: timedelta
    schedule: str | None
    zone: str

    @property
    def offset(self) -> timedelta:
        """Where in its interval the source ticks, so that not all of them do at once."""
        return timedelta(seconds=(self.source_id * 7919) % max(1, int(self.interval.total_seconds())))

    def trigger(self) -> BaseTrigger:
        """Return what fires it; raises InvalidInput when the schedule names no moment."""
        if self.schedule is None:
            return IntervalTrigger(seconds=self.interval.total_seconds(), start_date=_EPOCH + self.offset, timezone=UTC)
        minute, hour, day, month, weekday = self.schedule.split()
        try:
            return CronTrigger(
                minute=minute, hour=hour, day=day, month=month, day_of_week=name_weekdays(weekday), timezone=self.zone
            )
        except ValueError:
            raise InvalidInput(
                f"The schedule “{self.schedule}” names no moment; write five fields such as 0 */2 * * *."
            ) from None

    def tick(self, at: datetime) -> int:
        """Return the number of the period in which `at` falls; a period is read once."""
        if self.schedule is not None:
            return int(at.timestamp()) // 60
        return int((at - _EPOCH - self.offset) / self.interval)


def name_weekdays(field: str) -> str:
    """Write a schedule's weekday numbers as names, since 0 and 7 are Sunday here and Monday to the library."""
    parts = []
    for part in field.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            parts.append(part)
            continue
        days = range(int(first), int(last or ("6" if slash else first)) + 1, int(step or 1))
        parts += [_DAYS[day] for day in days if day < len(_DAYS)]
    return ",".join(dict.fromkeys(parts))


def list_timings(session: Session, profiles: RevisionCache) -> list[Timing]:
    """Return the timings of every source that is polled, of brands that are active."""
    found = []
    query = (
        select(Source.id, Source.key, Source.brand_id)
        .join(Brand, Brand.id == Source.brand_id)
        .where(Brand.active, Brand.revision_id.is_not(None), Source.enabled)
        .order_by(Source.id)
    )
    for source_id, key, brand_id in session.execute(query):
        profile = profiles.current_of(session, brand_id).profile
        part = next((part for part in profile.sources if part.id == key), None)
        if isinstance(part, Polled):
            zone, interval = profile.time_zone, part.interval
            found.append(Timing(source_id=source_id, interval=interval, schedule=part.schedule, zone=zone))
    return found


def may_read(source: Source, *, at: datetime) -> bool:
    """Say whether a tick may read the source: not while it backs off or is paused.

    One that is stopped is looked at too: reading it begins by asking whether its settings were mended meanwhile.
    """
    if not source.enabled:
        return False
    if source.state in {SourceState.BACKING_OFF, SourceState.PAUSED}:
        return source.retry_at is None or source.retry_at <= at
    return True


def is_overdue(source: Source, trigger: BaseTrigger, *, at: datetime) -> bool:
    """Say whether a reading was missed, because the machine slept or was off, or there was none yet."""
    if source.last_tried_at is None:
        return True
    following = trigger.get_next_fire_time(None, source.last_tried_at + timedelta(seconds=1))
    return following is not None and following <= at
