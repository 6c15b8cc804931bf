"""Imports a file or a stream once, by hand: `earnest import`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.posts import Batch
from listener.intake import Intake, IntakeReport
from listener.reading.files import Rules, read_file, read_stream
from listener.reading.state import Page
from storage.database import Database
from storage.tables import Source
from storage.upserts import insert_into

KEY: Final = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How an import goes: the source it is filed under, what was saved so far, and how many rows were read."""

    source_id: int
    posts: IntakeReport
    rows: int


def import_posts(
    database: Database, intake: Intake, *, brand_id: int, pages: Iterable[Page], everything: bool = False
) -> Iterator[Step]:  # fmt: skip
    """Save page after page and yield how far it is; once more after the last.

    Killed anywhere, it can be run again: what is saved is known by its id. With `everything` a post needn't match
    one of the brand's queries.
    """
    with database.write() as session:
        source_id = ensure_source(session, brand_id=brand_id)
    done, rows = IntakeReport(), 0
    for page in pages:
        batch = Batch(posts=page.posts, rejects=page.rejects)
        done += intake.save(source_id, batch, everything=everything)
        rows += len(page.posts) + len(page.rejects)
        yield Step(source_id=source_id, posts=done, rows=rows)
    yield Step(source_id=source_id, posts=done, rows=rows)


def read_pages(file: Path | BinaryIO, *, name: str, rules: Rules) -> Iterator[Page]:
    """Yield the pages of a file, or of a stream such as standard input; raises UnreadableFile and OSError."""
    if isinstance(file, Path):
        return read_file(file, name=name, state=None, rules=rules)
    return read_stream(file, name=name, rules=rules)


def ensure_source(session: Session, *, brand_id: int) -> int:
    """Return the source that a brand's imports are filed under; it is never read by the clock."""
    row = insert_into(session, Source).values(
        brand_id=brand_id, key=KEY, kind=KEY, state="active", enabled=False, failures=0, collected=0
    )
    session.execute(row.on_conflict_do_nothing())
    return session.scalars(select(Source.id).where(Source.brand_id == brand_id, Source.key == KEY)).one()
