"""Times for people: how long ago in few letters, and the exact time in the brand's zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_STEPS = ((_DAY * 365, "y"), (_DAY, "d"), (_HOUR, "h"), (_HOUR / 60, "min"))


def span(length: timedelta) -> str:
    """Return a length in one unit, rounded down: `3 h`, `2 d`, `now` under a minute."""
    for step, unit in _STEPS:
        if abs(length) >= step:
            return f"{abs(length) // step} {unit}"
    return "now"


def relative(instant: datetime, *, now: datetime) -> str:
    """Return `3 h ago`, `in 2 d` or `now`."""
    text = span(now - instant)
    if text == "now":
        return text
    return f"{text} ago" if instant < now else f"in {text}"


def exact(instant: datetime, zone: ZoneInfo) -> str:
    """Return a time such as `Wed 18 Nov 2026, 11:00 CET` in `zone`."""
    return instant.astimezone(zone).strftime("%a %-d %b %Y, %H:%M %Z")


def time_tag(instant: datetime | None, *, now: datetime, zone: ZoneInfo, short: bool = False) -> Markup:
    """Return a time element that shows the age, with the exact time in its title; nothing for None.

    `short` leaves out “ago” and “in”, for dense lists.
    """
    if instant is None:
        return Markup('<span class="quiet">never</span>')
    text = span(now - instant) if short else relative(instant, now=now)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        instant.isoformat(timespec="seconds"), exact(instant, zone), text
    )
