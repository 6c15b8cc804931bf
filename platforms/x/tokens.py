"""OAuth 2.0 with PKCE: signing in with the scopes that are needed, and renewing what runs out after two hours.

Protocol: docs.x.com/resources/fundamentals/authentication/oauth-2-0/authorization-code; each refresh token serves once.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from domain.errors import InvalidInput
from domain.time import Clock
from platforms.reach import Reach
from platforms.recordings import Answer
from platforms.sessions import guarded_session, trouble_of_request
from platforms.trouble import unreadable
from platforms.x.failing import NOUN, trouble_of_answer
from platforms.x.values import as_word, mapping

AUTHORIZE: Final = "https://x.com/i/oauth2/authorize"
TOKEN: Final = "https://api.x.com/2/oauth2/token"  # noqa: S105 - an address
# To post, to see the post it answers and the account's own, and to go on without asking every two hours.
SCOPES: Final = ("tweet.read", "tweet.write", "users.read", "offline.access")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The operator's app at X; a public one has no secret."""

    client_id: str
    client_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A person's tokens; `scopes` are those that were granted."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_at: datetime
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One sign-in under way: the address that the person opens, and what proves that the answer is to it."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect: str

    @classmethod
    def start(cls, app: App, *, redirect: str) -> "SignIn":
        """Begin one."""
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(64)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code", "client_id": app.client_id, "redirect_uri": redirect, "scope": " ".join(SCOPES),
            "state": state, "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }  # fmt: skip
        return cls(url=f"{AUTHORIZE}?{urlencode(asked)}", state=state, verifier=verifier, redirect=redirect)

    def code_in(self, address: str) -> str:
        """Return the code in the address that the browser ended at; raises InvalidInput when it isn't ours."""
        query = parse_qs(urlsplit(address.strip()).query)
        if query.get("state") != [self.state]:
            raise InvalidInput("That address isn't the answer to this sign-in; open the address above and paste anew.")
        code = query.get("code", [""])[0]
        if not code:
            raise InvalidInput(f"X gave no code ({query.get('error', ['no reason'])[0][:80]}); sign in again.")
        return code


def exchange(app: App, *, started: SignIn, code: str, reach: Reach, clock: Clock) -> Tokens:
    """Trade the code for tokens; raises Trouble."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": started.redirect,
        "code_verifier": started.verifier,
    }  # fmt: skip
    return _ask(app, form, reach=reach, clock=clock)


def refresh(app: App, *, token: str, reach: Reach, clock: Clock) -> Tokens:
    """Trade a refresh token for new tokens; raises Trouble."""
    return _ask(app, {"grant_type": "refresh_token", "refresh_token": token}, reach=reach, clock=clock)


def _ask(app: App, form: Mapping[str, str], *, reach: Reach, clock: Clock) -> Tokens:
    # An app with a secret proves itself by it, one without names itself.
    auth = (app.client_id, app.client_secret) if app.client_secret else None
    whole = dict(form) if auth else {**form, "client_id": app.client_id}
    try:
        with guarded_session(reach, noun=NOUN) as session:
            response = session.post(TOKEN, data=whole, auth=auth, allow_redirects=False)
    except requests.RequestException as error:
        raise trouble_of_request(error, noun=NOUN) from None
    if response.status_code != requests.codes.ok:
        headers = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(body=response.content, status=response.status_code, headers=headers)
        raise trouble_of_answer(answer, now=clock.now())
    return _read(response.content, clock)


def _read(body: bytes, clock: Clock) -> Tokens:
    try:
        found = mapping(json.loads(body))
    except (ValueError, RecursionError):
        raise unreadable(NOUN) from None
    access, seconds = as_word(found.get("access_token")), found.get("expires_in")
    if not access:
        raise unreadable(NOUN, what="no token")
    lasts = timedelta(seconds=seconds if isinstance(seconds, int) and 0 < seconds < 10**9 else 7_200)
    return Tokens(
        access=access,
        refresh=as_word(found.get("refresh_token")) or None,
        expires_at=clock.now() + lasts,
        scopes=tuple(as_word(found.get("scope")).split()),
    )
