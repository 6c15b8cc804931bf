"""Bluesky on loopback: an account's server and the network's view of posts, in one.

Written from the lexicons (com.atproto.*, app.bsky.*) and from what the reference server answered when it was asked:
400 for a token that isn't taken, 500 for a second record of one key, 501 for a method that it doesn't know.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

from platforms.bluesky.values import mapping
from simulators.bluesky_answers import answer_fault, as_json, problem
from simulators.bluesky_network import POSTS, Account, Network, Refused
from simulators.bluesky_views import author_feed, notifications, page, post_view, search, thread
from simulators.loopback import Answer, Request, serve

# The requests that a fault may hit: what a reading asks for, and the write. What a publisher reads first goes well.
_HIT: Final = frozenset(
    {
        "app.bsky.notification.listNotifications", "app.bsky.feed.getAuthorFeed", "app.bsky.feed.searchPosts",
        "app.bsky.feed.getPostThread", "com.atproto.repo.createRecord",
    }
)  # fmt: skip
_OPEN: Final = frozenset(
    {
        "com.atproto.server.createSession", "com.atproto.identity.resolveHandle", "com.atproto.repo.getRecord",
        "com.atproto.repo.listRecords",
    }
)  # fmt: skip
_MOST_GRAPHEMES: Final = 300


@dataclass(slots=True)
class BlueskySimulator:
    """The network behind one address; `faults` are met one a request, `answers` are given as they are before all else.

    `lagging` is how many reads of the network don't show the newest posts of `slow`; `stall` is how long a time-out is.
    """

    network: Network
    slow: str = ""
    stall: float = 5.0
    faults: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    lagging: int = 0
    # Without a session the network's public view answers too; an account's server doesn't.
    is_public: bool = False
    asked: list[Request] = field(default_factory=list)

    @contextmanager
    def serve(self, *, port: int = 0) -> Iterator[str]:
        """Serve until the end of the block; yield the address."""
        with serve(self.answer, port=port) as address:
            self.network.address = address
            yield address

    def methods(self) -> list[str]:
        """Return the methods that were asked for, in order."""
        return [request.path.removeprefix("/xrpc/") for request in self.asked]

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        self.asked.append(request)
        if self.answers:
            return self.answers.pop(0)
        method = request.path.removeprefix("/xrpc/")
        fault = self._fault_for(method)
        if fault:
            return answer_fault(fault, stall=self.stall, request=request, answer=lambda: self._answer(method, request))
        return self._answer(method, request)

    def _fault_for(self, method: str) -> str | None:
        if not self.faults or method not in _HIT:
            return None
        if self.faults[0] == "lost_after_write" and method != "com.atproto.repo.createRecord":
            return None
        return self.faults.pop(0)

    def _answer(self, method: str, request: Request) -> Answer:
        handler = self._handlers().get(method)
        if handler is None:
            return problem(501, "MethodNotImplemented", "Method Not Implemented")
        query = parse_qs(request.raw_query, keep_blank_values=True)
        try:
            account = None if method in _OPEN else self._account(method, request)
            return as_json(handler(account, {**query, "": [request.body.decode() or "{}"]}))
        except Refused as refusal:
            return problem(refusal.status, refusal.name, str(refusal))

    def _account(self, method: str, request: Request) -> Account | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not token:
            if self.is_public:
                return None
            raise Refused("AuthMissing", "Authentication Required", status=401)
        return self.network.account_of(token, refreshing=method == "com.atproto.server.refreshSession")

    def _handlers(self) -> dict[str, Callable[[Account | None, dict[str, list[str]]], dict[str, Any]]]:
        network = self.network
        return {
            "com.atproto.server.createSession": lambda _, query: network.sign_in(**_body(query)),
            "com.atproto.server.refreshSession": lambda account, _: network.session(_need(account)),
            "com.atproto.server.getSession": lambda account, _: network.identity(_need(account)),
            "com.atproto.identity.resolveHandle": lambda _, query: {"did": network.resolve(query["handle"][-1])},
            "com.atproto.repo.createRecord": lambda account, query: self._create(_need(account), _body(query)),
            "com.atproto.repo.putRecord": lambda account, query: self._put(_need(account), _body(query)),
            "com.atproto.repo.getRecord": lambda _, query: network.record(
                query["repo"][-1], query["collection"][-1], query["rkey"][-1]
            ),
            "app.bsky.notification.listNotifications": lambda account, query: page(
                notifications(network, _need(account), reasons=query.get("reasons")), query, name="notifications"
            ),
            "app.bsky.feed.getPosts": lambda account, query: self._posts(account, query["uris"]),
            "app.bsky.feed.searchPosts": lambda account, query: page(self._search(account, query), query, name="posts"),
            "app.bsky.feed.getAuthorFeed": lambda account, query: page(
                author_feed(network, query["actor"][-1], hidden=self._hidden(), viewer=account), query, name="feed"
            ),
            "app.bsky.feed.getPostThread": lambda account, query: thread(network, query["uri"][-1], viewer=account),
        }  # fmt: skip

    def _create(self, account: Account, data: dict[str, Any]) -> dict[str, Any]:
        record = mapping(data.get("record"))
        graphemes = self.network.count(str(record.get("text", "")))
        if data.get("collection") == POSTS and graphemes > _MOST_GRAPHEMES:
            said = (
                f"Invalid app.bsky.feed.post record: grapheme too big (maximum 300, got {graphemes}) at $.record.text"
            )
            raise Refused("InvalidRequest", said)
        return self.network.write(account, data["collection"], dict(record), key=data.get("rkey"))

    def _put(self, account: Account, data: dict[str, Any]) -> dict[str, Any]:
        return self.network.write(account, data["collection"], data["record"], key=data["rkey"], replace=True)

    def _search(self, viewer: Account | None, query: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
        since = query.get("since", [""])[-1]
        return search(self.network, query["q"][-1], since=since, hidden=self._hidden(), viewer=viewer)

    def _posts(self, viewer: Account | None, uris: list[str]) -> dict[str, Any]:
        if len(uris) > 25:
            said = f"Invalid app.bsky.feed.getPosts params: array too big (maximum 25, got {len(uris)})"
            raise Refused("InvalidRequest", said)
        hidden = self._hidden()
        shown = [self.network.find(uri) for uri in uris if uri not in hidden]
        return {
            "posts": [post_view(self.network, post, viewer) for post in shown if post and not post.is_blocked(viewer)]
        }

    def _hidden(self) -> frozenset[str]:
        """Return the addresses of posts that a lagging read doesn't show."""
        if not self.lagging:
            return frozenset()
        self.lagging -= 1
        return frozenset(post.uri for post in self.network.posts() if post.did == self.slow)


def _body(query: dict[str, list[str]]) -> dict[str, Any]:
    return dict(mapping(json.loads(query[""][0])))


def _need(account: Account | None) -> Account:
    if account is None:
        raise Refused("AuthMissing", "Authentication Required", status=401)
    return account
