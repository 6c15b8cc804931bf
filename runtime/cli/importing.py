"""What `earnest import` does: a file or standard input, read page by page into the desk."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from config.brand.profile import Profile
from domain.errors import InvalidInput
from listener.importing import Step, import_posts, read_pages
from listener.intake import IntakeReport
from listener.reading.files import Rules, UnreadableFile
from listener.reading.posts import METRICS, NAMES, Shape
from listener.reading.state import Page
from listener.rejects import file_name, write_rejects
from runtime.application import Application
from runtime.cli.errors import say
from runtime.cli.progress import counting
from runtime.cli.working import open_application
from runtime.stages import REJECTS
from storage.queries.brands import find_brand

STDIN = "stdin"
# So many bad rows are named to people, and to programs; all of them stand in the rejects file.
SHOWN, KEPT = 20, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What became of a file's rows; `rejects` names the bad ones and `files` holds them."""

    file: str
    brand: str
    rows: int
    posts: IntakeReport
    rejects: list[dict[str, str]]
    files: list[str]
    sorted: bool

    @property
    def failed(self) -> bool:
        """True when there were rows and none of them could be read."""
        return self.rows > 0 and self.posts.rejected == self.rows


def import_file(
    config: Path | None, *, file: str, brand: str, platform: str, columns: Sequence[str], everything: bool,
    at_once: bool,
) -> Import:  # fmt: skip
    """Import a file, or standard input when it is called -; raises InvalidInput when it can't be read as posts."""
    names = _read_columns(columns)
    with open_application(config, at_once=at_once) as parts:
        with parts.database.read() as session:
            brand_id = find_brand(session, brand).id
        rules = _rules(parts, parts.profiles.current(brand_id).profile, platform=platform, columns=names)
        rejects: list[dict[str, str]] = []
        step = _save(parts, _note(_open(file, rules), rejects), brand_id=brand_id, everything=everything)
        files = write_rejects(parts.database, folder=parts.loaded.data_dir / REJECTS, source_id=step.source_id)
    return Import(
        file=file, brand=brand, rows=step.rows, posts=step.posts, rejects=rejects, sorted=at_once,
        files=[str(path) for path in files if path.name == file_name(_name_of(file))] if step.posts.rejected else [],
    )  # fmt: skip


def show_import(done: Import) -> None:
    """Print what became of the rows; the bad ones, by line, on standard error."""
    for reject in done.rejects[:SHOWN]:
        say(f"{reject['place']}: {reject['reason']}")
    if done.posts.rejected > SHOWN:
        say(f"… and {done.posts.rejected - SHOWN} more.")
    posts = done.posts
    print(f"{done.rows} rows read: {posts.new} new, {posts.known} known, {posts.updated} updated.")
    if posts.own:
        print(f"{posts.own} are the brand's own posts, kept as replies.")
    if posts.unmatched:
        print(f"{posts.unmatched} matched none of the brand's queries; --everything takes those too.")
    for path in done.files:
        print(f"{posts.rejected} bad rows were set aside; mend them in {done.file} and import it again (list: {path}).")
    if posts.new and not done.sorted:
        print("They are sorted and drafted by earnest run; an import with --now does it at once.")
    elif posts.known and done.sorted and not posts.new:
        print("Those that are known and still wait to be sorted are sorted by earnest run.")


def _read_columns(columns: Sequence[str]) -> dict[str, str]:
    known = {*NAMES, *METRICS}
    names: dict[str, str] = {}
    for column in columns:
        ours, equals, theirs = column.partition("=")
        if not equals or ours not in known or not theirs:
            raise InvalidInput(
                f"--column {column} can't be read; write ours=theirs with one of {', '.join(sorted(known))}."
            )
        names[ours] = theirs
    return names


def _rules(parts: Application, profile: Profile, *, platform: str, columns: dict[str, str]) -> Rules:
    now = parts.clock.now()
    shape = Shape(platform=platform, zone=profile.zone, today=now, columns=columns)
    return Rules(shape=shape, now=now, finished=True)


def _name_of(file: str) -> str:
    return STDIN if file == "-" else Path(file).name


def _open(file: str, rules: Rules) -> Iterator[Page]:
    """Yield a file's pages; as a stream, so that rows from the future don't wait for a next reading."""
    name = _name_of(file)
    with ExitStack() as stack:
        stream: BinaryIO
        if file == "-":
            stream = sys.stdin.buffer
        else:
            path = Path(file)
            if not path.is_file():
                raise InvalidInput(f"There is no file {path}; name a CSV or JSON Lines file, or - for standard input.")
            stream = stack.enter_context(path.open("rb"))
        try:
            yield from read_pages(stream, name=name, rules=rules)
        except UnreadableFile as error:
            raise InvalidInput(str(error)) from None
        except OSError as error:
            raise InvalidInput(f"{name} can't be read: {error.strerror}; check the file and its rights.") from None


def _save(parts: Application, pages: Iterator[Page], *, brand_id: int, everything: bool) -> Step:
    with counting("Importing") as progress:
        done = 0
        for step in import_posts(parts.database, parts.intake, brand_id=brand_id, pages=pages, everything=everything):
            progress("rows", step.rows - done)
            done = step.rows
    return step


def _note(pages: Iterator[Page], rejects: list[dict[str, str]]) -> Iterator[Page]:
    """Yield the pages, and remember where the first bad rows stood and why."""
    for page in pages:
        room = KEPT - len(rejects)
        rejects += [{"place": reject.place, "reason": reject.reason} for reject in page.rejects[:room]]
        yield page
