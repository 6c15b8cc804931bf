"""Connects an account on Reddit: in the browser with one set of rights to read and another to write, or by password."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from domain.errors import InvalidInput
from domain.time import SystemClock
from platforms.connecting import Ask, Connected, Identity, Talk
from platforms.credentials import Credentials, MemoryCredentials, Use
from platforms.reach import Reach
from platforms.reddit import NAME, PLATFORM
from platforms.reddit.client import SCOPES, RedditClient
from platforms.reddit.things import SITE, bare_name
from platforms.trouble import unreadable

REDIRECT: Final = "http://localhost:8080"
_CAN: Final = {
    "identity": "say who it is", "read": "read submissions and comments", "privatemessages": "read its inbox",
    "history": "list what it wrote", "submit": "write comments", "*": "everything that the account may do",
}  # fmt: skip
# Whoever calls on the account or answers it is heard, whatever the words; elsewhere the brand's queries choose.
_SOURCES: Final[tuple[Mapping[str, object], ...]] = (
    {"type": PLATFORM, "id": "reddit-inbox", "match": "everything", "options": {"search": False, "inbox": True}},
    {"type": PLATFORM, "id": "reddit-search", "options": {"search": True, "inbox": False}},
)
_NOTES: Final = ("the account's inbox: mentions and answers", "submissions all over Reddit with the brand's words")
_PURPOSE: Final = {Use.READ: "to read", Use.WRITE: "to answer"}


class RedditConnector:
    """Signs in with an app of the operator's own."""

    platform = PLATFORM

    def asks(self) -> Sequence[Ask]:
        """What is asked first."""
        return (
            Ask(
                name="client_id", question="The app's id",
                hint="Reddit gives it, once it has approved the use, at https://www.reddit.com/prefs/apps: under the "
                "app's name.",
            ),
            Ask(name="client_secret", question="The app's secret", secret=True),
            Ask(name="username", question="The account's name, without u/"),
            Ask(
                name="password", question="The account's password, only for an app of the kind “script”", secret=True,
                hint="Leave it empty to sign in with the browser: the better way, since a password can do everything.",
                default="",
            ),
            Ask(
                name="redirect_uri", question="The app's redirect uri", default=REDIRECT,
                hint="Exactly as it stands in the app. Nothing needs to listen there.",
            ),
        )  # fmt: skip

    def sign_in(self, answers: Mapping[str, str], /, *, reach: Reach, talk: Talk) -> Connected:
        """Get keys for each use, and ask whose they are; raises Trouble and InvalidInput."""
        app = {name: answers.get(name, "").strip() for name in ("client_id", "client_secret")}
        if not app["client_id"]:
            raise InvalidInput("The app's id is missing; it stands under its name at https://www.reddit.com/prefs/apps")
        name = bare_name(answers.get("username", ""))
        keys = {key: value for key, value in app.items() if value}
        if answers.get("password"):
            more = {"username": name, "password": answers["password"]}
            read, write = ({**keys, **more, "scopes": " ".join(SCOPES[use])} for use in (Use.READ, Use.WRITE))
        else:
            browser = _Browser(keys, name, answers.get("redirect_uri") or REDIRECT, reach, talk)
            read = browser.grant(Use.READ)
            write = browser.grant(Use.WRITE)
        identity = self.check(MemoryCredentials(dict(read)), options={}, reach=reach)
        return Connected(identity=identity, read=read, write=write, sources=_SOURCES, source_notes=_NOTES)

    def check(self, credentials: Credentials, /, *, options: Mapping[str, object], reach: Reach) -> Identity:  # noqa: ARG002 - the port's
        """Ask Reddit whose keys they are; raises Trouble or MissingCredential."""
        client = _client(credentials, Use.READ, reach, account=credentials.find("username") or "")
        if not client.has_account:
            client.sign_in()
            return Identity(handle="", id="", can=_can(client))
        told: Any = client.get("/api/v1/me")
        name, number = (told.get("name"), told.get("id")) if isinstance(told, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(number, str):
            raise unreadable(NAME, what="something that names no account")
        return Identity(handle=name, id=f"t2_{number}", can=_can(client))


class _Browser:
    """Lets a person grant rights in the browser, and takes the address that they are sent to from them."""

    def __init__(self, app: Mapping[str, str], name: str, redirect_uri: str, reach: Reach, talk: Talk) -> None:
        self._app, self._name, self._redirect_uri = app, name, redirect_uri
        self._reach, self._talk = reach, talk

    def grant(self, use: Use) -> dict[str, str]:
        """Return keys with the rights of one use; none for writing where the person leaves it out."""
        memory, state = MemoryCredentials(dict(self._app)), secrets.token_urlsafe(16)
        # An app alone is enough to ask for a code.
        client = _client(memory, Use.READ, self._reach, account=self._name, redirect_uri=self._redirect_uri)
        address = client.authorise_url(scopes=SCOPES[use], state=state)
        if self._reach.endpoint:
            address = address.replace(SITE, self._reach.endpoint.rstrip("/"), 1)
        self._talk.show(f"Open this as u/{self._name}, and allow it {_PURPOSE[use]}:\n\n{address}\n")
        hint = "The page that follows can't be shown; its address, up in the browser, is what is needed."
        if use is Use.WRITE:
            hint += " Leave it empty if nothing shall be sent."
        pasted = self._talk.ask(
            Ask(
                name=f"{use}_address", question=f"The whole address that you were sent to ({_PURPOSE[use]})", hint=hint,
                default="" if use is Use.WRITE else None,
                fresh="A script signs in by password, for an app of the kind “script”: --set password=@FILE",
            )
        )  # fmt: skip
        if use is Use.WRITE and not pasted.strip():
            return {}
        return {**self._app, "refresh_token": client.authorise(_code_in(pasted, state=state))}


def _code_in(address: str, *, state: str) -> str:
    """Return the code that an address brings back; raises InvalidInput for another sign-in's, or a refusal."""
    fields = parse_qs(urlsplit(address.strip()).query)
    if "error" in fields:
        raise InvalidInput(f"{NAME} says {fields['error'][0][:60]}; run it again, and allow the app what it asks for.")
    if "code" not in fields:
        raise InvalidInput("The address holds no code; copy all of it, from http up to its end.")
    if fields.get("state") != [state]:
        raise InvalidInput("The address is that of another sign-in; open the page that is shown now.")
    return fields["code"][0].partition("#")[0]


def _client(
    credentials: Credentials, use: Use, reach: Reach, *, account: str, redirect_uri: str | None = None
) -> RedditClient:  # fmt: skip
    return RedditClient(
        credentials, use=use, reach=reach, clock=SystemClock(), account=account, redirect_uri=redirect_uri
    )  # fmt: skip


def _can(client: RedditClient) -> tuple[str, ...]:
    return tuple(_CAN.get(scope, scope) for scope in sorted(client.scopes))


CONNECTOR: Final = RedditConnector()
