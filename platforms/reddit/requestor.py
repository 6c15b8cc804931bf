"""What lies under prawcore: one request each, never slept over, never repeated, every failure a Trouble."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import requests
from prawcore import Requestor
from prawcore.const import ACCESS_TOKEN_PATH
from prawcore.rate_limit import RateLimiter
from prawcore.sessions import FiniteRetryStrategy

from domain.time import Clock
from platforms.allowance import Allowance
from platforms.reddit import NAME
from platforms.reddit.notes import reason_of
from platforms.sessions import trouble_of_request
from platforms.trouble import Trouble, TroubleKind, trouble_of_status, unreadable

# Where Reddit sends whoever asks for a subreddit that there isn't.
_NO_SUCH_PLACE: Final = "/subreddits/search"


@dataclass(slots=True)
class Meter:
    """Asks before each request whether it may be made, and counts what was; `price` is one request's, in micros."""

    allowance: Allowance
    price: int = 0
    requests: int = 0
    micros: int = 0

    def take(self, *, charged: bool) -> None:
        """Set one request aside; raises Trouble of kind SPENT where there is none left."""
        micros = self.price if charged else 0
        self.allowance.take(micros=micros)
        self.requests += 1
        self.micros += micros

    def read(self) -> tuple[int, int]:
        """Return the requests and micros since the last time."""
        told = self.requests, self.micros
        self.requests = self.micros = 0
        return told


class OneTry(FiniteRetryStrategy):
    """prawcore repeats what failed, writes too; this never does: who asks decides that."""

    def consume_available_retry(self) -> "OneTry":
        """There is none."""
        return self

    def should_retry_on_failure(self) -> bool:
        """Never."""
        return False

    def sleep(self) -> None:
        """Return at once."""


class Limiter(RateLimiter):
    """prawcore sleeps until the limit allows; this says how long that would be, and leaves the worker free."""

    def delay(self) -> None:
        """Raise Trouble with the wait when the period's requests are used up."""
        if self.next_request_timestamp_ns is None:
            return
        wait = (self.next_request_timestamp_ns - time.monotonic_ns()) / 1e9
        if wait > 0:
            raise Trouble(
                f"{NAME}'s limit is used up; it is asked again when it allows.", kind=TroubleKind.RATE_LIMITED,
                retry_after=timedelta(seconds=wait), reached=False,
            )  # fmt: skip

    def update(self, *, response_headers: Any) -> None:  # noqa: ANN401 - a mapping that forgives case
        """Learn from the headers how much is left; headers that can't be read say nothing."""
        left, wait = _number(response_headers, "x-ratelimit-remaining"), _number(response_headers, "x-ratelimit-reset")
        if left is None or wait is None:
            return
        spent = left < 1
        self.next_request_timestamp_ns = time.monotonic_ns() + int(max(wait, 1) * 1e9) if spent else None


class GuardedRequestor(Requestor):
    """Makes each request once, through a guarded session, and turns what isn't a success into Trouble."""

    def __init__(self, *, clock: Clock, meter: Meter, session: requests.Session, **settings: Any) -> None:  # noqa: ANN401
        """`settings` are prawcore's own."""
        super().__init__(session=session, **settings)
        self._clock, self._meter, self._session = clock, meter, session
        # When the token in use was given, on the monotonic clock in seconds.
        self.token_at = 0.0

    def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        """Make one request; raises Trouble for whatever isn't a success. The session sets its own time-out."""
        method, url = args
        for_token = url.endswith(ACCESS_TOKEN_PATH)
        self._meter.take(charged=not for_token)
        kwargs["allow_redirects"] = False
        try:
            answer = self._session.request(method, url, timeout=timeout, **kwargs)
        except requests.RequestException as error:
            raise trouble_of_request(error, noun=NAME) from None
        if not 200 <= answer.status_code < 300:
            raise self._trouble(answer, for_token=for_token)
        if for_token:
            _check_token(answer)
            self.token_at = time.monotonic()
        return answer

    def _trouble(self, answer: requests.Response, *, for_token: bool) -> Trouble:
        status, headers = answer.status_code, {name.lower(): value for name, value in answer.headers.items()}
        if 300 <= status < 400 and _NO_SUCH_PLACE in headers.get("location", ""):
            return Trouble(f"{NAME} has no such subreddit. Check the source's settings.", kind=TroubleKind.GONE)
        trouble = trouble_of_status(
            status, headers, noun=NAME, now=self._clock.now(), detail=_detail(answer, headers.get("www-authenticate"))
        )  # fmt: skip
        if trouble.kind is TroubleKind.RATE_LIMITED and trouble.retry_after is None:
            wait = _number(headers, "x-ratelimit-reset")
            trouble.retry_after = None if wait is None else timedelta(seconds=max(wait, 1))
        # A key that is wrong is answered with 400 too.
        if for_token and status == 400:
            return _refused(_detail(answer, None))
        return trouble


def _check_token(answer: requests.Response) -> None:
    payload = _json(answer)
    if isinstance(payload, dict) and "error" in payload:
        raise _refused(reason_of(payload))
    if not isinstance(payload, dict) or not (
        isinstance(payload.get("access_token"), str)
        and isinstance(payload.get("expires_in"), int)
        and isinstance(payload.get("scope"), str)
    ):
        raise unreadable(NAME, what="something that isn't a token")


def _refused(reason: str) -> Trouble:
    return Trouble(
        f"{NAME} refuses the keys: {reason or 'it gives no reason'}. Run: earnest connect reddit",
        kind=TroubleKind.REFUSED,
    )


def _detail(answer: requests.Response, challenge: str | None) -> str:
    if challenge and "insufficient_scope" in challenge:
        return "the keys lack a right that this needs (insufficient_scope)"
    return reason_of(_json(answer))


def _json(answer: requests.Response) -> object:
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def _number(headers: Any, name: str) -> float | None:  # noqa: ANN401 - a mapping that forgives case
    try:
        value = float(headers.get(name) or "")
    except ValueError:
        return None
    return value if 0 <= value < 1e8 else None
