"""What each goal is measured by, for any one week: a value, or None with the reason why there is none."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from config.brand.goals import Metric
from digests.advocacy import advocates_in
from digests.coverage import Coverage, cover
from digests.frame import TELLING, Frame
from digests.material import Answer, Cell, ClockRow, Material
from domain.labels import Intent
from domain.states import ClockState
from domain.time import Week

RESPONSES = frozenset({"first_response", "next_response"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One metric in one week; `basis` says what it was counted from, or why there is no value."""

    value: float | None
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One week of one brand's material."""

    frame: Frame
    material: Material
    week: Week
    coverage: Coverage

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The week's first instant and the first after it."""
        return self.frame.bounds(self.week)

    @property
    def seen_at(self) -> datetime:
        """When the week is judged."""
        return self.frame.seen_at(self.week)

    @property
    def own(self) -> list[Cell]:
        """The week's mentions that are about the brand."""
        return [cell for cell in self.material.of(self.week).cells if self.frame.is_own(cell.queries)]

    def count(self, intents: Collection[Intent]) -> int:
        """Return how many mentions about the brand have one of these intents."""
        return sum(cell.count for cell in self.own if cell.intent in intents)

    def wanting(self, intents: Collection[Intent] = TELLING) -> int:
        """Return how many mentions deserved an answer."""
        return sum(cell.count for cell in self.own if cell.intent in intents and self.frame.wants_answer(cell))

    def answered(self, intents: Collection[Intent] = TELLING) -> list[Answer]:
        """Return those that deserved an answer and had one when the week is judged."""
        answers = self.material.of(self.week).answers
        wants = self.frame.wants_answer
        return [a for a in answers if a.intent in intents and wants(a) and a.sent_at <= self.seen_at]


def measure(metric: Metric, frame: Frame, material: Material, week: Week) -> Measured:
    """Return `metric` in `week`; no value where nobody listened or there was nothing to measure."""
    coverage = cover(frame, material, week)
    if not coverage.known:
        return Measured(value=None, basis=f"No data: {coverage.note}")
    return _WAYS[metric](Context(frame=frame, material=material, week=week, coverage=coverage))


def is_drawn(metric: Metric, coverage: Coverage) -> bool:
    """Say whether a week's value may stand beside others: counts and shares of what was heard need most of a week.

    None may while the week runs.
    """
    return coverage.comparable or (metric in _OF_OUR_WORK and coverage.known and not coverage.running)


# What these measure happens at the desk, so a gap in listening doesn't bend them.
_OF_OUR_WORK = frozenset({
    Metric.ON_TIME_SHARE, Metric.RESOLVED_SHARE, Metric.MEDIAN_RESOLUTION, Metric.CASES_OVERDUE, Metric.ADVOCATES,
})  # fmt: skip


def _share(part: int, whole: int, what: str) -> Measured:
    if not whole:
        return Measured(value=None, basis=f"No {what} this week.")
    return Measured(value=part / whole, basis=f"{part} of {whole} {what}")


def _answered_share(week: Context) -> Measured:
    return _share(len(week.answered()), week.wanting(), "mentions that deserved an answer")


def _thanked_share(week: Context) -> Measured:
    praise = {Intent.PRAISE}
    return _share(len(week.answered(praise)), week.wanting(praise), "posts of praise")


def _praise_share(week: Context) -> Measured:
    return _share(week.count({Intent.PRAISE}), week.count(TELLING), "mentions that say something")


def _complaint_share(week: Context) -> Measured:
    return _share(week.count({Intent.COMPLAINT}), week.count(TELLING), "mentions that say something")


def _on_time_share(week: Context) -> Measured:
    judged = [kept for kept in (_was_kept(clock, week.seen_at) for clock in _responses(week)) if kept is not None]
    return _share(sum(judged), len(judged), "answers promised in cases")


def _responses(week: Context) -> list[ClockRow]:
    start, end = week.span
    return [c for c in week.material.clocks if is_promise(c) and start <= c.started_at < end]


def is_promise(clock: ClockRow) -> bool:
    """Say whether a clock promises an answer; nobody is promised one who asked not to be contacted."""
    return clock.kind in RESPONSES and not clock.opted_out


def _was_kept(clock: ClockRow, at: datetime) -> bool | None:
    """Say whether an answer came in time as things stood `at`; None while that is open.

    A case that was closed without a reply had no answer, however soon it was closed.
    """
    if clock.answered and clock.stopped_at is not None and clock.stopped_at <= at:
        return clock.state is ClockState.HIT
    late = clock.due_at < at and clock.paused_at is None
    return False if late else None


def is_overdue(clock: ClockRow, at: datetime) -> bool:
    """Say whether a clock had run out `at` and nobody had stopped it."""
    waits = clock.stopped_at is None or clock.stopped_at > at
    return waits and clock.paused_at is None and clock.due_at < at


def _cases_overdue(week: Context) -> Measured:
    overdue = {clock.case_id for clock in week.material.clocks if is_overdue(clock, week.span[1])}
    return Measured(value=float(len(overdue)), basis="cases with a clock that ran out, at the end of the week")


def _resolved_share(week: Context) -> Measured:
    start, end = week.span
    living = [c for c in week.material.cases if c.opened_at < end and (c.resolved_at is None or c.resolved_at >= start)]
    done = [case for case in living if case.resolved_at is not None and case.resolved_at < end]
    return _share(len(done), len(living), "cases that were open at some time in the week")


def _median_resolution(week: Context) -> Measured:
    start, end = week.span
    times = [c.resolved_at - c.opened_at for c in week.material.cases if c.resolved_at and start <= c.resolved_at < end]
    return _median([time.total_seconds() for time in times], "case resolved", "cases resolved")


def _median_first_response(week: Context) -> Measured:
    times = [max(0.0, (answer.sent_at - answer.posted_at).total_seconds()) for answer in week.answered()]
    how = "from the post to the first answer by the clock on the wall"
    return _median(times, f"answer, {how}", f"answers, {how}")


def _median(values: Sequence[float], one: str, several: str) -> Measured:
    if not values:
        return Measured(value=None, basis=f"No {several.partition(',')[0]} this week.")
    return Measured(
        value=float(median(values)), basis=f"median of {len(values)} {one if len(values) == 1 else several}"
    )


def _share_of_voice(week: Context) -> Measured:
    if not week.frame.rivals:
        return Measured(value=None, basis="No rival is listened for, so there is no share.")
    counts = voices(week.frame, week.material, week.week)
    ours = counts[week.frame.profile.name]
    return _share(ours, sum(counts.values()), "mentions of the brand and its rivals")


def voices(frame: Frame, material: Material, week: Week) -> dict[str, int]:
    """Return how often the brand and each rival were mentioned in a week, the brand first."""
    counts = dict.fromkeys((frame.profile.name, *sorted(set(frame.rivals.values()))), 0)
    for cell in material.of(week).cells:
        if frame.is_own(cell.queries):
            counts[frame.profile.name] += cell.count
        for rival in {frame.rivals[name] for name in cell.queries if name in frame.rivals}:
            counts[rival] += cell.count
    return counts


def _advocates(week: Context) -> Measured:
    count = len(advocates_in(week.material, week.week))
    return Measured(value=float(count), basis="people who praise again and again, at the end of the week")


def _ideas(week: Context) -> Measured:
    start, end = week.span
    count = sum(1 for idea in week.material.ideas if start <= idea.posted_at < end)
    return Measured(value=float(count), basis="ideas that customers had in the week")


_WAYS: dict[Metric, Callable[[Context], Measured]] = {
    Metric.ANSWERED_SHARE: _answered_share,
    Metric.ON_TIME_SHARE: _on_time_share,
    Metric.THANKED_SHARE: _thanked_share,
    Metric.RESOLVED_SHARE: _resolved_share,
    Metric.PRAISE_SHARE: _praise_share,
    Metric.COMPLAINT_SHARE: _complaint_share,
    Metric.SHARE_OF_VOICE: _share_of_voice,
    Metric.MEDIAN_FIRST_RESPONSE: _median_first_response,
    Metric.MEDIAN_RESOLUTION: _median_resolution,
    Metric.ADVOCATES: _advocates,
    Metric.IDEAS: _ideas,
    Metric.CASES_OVERDUE: _cases_overdue,
}
