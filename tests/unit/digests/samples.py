"""Frames and material for the digest's tests: one brand, nine weeks, everything heard unless a test says otherwise."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from config.brand.profile import Profile
from digests.coverage import cover
from digests.figures import Figures, compute_figures
from digests.frame import Frame
from digests.material import Cell, ClockRow, GapRow, Material, Said, SourceRow, SpokeRow, WeekRows
from digests.metrics import Context
from domain.labels import Intent, Sentiment
from domain.states import ClockState, SourceState
from domain.time import Week
from tests.rows import PROFILE

WEEK = Week(2026, 46)
AS_OF = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)  # the Monday after
_PLAIN = Profile.model_validate(PROFILE)
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def make_frame(*, as_of: datetime = AS_OF, **changes: Any) -> Frame:
    """Return the frame of week 46 for a brand with one file source; `changes` replace parts of its profile."""
    profile = Profile.model_validate({**PROFILE, **changes}) if changes else _PLAIN
    return Frame(brand_id=1, week=WEEK, profile=profile, as_of=as_of)


def context_of(frame: Frame, material: Material) -> Context:
    """Return the context of the digest's week."""
    return Context(frame=frame, material=material, week=WEEK, coverage=cover(frame, material, WEEK))


def cell(count: int, intent: Intent | None = Intent.PRAISE, **changes: Any) -> Cell:
    """Return a cell of mentions that are alike."""
    values: dict[str, Any] = {
        "queries": ("brand",), "platform": "x", "intent": intent, "sentiment": Sentiment.POSITIVE,
        "counted_only": False, "count": count,
    }  # fmt: skip
    return Cell(**{**values, **changes})


def make_material(frame: Frame, counts: Sequence[int] = (10,) * 9, **changes: Any) -> Material:
    """Return material with so many posts of praise in each week, the oldest first, and one source that was read."""
    weeks = tuple(
        WeekRows(week=week, cells=(cell(count),) if count else (), models=(("m1", count),) if count else ())
        for week, count in zip(frame.weeks, counts, strict=True)
    )
    values: dict[str, Any] = {
        "weeks": weeks, "brand_created_at": BEGAN, "first_posted_at": BEGAN,
        "sources": (make_source(frame),),
    }  # fmt: skip
    return Material(**{**values, **changes})


def make_source(frame: Frame, **changes: Any) -> SourceRow:
    """Return a source that was read just now."""
    values: dict[str, Any] = {
        "id": 1, "key": "inbox", "kind": "file", "state": SourceState.ACTIVE, "enabled": True,
        "last_ok_at": frame.as_of,
    }  # fmt: skip
    return SourceRow(**{**values, **changes})


def make_gap(frame: Frame, week: Week, *, hours: float, after: float = 0, **changes: Any) -> GapRow:
    """Return a gap of so many hours that begins `after` hours into a week."""
    start = frame.bounds(week)[0] + timedelta(hours=after)
    values: dict[str, Any] = {
        "source_id": 1, "started_at": start, "ended_at": start + timedelta(hours=hours), "reason": "It answered 503.",
    }  # fmt: skip
    return GapRow(**{**values, **changes})


def said(number: int, *, days: float = 1, **changes: Any) -> Said:
    """Return a post so many days into the week (negative for the week before)."""
    values: dict[str, Any] = {
        "mention_id": number, "person_id": number, "queries": ("brand",), "intent": Intent.PRAISE, "themes": ("lid",),
        "posted_at": make_frame().since + timedelta(days=days), "length": 80, "toxic": False,
        "platform": "x",
    }  # fmt: skip
    return Said(**{**values, **changes})


def spoke(person_id: int, praises: dict[int, int], complaints: dict[int, int] | None = None) -> tuple[SpokeRow, ...]:
    """Return how often somebody spoke, by how many weeks before the digest's own."""
    complained = complaints or {}
    return tuple(
        SpokeRow(
            person_id=person_id, week=WEEK.shift(-back), praises=praises.get(back, 0),
            complaints=complained.get(back, 0),
        )
        for back in sorted({*praises, *complained})
    )  # fmt: skip


def clock_row(*, started: float, due: float, stopped: float | None = None, **changes: Any) -> ClockRow:
    """Return a first-response clock; times are in hours after the week's beginning."""
    since = make_frame().since
    stop = None if stopped is None else since + timedelta(hours=stopped)
    state = ClockState.ACTIVE if stop is None else ClockState.HIT if (stopped or 0) <= due else ClockState.MISSED
    values: dict[str, Any] = {
        "case_id": 1, "kind": "first_response", "state": state, "started_at": since + timedelta(hours=started),
        "due_at": since + timedelta(hours=due), "stopped_at": stop, "paused_at": None,
        "answered": stop is not None,
    }  # fmt: skip
    return ClockRow(**{**values, **changes})


def make_figures(material: Material | None = None, *, as_of: datetime = AS_OF, **changes: Any) -> Figures:
    """Return the figures of week 46."""
    frame = make_frame(as_of=as_of, **changes)
    return compute_figures(frame, material or make_material(frame), revision=3)
