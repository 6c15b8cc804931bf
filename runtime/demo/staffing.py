"""Who logs in at the demo's desk: the people of both profiles and an admin, each with a password of chance."""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.brand.profile import Profile
from console.access.passwords import hash_password
from domain.time import Clock
from storage.database import Database
from storage.queries.brands import find_brand
from storage.queries.users import add_user, find_user, grant_role

FILE = "logins.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Somebody who may log in, and what for; the password is shown once and kept only as a hash."""

    login: str
    password: str
    name: str
    what: str


def hire(database: Database, clock: Clock, profiles: Mapping[str, Profile]) -> list[Login]:
    """Add an admin and the people of all profiles, with the roles they have there."""
    logins = [_add(database, clock, login="admin", name="The operator", what="admin of everything", is_admin=True)]
    for slug, profile in profiles.items():
        for member in profile.staff.people:
            roles = ", ".join(member.roles).replace("_", " ")
            what = f"{roles} of {profile.name}"
            logins.append(_add(database, clock, login=member.login, name=member.name, what=what, email=member.email))
            with database.write() as session:
                user, brand = find_user(session, member.login), find_brand(session, slug)
                for role in member.roles if user else ():
                    grant_role(session, user_id=user.id, brand_id=brand.id, role=role)  # type: ignore[union-attr]
    return logins


def write_logins(folder: Path, logins: Sequence[Login], *, address: str) -> Path:
    """Keep the logins in a file that only its owner can read; return its path."""
    path = folder / FILE
    width = max(len(each.login) for each in logins)
    lines = [f"{each.login:<{width}}  {each.password}  {each.name}, {each.what}" for each in logins]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join([f"The demo's desk: {address}", "", *lines, ""]))
    return path


def _add(
    database: Database, clock: Clock, *, login: str, name: str, what: str, email: str | None = None,
    is_admin: bool = False,
) -> Login:  # fmt: skip
    password = secrets.token_urlsafe(9)
    hashed = hash_password(password)
    with database.write() as session:
        add_user(session, login=login, name=name, email=email, password_hash=hashed, clock=clock, is_admin=is_admin)
    return Login(login=login, password=password, name=name, what=what)
