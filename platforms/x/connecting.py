"""Connects an account on X: the app's own token to read with, and signing in to write, each with the least rights.

Where they come from: console.x.com, an app's Keys and tokens. The app's token can write nothing; signing in asks for
the four scopes that a reply needs, and what comes of it is renewed every two hours without a person.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from domain.errors import InvalidInput
from domain.time import SystemClock
from platforms.connecting import Ask, Connected, Identity, Talk
from platforms.credentials import Credentials
from platforms.reach import Reach
from platforms.x.access import BEARER, Owner, reader
from platforms.x.client import Access, XClient
from platforms.x.tokens import App, SignIn, Tokens, exchange
from platforms.x.values import PLATFORM, as_id, as_word

# Registered in the app, never answered: the person copies the address that the browser ends at.
REDIRECT: Final = "https://localhost/earnest"
_READS: Final = ("read posts and threads", "search", "follow deletions")
_WRITES: Final = {
    "tweet.write": "post replies",
    "tweet.read": "see its own posts",
    "users.read": "see whose account it is",
    "offline.access": "stay connected",
}


class XConnector:
    """Connects accounts of X."""

    platform = PLATFORM

    def asks(self) -> Sequence[Ask]:
        """The app's token, its client, and the account's name where nobody signs in."""
        return (
            Ask(
                name="bearer_token", question="The app's bearer token?", secret=True,
                hint="console.x.com, your app, Keys and tokens. It reads and can write nothing.",
            ),
            Ask(
                name="client_id", question="The app's OAuth 2.0 client id?", default="",
                hint=f"For replies; register {REDIRECT} as its callback. Empty to read only.",
            ),
            Ask(
                name="client_secret", question="Its client secret?", secret=True, default="",
                hint="Empty for an app without one.",
            ),
        )  # fmt: skip

    def sign_in(self, answers: Mapping[str, str], /, *, reach: Reach, talk: Talk) -> Connected:
        """Try the app's token; then sign in at X, or ask whose posts are read where nobody is to write."""
        bearer = answers.get("bearer_token", "").strip()
        if not bearer:
            raise InvalidInput("Without the app's bearer token nothing can be read; copy it from console.x.com.")
        app_client = _client(bearer, reach=reach)
        app_client.rules()
        client_id = answers.get("client_id", "").strip()
        if not client_id:
            handle = talk.ask(
                Ask(name="handle", question="Whose mentions are read?", hint="The handle, such as @tern.")
            )
            return _connected(_identity(app_client.user(handle.strip().removeprefix("@")), can=_READS), bearer=bearer)
        app = App(client_id=client_id, client_secret=answers.get("client_secret", "").strip() or None)
        tokens = _tokens(app, reach=reach, talk=talk)
        identity = _identity(_client(tokens.access, reach=reach).me(), can=(*_READS, *_abilities(tokens)))
        if "tweet.write" not in tokens.scopes:
            raise InvalidInput(
                "X granted no right to post; give the app read and write permissions, and sign in again."
            )
        return _connected(identity, bearer=bearer, app=app, tokens=tokens)

    def check(self, credentials: Credentials, /, *, options: Mapping[str, object], reach: Reach) -> Identity:  # noqa: ARG002 - the port's
        """Ask X whose keys they are; the app's token is nobody's, and is tried on what costs nothing."""
        if credentials.find(BEARER):
            reader(credentials, reach=reach, clock=SystemClock()).rules()
            return Identity(handle="the app", id="", can=_READS)
        client, _ = Owner(credentials, reach=reach, clock=SystemClock()).client()
        return _identity(client.me(), can=tuple(_WRITES.values()))


def _tokens(app: App, *, reach: Reach, talk: Talk) -> Tokens:
    started = SignIn.start(app, redirect=REDIRECT)
    talk.show("Open this address as the account that answers, and allow it:")
    talk.show(reach.moved(started.url))
    talk.show("The browser ends at a page that can't be shown. Copy its whole address from the bar.")
    address = talk.ask(
        Ask(
            name="address", question="The address?", hint=f"It begins with {REDIRECT}?", secret=True,
            fresh="A script names an access token under the account's credentials, or reads only: no client_id.",
        )
    )  # fmt: skip
    return exchange(app, started=started, code=started.code_in(address), reach=reach, clock=SystemClock())


def _connected(
    identity: Identity, *, bearer: str, app: App | None = None, tokens: Tokens | None = None
) -> Connected:  # fmt: skip
    write: dict[str, str] = {}
    if app and tokens:
        write = {
            "client_id": app.client_id, "access_token": tokens.access,
            "access_token_expires_at": tokens.expires_at.isoformat(),
        }  # fmt: skip
        write |= {"client_secret": app.client_secret} if app.client_secret else {}
        write |= {"refresh_token": tokens.refresh} if tokens.refresh else {}
    return Connected(
        identity=identity,
        read={BEARER: bearer},
        write=write,
        source_notes=(
            "who calls on the account, and its own posts",
            "posts of the last seven days with the brand's words",
        ),
        sources=(
            # Who calls on the account is heard whatever words they use.
            {"id": "x-mentions", "type": PLATFORM, "match": "everything", "options": {"read": ["mentions", "own"]}},
            {
                "id": "x-search", "type": PLATFORM, "interval": "1h", "options": {"read": ["search"]},
                "budget": "10.00 USD",
            },
        ),
        # Where X gives a refresh token, we renew by ourselves.
        expires_at=tokens.expires_at if tokens and not tokens.refresh else None,
    )  # fmt: skip


def _identity(person: Mapping[str, object], *, can: tuple[str, ...]) -> Identity:
    name, external_id = as_word(person.get("username")), as_id(person.get("id"))
    if not name or external_id is None:
        raise InvalidInput("X doesn't say whose account it is; sign in again.")
    return Identity(handle=f"@{name}", id=external_id, can=can)


def _abilities(tokens: Tokens) -> tuple[str, ...]:
    return tuple(sentence for scope, sentence in _WRITES.items() if scope in tokens.scopes)


def _client(token: str, *, reach: Reach) -> XClient:
    return XClient(Access(bearer=token), reach=reach, clock=SystemClock())


CONNECTOR: Final = XConnector()
