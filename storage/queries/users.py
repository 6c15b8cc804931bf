"""Users, the brands they belong to, and the roles they have there."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import InvalidInput, NotFound
from domain.labels import Role
from domain.time import Clock
from storage.tables import Brand, Membership, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What one user may see and be: roles by brand id; an admin has every role for every brand."""

    user_id: int
    login: str
    name: str
    is_admin: bool
    roles: dict[int, frozenset[Role]]

    @property
    def brand_ids(self) -> frozenset[int]:
        """The brands that the user may see."""
        return frozenset(self.roles)

    def has_role(self, brand_id: int, *roles: Role) -> bool:
        """Say whether the user has one of `roles` for the brand."""
        held = self.roles.get(brand_id, frozenset())
        return bool(held & {Role.ADMIN, *roles})


def access_of(session: Session, user_id: int) -> Access:
    """Return what a user may see; raises NotFound when there is no such active user."""
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise NotFound(f"There is no active user {user_id}; log in again.")
    roles: dict[int, set[Role]] = {}
    if user.is_admin:
        roles = {brand_id: {Role.ADMIN} for brand_id in session.scalars(select(Brand.id))}
    for row in session.scalars(select(Membership).where(Membership.user_id == user_id)):
        roles.setdefault(row.brand_id, set()).add(row.role)
    frozen = {brand_id: frozenset(held) for brand_id, held in roles.items()}
    return Access(user_id=user.id, login=user.login, name=user.name, is_admin=user.is_admin, roles=frozen)


def find_user(session: Session, login: str) -> User | None:
    """Return the user of that login, active or not."""
    return session.scalars(select(User).where(User.login == login.strip().casefold())).one_or_none()


def add_user(
    session: Session,
    *,
    login: str,
    name: str,
    password_hash: str,
    clock: Clock,
    email: str | None = None,
    is_admin: bool = False,
) -> User:
    """Add a user; raises InvalidInput when the login is taken or empty."""
    wanted = login.strip().casefold()
    if not wanted:
        raise InvalidInput("A login can't be empty; give one, such as thandi.")
    if find_user(session, wanted):
        raise InvalidInput(f"The login “{wanted}” is taken; choose another.")
    user = User(
        login=wanted, name=name, email=email, password_hash=password_hash, is_admin=is_admin, created_at=clock.now()
    )
    session.add(user)
    session.flush()
    return user


def grant_role(session: Session, *, user_id: int, brand_id: int, role: Role) -> None:
    """Give a user a role for a brand; giving it twice changes nothing."""
    if session.get(Membership, (user_id, brand_id, role)) is None:
        session.add(Membership(user_id=user_id, brand_id=brand_id, role=role))
        session.flush()


def revoke_roles(session: Session, *, user_id: int, brand_id: int) -> int:
    """Take every role for a brand from a user; return how many there were."""
    rows = session.scalars(
        select(Membership).where(Membership.user_id == user_id, Membership.brand_id == brand_id)
    ).all()
    for row in rows:
        session.delete(row)
    return len(rows)


def list_users(session: Session) -> list[User]:
    """Return every user by login."""
    return list(session.scalars(select(User).order_by(User.login)))


def roles_of(session: Session, user_id: int) -> dict[str, list[str]]:
    """Return a user's roles by the brand's slug."""
    query = (
        select(Brand.slug, Membership.role)
        .join(Brand, Brand.id == Membership.brand_id)
        .where(Membership.user_id == user_id)
        .order_by(Brand.slug, Membership.role)
    )
    found: dict[str, list[str]] = {}
    for slug, role in session.execute(query):
        found.setdefault(slug, []).append(role)
    return found
