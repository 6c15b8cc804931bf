"""Charts as PNG with a text for who can't see them; missing weeks are drawn as gaps that say so.

No picture holds a word of a customer or a client, so fonts never lack a letter and nothing in it has to be erased.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any

from digests import words
from digests.goals import GoalLine, Point
from digests.models import mark_of, tell_models
from digests.volumes import Volumes, WeekLine

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Tell apart for colour-blind eyes, and on paper by their order: praise lies lowest, complaints highest.
INTENTS = {
    "praise": "#117733", "question": "#3d6fb4", "suggestion": "#c9982a", "other": "#a7adb0", "abstained": "#d3d6d8",
    "unsorted": "#eceeee", "complaint": "#b5352c",
}  # fmt: skip
TONES = {"positive": "#117733", "negative": "#b5352c"}
INK, QUIET, LINE, PAPER = "#1f2426", "#5a6367", "#d9d8d1", "#ffffff"
STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"], "font.size": 9, "text.color": INK, "axes.edgecolor": LINE, "axes.labelcolor": QUIET,
    "xtick.color": QUIET, "ytick.color": QUIET, "axes.spines.top": False, "axes.spines.right": False,
    "axes.spines.left": False, "xtick.major.size": 0, "ytick.major.size": 0, "hatch.color": LINE,
    "hatch.linewidth": 0.8, "figure.facecolor": PAPER, "axes.facecolor": PAPER, "savefig.facecolor": PAPER,
}  # fmt: skip

# matplotlib keeps its style in one place for the whole process.
_DRAWING = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture: its name in links, PNG bytes, what it shows in words, and its size in CSS pixels."""

    name: str
    png: bytes
    alt: str
    width: int
    height: int


def draw_intents(volumes: Volumes) -> Chart:
    """Draw the mentions of each week, stacked by intent."""
    weeks = shown_weeks(volumes)

    def draw(axes: "Axes") -> None:
        last_tops = _stack(axes, weeks)
        axes.set_yticks([])
        axes.spines["bottom"].set_visible(False)
        _label_weeks(axes, weeks)
        _mark_gaps(axes, weeks)
        _mark_models(axes, weeks)
        _label_right(axes, len(weeks) - 1 + 0.45, last_tops)

    return _render("intents", draw, width=640, height=270, alt=_intents_alt(weeks))


def draw_sentiment(volumes: Volumes) -> Chart:
    """Draw the share of positive and of negative mentions, week by week."""
    weeks = shown_weeks(volumes)

    def draw(axes: "Axes") -> None:
        ends: dict[str, tuple[float, str]] = {}
        for tone, colour in TONES.items():
            values = [_tone_share(week, tone) for week in weeks]
            _line(axes, values, colour)
            if values[-1] is not None:
                ends[f"{tone} {words.share(values[-1])}"] = (values[-1], colour)
        axes.set_ylim(0, 1)
        axes.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
        axes.grid(axis="y", color=LINE, linewidth=0.6)
        axes.set_axisbelow(True)
        _label_weeks(axes, weeks)
        _mark_gaps(axes, weeks)
        _mark_models(axes, weeks)
        _label_right(axes, len(weeks) - 1 + 0.2, ends)

    return _render("sentiment", draw, width=640, height=210, alt=_sentiment_alt(weeks))


def draw_goal(goal: GoalLine) -> Chart:
    """Draw one goal's weeks as a small line with its target; weeks without data are left out, never zero."""
    points = _shown_points(goal)
    values = [point.value for point in points]
    known = [value for value in values if value is not None]

    def draw(axes: "Axes") -> None:
        axes.axhline(goal.target, color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)))
        _line(axes, values, "#17616b", size=3)
        low, high = min([*known, goal.target]), max([*known, goal.target])
        room = (high - low or abs(high) or 1) * 0.18
        axes.set_ylim(low - room, high + room)
        axes.set_xlim(-0.4, len(values) - 0.6)
        axes.set_axis_off()
        if not known:
            axes.text(0.5, 0.25, "no data yet", transform=axes.transAxes, ha="center", color=QUIET, fontsize=8)

    told = ", ".join(f"{words.short_week(point.week)} {words.figure(point.value, goal.unit)}" for point in points)
    alt = f"{told}; the dashed line is the target, {words.figure(goal.target, goal.unit)}."
    return _render(f"goal-{goal.id}", draw, width=140, height=44, alt=alt, margins=(0.01, 0.99, 0.04, 0.96))


def shown_weeks(volumes: Volumes) -> Sequence[WeekLine]:
    """Return the weeks from the first in which anything was heard, four at least."""
    first = next((place for place, week in enumerate(volumes.weeks) if week.heard != "nothing"), len(volumes.weeks))
    return volumes.weeks[min(first, max(len(volumes.weeks) - 4, 0)) :]


def week_label(week: WeekLine) -> str:
    """Return what a week is called beside its figures: `W46`, with a star while it runs."""
    return f"{words.short_week(week.week)}{'*' if week.running else ''}"


def _shown_points(goal: GoalLine) -> Sequence[Point]:
    first = next((place for place, point in enumerate(goal.series) if point.value is not None), len(goal.series))
    return goal.series[min(first, max(len(goal.series) - 5, 0)) :]


def _stack(axes: "Axes", weeks: Sequence[WeekLine]) -> dict[str, tuple[float, str]]:
    tops = [0.0] * len(weeks)
    labels: dict[str, tuple[float, str]] = {}
    for intent, colour in INTENTS.items():
        heights = [float((week.intents or {}).get(intent, 0)) for week in weeks]
        axes.bar(range(len(weeks)), heights, bottom=tops, color=colour, width=0.72, linewidth=0.8, edgecolor=PAPER)
        if heights[-1]:
            labels[f"{words.intent(intent)} {heights[-1]:.0f}"] = (tops[-1] + heights[-1] / 2, colour)
        tops = [top + height for top, height in zip(tops, heights, strict=True)]
    highest = max(tops) or 1.0
    for place, week in enumerate(weeks):
        if week.total is not None:
            axes.text(place, tops[place] + highest * 0.02, str(week.total), ha="center", va="bottom", fontsize=9)
    axes.set_ylim(0, highest * 1.16)
    return labels


def _line(axes: "Axes", values: Sequence[float | None], colour: str, *, size: float = 4.5) -> None:
    # A missing week breaks the line: nothing is drawn through what isn't known.
    nan = float("nan")
    axes.plot(range(len(values)), [nan if value is None else value for value in values], color=colour, linewidth=1.8,
              marker="o", markersize=size, solid_capstyle="round", clip_on=False)  # fmt: skip


def _mark_gaps(axes: "Axes", weeks: Sequence[WeekLine]) -> None:
    for place, week in enumerate(weeks):
        if week.total is None:
            axes.axvspan(
                place - 0.42, place + 0.42, facecolor="#f4f3ef", edgecolor=LINE, hatch="////", linewidth=0, zorder=0
            )
            least = f"\nat least {week.heard_at_least}" if week.heard_at_least else ""
            told = f"not enough\ndata{least}" if least else "no data"
            axes.text(
                place, 0.5, told, transform=axes.get_xaxis_transform(), ha="center", va="center", fontsize=7.5,
                color=QUIET, bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 2},
            )  # fmt: skip


def _mark_models(axes: "Axes", weeks: Sequence[WeekLine]) -> None:
    for place, week in enumerate(weeks):
        if place and (told := mark_of(week)):
            axes.axvline(place - 0.5, color=QUIET, linewidth=0.9, linestyle=(0, (2, 2)))
            # Towards the middle, where there is room; a name may hold a dollar sign, which is no formula.
            left = place > len(weeks) / 2
            axes.text(
                place - (0.54 if left else 0.46), 0.99, told, transform=axes.get_xaxis_transform(), fontsize=7.5,
                color=QUIET, va="top", ha="right" if left else "left", parse_math=False,
            )  # fmt: skip


def _label_weeks(axes: "Axes", weeks: Sequence[WeekLine]) -> None:
    axes.set_xticks(range(len(weeks)), [week_label(week) for week in weeks])
    axes.set_xlim(-0.6, len(weeks) - 0.4)
    if axes.get_xticklabels():
        axes.get_xticklabels()[-1].set_fontweight("bold")


def _label_right(axes: "Axes", x: float, labels: dict[str, tuple[float, str]]) -> None:
    """Write each label beside the last week, moved apart where they would cover each other."""
    low, high = axes.get_ylim()
    least = (high - low) * 0.075
    floor = low - least
    for text, (y, colour) in sorted(labels.items(), key=lambda item: item[1][0]):
        place = max(y, floor + least)
        shade = QUIET if colour in {"#eceeee", "#d3d6d8", "#a7adb0"} else "#80601a" if colour == "#c9982a" else colour
        axes.text(x, place, text, va="center", fontsize=8.5, color=shade, clip_on=False)
        floor = place


def _render(
    name: str, draw: Callable[["Axes"], None], *, width: int, height: int, alt: str,
    margins: tuple[float, float, float, float] = (0.075, 0.82, 0.11, 0.97),
) -> Chart:  # fmt: skip
    import matplotlib as mpl  # noqa: PLC0415 - half a second that only a drawn digest needs
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with _DRAWING, mpl.rc_context(STYLE):
        figure = Figure(figsize=(width / 100, height / 100), dpi=200)
        FigureCanvasAgg(figure)
        left, right, bottom, top = margins
        axes = figure.add_axes((left, bottom, right - left, top - bottom))
        draw(axes)
        buffer = BytesIO()
        # No date or version inside: the same figures give the same picture.
        figure.savefig(buffer, format="png", metadata={"Software": None})
    return Chart(name=name, png=buffer.getvalue(), alt=alt, width=width, height=height)


def _intents_alt(weeks: Sequence[WeekLine]) -> str:
    told = "; ".join(f"{week_label(week)}: {_told(week)}" for week in weeks)
    return " ".join((f"Mentions by intent, week by week. {told}.", *tell_models(weeks)))


def _told(week: WeekLine) -> str:
    if week.intents is None:
        return f"at least {week.heard_at_least}, too little was heard" if week.heard_at_least else "no data"
    parts = [f"{count} {words.intent(intent)}" for intent, count in week.intents.items() if count]
    return f"{week.total} in all ({', '.join(parts)})" if parts else "none"


def _sentiment_alt(weeks: Sequence[WeekLine]) -> str:
    told = "; ".join(
        f"{week_label(week)}: {words.share(_tone_share(week, 'positive'))} positive, "
        f"{words.share(_tone_share(week, 'negative'))} negative"
        for week in weeks
    )
    return " ".join((f"Share of positive and negative mentions, week by week. {told}.", *tell_models(weeks)))


def _tone_share(week: WeekLine, tone: str) -> float | None:
    if week.sentiments is None:
        return None
    whole = sum(week.sentiments.values())
    return week.sentiments[tone] / whole if whole else None
