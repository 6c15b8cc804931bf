"""The agreed goals: target, where we stand, where we will stand by the date."""

from datetime import date
from enum import StrEnum

from config.brand.goals import Goal, Metric, Unit
from digests.coverage import cover
from digests.forecasting import forecast
from digests.frame import Frame
from digests.material import Material
from digests.metrics import is_drawn, measure
from digests.models import caveat_of, mark_models
from digests.sections import Section

# What these count depends on how the model sorts.
_BY_THE_MODEL = frozenset({
    Metric.ANSWERED_SHARE, Metric.THANKED_SHARE, Metric.PRAISE_SHARE, Metric.COMPLAINT_SHARE, Metric.ADVOCATES,
    Metric.IDEAS,
})  # fmt: skip


class Standing(StrEnum):
    """How a goal stands, in one word."""

    REACHED = "reached"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    MISSED = "missed"
    TOO_EARLY = "too_early"
    NO_DATA = "no_data"


class Point(Section):
    """One week's value; None is missing data, never zero."""

    week: str
    value: float | None
    note: str = ""


class GoalLine(Section):
    """One goal: shares lie in 0 to 1, times are seconds."""

    id: str
    name: str
    metric: Metric
    unit: Unit
    less_is_better: bool
    target: float
    by: date
    baseline: float | None
    actual: float | None
    previous: float | None
    basis: str
    caveat: str
    forecast: float | None
    how: str
    standing: Standing
    series: tuple[Point, ...]

    @property
    def gap(self) -> float:
        """How far the actual is from the target as a share of the target; 0 when reached or unknown."""
        if self.actual is None or meets(self.actual, self.target, less_is_better=self.less_is_better):
            return 0.0
        return min(1.0, abs(self.actual - self.target) / max(abs(self.target), 1e-9))


def compute_goals(frame: Frame, material: Material) -> tuple[GoalLine, ...]:
    """Return every goal of the profile, in its order."""
    return tuple(_line(goal, frame, material) for goal in frame.profile.goals)


def _line(goal: Goal, frame: Frame, material: Material) -> GoalLine:
    metric = goal.metric
    series = tuple(_point(metric, frame, material, place) for place in range(len(frame.weeks)))
    now = measure(metric, frame, material, frame.week)
    drawn = is_drawn(metric, cover(frame, material, frame.week))
    ahead = (goal.by - frame.week.monday).days // 7
    told = forecast([point.value for point in series], weeks_ahead=ahead, unit=metric.unit)
    # A week that runs says nothing yet of a date within it.
    over = ahead < 0 if frame.partial else ahead <= 0
    return GoalLine(
        id=goal.id, name=goal.name or goal.id, metric=metric, unit=metric.unit, less_is_better=metric.less_is_better,
        target=goal.target.value, by=goal.by, baseline=goal.baseline.value if goal.baseline else None,
        actual=now.value, previous=series[-2].value if drawn and len(series) > 1 else None, basis=now.basis,
        caveat=_caveat(metric, frame, material), forecast=told.value, how=told.how, series=series,
        standing=_standing(goal, now.value, told.value, drawn=drawn, over=over),
    )  # fmt: skip


def _caveat(metric: Metric, frame: Frame, material: Material) -> str:
    coverage = cover(frame, material, frame.week)
    if not coverage.known:
        return ""
    if not is_drawn(metric, coverage):
        running = "This week isn't over." if coverage.running else ""
        return " ".join(filter(None, (coverage.note, running, "It isn't compared with other weeks.")))
    return caveat_of(mark_models(frame, material)[frame.week]) if metric in _BY_THE_MODEL else ""


def _point(metric: Metric, frame: Frame, material: Material, place: int) -> Point:
    week = frame.weeks[place]
    coverage = cover(frame, material, week)
    if not is_drawn(metric, coverage):
        return Point(week=str(week), value=None, note=coverage.note)
    measured = measure(metric, frame, material, week)
    return Point(week=str(week), value=measured.value, note="" if measured.value is not None else measured.basis)


def meets(value: float, target: float, *, less_is_better: bool) -> bool:
    """Say whether a value is as good as its target, or better."""
    return value <= target if less_is_better else value >= target


def _standing(goal: Goal, actual: float | None, to_come: float | None, *, drawn: bool, over: bool) -> Standing:
    target, less = goal.target.value, goal.metric.less_is_better
    if actual is None and to_come is None:
        return Standing.NO_DATA
    # Half a week's figure reaches and misses nothing.
    if drawn and actual is not None and meets(actual, target, less_is_better=less):
        return Standing.REACHED
    if over:
        return Standing.MISSED if drawn and actual is not None else Standing.NO_DATA
    if to_come is None:
        return Standing.TOO_EARLY
    return Standing.ON_TRACK if meets(to_come, target, less_is_better=less) else Standing.BEHIND
