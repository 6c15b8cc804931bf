"""An account's session: kept on each change, renewed before it ends; signing in anew comes last.

Signing in is what the network limits hardest (30 times in five minutes, 300 a day). A session belongs to one holder;
where two processes share a holder, the newer tokens in the store go before one's own.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Final, TypeVar

from domain.time import Clock
from platforms.bluesky.client import Client, StaleToken
from platforms.bluesky.values import Json, items, mapping, parse, text
from platforms.credentials import Credentials
from platforms.trouble import Trouble, TroubleKind, unreadable

PASSWORD: Final = "app_password"  # noqa: S105 - its name
SESSION: Final = "session"
# Tokens are renewed so long before they end.
_EARLY: Final = timedelta(minutes=2)
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The tokens of an account, whose they are, and on which server it lives (None where it didn't say)."""

    did: str
    handle: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    server: str | None = None

    def write(self) -> str:
        """Return it as text for the store."""
        return json.dumps(
            {"did": self.did, "handle": self.handle, "access": self.access, "refresh": self.refresh,
             "server": self.server}
        )  # fmt: skip

    @property
    def ends_at(self) -> datetime | None:
        """When the access token runs out; None where it doesn't say."""
        return _expiry(self.access)

    @property
    def renewable_until(self) -> datetime | None:
        """When the refresh token runs out; None where it doesn't say."""
        return _expiry(self.refresh)


def read_session(kept: str | None) -> Session | None:
    """Return a kept session; None where there is none that can be read."""
    if not kept:
        return None
    try:
        data = mapping(parse(kept.encode()))
    except ValueError:
        return None
    values = {name: text(data.get(name)) for name in ("did", "handle", "access", "refresh")}
    if not all(values.values()):
        return None
    return Session(server=text(data.get("server")), **{name: str(value) for name, value in values.items()})


def session_of(answer: Json, *, before: Session | None = None) -> Session:
    """Return the session in an answer of createSession or refreshSession; raises Trouble where it holds none."""
    did, access, refresh = (text(answer.get(name)) for name in ("did", "accessJwt", "refreshJwt"))
    if did is None or access is None or refresh is None:
        raise unreadable("Bluesky", what="a session without tokens")
    return Session(
        did=did,
        handle=text(answer.get("handle")) or (before.handle if before else did),
        access=access,
        refresh=refresh,
        server=_server(answer) or (before.server if before else None),
    )


def sign_in(client: Client, *, handle: str, password: str) -> Session:
    """Begin a session with an app password; raises Trouble."""
    return session_of(client.tell("com.atproto.server.createSession", {"identifier": handle, "password": password}))


class SessionOwner:
    """Lends one holder's token to calls; threads may share it."""

    def __init__(
        self, *, handle: str, service: str, credentials: Credentials, clock: Clock,
        connect: Callable[[str], Client],
    ) -> None:  # fmt: skip
        """`connect` returns the client of a server; nothing is asked yet."""
        self._handle, self._service = handle, service
        self._credentials, self._clock, self._connect = credentials, clock, connect
        self._clients: dict[str, Client] = {}
        self._refused: set[str] = set()
        self._lock = Lock()

    @property
    def is_possible(self) -> bool:
        """Whether there is anything to sign in with."""
        return bool(self._handle) and (
            self._credentials.find(PASSWORD) is not None or read_session(self._credentials.find(SESSION)) is not None
        )

    @property
    def did(self) -> str | None:
        """Whose session is kept; None before the first."""
        kept = read_session(self._credentials.find(SESSION))
        return kept.did if kept else None

    def current(self) -> Session:
        """Return a session whose token is good as far as one can tell; raises Trouble or MissingCredential."""
        with self._lock:
            kept = read_session(self._credentials.find(SESSION))
            if kept and kept.access not in self._refused and not self._runs_out(kept):
                return kept
            renewed = self._refresh(kept) if kept else None
            return renewed or self._begin()

    def ask(self, method: str, query: Mapping[str, Any] | None = None) -> Json:
        """Ask the account's server for something; a token that it doesn't take any more is renewed, once."""
        return self._with_token(lambda client, token: client.ask(method, query, token=token))

    def tell_once(self, method: str, data: Json, *, session: Session) -> Json:
        """Have something done by one request; raises Trouble, StaleToken where nothing was done."""
        try:
            return self.client(session).tell(method, data, token=session.access)
        except StaleToken:
            self._refused.add(session.access)
            raise

    def client(self, session: Session | None = None) -> Client:
        """Return the client of the server that the account lives on."""
        server = (session.server if session else None) or self._service
        if server.startswith("http:") and not self._service.startswith("http:"):
            server = self._service  # what began sealed doesn't go on in the open
        if server not in self._clients:
            self._clients[server] = self._connect(server)
        return self._clients[server]

    def take_requests(self) -> int:
        """Return how many requests were made since the last time this was asked."""
        return sum(client.take_requests() for client in self._clients.values())

    def _with_token(self, call: Callable[[Client, str], _Answer]) -> _Answer:
        session = self.current()
        try:
            return call(self.client(session), session.access)
        except StaleToken:
            self._refused.add(session.access)
        session = self.current()
        return call(self.client(session), session.access)

    def _runs_out(self, session: Session) -> bool:
        ends = session.ends_at
        return ends is not None and ends <= self._clock.now() + _EARLY

    def _refresh(self, session: Session) -> Session | None:
        until = session.renewable_until
        if session.refresh in self._refused or (until is not None and until <= self._clock.now()):
            return None
        try:
            answer = self.client().tell("com.atproto.server.refreshSession", token=session.refresh)
        except StaleToken:
            self._refused.add(session.refresh)
            return self._of_another_process()
        return self._keep(session_of(answer, before=session))

    def _of_another_process(self) -> Session | None:
        """Return what another process has kept meanwhile; it was faster with the same token."""
        kept = read_session(self._credentials.find(SESSION))
        return kept if kept and not {kept.access, kept.refresh} & self._refused else None

    def _begin(self) -> Session:
        password = self._credentials.find(PASSWORD)
        if password is None and self._credentials.find(SESSION) is not None:
            raise Trouble(
                "The session on Bluesky has ended and no app password is kept; run: earnest connect bluesky",
                kind=TroubleKind.REFUSED, reached=False,
            )  # fmt: skip
        password = password or self._credentials.get(PASSWORD)
        return self._keep(sign_in(self.client(), handle=self._handle, password=password))

    def _keep(self, session: Session) -> Session:
        self._credentials.keep(SESSION, session.write(), expires_at=session.renewable_until)
        return session


def _server(answer: Json) -> str | None:
    """Return the server that a DID's document names (atproto.com/specs/did: the service #atproto_pds)."""
    for service in items(mapping(answer.get("didDoc")).get("service")):
        named = text(mapping(service).get("serviceEndpoint"))
        if str(mapping(service).get("id", "")).endswith("#atproto_pds") and named:
            return named.rstrip("/") if named.startswith(("https://", "http://")) else None
    return None


def claims_of(token: str) -> Json:
    """Return what a token says of itself; it is read and not trusted: the server decides."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        return mapping(parse(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))))
    except (ValueError, binascii.Error):
        return {}


def _expiry(token: str) -> datetime | None:
    ends = claims_of(token).get("exp")
    if not isinstance(ends, int) or isinstance(ends, bool) or not 0 < ends < 2**33:
        return None
    return datetime.fromtimestamp(ends, UTC)
