"""How much of a week was listened to: missing data is said, never taken for silence."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from config.brand.profile import Profile
from config.brand.sources import Polled
from digests.frame import Frame
from digests.material import GapRow, Material, SourceRow
from digests.sections import Section
from domain.time import Week

# Up to so much of the listening may be missing and a week still be drawn beside others.
TOLERATED = 0.1
# A source that other programs push to has no hours of its own.
PUSHED = "webhook"


class Heard(StrEnum):
    """How well a week was listened to."""

    WHOLE = "whole"
    MOSTLY = "mostly"
    IN_PART = "in_part"
    NOTHING = "nothing"


class Coverage(Section):
    """How well one week was listened to; `hours_missing` are source hours, `note` is a sentence for people.

    A `running` week isn't over: what was heard of it so far stands beside no other.
    """

    heard: Heard
    hours_missing: float = 0.0
    hours: float = 0.0
    note: str = ""
    running: bool = False

    @property
    def known(self) -> bool:
        """False where nothing at all is known of the week."""
        return self.heard is not Heard.NOTHING

    @property
    def shown(self) -> bool:
        """True where enough was heard to give figures for."""
        return self.heard in {Heard.WHOLE, Heard.MOSTLY}

    @property
    def comparable(self) -> bool:
        """True where the week may be compared with others."""
        return self.shown and not self.running


class Outage(Section):
    """How long one source couldn't be read within a week, and why; it may be switched `off` since."""

    source: str
    hours: float
    reason: str
    still: bool
    off: bool = False


def cover(frame: Frame, material: Material, week: Week) -> Coverage:
    """Return how well `week` was listened to, by its sources' gaps and by when listening began."""
    heard = _cover(frame, material, week)
    return heard.model_copy(update={"running": True}) if frame.is_running(week) else heard


def _cover(frame: Frame, material: Material, week: Week) -> Coverage:
    start, end = frame.bounds(week)
    counted = sum(cell.count for cell in material.of(week).cells)
    began = material.began_at
    if end <= start or (not counted and (began is None or end <= began)):
        return Coverage(heard=Heard.NOTHING, note="Nobody listened yet.")
    read = [source for source in material.sources if _was_read(source, material.gaps, start)]
    if not read and not counted:
        return Coverage(heard=Heard.NOTHING, note="No source was ever read.")
    if _began_late(material, start, end):
        return Coverage(heard=Heard.IN_PART, note="Listening began in the middle of this week.")
    hours = sum(_hours(_ending(source, end) - start) for source in read)
    missing = sum(_hours(_length(missing_spans(frame, material, source, start, end))) for source in read)
    return _judge(missing, hours)


def _judge(missing: float, hours: float) -> Coverage:
    share = missing / hours if hours else 0.0
    if share >= 0.999:
        return Coverage(heard=Heard.NOTHING, hours_missing=missing, hours=hours, note="No source could be read.")
    if missing < 0.05:
        return Coverage(heard=Heard.WHOLE, hours=hours)
    heard = Heard.MOSTLY if share <= TOLERATED else Heard.IN_PART
    note = f"{missing:.0f} of {hours:.0f} source hours are missing."
    return Coverage(heard=heard, hours_missing=round(missing, 2), hours=round(hours, 2), note=note)


def outages(frame: Frame, material: Material, week: Week) -> tuple[Outage, ...]:
    """Return for each source how long it couldn't be read within `week`, the longest first."""
    start, end = frame.bounds(week)
    found = []
    for source in material.sources:
        if not _was_read(source, material.gaps, start):
            continue
        spans = missing_spans(frame, material, source, start, end)
        if spans:
            reason, still = _why(source, material.gaps, start, end)
            found.append(
                Outage(
                    source=source.key, hours=round(_hours(_length(spans)), 2), reason=reason,
                    still=still and source.enabled, off=not source.enabled,
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda outage: (-outage.hours, outage.source)))


def missing_spans(
    frame: Frame, material: Material, source: SourceRow, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:  # fmt: skip
    """Return the stretches between `start` and `end` in which a source wasn't read, merged and in order."""
    end = _ending(source, end)
    spans = [(gap.started_at, gap.ended_at or end) for gap in material.gaps if gap.source_id == source.id]
    last = source.last_ok_at if source.kind != PUSHED else None
    if last is not None and end - last > patience_of(frame.profile, source.key):
        # Not read to the week's end, whatever the reason: nobody knows what was said there.
        spans.append((last, end))
    return _merge((max(first, start), min(last, end)) for first, last in spans)


def patience_of(profile: Profile, key: str) -> timedelta:
    """Return how long a source may go unread before that counts as a gap: thrice its interval, an hour at least."""
    for source in profile.sources:
        if source.id == key and isinstance(source, Polled):
            return timedelta(days=8) if source.schedule else max(timedelta(hours=1), 3 * source.interval)
    return timedelta(hours=1)


def _merge(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for first, last in sorted(span for span in spans if span[0] < span[1]):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _was_read(source: SourceRow, gaps: Sequence[GapRow], start: datetime) -> bool:
    # Switching a source off doesn't undo what it missed while it was on.
    on = source.enabled or (source.disabled_at is not None and source.disabled_at > start)
    return on and (source.last_ok_at is not None or any(gap.source_id == source.id for gap in gaps))


def _ending(source: SourceRow, end: datetime) -> datetime:
    return end if source.enabled or source.disabled_at is None else min(end, source.disabled_at)


def _began_late(material: Material, start: datetime, end: datetime) -> bool:
    # Posts from before the brand was set up were brought in, so the week was heard from the first of them on.
    known = [at for at in (material.first_posted_at, material.began_at) if at is not None]
    return bool(known) and start + timedelta(days=1) < min(known) < end


def _why(source: SourceRow, gaps: Sequence[GapRow], start: datetime, end: datetime) -> tuple[str, bool]:
    mine = [
        gap for gap in gaps
        if gap.source_id == source.id and gap.started_at < end and (gap.ended_at is None or gap.ended_at > start)
    ]  # fmt: skip
    if not mine:
        until = "the end of the week" if source.enabled else "when it was switched off"
        return f"It wasn't read until {until}.", True
    return mine[-1].reason, any(gap.ended_at is None for gap in mine)


def _length(spans: Sequence[tuple[datetime, datetime]]) -> timedelta:
    return sum((last - first for first, last in spans), timedelta())


def _hours(length: timedelta) -> float:
    return length.total_seconds() / 3600
