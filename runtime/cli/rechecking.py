"""What `earnest recheck` does: one look at the posts of each source that can be asked, now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from listener.rechecks import RecheckReport, Wish, recheck_source
from platforms.registry import capabilities_of
from runtime.cli.collecting import polled_sources
from runtime.cli.errors import say
from runtime.cli.printing import print_table
from runtime.cli.progress import counting
from runtime.cli.working import open_application
from runtime.stages import beside
from storage.tables import Source

LATELY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at a source's posts brought; `skipped` or `signal` says why not all were asked about."""

    brand: str
    source: str
    kind: str
    asked: int
    deleted: int
    edited: int
    skipped: str | None
    signal: str | None
    message: str | None


def recheck_sources(
    config: Path | None, *, brand: str | None, key: str | None, everything: bool, at_once: bool
) -> list[Look]:  # fmt: skip
    """Ask about the posts of the sources asked for, or of the one of that key; raises NotFound for an unknown one."""
    looks = []
    with open_application(config, at_once=at_once) as parts, counting("Looking") as progress:
        with parts.database.read() as session:
            wanted = polled_sources(session, brand, key)
        before = parts.clock.now() - (timedelta() if everything else LATELY)
        for slug, source in wanted:
            wish = Wish(
                before=before, at_once=key is not None, progress=partial(progress, f"{slug} {source.key}")
            )  # fmt: skip
            report = recheck_source(
                parts.database, parts.clock, build=beside(parts), source_id=source.id, intake=parts.intake, wish=wish
            )  # fmt: skip
            if key is not None or report.asked or _can_be_asked(source):
                looks.append(_tell(slug, source, report))
        progress("sorting and drafting" if at_once else "done", 0)
    return looks


def show_looks(looks: Sequence[Look], *, everything: bool) -> None:
    """Print a line for each source, and on standard error what stopped a look."""
    if not looks:
        print("There is no source whose platform can be asked about posts again.")
        return
    columns = ("brand", "source", "asked", "deleted", "edited", "stopped by")
    rows = (
        (each.brand, each.source, each.asked, each.deleted, each.edited, each.skipped or each.signal) for each in looks
    )  # fmt: skip
    print_table(f"{len(looks)} source{'' if len(looks) == 1 else 's'}", columns, rows)
    for each in looks:
        if each.message:
            say(f"{each.brand} {each.source}: {each.message}")
    if not everything and not any(each.asked or each.skipped or each.signal for each in looks):
        print("Every post was looked at within the hour; with --all they are looked at again.")


def _can_be_asked(source: Source) -> bool:
    return capabilities_of(source.kind).delete_sync is not None


def _tell(slug: str, source: Source, report: RecheckReport) -> Look:
    signal = report.signal
    return Look(
        brand=slug, source=source.key, kind=source.kind, asked=report.asked, deleted=report.posts.deleted,
        edited=report.posts.updated, skipped=report.skipped, signal=signal.kind if signal else None,
        message=signal.message if signal else None,
    )  # fmt: skip
