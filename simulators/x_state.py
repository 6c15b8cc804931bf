"""What a simulated X holds: people, posts, rules, compliance jobs; and posts as the interface tells them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

from platforms.x.snowflake import EPOCH, time_of

_MENTION: Final = re.compile(r"@(\w{1,15})", re.ASCII)
_LINK: Final = re.compile(r"https?://\S+")


@dataclass(slots=True)
class XState:
    """Everything by id, as text; `now` is what the simulated platform takes for the time."""

    now: Any = lambda: datetime.now(UTC)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Why a post isn't to be had: deleted, or of an author who is protected, suspended or deactivated.
    gone: dict[str, str] = field(default_factory=dict)
    rules: dict[str, dict[str, str]] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    handed_over: dict[str, list[str]] = field(default_factory=dict)
    _numbers: Iterable[int] = field(default_factory=lambda: count(1))

    def add_person(self, username: str, *, name: str = "", external_id: str | None = None) -> str:
        """Add a person, or find one of that name; return the id."""
        for key, who in self.people.items():
            if who["username"].casefold() == username.casefold():
                return key
        key = external_id or str(1_000 + len(self.people))
        self.people[key] = {
            "id": key, "username": username, "name": name or username.title(),
            "public_metrics": {"followers_count": 10, "following_count": 5, "tweet_count": 50, "listed_count": 0},
        }  # fmt: skip
        return key

    def add_post(
        self, text: str, *, author: str, at: datetime | None = None, reply_to: str | None = None,
        quotes: str | None = None, reposts: str | None = None, language: str = "en",
    ) -> str:  # fmt: skip
        """Add a post by a person of that name; return its id, which holds its time as X's do."""
        author_id, made = self.add_person(author), at or self.now()
        key = self._new_id(made)
        above = self.posts.get(reply_to or "", {})
        pairs = (("replied_to", reply_to), ("quoted", quotes), ("retweeted", reposts))
        post: dict[str, Any] = {
            "id": key, "text": _shorten(_escape(text)), "author_id": author_id, "_username": author,
            "created_at": made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"), "lang": language,
            "conversation_id": above.get("conversation_id", reply_to) or key, "edit_history_tweet_ids": [key],
            "entities": {"mentions": self._mentions(text)},
            "public_metrics": {"retweet_count": 0, "reply_count": 0, "like_count": 0, "quote_count": 0},
        }  # fmt: skip
        if references := [{"type": kind, "id": target} for kind, target in pairs if target]:
            post["referenced_tweets"] = references
        self.posts[key] = post
        return key

    def reply(self, text: str, *, author_id: str, to: str) -> str:
        """Add a reply as X does: whom it answers is named in front."""
        above = self.posts[to]
        author, answered = self.people[author_id], self.people[above["author_id"]]
        in_front = "" if above["author_id"] == author_id else f"@{answered['username']} "
        return self.add_post(in_front + text, author=author["username"], reply_to=to)

    def is_summoned(self, author_id: str, *, to: str) -> bool:
        """Say whether the author of a post named or quoted this account, or is it.

        X Developers, 24 February 2026: replies through POST /2/tweets only where the author did.
        """
        above = self.posts[to]
        quoted = [each["id"] for each in above.get("referenced_tweets", []) if each["type"] == "quoted"]
        named = any(who["id"] == author_id for who in above["entities"]["mentions"])
        return (
            named
            or above["author_id"] == author_id
            or any(self.posts.get(each, {}).get("author_id") == author_id for each in quoted)
        )

    def remove(self, external_id: str, *, reason: str = "deleted") -> None:
        """Take a post away."""
        self.gone[external_id] = reason

    def answer(self, posts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Return posts with what was asked to come along; what can't come is an error beside them (partial errors)."""
        found = list(posts)
        wanted = {each["id"]: None for post in found for each in post.get("referenced_tweets", [])}
        along = [self.posts[key] for key in wanted if key in self.posts and key not in self.gone]
        users = {post["author_id"]: None for post in (*found, *along)}
        body: dict[str, Any] = {"data": [_shown(post) for post in found]}
        body["includes"] = {"users": [self.people[key] for key in users]}
        if along:
            body["includes"]["tweets"] = [_shown(post) for post in along]
        if lost := [key for key in wanted if key in self.gone or key not in self.posts]:
            body["errors"] = [self.problem(key, parameter="referenced_tweets.id") for key in lost]
        return body

    def problem(self, external_id: str, *, parameter: str = "ids") -> dict[str, Any]:
        """Return the error that stands for a post which can't be had (docs.x.com, response codes, partial errors)."""
        hidden = self.gone.get(external_id) in {"protected", "suspended"}
        kind = "not-authorized-for-resource" if hidden else "resource-not-found"
        return {
            "value": external_id, "resource_id": external_id, "resource_type": "tweet", "parameter": parameter,
            "title": "Authorization Error" if hidden else "Not Found Error",
            "detail": f"Could not find tweet with {parameter}: [{external_id}].",
            "type": f"https://api.twitter.com/2/problems/{kind}",
        }  # fmt: skip

    def compliance(self, ids: Iterable[str]) -> list[dict[str, str]]:
        """Return one object for each post that something must be done about (docs.x.com, batch compliance)."""
        return [
            {
                "id": key, "action": "delete", "reason": self.gone[key], "redacted_at": "2026-11-18T09:00:00.000Z",
                "created_at": (time_of(key) or EPOCH).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            }
            for key in ids if key in self.gone
        ]  # fmt: skip

    def _mentions(self, text: str) -> list[dict[str, Any]]:
        known = {who["username"].casefold(): who for who in self.people.values()}
        marks = ((found, known.get(found[1].casefold())) for found in _MENTION.finditer(text))
        return [
            {"start": found.start(), "end": found.end(), "username": who["username"], "id": who["id"]}
            for found, who in marks if who
        ]  # fmt: skip

    def _new_id(self, made: datetime) -> str:
        number = next(iter(self._numbers))
        return str((((made - EPOCH) // timedelta(milliseconds=1)) << 22) + number % (1 << 22))


def _shown(post: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in post.items() if not name.startswith("_")}


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _shorten(text: str) -> str:
    return _LINK.sub(lambda found: f"https://t.co/{abs(hash(found[0])) % 10**10:010d}", text)
