"""What `earnest rejects` does: dead letters of the sources that are asked for, read again."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import NotFound
from listener.intake import IntakeReport
from listener.rereading import reread_letters
from runtime.cli.brands import wanted_brands
from runtime.cli.errors import say
from runtime.cli.progress import counting
from runtime.cli.working import open_application
from runtime.stages import REJECTS
from storage.tables import Source

SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What became of one source's dead letters; `left` are those that still can't be read, by place with the reason."""

    brand: str
    source: str
    read: int
    posts: IntakeReport
    left: dict[str, str]


def wanted_sources(session: Session, brand: str | None, key: str | None) -> list[tuple[str, str, int]]:
    """Return brand, id and row of the sources asked for; raises NotFound naming those there are."""
    found = [
        (slug, source.key, source.id)
        for brand_id, slug in wanted_brands(session, brand)
        for source in session.scalars(select(Source).where(Source.brand_id == brand_id).order_by(Source.key))
    ]
    named = [each for each in found if key in {None, each[1]}]
    if key is not None and not named:
        known = ", ".join(sorted({each[1] for each in found})) or "none"
        raise NotFound(f"There is no source “{key}”; there are: {known}.")
    return named


def reread(
    config: Path | None, *, brand: str | None, source: str | None, everything: bool, at_once: bool
) -> list[Replayed]:  # fmt: skip
    """Read the dead letters of the sources asked for; those without any are left out."""
    done = []
    with open_application(config, at_once=at_once) as parts, counting("Reading again") as progress:
        with parts.database.read() as session:
            sources = wanted_sources(session, brand, source)
        for slug, key, source_id in sources:
            report = reread_letters(
                parts.database, parts.clock, parts.intake, source_id=source_id, base=parts.loaded.root,
                rejects_folder=parts.loaded.data_dir / REJECTS, everything=everything,
            )  # fmt: skip
            progress(f"{slug} {key}", report.read)
            if report.read or report.left:
                left = {letter.place: letter.reason for letter in report.left}
                done.append(Replayed(brand=slug, source=key, read=report.read, posts=report.posts, left=left))
    return done


def show_reread(done: Sequence[Replayed]) -> None:
    """Print what could be read now; what still can't, by place, on standard error."""
    if not done:
        print("There is nothing that couldn't be read.")
    for each in done:
        print(f"{each.brand} {each.source}: {each.read} read now, {each.posts.new} of them new; {len(each.left)} left.")
        for place, reason in list(each.left.items())[:SHOWN]:
            say(f"{place}: {reason}")
        if len(each.left) > SHOWN:
            say(f"… and {len(each.left) - SHOWN} more.")
