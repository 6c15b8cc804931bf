"""`earnest users add|list|grant|revoke|password|lock`."""

import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.options import AsJson, ConfigFile

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

app = typer.Typer(no_args_is_help=True, help="Who may log in at the desk, and what they may see.")
Login = Annotated[str, typer.Argument(help="The name they log in with.")]


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="Their name, as colleagues see it.")],
    config: ConfigFile = None,
    email: Annotated[str | None, typer.Option(help="Their address.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="May see and change everything.")] = False,
    brand: Annotated[list[str] | None, typer.Option(help="brand:role, such as ploverday:support; repeatable.")] = None,
) -> None:
    """Add a user and print a password to hand over; it can't be read again later.

    Example: earnest users add thandi --name "Thandi Nkosi" --brand ploverday:community_manager
    """
    from console.access.passwords import hash_password
    from domain.time import SystemClock
    from runtime.cli.workplace import open_workplace
    from storage.queries.users import add_user

    password = secrets.token_urlsafe(12)
    with open_workplace(config) as place, place.database.write() as session:
        user = add_user(
            session, login=login, name=name, email=email, password_hash=hash_password(password),
            clock=SystemClock(), is_admin=admin,
        )  # fmt: skip
        _note(session, "added", user.id, admin=admin)
        for pair in brand or []:
            _grant(session, user.id, pair)
    print(f"{user.login} may log in with the password: {password}")


@app.command("list")
def list_all(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """List the users and their roles.

    Example: earnest users list --json
    """
    from runtime.cli.printing import print_json, print_table
    from runtime.cli.workplace import open_workplace
    from storage.queries.users import list_users, roles_of

    with open_workplace(config) as place, place.database.read() as session:
        users = [(user, roles_of(session, user.id)) for user in list_users(session)]
        rows = [
            {"login": user.login, "name": user.name, "admin": user.is_admin, "active": user.active, "roles": roles}
            for user, roles in users
        ]
        told = ["; ".join(f"{slug}: {', '.join(held)}" for slug, held in roles.items()) for _, roles in users]
    if as_json:
        print_json({"items": rows})
    else:
        columns = ("login", "name", "admin", "locked out", "roles")
        print_table(
            "Users", columns,
            (
                (row["login"], row["name"], "yes" if row["admin"] else None, None if row["active"] else "yes",
                 roles) for row, roles in zip(rows, told, strict=True)
            ),
        )  # fmt: skip


@app.command()
def grant(
    login: Login,
    pair: Annotated[str, typer.Argument(metavar="BRAND:ROLE", help="Such as ploverday:support.")],
    config: ConfigFile = None,
) -> None:
    """Give a user a role for a brand.

    Example: earnest users grant thandi ploverday:support
    """
    from runtime.cli.workplace import open_workplace

    with open_workplace(config) as place, place.database.write() as session:
        _grant(session, _find(session, login), pair)
    print(f"{login} now has {pair}.")


@app.command()
def revoke(
    login: Login,
    brand: Annotated[str, typer.Argument(help="The brand's slug.")],
    config: ConfigFile = None,
) -> None:
    """Take every role for a brand from a user.

    Example: earnest users revoke thandi ploverday
    """
    from domain.errors import NotFound
    from runtime.cli.workplace import open_workplace
    from storage.queries.brands import find_brand
    from storage.queries.users import revoke_roles

    with open_workplace(config) as place, place.database.write() as session:
        user_id, brand_id = _find(session, login), find_brand(session, brand).id
        if not revoke_roles(session, user_id=user_id, brand_id=brand_id):
            raise NotFound(f"{login} has no role for {brand}; see: earnest users list")
        _note(session, "revoked", user_id, brand_id=brand_id)
    print(f"{login} no longer sees {brand}.")


@app.command()
def password(login: Login, config: ConfigFile = None) -> None:
    """Give a user a new password, print it, and end their sessions.

    Example: earnest users password thandi
    """
    from sqlalchemy import delete

    from console.access.passwords import hash_password
    from runtime.cli.workplace import open_workplace
    from storage.tables import User, WebSession

    new = secrets.token_urlsafe(12)
    with open_workplace(config) as place, place.database.write() as session:
        user = session.get_one(User, _find(session, login))
        user.password_hash, user.failed_logins, user.locked_until = hash_password(new), 0, None
        _note(session, "password", user.id)
        session.execute(delete(WebSession).where(WebSession.user_id == user.id))
    print(f"{login} may log in with the password: {new}")


@app.command()
def lock(
    login: Login,
    config: ConfigFile = None,
    undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False,
) -> None:
    """Keep a user out, and end their sessions; their work stays under their name.

    Example: earnest users lock thandi
    """
    from sqlalchemy import delete

    from runtime.cli.workplace import open_workplace
    from storage.tables import User, WebSession

    with open_workplace(config) as place, place.database.write() as session:
        user = session.get_one(User, _find(session, login))
        user.active = undo
        _note(session, "unlocked" if undo else "locked", user.id)
        session.execute(delete(WebSession).where(WebSession.user_id == user.id))
    print(f"{login} {'may log in again' if undo else 'can no longer log in'}.")


def _find(session: "Session", login: str) -> int:
    from domain.errors import NotFound
    from storage.queries.users import find_user

    user = find_user(session, login)
    if user is None:
        raise NotFound(f"There is no user “{login}”; see: earnest users list")
    return user.id


def _grant(session: "Session", user_id: int, pair: str) -> None:
    from domain.errors import InvalidInput
    from domain.labels import Role
    from storage.queries.brands import find_brand
    from storage.queries.users import grant_role

    slug, _, role = pair.partition(":")
    if role not in list(Role):
        raise InvalidInput(f"“{pair}” names no role; write brand:role with one of {', '.join(Role)}.")
    brand_id = find_brand(session, slug).id
    grant_role(session, user_id=user_id, brand_id=brand_id, role=Role(role))
    _note(session, "granted", user_id, brand_id=brand_id, role=role)


def _note(
    session: "Session", act: str, user_id: int, *, brand_id: int | None = None, **details: str | bool
) -> None:  # fmt: skip
    """Leave it in the audit trail; who runs commands here has no login, and is the operator."""
    from domain.time import SystemClock
    from storage import audit

    audit.record(
        session, at=SystemClock().now(), action=f"user.{act}", object_kind="user", object_id=user_id,
        brand_id=brand_id, details={**details, "by": "operator"},
    )  # fmt: skip
