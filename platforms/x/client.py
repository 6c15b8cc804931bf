"""Talks to X through tweepy: every call with a time-out, none repeated, and every failure one of our troubles.

Answers stay raw, since tweepy's own objects are made for a whole page and one odd item would take it along.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import requests
import tweepy

from domain.time import Clock
from platforms.reach import Reach
from platforms.recordings import Answer
from platforms.sessions import guarded_session, trouble_of_request
from platforms.trouble import Trouble, TroubleKind, unreadable
from platforms.x.failing import trouble_of_answer, trouble_of_problem
from platforms.x.problems import sentence_of
from platforms.x.values import as_id, items, mapping

NOUN: Final = "X"
JOB_PREFIX: Final = "earnest-"
_ASKED: Final[Mapping[str, Any]] = {
    "tweet_fields": [
        "author_id", "conversation_id", "created_at", "edit_history_tweet_ids", "entities", "lang", "note_tweet",
        "public_metrics", "referenced_tweets",
    ],
    "expansions": ["author_id", "referenced_tweets.id", "referenced_tweets.id.author_id"],
    "user_fields": ["name", "username", "public_metrics"],
}  # fmt: skip

# At their lowest level these write headers and bodies, tokens among them, into the log.
for _name in ("tweepy", "oauthlib", "requests_oauthlib"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a client speaks with: a bearer token (the app's, or a person's of OAuth 2), or four keys of OAuth 1.0a."""

    bearer: str | None = field(default=None, repr=False)
    keys: tuple[str, str, str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer, what it says of itself, and what came with it."""

    answer: Answer
    body: Mapping[str, Any]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the posts that were asked for; one that has none is empty, for it is charged too."""
        data = self.body.get("data")
        found = data if isinstance(data, list) else [] if data is None else [data]
        return tuple(as_id(mapping(each).get("id")) or "" for each in found)

    @property
    def next_token(self) -> str | None:
        """Where the next page begins, None where this is the last."""
        return as_id(mapping(self.body.get("meta")).get("next_token"))

    @property
    def along(self) -> tuple[int, int]:
        """How many people and how many other posts came along."""
        includes = mapping(self.body.get("includes"))
        return len(items(includes.get("users"))), len(items(includes.get("tweets")))


class XClient:
    """One account's or app's way to X."""

    def __init__(self, access: Access, *, reach: Reach, clock: Clock) -> None:
        """Connect to nothing yet."""
        consumer, consumer_secret, token, token_secret = access.keys or (None, None, None, None)
        self._signed = access.keys is not None
        self._clock = clock
        self.session = guarded_session(reach, noun=NOUN)
        self.session.hooks["response"].append(self._check)
        self._library = tweepy.Client(
            bearer_token=access.bearer, consumer_key=consumer, consumer_secret=consumer_secret, access_token=token,
            access_token_secret=token_secret, return_type=requests.Response, wait_on_rate_limit=False,
        )  # fmt: skip
        self._library.session = self.session

    def search(
        self, query: str, *, size: int, since_id: str | None = None, start: datetime | None = None,
        token: str | None = None,
    ) -> Page:  # fmt: skip
        """Return a page of recent search, newest first; it reaches back seven days."""
        return self._page(
            lambda: self._library.search_recent_tweets(
                query, user_auth=self._signed, max_results=size, since_id=since_id, start_time=start,
                next_token=token, **_ASKED,
            )
        )  # fmt: skip

    def mentions(
        self, user_id: str, *, size: int, since_id: str | None = None, start: datetime | None = None,
        token: str | None = None,
    ) -> Page:  # fmt: skip
        """Return a page of posts that mention a person, newest first; it reaches back 800 posts."""
        return self._page(
            lambda: self._library.get_users_mentions(
                user_id, user_auth=self._signed, max_results=size, since_id=since_id, start_time=start,
                pagination_token=token, **_ASKED,
            )
        )  # fmt: skip

    def timeline(
        self, user_id: str, *, size: int, since_id: str | None = None, start: datetime | None = None,
        token: str | None = None,
    ) -> Page:  # fmt: skip
        """Return a page of a person's own posts without reposts, newest first."""
        return self._page(
            lambda: self._library.get_users_tweets(
                user_id, user_auth=self._signed, max_results=size, since_id=since_id, start_time=start,
                pagination_token=token, exclude=["retweets"], **_ASKED,
            )
        )  # fmt: skip

    def posts(self, ids: Sequence[str]) -> Page:
        """Return up to 100 posts by their ids; those that are gone stand in `errors`."""
        answer, body = self._ask(lambda: self._library.get_tweets(list(ids), user_auth=self._signed, **_ASKED))
        if "data" not in body and "errors" not in body:
            raise trouble_of_problem(())
        return Page(answer=answer, body=body)

    def user(self, handle: str) -> Mapping[str, Any]:
        """Return a person by handle; raises Trouble of kind GONE when there is none."""
        return self._data(lambda: self._library.get_user(username=handle, user_auth=self._signed))

    def me(self) -> Mapping[str, Any]:
        """Return whose keys these are; an app's own token is nobody's and is refused."""
        return self._data(lambda: self._library.get_me(user_auth=self._signed))

    def reply(self, text: str, *, to: str) -> Mapping[str, Any]:
        """Post a reply, once."""
        return self._data(
            lambda: self._library.create_tweet(text=text, in_reply_to_tweet_id=to, user_auth=self._signed)
        )  # fmt: skip

    def rules(self) -> list[Mapping[str, Any]]:
        """Return the filtered stream's rules, which all of the app's sources share."""
        _, body = self._ask(self._library_of_rules().get_rules)
        return [mapping(rule) for rule in items(body.get("data"))]

    def add_rules(self, values: Mapping[str, str]) -> None:
        """Add rules, value by tag; raises Trouble when X can't understand one."""
        rules = [tweepy.StreamRule(value=value, tag=tag) for tag, value in values.items()]
        _, body = self._ask(lambda: self._library_of_rules().add_rules(rules))
        # Another process may have added the same one meanwhile.
        problems = [each for each in items(body.get("errors")) if mapping(each).get("title") != "DuplicateRule"]
        if problems:
            reason = " ".join(sentence_of(problems[0]).split())[:200].rstrip(".")
            raise Trouble(f"X doesn't take the query: {reason}. Check the source's query.", kind=TroubleKind.WRONG)

    def delete_rules(self, ids: Sequence[str]) -> None:
        """Delete rules."""
        self._ask(lambda: self._library_of_rules().delete_rules(list(ids)))

    def jobs(self) -> list[Mapping[str, Any]]:
        """Return the compliance jobs for posts of the last days."""
        _, body = self._ask(lambda: self._library.get_compliance_jobs("tweets"))
        return [mapping(job) for job in items(body.get("data"))]

    def start_job(self, ids: Sequence[str]) -> Mapping[str, Any]:
        """Start a compliance job under a name that its ids give it."""
        return self._data(lambda: self._library.create_compliance_job("tweets", name=job_name(ids)))

    def hand_over(self, job: Mapping[str, Any], ids: Sequence[str]) -> None:
        """Hand a job its ids; the address needs no token and gets none."""
        listed, url = "\n".join(ids).encode(), str(job.get("upload_url"))
        self._send(lambda: self.session.put(url, data=listed, headers=_PLAIN))

    def job(self, job_id: str) -> Mapping[str, Any]:
        """Return how a compliance job stands."""
        return self._data(lambda: self._library.get_compliance_job(job_id))

    def job_result(self, job: Mapping[str, Any]) -> Answer:
        """Return what a finished compliance job found, one post a line; the address needs no token and gets none."""
        url = str(job.get("download_url"))
        return as_answer(self._send(lambda: self.session.get(url)))

    def _library_of_rules(self) -> Any:  # noqa: ANN401 - the library has no types
        library = tweepy.StreamingClient(self._library.bearer_token, return_type=requests.Response)
        library.session = self.session
        return library

    def _page(self, call: Callable[[], requests.Response]) -> Page:
        answer, body = self._ask(call)
        if "data" not in body and "meta" not in body:
            raise trouble_of_problem(items(body.get("errors")))
        return Page(answer=answer, body=body)

    def _data(self, call: Callable[[], requests.Response]) -> Mapping[str, Any]:
        _, body = self._ask(call)
        if not isinstance(body.get("data"), dict):
            raise trouble_of_problem(items(body.get("errors")))
        return mapping(body["data"])

    def _ask(self, call: Callable[[], requests.Response]) -> tuple[Answer, Mapping[str, Any]]:
        answer = as_answer(self._send(call))
        try:
            body = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise unreadable(NOUN) from None
        if not isinstance(body, dict):
            raise unreadable(NOUN, what="JSON of a form that we don't know")
        return answer, body

    def _send(self, call: Callable[[], requests.Response]) -> requests.Response:
        try:
            return call()
        except requests.RequestException as error:
            raise trouble_of_request(error, noun=NOUN) from None
        except tweepy.TweepyException:
            raise Trouble(
                "X answers in a way that we don't know; it is tried again.", kind=TroubleKind.UNAVAILABLE
            ) from None

    def _check(self, response: requests.Response, *_args: object, **_kwargs: object) -> None:
        """Turn what is no success into a trouble before the library reads it, for it expects JSON of one form."""
        if not 200 <= response.status_code < 300:
            raise trouble_of_answer(as_answer(response), now=self._clock.now())


_PLAIN: Final = {"Content-Type": "text/plain"}


def asked_for() -> Mapping[str, Any]:
    """Return the fields and companions that every request for posts asks for."""
    return _ASKED


def job_name(ids: Sequence[str]) -> str:
    """Return the name of the job for these ids, so that one begun before is found again."""
    return JOB_PREFIX + hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()[:24]


def as_answer(response: requests.Response) -> Answer:
    """Return a response of the library as a recording of it would be."""
    return Answer(
        body=response.content,
        method=response.request.method or "GET",
        url=response.url,
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
    )
