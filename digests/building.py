"""Builds a week's digest once and keeps it; a week that isn't over may be looked at and is not kept."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from digests.figures import Figures, compute_figures
from digests.frame import Frame
from digests.reading import read_material
from domain.errors import InvalidInput, NotFound
from domain.time import Clock, Week
from storage import audit
from storage.database import Database
from storage.queries.brands import Revision, current_revision
from storage.tables import Digest


def build_digest(database: Database, clock: Clock, *, brand_id: int, week: Week, rebuild: bool = False) -> Digest:
    """Return the week's digest, made and kept on the first call; later calls return what was kept.

    A week that isn't over gives a digest without an id, which isn't kept. `rebuild` replaces a kept one by today's
    figures. Raises InvalidInput for a week that lies ahead, NotFound for a brand without a profile.
    """
    with database.read() as session:
        kept = find_digest(session, brand_id=brand_id, week=week)
    if kept is not None and not rebuild:
        return kept
    figures, revision = preview_figures(database, clock, brand_id=brand_id, week=week)
    row = Digest(
        brand_id=brand_id, revision_id=revision.id, week=str(week), model=figures.model,
        figures=figures.model_dump(mode="json"), created_at=figures.made_at,
    )  # fmt: skip
    if figures.partial:
        return row
    try:
        return _keep(database, row, rebuild=rebuild)
    except IntegrityError:
        # Another worker kept the same week meanwhile; a digest is made once.
        with database.read() as session:
            return _require(session, brand_id=brand_id, week=week)


def preview_figures(database: Database, clock: Clock, *, brand_id: int, week: Week) -> tuple[Figures, Revision]:
    """Compute a week's figures as of now without keeping them; raises InvalidInput for a week that lies ahead."""
    with database.read() as session:
        revision = current_revision(session, brand_id)
        frame = Frame(brand_id=brand_id, week=week, profile=revision.profile, as_of=clock.now())
        if frame.since > frame.as_of:
            raise InvalidInput(f"The week {week} hasn't begun; choose this week or an earlier one.")
        material = read_material(session, frame)
    return compute_figures(frame, material, revision=revision.number), revision


def find_digest(session: Session, *, brand_id: int, week: Week) -> Digest | None:
    """Return the digest that was kept for a week, None when there is none."""
    return session.scalars(select(Digest).where(Digest.brand_id == brand_id, Digest.week == str(week))).one_or_none()


def list_digests(session: Session, *, brand_id: int, limit: int = 60) -> list[Digest]:
    """Return the brand's digests, the newest week first."""
    query = select(Digest).where(Digest.brand_id == brand_id).order_by(Digest.week.desc()).limit(limit)
    return list(session.scalars(query))


def read_figures(digest: Digest) -> Figures:
    """Return a digest's snapshot, typed."""
    return Figures.model_validate(digest.figures)


def _keep(database: Database, row: Digest, *, rebuild: bool) -> Digest:
    with database.write() as session:
        kept = find_digest(session, brand_id=row.brand_id, week=Week.parse(row.week)) if rebuild else None
        if kept is None:
            session.add(row)
            kept = row
        else:
            kept.revision_id, kept.model = row.revision_id, row.model
            kept.figures, kept.created_at = row.figures, row.created_at
        session.flush()
        audit.record(
            session, at=row.created_at, action="digest.rebuilt" if kept is not row else "digest.built",
            object_kind="digest", object_id=kept.id, brand_id=row.brand_id, details={"week": row.week},
        )  # fmt: skip
    return kept


def _require(session: Session, *, brand_id: int, week: Week) -> Digest:
    found = find_digest(session, brand_id=brand_id, week=week)
    if found is None:
        raise NotFound(f"The digest of {week} was removed while it was made; ask again.")
    return found
