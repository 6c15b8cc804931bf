"""Brands and the numbered revisions of their profiles (decision 10)."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.brand.profile import Profile
from domain.errors import NotFound
from domain.time import Clock
from storage import audit
from storage.database import Database
from storage.tables import Brand, BrandRevision, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A brand profile as it stood under one number."""

    id: int
    brand_id: int
    number: int
    profile: Profile


class RevisionCache:
    """Reads revisions once each; which one is current is asked every time, so an edit shows at once."""

    def __init__(self, database: Database) -> None:
        """Start empty; nothing is read until asked for."""
        self._database = database
        self._known: dict[int, Revision] = {}

    def get(self, revision_id: int) -> Revision:
        """Return one revision; raises NotFound when there is none."""
        if revision_id not in self._known:
            with self._database.read() as session:
                self._known[revision_id] = get_revision(session, revision_id)
        return self._known[revision_id]

    def current(self, brand_id: int) -> Revision:
        """Return the brand's revision in force; raises NotFound when the brand has none."""
        with self._database.read() as session:
            revision_id = session.scalar(select(Brand.revision_id).where(Brand.id == brand_id))
        if revision_id is None:
            raise NotFound(f"Brand {brand_id} has no profile; run: earnest config apply")
        return self.get(revision_id)

    def current_of(self, session: Session, brand_id: int) -> Revision:
        """Return the brand's revision in force as `session` sees it, without opening another transaction."""
        revision_id = session.scalar(select(Brand.revision_id).where(Brand.id == brand_id))
        if revision_id is None:
            raise NotFound(f"Brand {brand_id} has no profile; run: earnest config apply")
        if revision_id not in self._known:
            self._known[revision_id] = get_revision(session, revision_id)
        return self._known[revision_id]


def get_revision(session: Session, revision_id: int) -> Revision:
    """Return one revision; raises NotFound when there is none."""
    row = session.get(BrandRevision, revision_id)
    if row is None:
        raise NotFound(f"There is no brand revision {revision_id}; run: earnest config apply")
    return Revision(id=row.id, brand_id=row.brand_id, number=row.number, profile=Profile.model_validate(row.profile))


def current_revision(session: Session, brand_id: int) -> Revision:
    """Return the brand's revision in force; raises NotFound when the brand has none."""
    brand = session.get(Brand, brand_id)
    if brand is None or brand.revision_id is None:
        raise NotFound(f"Brand {brand_id} has no profile; run: earnest config apply")
    return get_revision(session, brand.revision_id)


def find_brand(session: Session, slug: str) -> Brand:
    """Return the brand of that short name; raises NotFound naming those there are."""
    brand = session.scalars(select(Brand).where(Brand.slug == slug)).one_or_none()
    if brand is None:
        known = ", ".join(session.scalars(select(Brand.slug).order_by(Brand.slug))) or "none yet"
        raise NotFound(f"There is no brand “{slug}”; the brands are: {known}.")
    return brand


def apply_profile(
    session: Session, *, profile: Profile, by: str, clock: Clock, user_id: int | None = None
) -> Revision:  # fmt: skip
    """Store a profile as the brand's next revision when it differs from the one in force, and its sources with it.

    The brand is made on its first profile. A source that the profile no longer names is switched off, and keeps its
    cursor in case it comes back. `by` names who did it, `user_id` the user where one did.
    """
    content = profile.model_dump(mode="json")
    digest = sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    brand = _ensure_brand(session, profile, clock)
    if brand.revision_id is not None:
        current = session.get_one(BrandRevision, brand.revision_id)
        if current.content_hash == digest:
            brand.active = True
            return get_revision(session, current.id)
    number = 1 + (session.scalar(select(func.max(BrandRevision.number)).where(BrandRevision.brand_id == brand.id)) or 0)
    row = BrandRevision(
        brand_id=brand.id, number=number, profile=content, content_hash=digest, created_at=clock.now(), created_by=by
    )
    session.add(row)
    session.flush()
    brand.revision_id, brand.name, brand.time_zone, brand.active = row.id, profile.name, profile.time_zone, True
    _match_sources(session, brand.id, profile)
    audit.record(
        session, at=clock.now(), action="profile.applied", object_kind="brand", object_id=brand.id, brand_id=brand.id,
        user_id=user_id, details={"revision": number, "hash": digest, "by": by},
    )  # fmt: skip
    session.flush()
    return Revision(id=row.id, brand_id=brand.id, number=number, profile=profile)


def retire_brands(session: Session, *, keep: Collection[str], clock: Clock) -> list[str]:
    """Stop listening for every brand that isn't among the slugs to keep; return those that were listened for.

    What is known of one stays, and a profile under its slug takes it up again.
    """
    gone = session.scalars(select(Brand).where(Brand.active, Brand.slug.not_in(keep)).order_by(Brand.slug)).all()
    for brand in gone:
        brand.active = False
        audit.record(
            session, at=clock.now(), action="brand.retired", object_kind="brand", object_id=brand.id, brand_id=brand.id
        )  # fmt: skip
    return [brand.slug for brand in gone]


def _ensure_brand(session: Session, profile: Profile, clock: Clock) -> Brand:
    brand = session.scalars(select(Brand).where(Brand.slug == profile.slug)).one_or_none()
    if brand is None:
        brand = Brand(slug=profile.slug, name=profile.name, time_zone=profile.time_zone, created_at=clock.now())
        session.add(brand)
        session.flush()
    return brand


def _match_sources(session: Session, brand_id: int, profile: Profile) -> None:
    rows = {row.key: row for row in session.scalars(select(Source).where(Source.brand_id == brand_id))}
    wanted = {source.id: source for source in profile.sources}
    for key, source in wanted.items():
        if key not in rows:
            session.add(Source(brand_id=brand_id, key=key, kind=source.type, enabled=source.enabled))
        else:
            rows[key].kind, rows[key].enabled = source.type, source.enabled
    for key, row in rows.items():
        if key not in wanted:
            row.enabled = False
