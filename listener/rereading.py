"""Reads dead letters again, after whatever kept them from being read was mended: by the platform's reader, or as rows.

What can be read now goes through intake like anything else; what still can't stays, with the reason of this time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.posts import Batch, RawPost
from domain.time import Clock
from listener.intake import Intake, IntakeReport
from listener.reading.files import Rules, UnreadableFile, read_stream
from listener.reading.posts import Shape
from listener.rejects import write_rejects
from listener.sources import SourceView, view_source
from platforms.recordings import Answer, Reader, find_readers
from storage.database import Database
from storage.tables import DeadLetter

Readers = Mapping[str, Callable[[], Reader]]
PAGE: Final = 200
_HEAD: Final = 2**16
_ROWS: Final = frozenset({"file", "folder", "webhook", "import"})
NO_HEADER: Final = "The header of its file isn't known any more; mend the row in that file and import it again."
NO_READER: Final = "Nothing reads single posts of this kind again; when it is mended, the source brings them itself."
NO_POSTS: Final = "It holds no post."


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A dead letter as it is kept."""

    id: int
    place: str
    reason: str
    payload: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """What became of a source's dead letters: how many could be read now, and why the others couldn't."""

    source_id: int
    posts: IntakeReport = field(default_factory=IntakeReport)
    read: int = 0
    left: tuple[Letter, ...] = ()


@dataclass(frozen=True, slots=True)
class _Outcome:
    posts: tuple[RawPost, ...] = ()
    reason: str = ""


def letters_of_source(database: Database, source_id: int, *, after: int = 0, limit: int = PAGE) -> list[Letter]:
    """Return a source's dead letters that weren't replayed, oldest first, behind the one of that id."""
    query = select(
        DeadLetter.id, DeadLetter.place, DeadLetter.reason, DeadLetter.payload, DeadLetter.received_at
    ).where(DeadLetter.source_id == source_id, DeadLetter.replayed_at.is_(None), DeadLetter.id > after)
    with database.read() as session:
        rows = session.execute(query.order_by(DeadLetter.id).limit(limit)).all()
    return [Letter(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name


def reread_letters(
    database: Database, clock: Clock, intake: Intake, *, source_id: int, base: Path, rejects_folder: Path | None = None,
    everything: bool = False, readers: Readers | None = None,
) -> Reread:  # fmt: skip
    """Read a source's dead letters again, a page in a transaction; `base` is the folder that its paths count from.

    Can be killed and run again: what is saved is known by its id. `everything` keeps posts that match no query, and
    `readers` replaces those of the installed platforms. Raises NotFound for an unknown source.
    """
    view = view_source(database, intake.profiles, source_id)
    read = _reader_of(view, readers or find_readers(), base=base, now=clock.now())
    posts, good, left, after = IntakeReport(), 0, list[Letter](), 0
    while letters := letters_of_source(database, source_id, after=after):
        after = letters[-1].id
        outcomes = [(letter, read(letter)) for letter in letters]
        done = [letter.id for letter, outcome in outcomes if not outcome.reason]
        still = [(letter, outcome.reason) for letter, outcome in outcomes if outcome.reason]
        posts += _save(intake, clock, source_id, outcomes, done=done, still=still, everything=everything)
        good += len(done)
        left += [
            Letter(
                id=letter.id, place=letter.place, reason=reason, payload=letter.payload,
                received_at=letter.received_at,
            )
            for letter, reason in still
        ]  # fmt: skip
    if rejects_folder is not None and good:
        write_rejects(database, folder=rejects_folder, source_id=source_id)
    return Reread(source_id=source_id, posts=posts, read=good, left=tuple(left))


def _save(
    intake: Intake, clock: Clock, source_id: int, outcomes: Sequence[tuple[Letter, _Outcome]], *,
    done: Sequence[int], still: Sequence[tuple[Letter, str]], everything: bool,
) -> IntakeReport:  # fmt: skip
    def note(session: Session) -> None:
        session.execute(update(DeadLetter).where(DeadLetter.id.in_(done)).values(replayed_at=clock.now()))
        for letter, reason in still:
            # One that couldn't be tried keeps the reason why it couldn't be read.
            if reason not in {NO_HEADER, NO_READER}:
                session.execute(update(DeadLetter).where(DeadLetter.id == letter.id).values(reason=reason[:2_000]))

    posts = tuple(post for _, outcome in outcomes if not outcome.reason for post in outcome.posts)
    return intake.save(source_id, Batch(posts=posts), aside=True, everything=everything, extra=note)


def _reader_of(view: SourceView, readers: Readers, *, base: Path, now: datetime) -> Callable[[Letter], _Outcome]:
    if view.kind in _ROWS:
        return lambda letter: _read_row(letter, view, base=base, now=now)
    load = readers.get(view.kind)
    if load is None:
        return lambda _letter: _Outcome(reason=NO_READER)
    reader = load()
    return lambda letter: _read_item(letter, reader)


def _read_item(letter: Letter, reader: Reader) -> _Outcome:
    reading = reader(Answer(body=letter.payload.encode()))
    if reading.posts and not reading.rejects:
        return _Outcome(posts=reading.posts)
    reasons = [reject.reason for reject in reading.rejects] or [reading.note or NO_POSTS]
    return _Outcome(reason=reasons[0])


def _read_row(letter: Letter, view: SourceView, *, base: Path, now: datetime) -> _Outcome:
    name, _, _ = letter.place.rpartition(":")
    is_json = letter.payload.lstrip().startswith("{")
    head = b"" if is_json else _header_of(view, name, base=base)
    if not is_json and not head:
        return _Outcome(reason=NO_HEADER)
    shape = Shape(
        platform=view.platform, zone=view.zone, today=letter.received_at,
        columns=getattr(view.settings, "columns", {}),
    )  # fmt: skip
    rules = Rules(shape=shape, now=now, format="jsonl" if is_json else "csv", finished=True)
    try:
        body = BytesIO(head + letter.payload.encode() + b"\n")
        first = _line_of(letter, view) - bool(head)
        pages = list(read_stream(body, name=name or "row", rules=rules, first=first))
    except UnreadableFile as error:
        return _Outcome(reason=str(error))
    rejects = [reject for page in pages for reject in page.rejects]
    posts = tuple(post for page in pages for post in page.posts)
    if rejects or not posts:
        return _Outcome(reason=rejects[0].reason if rejects else NO_POSTS)
    return _Outcome(posts=posts)


def _line_of(letter: Letter, view: SourceView) -> int:
    """Return the line that a row stood on; one of a delivery has its letter's number, since deliveries count anew."""
    line = letter.place.rpartition(":")[2]
    return int(line) if view.kind != "webhook" and line.isdecimal() else letter.id


def _header_of(view: SourceView, name: str, *, base: Path) -> bytes:
    """Return the first line of the CSV file that a row came from, where that still is in its place."""
    path: str | None = getattr(view.settings, "path", None)
    if path is None:
        return b""
    place = base / path if view.kind == "file" else base / path / Path(name).name
    if not place.is_file():
        return b""
    with place.open("rb") as file:
        line: bytes = file.readline(_HEAD)
    return line if line.endswith(b"\n") else line + b"\n"
