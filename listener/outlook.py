"""What each source has spent this month, and where that leads by the month's end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.brand.profile import Profile
from domain.money import Money
from listener.spending import month_of
from storage.tables import LedgerEntry, Source

# A month that is younger says nothing about its end.
YOUNGEST: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Calls and money of this month so far, by its end at this pace (None while it is too young), and the limits."""

    calls: int
    cost: Money | None
    calls_by_end: int | None
    cost_by_end: Money | None
    most_calls: int | None
    most_cost: Money | None

    @property
    def falls_short(self) -> bool:
        """Whether a limit will be met before the month ends."""
        calls = self.calls_by_end is not None and self.most_calls is not None and self.calls_by_end > self.most_calls
        cost = self.cost_by_end is not None and self.most_cost is not None
        return calls or bool(cost and self.cost_by_end.micros > self.most_cost.micros)  # type: ignore[union-attr]


def outlooks_of(session: Session, *, brand_id: int, profile: Profile, now: datetime) -> Mapping[int, Outlook]:
    """Return the outlook of each source of a brand that has made calls this month, by its id.

    A cost in another currency than the source's budget is left out of the money; its calls count.
    """
    start, end = month_of(now, profile.zone)
    query = (
        select(Source.id, Source.key, LedgerEntry.currency, func.sum(LedgerEntry.micros), func.sum(LedgerEntry.calls))
        .join(LedgerEntry, LedgerEntry.source_id == Source.id)
        .where(Source.brand_id == brand_id, LedgerEntry.brand_id == brand_id, LedgerEntry.at >= start)
        .group_by(Source.id, Source.key, LedgerEntry.currency)
    )
    growth = None if now - start < YOUNGEST else (end - start) / (now - start)
    settings = {source.id: source for source in profile.sources}
    sums: dict[int, tuple[str, int, dict[str, int]]] = {}
    for source_id, key, currency, micros, calls in session.execute(query):
        _, made, costs = sums.get(source_id, (key, 0, {}))
        sums[source_id] = key, made + int(calls), {**costs, currency: int(micros)}
    return {
        source_id: _outlook(calls, costs, growth, budget=settings[key].budget, most=settings[key].calls)
        for source_id, (key, calls, costs) in sums.items()
        if key in settings
    }


def _outlook(
    calls: int, costs: Mapping[str, int], growth: float | None, *, budget: Money | None, most: int | None
) -> Outlook:  # fmt: skip
    currency = budget.currency if budget else next((name for name, micros in costs.items() if micros), None)
    cost = Money(micros=costs.get(currency, 0), currency=currency) if currency else None
    return Outlook(
        calls=calls, cost=cost, most_calls=most, most_cost=budget,
        calls_by_end=None if growth is None else round(calls * growth),
        cost_by_end=None if growth is None or cost is None else Money(
            micros=round(cost.micros * growth), currency=cost.currency
        ),
    )  # fmt: skip
