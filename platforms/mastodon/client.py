"""The way to one Mastodon server: Mastodon.py makes the requests, and the answers are taken as they came.

The library's own models drop what they can't read and fail on what they don't expect, so what counts here is the answer
itself: status, headers and whole body. Nothing waits for a rate limit, nothing is repeated, every call has a time-out,
bodies are capped, and the address of a server, which users give, may not lie in a private network (decision 14).
"""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import requests

from domain.time import Clock
from platforms.extras import need
from platforms.mastodon.instances import host_of
from platforms.mastodon.notes import error_in
from platforms.mastodon.streams import Ear
from platforms.mastodon.waiting import until_reset
from platforms.reach import AGENT, Reach
from platforms.recordings import Answer
from platforms.sessions import guarded_session, trouble_of_request
from platforms.trouble import Trouble, TroubleKind, trouble_of_status, unreadable

need("mastodon", extra="mastodon", noun="Mastodon")
from mastodon import Mastodon  # noqa: E402 - first it is known to be there

MOST_BYTES: Final = 16 * 2**20
# The most that a server gives at once (docs.joinmastodon.org/methods/timelines, notifications, search).
PAGE: Final = 40
# GET /api/v1/statuses refuses more than this (DEFAULT_STATUSES_LIMIT in Mastodon's source).
AT_ONCE: Final = 20
# What a server gets to open a stream, however short the listening.
TO_OPEN: Final = timedelta(seconds=5)
# The version whose calls are used; the library would else ask the server before each first call.
_VERSION: Final = "4.5.0"


class Library(Mastodon):  # type: ignore[misc, unused-ignore]
    """Mastodon.py without the look at the server's description before each timeline, whose failures it swallows."""

    def timeline_is_available(self, *_args: object, **_options: object) -> bool:
        """Say yes: what the server won't show, it refuses itself."""
        return True


class Client:
    """One server, read or written with one token, or none. Connects when first asked; one thread at a time."""

    def __init__(self, address: str, *, token: str | None, reach: Reach, clock: Clock) -> None:
        """`address` is the server's, as `address_of` gives it."""
        self.address, self.host, self.requests = address, host_of(address), 0
        self._reach, self._clock, self._token = reach, clock, token
        self._answer: Answer | None = None
        self._is_reading = False
        self._library = self._build(reach)

    @property
    def has_token(self) -> bool:
        """Whether requests bear a key."""
        return self._token is not None

    def ask(self, call: Callable[[Library], object], /) -> Answer:
        """Make one call and return its answer; raises Trouble where none came, or one that is no success."""
        answer = self._take(call, self._library)
        self._check(answer)
        return answer

    def listen(self, call: Callable[[Library, Ear], object], /, *, ear: Ear) -> Answer:
        """Open a stream and return what was heard until the ear has had enough; raises Trouble as `ask`."""
        # A stream may be silent for as long as it is listened to, and that is no failure.
        patient = self._build(replace(self._reach, timeout=min(self._reach.timeout, max(ear.time, TO_OPEN))))
        answer = self._take(lambda library: call(library, ear), patient)
        self._check(answer)
        return replace(answer, body=ear.heard)

    def read(self, call: Callable[[Library], object], /) -> Any:  # noqa: ANN401 - whatever JSON held
        """Make one call and return its JSON; raises Trouble."""
        return self.json_of(self.ask(call))

    def json_of(self, answer: Answer) -> Any:  # noqa: ANN401 - whatever JSON held
        """Return an answer's JSON; raises Trouble for a body that is none."""
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            raise unreadable(self.host) from None

    def statuses(self, ids: Sequence[str]) -> Answer:
        """Ask for up to 20 statuses at once."""
        return self.ask(lambda library: library.statuses(list(ids)))

    def status(self, external_id: str) -> Answer:
        """Ask for one status."""
        return self.ask(lambda library: library.status(external_id))

    def find_status(self, external_id: str) -> Answer | None:
        """Ask for one status; None when the server says in its own words that it has none of that id, or not for us.

        A page that says 404 is another server's, or a proxy's, and says nothing of a post.
        """
        try:
            return self.status(external_id)
        except Trouble as trouble:
            if trouble.kind is not TroubleKind.GONE:
                raise
        if self._answer is None or not error_in(self._answer.body.decode("utf-8", "replace")):
            raise unreadable(self.host)
        return None

    def context(self, external_id: str) -> Answer:
        """Ask for the posts above and below one."""
        return self.ask(lambda library: library.status_context(external_id))

    def me(self) -> Mapping[str, Any]:
        """Ask whose token it is."""
        return self.whole(self.read(lambda library: library.account_verify_credentials()))

    def instance(self) -> Mapping[str, Any]:
        """Ask the server to describe itself; older ones and other software know the first version alone."""
        try:
            return self.whole(self.read(lambda library: library.instance_v2()))
        except Trouble as trouble:
            if trouble.kind is not TroubleKind.GONE:
                raise
        return self.whole(self.read(lambda library: library.instance_v1()))

    def sign_in_address(self, app: str, *, scopes: Sequence[str]) -> str:
        """Return the address that a person opens to allow an app, by its client id; nothing is asked."""
        written: str = self._library.auth_request_url(client_id=app, scopes=list(scopes), skip_server_info=True)
        return self._reach.moved(written)

    def sign_in(self, app: str, secret: str, *, code: str, scopes: Sequence[str]) -> Answer:
        """Trade a code for a token; raises Trouble."""
        self._library.client_id, self._library.client_secret = app, secret
        is_open = self.address.startswith("http://") or self._reach.endpoint is not None
        return self.ask(lambda library: library.log_in(code=code, scopes=list(scopes), allow_http=is_open))

    def whole(self, data: object) -> Mapping[str, Any]:
        """Return an object that must be one; raises Trouble."""
        if not isinstance(data, dict):
            raise unreadable(self.host, what="something of a form that we don't know")
        return data

    def _take(self, call: Callable[[Library], object], library: Library) -> Answer:
        self._answer, self._is_reading, outer = None, False, sys.exception()
        try:
            call(library)
        except Exception as error:
            trouble = self._broken(error, outer)
            if trouble is not None:
                # One that we refuse ourselves never went out, and one whose answer had begun is counted.
                self.requests += not self._is_reading and trouble.kind is not TroubleKind.REFUSED
                raise trouble from None
            if self._last() is None:
                raise
        answer = self._last()
        if answer is None:
            raise unreadable(self.host, what="nothing at all")
        return answer

    def _last(self) -> Answer | None:
        return self._answer

    def _broken(self, error: BaseException, outer: BaseException | None) -> Trouble | None:
        """Return what broke a request, which the library wraps; None where an answer came that it didn't like."""
        step: BaseException | None = error
        while step is not None and step is not outer:
            if isinstance(step, Trouble):
                return step
            # What the library makes of an answer that isn't JSON is one of these as well.
            if isinstance(step, requests.RequestException) and not isinstance(step, requests.JSONDecodeError):
                return trouble_of_request(step, noun=self.host)
            step = step.__cause__ or step.__context__
        return None

    def _check(self, answer: Answer) -> None:
        if 200 <= answer.status < 300:
            return
        now = self._clock.now()
        detail = error_in(answer.body.decode("utf-8", "replace"))
        trouble = trouble_of_status(answer.status, answer.headers, noun=self.host, now=now, detail=detail)
        if trouble.kind is TroubleKind.RATE_LIMITED and trouble.retry_after is None:
            trouble.retry_after = until_reset(answer.headers, now=now)
        raise trouble

    def _build(self, reach: Reach) -> Library:
        session = guarded_session(reach, noun=self.host)
        session.hooks["response"].append(self._keep)
        library = Library(
            api_base_url=self.address, session=session, ratelimit_method="throw", request_timeout=reach.seconds,
            version_check_mode="created", mastodon_version=_VERSION, user_agent=AGENT,
        )  # fmt: skip
        # Not through the constructor, which would take it for the name of a file where there is such a file.
        library.access_token = self._token
        return library

    def _keep(self, response: requests.Response, **options: object) -> None:
        self.requests, self._is_reading = self.requests + 1, True
        if response.is_redirect:
            response.close()
            # It would carry a reply to wherever the server says.
            sentence = f"{self.host} sends us to another address ({response.status_code}); check options.instance."
            raise Trouble(sentence, kind=TroubleKind.WRONG, status=response.status_code)
        is_stream = bool(options.get("stream")) and response.status_code == 200
        if not is_stream:
            response._content = self._body_of(response)  # noqa: SLF001 - read here, so that it can be capped
        self._answer = Answer(
            body=b"" if is_stream else response.content, method=response.request.method or "GET",
            url=response.url, status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
        )  # fmt: skip
        self._is_reading = False

    def _body_of(self, response: requests.Response) -> bytes:
        deadline, body = time.monotonic() + self._reach.seconds, bytearray()
        for part in response.iter_content(64 * 1024):
            body += part
            if len(body) > MOST_BYTES or time.monotonic() > deadline:
                response.close()
                raise unreadable(self.host, what="more than we take, or too slowly")
        return bytes(body)
