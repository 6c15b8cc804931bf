"""How customers were served: what was answered and how fast, and the cases."""

from config.brand.goals import Metric
from digests.coverage import cover
from digests.frame import Frame
from digests.material import Material
from digests.metrics import Context, Measured, is_drawn, is_overdue, measure
from digests.sections import Section


class Served(Section):
    """One figure of the week beside the week before; None is missing data, `basis` says what was counted.

    `compared` is False where this week's own figure may not stand beside another.
    """

    metric: Metric
    value: float | None
    before: float | None
    basis: str
    compared: bool = True


class Service(Section):
    """Answers and cases of the week; counts of cases are as things stood at its end."""

    figures: tuple[Served, ...]
    wanting: int | None
    answered: int | None
    opened: int
    resolved: int
    open: int
    overdue: int


SHOWN = (
    Metric.ANSWERED_SHARE, Metric.MEDIAN_FIRST_RESPONSE, Metric.ON_TIME_SHARE, Metric.MEDIAN_RESOLUTION,
    Metric.RESOLVED_SHARE,
)  # fmt: skip


def compute_service(frame: Frame, material: Material, context: Context) -> Service:
    """Return the week's service figures and where the cases stand."""
    start, end = frame.bounds(frame.week)
    cases = material.cases
    known = context.coverage.known
    return Service(
        figures=tuple(_served(metric, frame, material) for metric in SHOWN),
        wanting=context.wanting() if known else None,
        answered=len(context.answered()) if known else None,
        opened=sum(1 for case in cases if start <= case.opened_at < end),
        resolved=sum(1 for case in cases if case.resolved_at is not None and start <= case.resolved_at < end),
        open=sum(1 for case in cases if case.opened_at < end and (case.resolved_at is None or case.resolved_at >= end)),
        overdue=len({clock.case_id for clock in material.clocks if is_overdue(clock, end)}),
    )


def _served(metric: Metric, frame: Frame, material: Material) -> Served:
    now = measure(metric, frame, material, frame.week)
    week_before = frame.week.shift(-1)
    before = Measured(value=None, basis="")
    compared = is_drawn(metric, cover(frame, material, frame.week))
    if compared and is_drawn(metric, cover(frame, material, week_before)):
        before = measure(metric, frame, material, week_before)
    return Served(metric=metric, value=now.value, before=before.value, basis=now.basis, compared=compared)
