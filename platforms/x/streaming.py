"""Listens to the filtered stream for a while through tweepy, which would else reconnect and sleep on its own.

Protocol: docs.x.com/x-api/fundamentals/handling-disconnections: one object a line, an empty line every 20 seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from typing import Any, Final

import requests
import tweepy

from domain.time import Clock
from platforms.reach import Reach
from platforms.recordings import Answer
from platforms.sessions import guarded_session
from platforms.trouble import Trouble, TroubleKind, unreachable
from platforms.x.client import NOUN, as_answer, asked_for
from platforms.x.documents import Document
from platforms.x.failing import trouble_of_answer
from platforms.x.problems import reason_in
from platforms.x.values import as_id, as_word, items, mapping

_URL: Final = "https://api.twitter.com/2/tweets/search/stream"


class Listening(tweepy.StreamingClient):  # type: ignore[misc]  # tweepy has no types
    """One connection, ended after a time, after so many posts, or by whatever goes wrong."""

    def __init__(self, token: str, *, reach: Reach, clock: Clock, lasts: timedelta, most: int) -> None:
        """Connect to nothing yet."""
        super().__init__(token, return_type=requests.Response, max_retries=0)
        self._lasts, self._most, self._clock = lasts.total_seconds(), most, clock
        self._until = 0.0
        self._connected = False
        self.lines: list[bytes] = []
        self.trouble: Trouble | None = None
        # A quiet stream ends with the time that we have for it, and not with the next empty line.
        self.session = guarded_session(replace(reach, timeout=min(reach.timeout, lasts)), noun=NOUN)
        self.session.hooks["response"].append(self._check)

    def run(self) -> list[Answer]:
        """Return the lines that came, each as an answer of its own; `trouble` says what ended it early."""
        self._until = monotonic() + self._lasts
        self.filter(**asked_for())
        return [Answer(body=line, url=_URL) for line in self.lines]

    def on_connect(self) -> None:
        """Note that the stream is open: from now on, silence is no failure."""
        self._connected = True

    def on_data(self, raw_data: bytes) -> None:
        """Keep a line; one that carries an error instead of a post ends the stream."""
        found = mapping(next(iter(Document.of(raw_data).parts), None))
        if "data" not in found and "errors" in found:
            reason = reason_in([found]) or "no reason given"
            self.trouble = Trouble(f"X ends the stream: {reason}. It is tried again.", kind=TroubleKind.UNAVAILABLE)
            self.disconnect()
            return
        self.lines.append(raw_data)
        if len(self.lines) >= self._most:
            self.disconnect()
        self.on_keep_alive()

    def on_keep_alive(self) -> None:
        """End the stream when its time is over."""
        if monotonic() >= self._until:
            self.disconnect()

    def on_closed(self, response: requests.Response) -> None:  # noqa: ARG002 - the library's name
        """Go home when X closes; what is missed is paged for."""
        self.disconnect()

    def on_connection_error(self) -> None:
        """Take silence for the end, and a connection that never came about for a failure."""
        if not self._connected:
            self.trouble = unreachable(NOUN, "stream", reached=True)
        self.disconnect()

    def on_exception(self, exception: Exception) -> None:
        """Keep what a request failed with; a bug goes on upwards."""
        self.disconnect()
        if isinstance(exception, Trouble):
            self.trouble = exception
        elif isinstance(exception, requests.RequestException):
            self.trouble = None if self._connected else unreachable(NOUN, type(exception).__name__, reached=True)
        else:
            raise exception

    def on_request_error(self, status_code: int) -> None:  # noqa: ARG002 - the library's name
        """Never reached: what is no success is a trouble before."""
        self.disconnect()

    def _check(self, response: requests.Response, *_args: object, **_kwargs: object) -> None:
        if not 200 <= response.status_code < 300:
            raise trouble_of_answer(as_answer(response), now=self._clock.now())


def tags_of(line: bytes) -> set[str]:
    """Return the tags of the rules that a line of the stream matched."""
    found = mapping(next(iter(Document.of(line).parts), None))
    return {as_word(mapping(rule).get("tag")) for rule in items(found.get("matching_rules"))}


def plan(
    rules: Iterable[Mapping[str, Any]], *, wanted: Mapping[str, str], prefix: str
) -> tuple[dict[str, str], list[str]]:
    """Return the rules to add, value by tag, and the ids of ours that aren't wanted any more."""
    ours = {as_word(rule.get("tag")): rule for rule in rules if as_word(rule.get("tag")).startswith(prefix)}
    stale = [as_id(rule.get("id")) for tag, rule in ours.items() if tag not in wanted]
    return {tag: value for tag, value in wanted.items() if tag not in ours}, [each for each in stale if each]
