"""The keys of an account, kept fresh: what X renews is kept at once, since an old refresh token serves no more."""

from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from domain.time import Clock
from platforms.credentials import Credentials
from platforms.reach import Reach
from platforms.trouble import Trouble, TroubleKind
from platforms.x.client import Access, XClient
from platforms.x.tokens import App, Tokens, refresh

BEARER: Final = "bearer_token"
SIGNED: Final = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
_SOON: Final = timedelta(minutes=2)


def reader(credentials: Credentials, *, reach: Reach, clock: Clock) -> XClient:
    """Return a client that reads with the app's own token, which can write nothing; raises MissingCredential."""
    return XClient(Access(bearer=credentials.get(BEARER)), reach=reach, clock=clock)


class Owner:
    """The account itself: four keys of OAuth 1.0a that last, or a token of OAuth 2 that is renewed."""

    def __init__(self, credentials: Credentials, *, reach: Reach, clock: Clock) -> None:
        """Ask for nothing yet."""
        self._credentials, self._reach, self._clock = credentials, reach, clock
        self._lock = Lock()

    def client(self) -> tuple[XClient, int]:
        """Return a client with keys in force and how many requests that took; raises MissingCredential or Trouble."""
        find = self._credentials.find
        if find("consumer_key"):
            first, second, third, fourth = (self._credentials.get(name) for name in SIGNED)
            return self._with(Access(keys=(first, second, third, fourth))), 0
        with self._lock:
            requests = 0
            if self._runs_out():
                requests = self._renew()
            return self._with(Access(bearer=self._credentials.get("access_token"))), requests

    def renew(self) -> bool:
        """Get a new token after one was refused; False where there is nothing to renew it with."""
        with self._lock:
            if self._credentials.find("consumer_key") or not self._credentials.find("refresh_token"):
                return False
            self._renew()
            return True

    def _runs_out(self) -> bool:
        until = self._credentials.find("access_token_expires_at")
        if not until or not self._credentials.find("refresh_token"):
            return False
        try:
            return datetime.fromisoformat(until) - _SOON <= self._clock.now()
        except (TypeError, ValueError):
            return True

    def _renew(self) -> int:
        before = self._credentials.get("refresh_token")
        app = App(client_id=self._credentials.get("client_id"), client_secret=self._credentials.find("client_secret"))
        try:
            tokens = refresh(app, token=before, reach=self._reach, clock=self._clock)
        except Trouble as trouble:
            if self._credentials.find("refresh_token") != before:
                return 1  # another process was faster, and has kept what X gave it
            if trouble.kind is TroubleKind.WRONG:
                message = "X takes the refresh token no more; run: earnest connect x"
                raise Trouble(message, kind=TroubleKind.REFUSED, status=trouble.status) from None
            raise
        keep(self._credentials, tokens)
        return 1

    def _with(self, access: Access) -> XClient:
        return XClient(access, reach=self._reach, clock=self._clock)


def keep(credentials: Credentials, tokens: Tokens) -> None:
    """Keep tokens; the refresh token first, since without it the account would have to be connected anew."""
    if tokens.refresh:
        credentials.keep("refresh_token", tokens.refresh)
    credentials.keep("access_token_expires_at", tokens.expires_at.isoformat())
    # With a refresh token nobody has to do anything when it ends.
    credentials.keep("access_token", tokens.access, expires_at=None if tokens.refresh else tokens.expires_at)
