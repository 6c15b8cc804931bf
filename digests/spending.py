"""What was spent, by kind, against the month's budget; a kind that nobody recorded says so and isn't zero."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import timedelta

from digests.frame import Frame
from digests.material import LedgerRow, Material
from digests.sections import Section

# Earnest enters these itself, so an empty ledger means that nothing was spent; the others are entered by people.
ENTERED_BY_US = frozenset({"platform_calls", "gestures"})


class SpendLine(Section):
    """One kind in one currency; money is micro-units, None where nothing was recorded."""

    kind: str
    currency: str
    week: int | None
    month: int | None
    budget: int | None
    expected: int | None
    seconds: int = 0
    calls: int = 0
    note: str = ""

    @property
    def over(self) -> bool:
        """True when the month's budget is spent, or will be at this pace."""
        ahead = max(self.expected or 0, self.month or 0)
        return self.budget is not None and ahead > self.budget

    @property
    def share(self) -> float | None:
        """How much of the month's budget is spent; None without a budget or a record."""
        if self.budget in {None, 0} or self.month is None:
            return None
        return self.month / (self.budget or 1)


class Spending(Section):
    """What was spent in the week and in the month in which it ends; `day` of `days` of that month have passed."""

    month: str
    day: int
    days: int
    lines: tuple[SpendLine, ...]


def compute_spending(frame: Frame, material: Material) -> Spending:
    """Return each kind of the budget, then each other kind that money or time was spent on."""
    last = min(frame.week.monday + timedelta(days=6), frame.as_of.astimezone(frame.profile.zone).date())
    days = monthrange(last.year, last.month)[1]
    pace = days / last.day
    budget = frame.profile.budget
    lines = [
        _line(kind, money.currency, money.micros, material, pace, known=True) for kind, money in budget.items()
    ]  # fmt: skip
    listed = {(line.kind, line.currency) for line in lines}
    others = sorted({(row.kind, row.currency) for row in material.ledger_month} - listed)
    lines += [_line(kind, currency, None, material, pace, known=kind in budget) for kind, currency in others]
    return Spending(month=f"{last:%Y-%m}", day=last.day, days=days, lines=tuple(lines))


def _line(
    kind: str, currency: str, budget: int | None, material: Material, pace: float, *, known: bool
) -> SpendLine:  # fmt: skip
    week = _find(material.ledger_week, kind, currency)
    month = _find(material.ledger_month, kind, currency)
    recorded = month is not None or kind in ENTERED_BY_US
    spent = month.micros if month else 0
    return SpendLine(
        kind=kind, currency=currency, budget=budget,
        week=(week.micros if week else 0) if recorded else None,
        month=spent if recorded else None,
        expected=round(spent * pace) if recorded else None,
        seconds=week.seconds if week else 0, calls=week.calls if week else 0,
        note=_note(currency, budget, recorded=recorded, known=known),
    )  # fmt: skip


def _note(currency: str, budget: int | None, *, recorded: bool, known: bool) -> str:
    if not recorded:
        return "Nobody recorded any this month, so it isn't known."
    if budget is None:
        return f"In {currency}, which isn't added to the budget." if known else "No budget was agreed for it."
    return ""


def _find(rows: Sequence[LedgerRow], kind: str, currency: str) -> LedgerRow | None:
    return next((row for row in rows if row.kind == kind and row.currency == currency), None)
