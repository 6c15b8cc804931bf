"""Reddit's API on loopback, written from its documentation and from what PRAW and prawcore have recorded.

Each behaviour says where it is from: *docs* is www.reddit.com/dev/api, *wiki* the Data API wiki, *oauth* the page on
OAuth2 of Reddit's own repository, and what is recorded names the cassette of PRAW's or prawcore's tests.
"""

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from simulators.loopback import Answer, Before, Request, serve, unchanged
from simulators.reddit_faults import OF_PAGES, spoil
from simulators.reddit_pages import Pages
from simulators.reddit_things import DELETED, REMOVED, Thing, in_base_36

# docs: which scope each path wants.
_SCOPES: Final = (
    ("/api/v1/me", "identity"), ("/message/", "privatemessages"), ("/user/", "history"), ("/api/comment", "submit"),
    ("/", "read"),
)  # fmt: skip
_LONGEST: Final = 10_000


@dataclass(slots=True)
class RedditSimulator:
    """Holds what is posted; `failures` are given once each before anything else, `token_failures` to tokens' requests.

    `account` is whom the keys belong to: write u/ and that name into a comment, and it lies in the inbox.
    """

    account: str = "tern"
    client_id: str = "app"
    client_secret: str = "app-secret"  # noqa: S105 - made up
    password: str = "app-password"  # noqa: S105 - made up
    now: Callable[[], float] = time.time
    things: dict[str, Thing] = field(default_factory=dict)
    # Refresh tokens and codes with the scopes they stand for; a test or a person may add some.
    grants: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, tuple[str, bool]] = field(default_factory=dict)
    failures: list[Answer] = field(default_factory=list)
    token_failures: list[Answer] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    pages: Pages = field(default_factory=Pages)
    # wiki: 100 requests a minute, counted over ten.
    remaining: float = 1000.0
    reset: int = 300
    # Faults of the next requests, one each, as reddit_faults and Pages know them, and of the next writes.
    faults: list[str] = field(default_factory=list)
    write_faults: list[str] = field(default_factory=list)
    stall: float = 1.6
    wait_seconds: int = 0

    def add_submission(
        self, title: str, text: str = "", *, author: str = "ada", subreddit: str = "coffee", at: float | None = None
    ) -> str:  # fmt: skip
        """Post a submission; return its fullname."""
        thing = self._make("t3", text, author=author, subreddit=subreddit, at=at)
        thing.title, thing.link = title, thing.name
        return thing.name

    def add_comment(self, parent: str, text: str, *, author: str = "bo", at: float | None = None) -> str:
        """Answer a submission or comment; return its fullname."""
        above = self.things[parent]
        thing = self._make("t1", text, author=author, subreddit=above.subreddit, at=at)
        thing.parent, thing.link = parent, above.link
        # docs: an answer to one's own is a reply, and a mention lies among the mentions alone.
        if author != self.account and above.author == self.account:
            thing.inbox = "comment_reply" if above.kind == "t1" else "post_reply"
        elif author != self.account and f"u/{self.account}".casefold() in text.casefold():
            thing.inbox = "username_mention"
        return thing.name

    def add_message(self, text: str, *, author: str = "ada") -> str:
        """Send the account a private message; return its fullname."""
        thing = self._make("t4", text, author=author, subreddit="", at=None)
        thing.inbox = "unknown"
        return thing.name

    def delete(self, name: str, *, removed: bool = False) -> None:
        """Have its author delete it, or a moderator remove it."""
        self.things[name].taken = REMOVED if removed else DELETED

    def revoke(self) -> None:
        """Make every token void, and refuse the next request for one."""
        self.tokens.clear()
        self.token_failures.append(_json({"message": "Unauthorized", "error": 401}, status=401))

    def fail_next(self, fault: str) -> None:
        """Let the next request fail in that way; lost_after_write waits for a write, the oddities for a page."""
        if fault == "unauthorised":
            self.revoke()
        elif fault in OF_PAGES:
            self.pages.odd.append(fault)
        elif fault == "lost_after_write":
            self.write_faults.append(fault)
        else:
            self.faults.append(fault)

    def grant(self, scopes: str) -> str:
        """Return a refresh token with these scopes."""
        token = f"refresh-{len(self.grants) + 1}"
        self.grants[token] = scopes
        return token

    @contextmanager
    def serve(self, *, port: int = 0, before: Before = unchanged) -> Iterator[str]:
        """Serve until the end of the block, with something in front; yield the address."""
        with serve(before(self.answer), port=port) as address:
            yield address

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        self.requests.append(request)
        if request.path == "/api/v1/authorize":
            return self._authorise(request)
        if request.path == "/api/v1/access_token":
            return self.token_failures.pop(0) if self.token_failures else self._token(request)
        if self.failures:
            return self.failures.pop(0)
        is_write = request.method == "POST"
        faults = self.write_faults if is_write and self.write_faults else self.faults
        if faults:
            return spoil(faults.pop(0), lambda: self._act(request), stall=self.stall)
        return self._act(request)

    def _act(self, request: Request) -> Answer:
        refused = self._refuse(request)
        if refused:
            return refused
        self.remaining -= 1
        if request.path.rstrip("/") == "/api/comment" and request.method == "POST":
            return self._comment(request)
        found = self.pages.find(request, things=list(self.things.values()), account=self.account)
        headers = {
            "x-ratelimit-remaining": f"{self.remaining:.1f}", "x-ratelimit-used": f"{1000 - self.remaining:.0f}",
            "x-ratelimit-reset": str(self.reset),
        }  # fmt: skip
        return _json(found, headers=headers) if found is not None else _json({"error": 404}, status=404)

    def _make(self, kind: str, text: str, *, author: str, subreddit: str, at: float | None) -> Thing:
        thing = Thing(
            kind=kind, id=in_base_36(50_000 + len(self.things)), author=author, subreddit=subreddit, text=text,
            created=float(int(self.now() if at is None else at)),
        )  # fmt: skip
        self.things[thing.name] = thing
        return thing

    def _authorise(self, request: Request) -> Answer:
        # oauth: the person's browser is sent back with the code and the state. Here nobody is asked.
        code = f"code-{len(self.grants) + 1}"
        self.grants[code] = request.query.get("scope", "")
        query = urlencode({"state": request.query.get("state", ""), "code": code})
        return Answer(status=302, headers={"Location": f"{request.query.get('redirect_uri', '')}?{query}#_"})

    def _token(self, request: Request) -> Answer:
        form, keys = request.form, f"{self.client_id}:{self.client_secret}".encode()
        # oauth: the app's own id and secret come by basic authorisation.
        if request.headers.get("authorization") != f"Basic {base64.b64encode(keys).decode()}":
            return _json({"message": "Unauthorized", "error": 401}, status=401)
        kind, more = form.get("grant_type"), {}
        if kind == "password":
            # As recorded in TestScriptAuthorizer.test_refresh__with_invalid_username_or_password
            if (form.get("username"), form.get("password")) != (self.account, self.password):
                return _json({"error": "invalid_grant"})
            scope = form.get("scope", "*")
        elif kind in {"refresh_token", "authorization_code"}:
            given = form.get("refresh_token", form.get("code", ""))
            if given not in self.grants:
                # As recorded in TestAuthorizer.test_refresh__with_invalid_token, test_authorize__with_invalid_code
                wrong = {"error": "invalid_grant"}
                return _json(wrong) if kind == "authorization_code" else _json({"error": 400}, status=400)
            scope = self.grants[given]
            more = {"refresh_token": given if kind == "refresh_token" else self.grant(self.grants.pop(given))}
        else:
            scope = form.get("scope", "*")
        token = f"token-{len(self.requests)}"
        self.tokens[token] = (scope, kind != "client_credentials")
        return _json({"access_token": token, "token_type": "bearer", "expires_in": 86_400, "scope": scope, **more})

    def _refuse(self, request: Request) -> Answer | None:
        token = request.headers.get("authorization", "").removeprefix("bearer ")
        if token not in self.tokens:
            # As recorded in TestSession.test_request__with_invalid_access_token__retry
            challenge = {"www-authenticate": 'Bearer realm="reddit", error="invalid_token"'}
            return _json({"message": "Unauthorized", "error": 401}, status=401, headers=challenge)
        scopes, has_account = self.tokens[token]
        wanted = next(scope for start, scope in _SCOPES if request.path.startswith(start))
        if (scopes != "*" and wanted not in scopes.split()) or (wanted == "privatemessages" and not has_account):
            # As recorded in TestSession.test_request__with_insufficient_scope
            challenge = {"www-authenticate": 'Bearer realm="reddit", error="insufficient_scope"'}
            return _json({"message": "Forbidden", "error": 403}, status=403, headers=challenge)
        return None

    def _comment(self, request: Request) -> Answer:
        text, above = request.form.get("text", ""), self.things.get(request.form.get("thing_id", ""))
        error = self._error_of(text, above)
        if error:
            # docs and PRAW: what is wrong with a write stands in a 200, with api_type=json.
            more = {"ratelimit": float(self.wait_seconds)} if error[0] == "RATELIMIT" else {}
            return _json({"json": {"errors": [error], **more}})
        name = self.add_comment(request.form["thing_id"], text, author=self.account)
        thing = {"kind": "t1", "data": self.things[name].data(raw=request.query.get("raw_json") == "1")}
        # As recorded in TestComment.test_edit.
        return _json({"json": {"errors": [], "data": {"things": [thing]}}})

    def _error_of(self, text: str, above: Thing | None) -> list[str] | None:
        if self.wait_seconds:
            return ["RATELIMIT", f"Take a break for {self.wait_seconds} seconds before trying again.", "ratelimit"]
        if above is None or above.taken:
            return ["DELETED_COMMENT", "that comment has been deleted", "parent"]
        if above.locked:
            return ["THREAD_LOCKED", "Comments are locked.", "parent"]
        if len(text) > _LONGEST:
            return ["TOO_LONG", f"this is too long (max: {_LONGEST})", "text"]
        return None if text.strip() else ["NO_TEXT", "we need something here", "text"]


def _json(data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:  # noqa: ANN401
    told = {"Content-Type": "application/json; charset=UTF-8", **(headers or {})}
    return Answer(status=status, headers=told, body=json.dumps(data).encode())
