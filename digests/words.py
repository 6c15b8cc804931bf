"""Figures as people read them: shares, times, money, dates; missing data says so."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.brand.goals import Metric, Unit
from domain.money import MICROS, decimals_of
from domain.time import Week

NO_DATA = "no data"

METRICS: dict[Metric, str] = {
    Metric.ANSWERED_SHARE: "Answered",
    Metric.ON_TIME_SHARE: "Answered in the time promised",
    Metric.THANKED_SHARE: "Praise that was thanked for",
    Metric.RESOLVED_SHARE: "Cases resolved",
    Metric.PRAISE_SHARE: "Praise among what is said",
    Metric.COMPLAINT_SHARE: "Complaints among what is said",
    Metric.SHARE_OF_VOICE: "Share of voice",
    Metric.MEDIAN_FIRST_RESPONSE: "Time to the first answer (median)",
    Metric.MEDIAN_RESOLUTION: "Time to solve a case (median)",
    Metric.ADVOCATES: "Advocates",
    Metric.IDEAS: "Ideas from customers",
    Metric.CASES_OVERDUE: "Cases overdue",
}
INTENTS = {"abstained": "not sure", "unsorted": "not sorted yet"}
KINDS = {"platform_calls": "Platforms", "gestures": "Goodwill", "hours": "Hours", "agency": "Agency"}


def figure(value: float | None, unit: Unit) -> str:
    """Write a figure of a goal: `71%`, `2 h 40 min`, `12`; None is `no data`."""
    if value is None:
        return NO_DATA
    if unit is Unit.SHARE:
        return share(value)
    return duration(value) if unit is Unit.TIME else count(value)


def share(value: float | None) -> str:
    """Write a share of 0 to 1 in whole per cent, with a decimal where it is small."""
    if value is None:
        return NO_DATA
    percent = value * 100
    return f"{percent:.1f}%" if 0 < percent < 10 and round(percent, 1) != round(percent) else f"{percent:.0f}%"


def duration(seconds: float | None) -> str:
    """Write seconds as the two largest units that say something: `3 d 4 h`, `2 h 40 min`, `25 min`."""
    if seconds is None:
        return NO_DATA
    minutes = max(round(seconds / 60), 1 if seconds > 0 else 0)
    if minutes >= 24 * 60:
        days, hours = divmod(round(minutes / 60), 24)
        return f"{days} d {hours} h" if hours else f"{days} d"
    hours, left = divmod(minutes, 60)
    if hours and left:
        return f"{hours} h {left} min"
    return f"{hours} h" if hours else f"{left} min"


def count(value: float | None) -> str:
    """Write a count, without decimals where it has none."""
    if value is None:
        return NO_DATA
    return f"{value:,.0f}" if abs(value - round(value)) < 0.05 else f"{value:,.1f}"


def people(number: int) -> str:
    """Write how many people: `1 person`, `4 people`."""
    return "1 person" if number == 1 else f"{number} people"


def money(micros: int | None, currency: str) -> str:
    """Write micro-units with their currency: `1,800.00 EUR`, a small sum in full: `0.0115 USD`."""
    return "not known" if micros is None else f"{micros / MICROS:,.{decimals_of(micros)}f} {currency}"


def day(value: date | datetime, zone: ZoneInfo | None = None) -> str:
    """Write a day: `Mon 16 Nov 2026`."""
    if isinstance(value, datetime) and zone is not None:
        value = value.astimezone(zone)
    return f"{value:%a} {value.day} {value:%b %Y}"


def month(value: str) -> str:
    """Write a month, given as `2026-09`: `September 2026`."""
    return f"{date.fromisoformat(f'{value}-01'):%B %Y}"


def short_week(week: str) -> str:
    """Write a week for an axis: `W47`."""
    return week.rpartition("-")[2]


def week_name(week: Week) -> str:
    """Write a week in a title: `week 47, 2026`."""
    return f"week {week.number}, {week.year}"


def kind(name: str) -> str:
    """Return a kind of spending as people write it."""
    return KINDS.get(name, name.replace("_", " ").capitalize())


def intent(name: str) -> str:
    """Return an intent as people write it; what the model abstained on is `not sure`."""
    return INTENTS.get(name, name)


def change(now: float | None, before: float | None, unit: Unit, *, compared: bool = True) -> str:
    """Say how a figure moved against the week before: `up from 60%`, `as last week`, `last week: no data`.

    Where this week is only known in part it isn't `compared`, and that is said.
    """
    if now is None:
        return ""
    if before is None:
        return unknown_before(compared=compared)
    written, earlier = figure(now, unit), figure(before, unit)
    if written == earlier:
        return "as last week"
    return f"{'up' if now > before else 'down'} from {earlier}"


def unknown_before(*, compared: bool) -> str:
    """Say that the week before has no figure, or that this week has none that may stand beside it."""
    return "last week: no data" if compared else "not compared with last week"
