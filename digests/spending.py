"""What was spent, by kind, against the month's budget; a kind that nobody recorded says so and isn't zero."""

from calendar import monthrange
from collections.abc import Sequence
from functools import partial

from digests.frame import Frame
from digests.material import LedgerRow, Material
from digests.sections import Section

# Earnest enters these itself, so an empty ledger means that nothing was spent; the others are entered by people.
ENTERED_BY_US = frozenset({"platform_calls", "gestures"})

# A month's first days tell no pace, and neither do fewer entries of what people enter.
EARLIEST_PACE, FEWEST_ENTRIES = 7, 3


class SpendLine(Section):
    """One kind in one currency; money is micro-units, None where nothing was recorded.

    `expected` is where the month leads at this pace, None where no pace can be told yet.
    """

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
    """What was spent in the week and in the month in which it ends; `day` of `days` of that month have passed.

    `closing` has each kind of the month `closed`, which ended within the week, as it ended.
    """

    month: str
    day: int
    days: int
    lines: tuple[SpendLine, ...]
    closed: str = ""
    closing: tuple[SpendLine, ...] = ()


def compute_spending(frame: Frame, material: Material) -> Spending:
    """Return each kind of the budget, then each other kind that money or time was spent on."""
    last, closed = frame.last_day, frame.closed_month
    days = monthrange(last.year, last.month)[1]
    pace = days / last.day if last.day >= EARLIEST_PACE else None
    return Spending(
        month=f"{last:%Y-%m}", day=last.day, days=days, closed=f"{closed:%Y-%m}" if closed else "",
        lines=_lines(frame, material.ledger_week, material.ledger_month, pace),
        closing=_lines(frame, (), material.ledger_closed, None) if closed else (),
    )  # fmt: skip


def _lines(
    frame: Frame, week: Sequence[LedgerRow], month: Sequence[LedgerRow], pace: float | None
) -> tuple[SpendLine, ...]:  # fmt: skip
    budget = frame.profile.budget
    tell = partial(_line, weeks=week, months=month, pace=pace)
    lines = [tell(kind, money.currency, money.micros, known=True) for kind, money in budget.items()]
    listed = {(line.kind, line.currency) for line in lines}
    others = sorted({(row.kind, row.currency) for row in (*week, *month)} - listed)
    lines += [tell(kind, currency, None, known=kind in budget) for kind, currency in others]
    return tuple(lines)


def _line(
    kind: str, currency: str, budget: int | None, *, weeks: Sequence[LedgerRow], months: Sequence[LedgerRow],
    pace: float | None, known: bool,
) -> SpendLine:  # fmt: skip
    week, month = _find(weeks, kind, currency), _find(months, kind, currency)
    ours = kind in ENTERED_BY_US
    spent = month.micros if month else 0
    recorded = month is not None or ours
    return SpendLine(
        kind=kind, currency=currency, budget=budget,
        week=(week.micros if week else 0) if week or recorded else None,
        month=spent if recorded else None,
        expected=round(spent * pace) if pace and recorded and (ours or _has_pace(month)) else None,
        seconds=week.seconds if week else 0, calls=week.calls if week else 0,
        note=_note(currency, budget, recorded=recorded, known=known),
    )  # fmt: skip


def _has_pace(month: LedgerRow | None) -> bool:
    # What people enter once or twice a month is a fee, and not the beginning of many.
    return month is not None and month.entries >= FEWEST_ENTRIES


def _note(currency: str, budget: int | None, *, recorded: bool, known: bool) -> str:
    if not recorded:
        return "Nobody recorded any this month, so it isn't known."
    if budget is None:
        return f"In {currency}, which isn't added to the budget." if known else "No budget was agreed for it."
    return ""


def _find(rows: Sequence[LedgerRow], kind: str, currency: str) -> LedgerRow | None:
    return next((row for row in rows if row.kind == kind and row.currency == currency), None)
