"""Which brands a command is about."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.queries.brands import find_brand
from storage.tables import Brand


def wanted_brands(session: Session, slug: str | None) -> list[tuple[int, str]]:
    """Return the id and slug of the brand named, or of all active ones; raises NotFound naming those there are."""
    if slug is not None:
        brand = find_brand(session, slug)
        return [(brand.id, brand.slug)]
    query = select(Brand.id, Brand.slug).where(Brand.active).order_by(Brand.slug)
    return [(brand_id, slug) for brand_id, slug in session.execute(query)]
