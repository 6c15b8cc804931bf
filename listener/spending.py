"""What listening costs: one ledger entry a source, day and currency, and whether the month's budget is spent."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.money import Money
from domain.posts import Batch
from platforms.allowance import Allowance
from storage.tables import LedgerEntry
from storage.upserts import insert_into

KIND: Final = "platform_calls"


def note_spending(
    session: Session, *, brand_id: int, source_id: int, batch: Batch, zone: ZoneInfo, now: datetime
) -> None:  # fmt: skip
    """Add a batch's requests and cost to the day's entry; days begin at midnight in `zone`."""
    if not batch.requests and not batch.cost_micros:
        return
    table = LedgerEntry.__table__.c
    statement = insert_into(session, LedgerEntry).values(
        brand_id=brand_id, source_id=source_id, kind=KIND, micros=batch.cost_micros, currency=batch.currency,
        reference=f"source:{source_id}:{now.astimezone(zone).date()}:{batch.currency}", seconds=0,
        calls=batch.requests, at=now,
    )  # fmt: skip
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["brand_id", "kind", "reference"],
            set_={
                "micros": table.micros + statement.excluded.micros,
                "calls": table.calls + statement.excluded.calls,
            },
        )
    )


def allowance_of(
    session: Session, *, source_id: int, budget: Money | None, calls: int | None, zone: ZoneInfo, now: datetime
) -> Allowance:  # fmt: skip
    """Return what a source may still spend this month, in money and calls; another currency doesn't count."""
    ours = LedgerEntry.currency == (budget.currency if budget else "")
    query = select(
        func.coalesce(func.sum(LedgerEntry.micros).filter(ours), 0),
        func.coalesce(func.sum(LedgerEntry.calls), 0),
    ).where(
        LedgerEntry.source_id == source_id, LedgerEntry.at >= _month_start(now.astimezone(zone).date(), zone)
    )  # fmt: skip
    micros, made = session.execute(query).one()
    return Allowance(
        micros=max(budget.micros - int(micros), 0) if budget else None,
        calls=max(calls - int(made), 0) if calls is not None else None,
    )


def keep_half(allowance: Allowance, *, budget: Money | None, calls: int | None) -> Allowance:
    """Return what a look beside the reading may spend: half a month's limit is kept for the reading itself."""
    micros, left = allowance.micros, allowance.calls
    return Allowance(
        micros=max(micros - budget.micros // 2, 0) if budget and micros is not None else micros,
        calls=max(left - calls // 2, 0) if calls is not None and left is not None else left,
    )


def is_spent(session: Session, *, source_id: int, budget: Money | None, zone: ZoneInfo, now: datetime) -> bool:
    """Say whether a source has cost its month's budget; a cost in another currency doesn't count against it."""
    if budget is None:
        return False
    query = select(func.coalesce(func.sum(LedgerEntry.micros), 0)).where(
        LedgerEntry.source_id == source_id, LedgerEntry.currency == budget.currency,
        LedgerEntry.at >= _month_start(now.astimezone(zone).date(), zone),
    )  # fmt: skip
    spent = int(session.scalar(query) or 0)
    return 0 < spent >= budget.micros


def next_month(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant of the month after `now` in `zone`, in UTC."""
    first = now.astimezone(zone).date().replace(day=1)
    return _month_start((first + timedelta(days=32)).replace(day=1), zone)


def month_of(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of the month in `zone` that `now` lies in, and of the next, in UTC."""
    return _month_start(now.astimezone(zone).date(), zone), next_month(now, zone)


def _month_start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day.replace(day=1), time(), zone).astimezone(UTC)
