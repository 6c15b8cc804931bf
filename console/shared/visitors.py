"""Who is asking, for which brand, and what they may do: the dependencies of every route."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from sqlalchemy import select

from console.services import Services
from console.shared.cookies import cookie_name, hash_secret
from console.shared.rights import Right, rights_of
from console.shared.security import SAFE_METHODS, refuse_other_sites
from domain.errors import AccessDenied, EarnestError, NotFound
from domain.labels import Role
from storage.queries.brands import Revision
from storage.queries.sessions import extend_session, find_session
from storage.queries.users import Access, access_of
from storage.tables import Brand


class NotLoggedIn(EarnestError):
    """There is no session in force; log in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandLink:
    """A brand that the visitor may see."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who is logged in."""

    access: Access
    session_id: str
    csrf_token: str
    brands: tuple[BrandLink, ...]

    @property
    def id(self) -> int:
        """The user's id."""
        return self.access.user_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One visitor at one brand."""

    visitor: Visitor
    brand_id: int
    slug: str
    name: str
    zone: ZoneInfo
    rights: frozenset[Right]

    @property
    def user_id(self) -> int:
        """The visitor's id."""
        return self.visitor.id

    @property
    def base(self) -> str:
        """Where the brand's pages begin."""
        return f"/b/{self.slug}"

    def may(self, right: str) -> bool:
        """Say whether the visitor may do that here, by the right's name, such as `REVIEW`."""
        return Right[right] in self.rights

    def require(self, *rights: Right) -> None:
        """Return when the visitor has one of `rights`; raises AccessDenied otherwise."""
        if not self.rights & set(rights):
            raise AccessDenied(f"Your role at {self.name} can't {rights[0]}; ask an admin for it.")


def services_of(request: Request) -> Services:
    """Return what the desk was given."""
    services: Services = request.app.state.services
    return services


ServicesIn = Annotated[Services, Depends(services_of)]


def find_visitor(request: Request, services: ServicesIn) -> Visitor | None:
    """Return who is logged in, None when nobody is."""
    secret = request.cookies.get(cookie_name(services.settings))
    if not secret:
        return None
    now, session_id = services.clock.now(), hash_secret(secret)
    with services.database.read() as session:
        found = find_session(session, session_id, at=now)
        if found is None:
            return None
        try:
            access = access_of(session, found.user_id)
        except NotFound:
            return None
        rows = session.execute(
            select(Brand.id, Brand.slug, Brand.name)
            .where(Brand.id.in_(access.brand_ids), Brand.active).order_by(Brand.name)
        ).all()  # fmt: skip
    if found.wants_more(now):
        with services.database.write() as session:
            extend_session(session, session_id, at=now)
    brands = tuple(BrandLink(id=row.id, slug=row.slug, name=row.name) for row in rows)
    return Visitor(access=access, session_id=session_id, csrf_token=found.csrf_token, brands=brands)


def require_visitor(visitor: Annotated[Visitor | None, Depends(find_visitor)]) -> Visitor:
    """Return who is logged in; raises NotLoggedIn when nobody is."""
    if visitor is None:
        raise NotLoggedIn("Nobody is logged in; log in and try again.")
    return visitor


VisitorIn = Annotated[Visitor, Depends(require_visitor)]


def require_desk(slug: str, visitor: VisitorIn, services: ServicesIn) -> Desk:
    """Return the visitor's desk at a brand; raises NotFound alike for a brand unknown and a brand of others."""
    link = next((brand for brand in visitor.brands if brand.slug == slug), None)
    if link is None:
        raise NotFound("There is no such page, or it belongs to a brand that you don't work for.")
    held = visitor.access.roles[link.id]
    rights = rights_of(held | {Role.ADMIN} if visitor.access.is_admin else held)
    zone = services.profiles.current(link.id).profile.zone
    return Desk(visitor=visitor, brand_id=link.id, slug=slug, name=link.name, zone=zone, rights=rights)


DeskIn = Annotated[Desk, Depends(require_desk)]


def revision_of(services: Services, desk: Desk) -> Revision:
    """Return the brand's profile in force."""
    return services.profiles.current(desk.brand_id)


async def check_form(request: Request, visitor: VisitorIn, services: ServicesIn) -> None:
    """Refuse a change that doesn't carry the session's token, as a field or a header; reading passes."""
    if request.method in SAFE_METHODS:
        return
    refuse_other_sites(request, address=services.settings.server.address)
    given = request.headers.get("x-csrf-token")
    if given is None:
        form = await request.form()
        field = form.get("csrf")
        given = field if isinstance(field, str) else ""
    if not secrets.compare_digest(given.encode(), visitor.csrf_token.encode()):
        raise AccessDenied("The form is out of date or came from elsewhere, so nothing was done; reload and try again.")


def allow(*rights: Right) -> Callable[[Desk], Desk]:
    """Return a dependency that gives the desk to those who have one of `rights`."""

    def require(desk: DeskIn) -> Desk:
        desk.require(*rights)
        return desk

    return require
