"""Reads what was spent in a digest's week, in its month so far, and in a month that ended within the week."""

from datetime import date, datetime, time, timedelta
from typing import TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from digests.frame import Frame
from digests.material import LedgerRow
from storage.tables import LedgerEntry


class Ledger(TypedDict):
    """The sums that a digest tells money from."""

    ledger_week: tuple[LedgerRow, ...]
    ledger_month: tuple[LedgerRow, ...]
    ledger_closed: tuple[LedgerRow, ...]


def read_ledger(session: Session, frame: Frame) -> Ledger:
    """Return the sums by kind and currency, all up to the same last day."""
    month = frame.last_day.replace(day=1)
    after = frame.last_day + timedelta(days=1)
    closed = frame.closed_month
    return Ledger(
        ledger_week=_sums(session, frame, frame.week.monday, after),
        ledger_month=_sums(session, frame, month, after),
        ledger_closed=_sums(session, frame, closed, month) if closed else (),
    )


def _sums(session: Session, frame: Frame, first: date, after: date) -> tuple[LedgerRow, ...]:
    since, until = (_midnight(frame, day) for day in (first, after))
    query = (
        select(
            LedgerEntry.kind, LedgerEntry.currency, func.sum(LedgerEntry.micros), func.sum(LedgerEntry.seconds),
            func.sum(LedgerEntry.calls), func.count(),
        )
        .where(LedgerEntry.brand_id == frame.brand_id, LedgerEntry.at >= since, LedgerEntry.at < until)
        .group_by(LedgerEntry.kind, LedgerEntry.currency)
        .order_by(LedgerEntry.kind, LedgerEntry.currency)
    )  # fmt: skip
    return tuple(
        LedgerRow(kind=kind, currency=currency, micros=int(micros), seconds=int(seconds), calls=int(calls), entries=n)
        for kind, currency, micros, seconds, calls, n in session.execute(query)
    )


def _midnight(frame: Frame, day: date) -> datetime:
    return datetime.combine(day, time(), frame.profile.zone)
