"""X on loopback, written from its documentation: reading, streaming, replying, compliance jobs, and what goes wrong.

Paths, parameters and fields: docs.x.com/x-api (recent search, timelines, filtered stream, manage posts, batch
compliance). Errors: docs.x.com/x-api/fundamentals/response-codes-and-errors and rate-limits.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from platforms.counting import count_weighted
from platforms.x.snowflake import time_of
from simulators.loopback import Answer, Before, Request, serve, unchanged
from simulators.x_answers import as_json, body_of, invalid, made, moment, nobody, problem, public
from simulators.x_faults import answer_of
from simulators.x_query import compile_query
from simulators.x_state import XState
from simulators.x_storage import authorise, storage, token
from simulators.x_stream import stream

APP_TOKEN: Final = "demo-app-token"  # noqa: S105 - made up
USER_TOKEN: Final = "demo-user-token"  # noqa: S105 - made up
REFRESH_TOKEN: Final = "demo-refresh-token"  # noqa: S105 - made up
_WEEK: Final = timedelta(days=7)
_NO_APP: Final = "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint."
_NOT_SUMMONED: Final = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)


@dataclass(slots=True)
class XSimulator:
    """Answers for one app and one account of its owner's; `faults` are met one a request before anything else."""

    handle: str = "ploverday"
    state: XState = field(default_factory=XState)
    faults: list[str] = field(default_factory=list)
    write_faults: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    user_tokens: set[str] = field(default_factory=lambda: {USER_TOKEN})
    refresh_tokens: set[str] = field(default_factory=lambda: {REFRESH_TOKEN})
    looks_until_done: int = 1
    stall: float = 1.0
    # How many more reads don't show the account's newest posts.
    lag: int = 0
    address: str = ""
    hears: Callable[[], Iterator[dict[str, Any]]] | None = None

    def __post_init__(self) -> None:
        """Let the owner's account be there before anybody names it."""
        self.state.add_person(self.handle)

    @property
    def account_id(self) -> str:
        """The id of the owner's account."""
        return self.state.add_person(self.handle)

    @contextmanager
    def serve(self, *, port: int = 0, before: Before = unchanged) -> Iterator[str]:
        """Serve until the end of the block, with something in front; yield the address."""
        with serve(before(self.answer), port=port) as self.address:
            yield self.address

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        self.requests.append(request)
        if request.path.startswith(("/upload/", "/download/")):
            return storage(self, request)
        if request.path in {"/i/oauth2/authorize", "/2/oauth2/token"}:
            return token(self, request) if request.method == "POST" else authorise(request)
        caller = self._caller(request)
        if caller is None:
            return problem(401, "Unauthorized", "Unauthorized")
        is_write = request.method == "POST" and request.path == "/2/tweets"
        if is_write and self.write_faults:
            return self._write_with(self.write_faults.pop(0), request, caller)
        if self.faults:
            return answer_of(self.faults.pop(0), self, request, lambda: self._route(request, caller))
        return self._route(request, caller)

    def _write_with(self, fault: str, request: Request, caller: str) -> Answer:
        if fault == "lost_after_write":
            self._create(request, caller)
            return Answer(lost=True)
        return answer_of(fault, self, request, lambda: self._create(request, caller))

    def _caller(self, request: Request) -> str | None:
        """Return who asks: `app`, or the account's id; None where nobody is known by that key.

        Signatures of OAuth 1.0a aren't checked, only that there is one by a token that we gave.
        """
        header = request.headers.get("authorization", "")
        kind, _, token = header.partition(" ")
        if kind == "Bearer":
            return "app" if token == APP_TOKEN else self.account_id if token in self.user_tokens else None
        signed = "oauth_signature=" in token and f'oauth_token="{USER_TOKEN}"' in token
        return self.account_id if kind == "OAuth" and signed else None

    def _route(self, request: Request, caller: str) -> Answer:
        path = request.path.removeprefix("/2")
        parts = path.strip("/").split("/")
        routes: dict[tuple[str, str], Callable[[], Answer]] = {
            ("POST", "/tweets"): lambda: self._create(request, caller),
            ("GET", "/tweets"): lambda: self._look_up(request.query.get("ids", "").split(",")),
            ("GET", "/tweets/search/recent"): lambda: self._search(request),
            ("GET", "/tweets/search/stream"): lambda: stream(self),
            ("GET", "/tweets/search/stream/rules"): lambda: self._rules(request),
            ("POST", "/tweets/search/stream/rules"): lambda: self._rules(request),
        }
        if (request.method, path) in routes:
            return routes[request.method, path]()
        if parts[0] == "users":
            return self._users(parts[1:], request, caller)
        if parts[:2] == ["compliance", "jobs"]:
            return self._jobs(parts[2:], request, caller)
        return problem(404, "Not Found", "Not Found")

    def _search(self, request: Request) -> Answer:
        query = request.query.get("query", "")
        try:
            test = compile_query(query)
        except ValueError as error:
            return invalid(f"There were errors processing your request: {error}")
        if len(query) > 512:
            return invalid("Rule must be at most 512 characters.")
        oldest = self.state.now() - _WEEK
        since = time_of(request.query.get("since_id", "")) or moment(request.query.get("start_time"))
        if since and since < oldest - timedelta(seconds=1):
            return invalid("'since_id' must be a tweet id created after the last 7 days.")
        found = [post for post in self.visible() if test(post) and made(post) >= oldest]
        return self._page(found, request, least=10)

    def _users(self, parts: list[str], request: Request, caller: str) -> Answer:
        if parts == ["me"]:
            if caller == "app":
                return problem(403, "Unsupported Authentication", _NO_APP)
            return as_json({"data": self.state.people[caller]})
        if parts[:2] == ["by", "username"]:
            wanted = parts[2].casefold()
            who = next((each for each in self.state.people.values() if each["username"].casefold() == wanted), None)
            return as_json({"data": who} if who else {"errors": [nobody(parts[2])]})
        user_id, listing = parts[0], parts[-1]
        if user_id not in self.state.people:
            return as_json({"errors": [nobody(user_id)]})
        if listing == "mentions":
            found = [
                post for post in self.visible() if any(who["id"] == user_id for who in post["entities"]["mentions"])
            ]
        else:
            found = [post for post in self.visible() if post["author_id"] == user_id]
        return self._page(found, request, least=5)

    def visible(self) -> list[dict[str, Any]]:
        """Return the posts that a read shows now, newest first."""
        hidden = set()
        if self.lag:
            self.lag -= 1
            hidden = {key for key, post in self.state.posts.items() if post["author_id"] == self.account_id}
        shown = (post for key, post in self.state.posts.items() if key not in self.state.gone and key not in hidden)
        return sorted(shown, key=lambda post: -int(post["id"]))

    def _page(self, found: list[dict[str, Any]], request: Request, *, least: int) -> Answer:
        query = request.query
        size = int(query.get("max_results", 10))
        if not least <= size <= 100:
            return invalid(f"The `max_results` query parameter value [{size}] is not between {least} and 100")
        since_id, start = int(query.get("since_id", 0)), moment(query.get("start_time"))
        after = [post for post in found if int(post["id"]) > since_id and (start is None or made(post) >= start)]
        token = query.get("next_token") or query.get("pagination_token")
        if token is not None and not token.startswith("b26v"):
            return invalid("The `next_token` query parameter value is not valid")
        below = int(token[4:]) if token else None
        rest = [post for post in after if below is None or int(post["id"]) < below]
        page = rest[:size]
        body = self.state.answer(page) if page else {}
        body["meta"] = {"result_count": len(page)}
        if len(rest) > size:
            body["meta"]["next_token"] = f"b26v{page[-1]['id']}"
        return as_json(body, headers=self.limits())

    def _look_up(self, ids: list[str]) -> Answer:
        shown = {post["id"]: post for post in self.visible()}
        found = [shown[key] for key in ids if key in shown]
        body = self.state.answer(found) if found else {}
        lost = [key for key in ids if key not in shown]
        if lost:
            body.setdefault("errors", []).extend(self.state.problem(key) for key in lost)
        return as_json(body, headers=self.limits())

    def _create(self, request: Request, caller: str) -> Answer:
        body = body_of(request)
        to = str(body.get("reply", {}).get("in_reply_to_tweet_id", ""))
        text = str(body.get("text", ""))
        if caller == "app":
            return problem(403, "Unsupported Authentication", _NO_APP)
        if count_weighted(text) > 280:
            return invalid("Your Tweet text is too long.")
        if refusal := self._why_not(text, to, caller):
            return problem(403, "Forbidden", refusal)
        key = self.state.reply(text, author_id=caller, to=to)
        self.sent.append(text)
        post = self.state.posts[key]
        return as_json({"data": {"id": key, "text": post["text"], "edit_history_tweet_ids": [key]}}, status=201)

    def _why_not(self, text: str, to: str, caller: str) -> str | None:
        if to not in self.state.posts or to in self.state.gone:
            return "You attempted to reply to a Tweet that is deleted or not visible to you."
        if not self.state.is_summoned(caller, to=to):
            return _NOT_SUMMONED
        return "You are not allowed to create a Tweet with duplicate content." if text in self.sent else None

    def _rules(self, request: Request) -> Answer:
        body, rules = body_of(request), self.state.rules
        for each in body.get("add", []):
            key = str(9_000 + len(rules) + len(self.requests))
            rules[key] = {"id": key, "value": each["value"], "tag": each.get("tag", "")}
        for key in body.get("delete", {}).get("ids", []):
            rules.pop(key, None)
        meta = {"sent": self.state.now().isoformat(), "result_count": len(rules)}
        return as_json({"data": list(rules.values()), "meta": meta} if rules else {"meta": meta})

    def _jobs(self, parts: list[str], request: Request, caller: str) -> Answer:
        if caller != "app":
            return problem(403, "Unsupported Authentication", "Compliance jobs want OAuth 2.0 Application-Only.")
        jobs = self.state.jobs
        if request.method == "POST":
            if any(job["status"] in {"created", "in_progress"} for job in jobs.values()):
                return problem(409, "Conflict", "There is already a job of this type in progress.")
            key = str(7_000 + len(jobs))
            jobs[key] = {
                "id": key, "type": "tweets", "name": body_of(request).get("name"), "status": "created",
                "upload_url": f"{self.address}/upload/{key}", "download_url": f"{self.address}/download/{key}",
                "created_at": self.state.now().strftime("%Y-%m-%dT%H:%M:%S.000Z"), "_looks": 0,
            }  # fmt: skip
            return as_json({"data": public(jobs[key])})
        if not parts:
            return as_json({"data": [public(job) for job in jobs.values()]} if jobs else {"meta": {"result_count": 0}})
        job = jobs[parts[0]]
        if job["status"] == "in_progress":
            job["_looks"] += 1
            job["status"] = "complete" if job["_looks"] >= self.looks_until_done else "in_progress"
        return as_json({"data": public(job)})

    def limits(self, *, left: int = 449) -> dict[str, str]:
        """Return the rate headers that every answer carries."""
        reset = int((self.state.now() + timedelta(minutes=15)).timestamp())
        return {
            "x-rate-limit-limit": "450", "x-rate-limit-remaining": str(left), "x-rate-limit-reset": str(reset),
        }  # fmt: skip
