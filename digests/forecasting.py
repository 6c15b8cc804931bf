"""Where a figure will stand by a date, if the weeks behind it are anything to go by; and how that was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, log
from statistics import median

from config.brand.goals import Unit

# Fewer weeks with data say nothing about the next ones.
FEWEST = 4
# A trend is believed when so many more pairs of weeks rise than fall (or the other way round).
CLEAR = 0.5
LATELY = 4
# The logarithm of ten years in seconds.
LONGEST = log(10 * 366 * 86_400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A figure to come, None where none can be told honestly; `how` is a sentence for people."""

    value: float | None
    how: str


def forecast(series: Sequence[float | None], *, weeks_ahead: int, unit: Unit) -> Forecast:
    """Return what comes `weeks_ahead` weeks after the last of `series` (oldest first, None where there is no data).

    The trend is the median of the slopes between all pairs of weeks, carried on for half as long as it was seen;
    without a clear one, the level of the latest weeks is taken to stay. Once the date is here there is nothing to
    tell: the last week's figure stands, if it has one.
    """
    if weeks_ahead <= 0:
        return _stand(series[-1] if series else None)
    known = [(place, _bend(value, unit)) for place, value in enumerate(series) if value is not None]
    if len(known) < FEWEST:
        weeks = f"{len(known)} week{'' if len(known) == 1 else 's'} with data"
        return Forecast(value=None, how=f"No forecast: {weeks}, and it takes {FEWEST}.")
    slopes = [(later[1] - earlier[1]) / (later[0] - earlier[0]) for earlier, later in combinations(known, 2)]
    level = median(value for _, value in known[-LATELY:])
    agreement = (sum(slope > 0 for slope in slopes) - sum(slope < 0 for slope in slopes)) / len(slopes)
    if abs(agreement) < CLEAR:
        how = f"No clear trend in {len(known)} weeks, so the middle of the last {min(LATELY, len(known))} is taken."
        return Forecast(value=_within(level, unit), how=how)
    # Weeks without data at the end of the series are part of the way.
    way = len(series) - 1 - known[-1][0] + weeks_ahead
    slope, ahead = median(slopes), min(way, len(known) // 2)
    middle = median(place for place, _ in known)
    value = median(value for _, value in known) + slope * (known[-1][0] + ahead - middle)
    further = " and no further" if ahead < way else ""
    how = f"The trend of {len(known)} weeks, carried on for {ahead} more{further}."
    return Forecast(value=_within(value, unit), how=how)


def _stand(value: float | None) -> Forecast:
    if value is None:
        return Forecast(value=None, how="The date is here, and this week has no figure that could stand.")
    return Forecast(value=value, how="The date is here: this week's figure stands.")


def _bend(value: float, unit: Unit) -> float:
    # Times shrink by a part of themselves, so that none is ever forecast to be nothing.
    return log(max(value, 60.0)) if unit is Unit.TIME else value


def _within(value: float, unit: Unit) -> float:
    if unit is Unit.TIME:
        return exp(min(value, LONGEST))
    return min(max(value, 0.0), 1.0) if unit is Unit.SHARE else max(value, 0.0)
