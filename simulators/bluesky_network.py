"""What the simulated network holds: accounts with their sessions, and records with their addresses."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from itertools import count
from typing import Any, Final

from domain.time import Clock, SystemClock
from platforms.counting import count_graphemes

POSTS: Final = "app.bsky.feed.post"
# What the reference server gives: two hours, and ninety days.
_ACCESS, _REFRESH = timedelta(hours=2), timedelta(days=90)


class Refused(Exception):
    """A request that is refused, with the error's name and the status."""

    def __init__(self, name: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.name, self.status = name, status


@dataclass(slots=True, kw_only=True)
class Account:
    """An account of the network; `blocks` are the DIDs that it blocks."""

    did: str
    handle: str
    password: str
    name: str = ""
    is_gone: bool = False
    blocks: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class Record:
    """A record as its repository holds it; `seen_at` is when the network met it."""

    did: str
    collection: str
    key: str
    value: dict[str, Any]
    seen_at: str
    author: Account

    @property
    def uri(self) -> str:
        """Its address."""
        return f"at://{self.did}/{self.collection}/{self.key}"

    @property
    def cid(self) -> str:
        """Its version."""
        text = json.dumps(self.value, sort_keys=True).encode()
        return "bafyrei" + base64.b32encode(sha256(text).digest()).decode().lower().rstrip("=")

    @property
    def reference(self) -> dict[str, str]:
        """What a reply or a quote points with."""
        return {"uri": self.uri, "cid": self.cid}

    def is_blocked(self, viewer: Account | None) -> bool:
        """Say whether one of both has blocked the other."""
        return viewer is not None and (self.did in viewer.blocks or viewer.did in self.author.blocks)


@dataclass(slots=True)
class Network:
    """Accounts and records; threads may use it at once."""

    clock: Clock = field(default_factory=SystemClock)
    address: str = ""
    accounts: dict[str, Account] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    # What happened to posts, in order: for the stream.
    events: list[dict[str, Any]] = field(default_factory=list)
    sign_ins: int = 0
    revoked: set[str] = field(default_factory=set)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def add_account(self, handle: str, *, password: str = "app-pass-word", name: str = "") -> Account:  # noqa: S107
        """Add an account."""
        did = "did:plc:" + base64.b32encode(sha256(handle.encode()).digest()).decode().lower()[:24]
        self.accounts[did] = Account(did=did, handle=handle, password=password, name=name or handle.title())
        return self.accounts[did]

    def count(self, text: str) -> int:
        """Return a text's length in graphemes."""
        return count_graphemes(text)

    def posts(self) -> list[Record]:
        """Return every post that the network shows, newest first."""
        with self.lock:
            shown = [each for each in self.records.values() if each.collection == POSTS and not each.author.is_gone]
            # What was met at one instant stands in the order of its arrival.
            return sorted(shown, key=lambda each: each.seen_at)[::-1]

    def find(self, uri: str) -> Record | None:
        """Return a record that the network shows."""
        found = self.records.get(uri)
        return found if found and not found.author.is_gone else None

    def write(
        self, account: Account, collection: str, value: dict[str, Any], *, key: str | None = None, replace: bool = False
    ) -> dict[str, Any]:  # fmt: skip
        """Write a record; a second one of a key fails as the reference server does, unless it replaces the first."""
        with self.lock:
            now = self.now()
            key = key or f"3{next(self._numbers):012d}".translate(str.maketrans("0189", "zyxw"))
            record = Record(
                did=account.did, collection=collection, key=key, value=value, seen_at=now, author=account
            )  # fmt: skip
            if record.uri in self.records and not replace:
                raise Refused("InternalServerError", "Internal Server Error", status=500)
            self.records[record.uri] = record
            self._note(record, "create")
        return {**record.reference, "validationStatus": "valid"}

    def delete(self, uri: str) -> None:
        """Delete a record."""
        with self.lock:
            self._note(self.records.pop(uri), "delete")

    def record(self, did: str, collection: str, key: str) -> dict[str, Any]:
        """Return a record as its repository gives it."""
        account = self.accounts.get(did)
        if account is None or account.is_gone:
            raise Refused("InvalidRequest", f"Could not find repo: {did}")
        found = self.find(f"at://{did}/{collection}/{key}")
        if found is None:
            raise Refused("RecordNotFound", f"Could not locate record: at://{did}/{collection}/{key}")
        return {**found.reference, "value": found.value}

    def resolve(self, handle: str) -> str:
        """Return the DID of a handle."""
        for account in self.accounts.values():
            if account.handle == handle:
                return account.did
        raise Refused("HandleNotFound", "Unable to resolve handle")

    def sign_in(self, *, identifier: str, password: str) -> dict[str, Any]:
        """Begin a session."""
        self.sign_ins += 1
        for account in self.accounts.values():
            if identifier in {account.handle, account.did} and account.password == password:
                return self.session(account)
        raise Refused("AuthenticationRequired", "Invalid identifier or password", status=401)

    def session(self, account: Account) -> dict[str, Any]:
        """Return new tokens."""
        return {
            **self.identity(account), "accessJwt": self._token(account, "com.atproto.appPass", _ACCESS),
            "refreshJwt": self._token(account, "com.atproto.refresh", _REFRESH),
        }  # fmt: skip

    def identity(self, account: Account) -> dict[str, Any]:
        """Return whose a session is."""
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.address}
        return {
            "did": account.did, "handle": account.handle, "active": True,
            "didDoc": {"id": account.did, "alsoKnownAs": [f"at://{account.handle}"], "service": [service]},
        }  # fmt: skip

    def account_of(self, token: str, *, refreshing: bool) -> Account:
        """Return whose token it is; raises Refused for one that isn't taken."""
        try:
            claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        except (IndexError, ValueError):
            raise Refused("InvalidToken", "Token could not be verified") from None
        wanted = "com.atproto.refresh" if refreshing else "com.atproto.appPass"
        if claims["scope"] != wanted or claims["sub"] not in self.accounts:
            raise Refused("InvalidToken", "Token could not be verified")
        if token in self.revoked or claims["exp"] <= self.clock.now().timestamp():
            raise Refused("ExpiredToken", "Token has expired")
        return self.accounts[claims["sub"]]

    def now(self) -> str:
        """Return the time as records write it."""
        return self.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _token(self, account: Account, scope: str, life: timedelta) -> str:
        ends = int((self.clock.now() + life).timestamp())
        claims = {"scope": scope, "sub": account.did, "exp": ends, "jti": str(next(self._numbers))}
        parts = ({"alg": "HS256"}, claims, {"sig": 1})
        return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)

    def _note(self, record: Record, operation: str) -> None:
        if record.collection != POSTS:
            return
        event = {
            "did": record.did, "seq": len(self.events) + 1, "collection": POSTS, "operation": operation,
            "rkey": record.key, "rev": record.key,
            "time": self.clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z"),
        }  # fmt: skip
        if operation != "delete":
            event |= {"cid": record.cid, "record": record.value}
        self.events.append(event)
