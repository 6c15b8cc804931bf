"""The brands: stored as they stand in their files, their sources read, and a way out for what is approved."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config.brand.listening import Answering
from config.brand.profile import Profile
from config.durations import format_duration
from config.loading import Loaded
from domain.errors import EarnestError
from domain.states import SourceState
from domain.time import SystemClock
from listener.context import find_factories as find_collectors
from listener.notices import list_untold
from listener.overdue import count_overdue
from platforms.registry import capabilities_of
from responders.gate import account_for
from responders.publishers.installed import find_factories as find_publishers
from runtime.cli.checkups.finding import Finding, note, warning, well, wrong
from runtime.cli.checkups.storage import is_worked_on
from storage.database import Database
from storage.migration import Version, version
from storage.queries.brands import current_revision
from storage.tables import Brand, Source

# Not polled: what comes by itself, and what people bring.
_PASSIVE = {"webhook", "import"}
_QUIET = timedelta(days=2)


def look_at_brands(loaded: Loaded) -> list[Finding]:
    """Look at every brand of the settings; says nothing of a database that the look at storage complained of."""
    try:
        database = Database(loaded.database_url)
    except EarnestError:
        return []
    try:
        if version(database) is not Version.CURRENT:
            return []
        works, to_file = is_worked_on(database), loaded.settings.outbox.to == "file"
        with database.read() as session:
            return [
                *_look_for_orphans(session, loaded),
                *(
                    finding
                    for slug, brand in loaded.brands.items()
                    for finding in _look(session, slug, brand.profile, to_file=to_file, works=works)
                ),
            ]
    except SQLAlchemyError:
        return []
    finally:
        database.close()


def _look_for_orphans(session: Session, loaded: Loaded) -> Iterator[Finding]:
    query = select(Brand.slug).where(Brand.active, Brand.slug.not_in(list(loaded.brands))).order_by(Brand.slug)
    for slug in session.scalars(query) if loaded.brands else ():
        yield warning(
            "brands", f"{slug} has no file any more, and is listened for still.",
            "Put its file back, or run: earnest config apply",
        )  # fmt: skip


def _look(
    session: Session, slug: str, profile: Profile, *, to_file: bool, works: bool | None
) -> Iterator[Finding]:  # fmt: skip
    brand = session.scalars(select(Brand).where(Brand.slug == slug)).one_or_none()
    if brand is None or brand.revision_id is None:
        yield wrong(slug, "Its profile isn't stored yet.", "Run: earnest config apply")
        return
    stored = current_revision(session, brand.id)
    if stored.profile != profile:
        mend = "Run: earnest config apply, or earnest config export if the desk's edits are the right ones."
        yield warning(slug, f"Its file differs from revision {stored.number}, which is in force.", mend)
    else:
        yield well(slug, f"Revision {stored.number} is in force, as it stands in its file.")
    for source in session.scalars(select(Source).where(Source.brand_id == brand.id, Source.enabled)):
        yield _look_at_source(slug, source, works=works)
        if overdue := count_overdue(session, source, stored.profile, now=SystemClock().now()):
            yield _tell_overdue(slug, source, overdue, works=works)
    for untold in list_untold(session, brand_id=brand.id):
        told = f"It wasn't told of {untold.posts} erased posts since {untold.since:%Y-%m-%d %H:%M} UTC: {untold.error}"
        yield warning(f"{slug} webhook {untold.webhook}", told, "It is told again for a week.")
    yield from _look_at_ways_out(slug, profile, to_file=to_file)


def _look_at_source(slug: str, source: Source, *, works: bool | None) -> Finding:
    about = f"{slug} {source.key}"
    if source.kind not in _PASSIVE and source.kind not in find_collectors():
        return wrong(about, f"No collector is called “{source.kind}”.", "Install the plug-in that brings it.")
    if source.state is SourceState.STOPPED:
        return wrong(
            about, f"Stopped: {source.last_error}", f"Mend it, then: earnest collect -b {slug} -s {source.key}"
        )
    if source.state is not SourceState.ACTIVE:
        how = "It couldn't be read" if source.state is SourceState.BACKING_OFF else "It is paused"
        told = f"{how}: {source.last_error}"
        return warning(about, told, "" if "tried again" in told else "It is tried again by itself.")
    if source.last_ok_at is None:
        return note(about, "It was never read yet.")
    ago = SystemClock().now() - source.last_ok_at
    if source.kind not in _PASSIVE and ago > _QUIET:
        mend = f"To see why, run: earnest collect -b {slug} -s {source.key}" if works else _ask_for_run(works)
        return note(about, f"Last read {ago.days} days ago.", mend)
    return well(about, f"Last read {source.last_ok_at:%Y-%m-%d %H:%M} UTC; {source.collected} mentions so far.")


def _ask_for_run(works: bool | None) -> str:
    return "Is earnest run running?" if works is None else "Start it with: earnest run"


def _tell_overdue(slug: str, source: Source, overdue: int, *, works: bool | None) -> Finding:
    within = format_duration(capabilities_of(source.kind).deleted_within)
    told = f"{overdue} posts weren't looked at again within {within}, so a deletion may be missed."
    why = source.recheck_error or (source.last_error if source.state is not SourceState.ACTIVE else None)
    if why:
        return warning(f"{slug} {source.key}", f"{told} {why}", "Mend that, or shorten the source's recheck.")
    mend = "If that stays so, shorten the source's recheck." if works else _ask_for_run(works)
    return warning(f"{slug} {source.key}", told, mend)


def _look_at_ways_out(slug: str, profile: Profile, *, to_file: bool) -> Iterator[Finding]:
    if to_file:
        yield note(slug, "What is approved is written into outbox.jsonl and goes to no platform (outbox.to: file).")
        return
    for platform, use in profile.platforms.items():
        if use.answer is not Answering.REVIEWED:
            continue
        if account_for(profile, platform) is None:
            mend = "Add one under accounts, or write answer: by_hand."
            yield warning(
                f"{slug} {platform}", "It is answered, but no account of the brand's may publish there.", mend
            )
        elif platform not in find_publishers():
            mend = "Write answer: by_hand, or install a publisher for it."
            yield warning(f"{slug} {platform}", "Nothing installed can publish there; answers go out by hand.", mend)
