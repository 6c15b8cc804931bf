"""What `earnest collect` does: one reading of each source that is asked for."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import NotFound
from listener.collection import CollectionReport, collect_source
from listener.intake import IntakeReport
from runtime.application import Application
from runtime.cli.brands import wanted_brands
from runtime.cli.errors import say
from runtime.cli.printing import print_table
from runtime.cli.progress import counting
from runtime.cli.working import open_application
from runtime.stages import REJECTS
from storage.tables import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reading of a source brought; `skipped` or `signal` says why it brought nothing, or not all."""

    brand: str
    source: str
    kind: str
    posts: IntakeReport
    batches: int
    skipped: str | None
    signal: str | None
    message: str | None

    @property
    def failed(self) -> bool:
        """True when the source couldn't be read to its end."""
        return self.signal is not None


def collect_sources(config: Path | None, *, brand: str | None, key: str | None, at_once: bool) -> list[Reading]:
    """Read every enabled source of the brands asked for, or the one of that key; raises NotFound for an unknown one."""
    with open_application(config, at_once=at_once) as parts, counting("Reading") as progress:
        with parts.database.read() as session:
            wanted = polled_sources(session, brand, key)
        readings = []
        for slug, source in wanted:
            report = _read(parts, source.id, force=key is not None)
            progress(f"{slug} {source.key}", report.posts.new)
            readings.append(_tell(slug, source, report))
        progress("sorting and drafting" if at_once else "done", 0)
    return readings


def show_readings(readings: list[Reading]) -> None:
    """Print a line for each reading, and on standard error what went wrong."""
    columns = ("brand", "source", "new", "known", "edited", "unmatched", "rejected", "besides", "skipped")
    rows = (
        (each.brand, each.source, each.posts.new, each.posts.known, each.posts.updated, each.posts.unmatched,
         each.posts.rejected, _besides(each.posts), each.skipped) for each in readings
    )  # fmt: skip
    print_table(f"{len(readings)} source{'' if len(readings) == 1 else 's'}", columns, rows)
    for each in readings:
        if each.failed:
            say(f"{each.brand} {each.source}: {each.message}")


def _besides(posts: IntakeReport) -> str | None:
    """Return what is counted only where there is some of it."""
    counts = {"own": posts.own, "deleted": posts.deleted, "forgotten": posts.forgotten}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or None


def polled_sources(session: Session, brand: str | None, key: str | None) -> list[tuple[str, Source]]:
    """Return brand and row of the enabled sources that are read from here; raises NotFound for an unknown key."""
    found = [
        (slug, source)
        for brand_id, slug in wanted_brands(session, brand)
        for source in session.scalars(select(Source).where(Source.brand_id == brand_id).order_by(Source.key))
    ]
    polled = [(slug, source) for slug, source in found if source.enabled and source.kind != "webhook"]
    if key is None:
        return polled
    named = [(slug, source) for slug, source in polled if source.key == key]
    if not named:
        known = ", ".join(sorted({source.key for _, source in polled})) or "none"
        raise NotFound(f"There is no source “{key}” to read; there are: {known}.")
    return named


def _read(parts: Application, source_id: int, *, force: bool) -> CollectionReport:
    return collect_source(
        parts.database, parts.jobs, parts.clock, build=parts.collectors, source_id=source_id, intake=parts.intake,
        rejects_folder=parts.loaded.data_dir / REJECTS, force=force,
    )  # fmt: skip


def _tell(slug: str, source: Source, report: CollectionReport) -> Reading:
    signal = report.signal
    return Reading(
        brand=slug, source=source.key, kind=source.kind, posts=report.posts, batches=report.batches,
        skipped=report.skipped, signal=signal.kind if signal else None, message=signal.message if signal else None,
    )  # fmt: skip
