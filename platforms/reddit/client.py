"""The client: PRAW, told everything, so that neither a praw.ini nor a variable of its own changes where it goes.

It hands out Reddit's JSON as it came, not PRAW's objects, so that one broken item spoils no page.
"""

import logging
import time
from collections.abc import Mapping
from configparser import ConfigParser
from datetime import timedelta
from importlib.resources import files
from typing import Any, Final

import praw
import prawcore
from praw.config import Config

from domain.time import Clock
from platforms.allowance import Allowance
from platforms.credentials import Credentials, Use
from platforms.reach import AGENT, Reach
from platforms.reddit import NAME
from platforms.reddit.requestor import GuardedRequestor, Limiter, Meter, OneTry
from platforms.reddit.things import bare_name
from platforms.sessions import guarded_session
from platforms.trouble import Trouble, unreachable, unreadable

# The least that each use needs: `history` is what an account's own comments are listed under.
SCOPES: Final[Mapping[Use, tuple[str, ...]]] = {
    Use.READ: ("identity", "read", "privatemessages", "history"),
    Use.WRITE: ("identity", "submit", "read", "history"),
}
_WITHOUT_ACCOUNT: Final = ("read",)
# A token lasts an hour; a write isn't tried with one that is about to run out.
_OLD: Final = timedelta(minutes=50)
_SETTINGS: Final[Mapping[str, Any]] = {
    "oauth_url": "https://oauth.reddit.com", "reddit_url": "https://www.reddit.com", "short_url": "https://redd.it",
    "check_for_updates": False, "check_for_async": False, "ratelimit_seconds": 0, "timeout": 16, "window_size": 600,
    "comment_kind": "t1", "redditor_kind": "t2", "submission_kind": "t3", "message_kind": "t4", "subreddit_kind": "t5",
    "trophy_kind": "t6", "username": None, "password": None, "refresh_token": None,
}  # fmt: skip

# On DEBUG it writes down what is sent, texts and all.
logging.getLogger("prawcore").setLevel(logging.WARNING)


class RedditClient:
    """One set of keys; every call is one request, and a token first where there is none yet."""

    def __init__(
        self, credentials: Credentials, *, use: Use, reach: Reach, clock: Clock, account: str = "",
        allowance: Allowance | None = None, price: int = 0, redirect_uri: str | None = None,
    ) -> None:  # fmt: skip
        """`price` is one request's in micro-units. Raises MissingCredential; nothing connects yet."""
        self.meter = Meter(allowance or Allowance(), price)
        name = bare_name(account)
        self._reddit = _praw(
            requestor={"session": guarded_session(reach, noun=NAME), "clock": clock, "meter": self.meter},
            client_id=credentials.get("client_id"), client_secret=credentials.find("client_secret"),
            redirect_uri=redirect_uri, user_agent=_agent(name),
        )  # fmt: skip
        core = self._reddit._core  # noqa: SLF001 - the one way to the session that PRAW builds
        self._authenticator: prawcore.auth.BaseAuthenticator = core.authorizer.authenticator
        self._requestor: GuardedRequestor = core.requestor
        self._enter(_authorizer(credentials, self._authenticator, use=use, name=name))

    @property
    def has_account(self) -> bool:
        """Whether the keys are an account's, with an inbox, and not just an app's."""
        return not isinstance(self._authorizer, prawcore.ReadOnlyAuthorizer | prawcore.DeviceIDAuthorizer)

    @property
    def scopes(self) -> frozenset[str]:
        """What the token in use may do; empty before there is one."""
        return frozenset(self._authorizer.scopes or ())

    def sign_in(self) -> bool:
        """Get a token that will last for the next request, and say whether it is a new one; raises Trouble."""
        if self._authorizer.is_valid() and time.monotonic() - self._requestor.token_at <= _OLD.total_seconds():
            return False
        self._drop_token()
        self._authorizer.refresh()
        return True

    def get(self, path: str, /, **params: str | int) -> Any:  # noqa: ANN401 - whatever JSON held
        """Read; returns the JSON, an object or a list, or raises Trouble.

        A token that no longer holds is replaced once.
        """
        had_token = self._authorizer.is_valid()
        try:
            return self._ask("GET", path, params=params)
        except Trouble as trouble:
            if not (had_token and trouble.status == 401):
                raise
        return self._ask("GET", path, params=params)

    def post(self, path: str, /, **data: str) -> Any:  # noqa: ANN401 - whatever JSON held
        """Write, once; returns the JSON, or raises Trouble."""
        return self._ask("POST", path, data=data)

    def authorise(self, code: str) -> str:
        """Change the code that a browser brought back for a refresh token; raises Trouble."""
        authorizer = prawcore.Authorizer(authenticator=self._authenticator)
        authorizer.authorize(code)
        self._enter(authorizer)
        token: str | None = authorizer.refresh_token
        if not token:
            raise unreadable(NAME, what="a token that can't be renewed")
        return token

    def authorise_url(self, *, scopes: tuple[str, ...], state: str) -> str:
        """Return the page on which a person grants these rights for good."""
        return str(self._authenticator.authorize_url(duration="permanent", scopes=list(scopes), state=state))

    def _ask(self, method: str, path: str, **what: Mapping[str, Any]) -> Any:  # noqa: ANN401
        try:
            data = self._reddit.request(method=method, path=path, **what)
        except Trouble as trouble:
            if trouble.status == 401:
                self._drop_token()
            raise
        except (prawcore.exceptions.BadJSON, RecursionError):
            raise unreadable(NAME) from None
        except (prawcore.PrawcoreException, praw.exceptions.PRAWException) as error:
            raise unreachable(NAME, type(error).__name__, reached=True) from None
        if not isinstance(data, dict | list):
            raise unreadable(NAME, what="nothing")
        return data

    def _drop_token(self) -> None:
        self._authorizer.access_token = None

    def _enter(self, authorizer: Any) -> None:  # noqa: ANN401 - prawcore's several have no common refresh()
        core = prawcore.session(authorizer=authorizer)
        # prawcore has no setting for either.
        core._rate_limiter = Limiter(window_size=600)  # noqa: SLF001
        core._retry_strategy_class = OneTry  # noqa: SLF001
        self._authorizer = authorizer
        self._reddit._core = self._reddit._authorized_core = core  # noqa: SLF001


def _praw(*, requestor: dict[str, Any], **settings: str | None) -> Any:  # noqa: ANN401 - its own parts have no types
    _forget_files()
    return praw.Reddit(
        "DEFAULT", requestor_class=GuardedRequestor, requestor_kwargs=requestor, **settings, **_SETTINGS
    )  # fmt: skip


def _authorizer(credentials: Credentials, authenticator: Any, *, use: Use, name: str) -> Any:  # noqa: ANN401
    """Return what gets tokens: from a refresh token, from a password, or for the app alone, which can only read."""
    token, password = credentials.find("refresh_token"), credentials.find("password")
    if token:
        return prawcore.Authorizer(
            authenticator=authenticator, refresh_token=token,
            post_refresh_callback=lambda told: _keep(credentials, told.refresh_token),
        )  # fmt: skip
    if password and credentials.find("client_secret"):
        return prawcore.ScriptAuthorizer(
            authenticator=authenticator, username=name or credentials.get("username"), password=password,
            scopes=(credentials.find("scopes") or " ".join(SCOPES[use])).split(),
        )  # fmt: skip
    if use is Use.WRITE:
        credentials.get("refresh_token")
    if credentials.find("client_secret"):
        return prawcore.ReadOnlyAuthorizer(authenticator=authenticator, scopes=list(_WITHOUT_ACCOUNT))
    return prawcore.DeviceIDAuthorizer(authenticator=authenticator, scopes=list(_WITHOUT_ACCOUNT))


def _keep(credentials: Credentials, token: str | None) -> None:
    if token and token != credentials.find("refresh_token"):
        credentials.keep("refresh_token", token)


def _agent(name: str) -> str:
    # The form that Reddit's Data API wiki asks for; others are throttled.
    return f"python:earnest:0.1 (by /u/{name})" if name else AGENT


def _forget_files() -> None:
    """Have PRAW take its defaults from itself alone: a praw.ini lying around may send keys elsewhere, or be broken."""
    with Config.LOCK:
        if Config.CONFIG is None:
            config = ConfigParser(interpolation=None)
            config.read_string((files("praw") / "praw.ini").read_text(encoding="utf-8"))
            Config.CONFIG = config
