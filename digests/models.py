"""Where the model that sorts mentions changed, week by week, and how that is told."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from digests import words
from digests.frame import Frame
from digests.material import Material, WeekRows
from domain.time import Week

# A single post that was edited and sorted again doesn't make its week the new model's.
_PART = 0.25
_LONGEST_NAME = 24


class Mark(NamedTuple):
    """What a week's mark says: `new` from here on by `model`, `anew` that it came here and sorted earlier weeks too."""

    model: str = ""
    new: bool = False
    anew: bool = False


class Marked(Protocol):
    """A week that may carry a mark."""

    @property
    def week(self) -> str:
        """The ISO week."""
        ...

    @property
    def new_model(self) -> bool:
        """Whether another model sorts from here on."""
        ...

    @property
    def sorted_anew(self) -> bool:
        """Whether a model came here that sorted the weeks before again."""
        ...

    @property
    def marked(self) -> str:
        """The model's name; empty in digests of an earlier version."""
        ...


def mark_models(frame: Frame, material: Material) -> dict[Week, Mark]:
    """Return each week's mark; most have none."""
    order = {row.model: place for place, row in enumerate(material.models)}
    marks: dict[Week, Mark] = {}
    before: str | None = None
    for week in frame.weeks:
        now = _latest(material.of(week), order)
        marks[week] = Mark()
        if now and (now != before if before else len(material.of(week).models) > 1):
            marks[week] = Mark(model=now, new=True)
        elif before and (came := _came_in(frame, material, week)) == before:
            marks[week] = Mark(model=came, anew=True)
        before = now or before
    return marks


def _latest(rows: WeekRows, order: dict[str, int]) -> str | None:
    """The model that came last of those that sorted a good part of the week."""
    whole = sum(count for _, count in rows.models)
    good = [(order.get(model, -1), count, model) for model, count in rows.models if count >= _PART * whole]
    return max(good)[2] if good else None


def _came_in(frame: Frame, material: Material, week: Week) -> str | None:
    """The last model that came in that week; the first of all came after nothing, and changed nothing."""
    start, end = frame.bounds(week)
    return next((row.model for row in reversed(material.models[1:]) if start <= row.since < end), None)


def tell_models(weeks: Sequence[Marked]) -> tuple[str, ...]:
    """Return a sentence for each mark, as it stands under the charts and in their alternative texts."""
    return tuple(_tell(week) for place, week in enumerate(weeks) if place and (week.new_model or week.sorted_anew))


def _tell(week: Marked) -> str:
    name, at = week.marked or "another model", words.short_week(week.week)
    if week.sorted_anew:
        return (
            f"In {at} the model {name} came and sorted the weeks before anew; digests sent earlier show the old ones."
        )
    return f"From {at} on {name} sorts: a jump there may be the model's and not the customers'."


def caveat_of(mark: Mark) -> str:
    """Return what is said where a week's figure stands beside the week before's; empty when one model sorted both."""
    return f"From this week on {mark.model} sorts: a jump may be the model's." if mark.new else ""


def mark_of(week: Marked) -> str:
    """Return what is written beside a mark in a chart, short; empty for a week without one."""
    if not (week.new_model or week.sorted_anew):
        return ""
    name = week.marked or "new model"
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
