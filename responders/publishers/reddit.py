"""Replies on Reddit: one comment, one request, and looked for below what it answers and among the account's own."""

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from threading import Lock
from typing import Final

from config.brand.listening import Account
from domain.answers import LookUp, LookUpResult, Outcome, OutgoingReply, SendResult
from domain.errors import EarnestError
from domain.posts import RawPost
from platforms.credentials import Use
from platforms.prices import OPTION, prices_of
from platforms.reddit import FACTS, NAME, PLATFORM
from platforms.reddit.client import RedditClient
from platforms.reddit.failing import things_in
from platforms.reddit.reading import read_data
from platforms.reddit.things import COMMENT, FULLNAME, SUBMISSION, Setting, bare_name, read_thing
from platforms.trouble import Trouble, TroubleKind, as_result
from responders.publishers.installed import PublisherContext

# How much of a thread, and of what the account wrote last, is looked through.
_CHILDREN: Final = 200
_OWN: Final = 100
_AGAIN: Final = timedelta(seconds=5)


def build(account: Account, /, *, context: PublisherContext) -> "RedditPublisher":
    """Build for one account; raises InvalidInput for prices that can't be. Keys are looked for when it first sends."""
    return RedditPublisher(account=account, context=context)


class RedditPublisher:
    """Sends for one account."""

    platform = PLATFORM
    lag = FACTS.lag

    def __init__(self, *, account: Account, context: PublisherContext) -> None:
        """Keep the settings."""
        self._context, self._name = context, bare_name(account.handle)
        self._prices = prices_of(FACTS, {OPTION: account.options.get(OPTION)})
        self._client: RedditClient | None = None
        # PRAW isn't made for two threads at once, and what each of them asked is counted for itself.
        self._lock = Lock()

    def send(self, reply: OutgoingReply, /) -> SendResult:
        """Send the comment once; whatever fails before that request has certainly done nothing."""
        refusal = _refusal(reply)
        if refusal:
            return SendResult(outcome=Outcome.REJECTED, message=refusal, requests=0)
        with self._lock:
            return self._send(reply)

    def find_reply(self, reply: OutgoingReply, /) -> LookUpResult:
        """Look among the account's newest comments, then below what is answered; a failing look has not seen it."""
        with self._lock:
            return self._find(reply)

    def _send(self, reply: OutgoingReply) -> SendResult:
        try:
            client = self._client_now()
            client.meter.read()
            is_new = client.sign_in()
        except Trouble as trouble:
            return self._counted(_not_begun(trouble))
        except EarnestError as error:
            return SendResult(outcome=Outcome.REJECTED, message=str(error), requests=0)
        try:
            things = things_in(client.post("/api/comment", thing_id=reply.in_reply_to, text=reply.text))
        except Trouble as trouble:
            if trouble.status == 401 and not is_new:
                # The token was taken back before its time, and the next try has another.
                trouble.kind, trouble.retry_after = TroubleKind.RATE_LIMITED, _AGAIN
            return self._counted(as_result(trouble))
        return self._counted(self._sent(things[0] if things else None))

    def _find(self, reply: OutgoingReply) -> LookUpResult:
        failed = ""
        for look in (self._own, self._below):
            try:
                posts = look(reply)
            except EarnestError as error:
                failed = str(error)
                continue
            if found := self._match(posts, reply):
                return LookUpResult(found=LookUp.FOUND, external_id=found.external_id, url=found.url)
        return LookUpResult(found=LookUp.NOT_SEEN, message=failed)

    def _client_now(self) -> RedditClient:
        if self._client is None:
            context = self._context
            self._client = RedditClient(
                context.credentials, use=Use.WRITE, reach=context.reach, clock=context.clock, account=self._name,
                price=self._prices.micros("request"),
            )  # fmt: skip
        return self._client

    def _sent(self, data: object) -> SendResult:
        thing = read_thing(COMMENT, data, place="", setting=Setting()) if isinstance(data, dict) else None
        if not isinstance(thing, RawPost):
            # Recorded so where a filter keeps a comment back: it may show up, or not.
            message = f"{NAME} took the reply, but shows no comment; it is looked for."
            return SendResult(outcome=Outcome.UNKNOWN, message=message)
        return SendResult(
            outcome=Outcome.SENT, external_id=thing.external_id, url=thing.url, sent_at=self._context.clock.now()
        )  # fmt: skip

    def _counted(self, result: SendResult) -> SendResult:
        requests, micros = self._client.meter.read() if self._client else (0, 0)
        return replace(result, requests=requests, cost_micros=micros, currency=self._prices.currency)

    def _own(self, _reply: OutgoingReply) -> Iterable[RawPost]:
        data = self._client_now().get(f"/user/{self._name}/comments", sort="new", limit=_OWN)
        return read_data(data).posts

    def _below(self, reply: OutgoingReply) -> Iterable[RawPost]:
        client, parent = self._client_now(), reply.in_reply_to
        if parent.startswith(SUBMISSION):
            return read_data(client.get(f"/comments/{parent[3:]}", sort="new", limit=_CHILDREN)).posts
        above = next(iter(read_data(client.get("/api/info", id=parent)).posts), None)
        link = above.conversation_id if above else None
        if link is None:
            return ()
        return read_data(client.get(f"/comments/{link[3:]}", comment=parent[3:], sort="new", limit=_CHILDREN)).posts

    def _match(self, posts: Iterable[RawPost], reply: OutgoingReply) -> RawPost | None:
        for post in posts:
            ours = post.author.handle.casefold() == self._name.casefold()
            if ours and post.in_reply_to == reply.in_reply_to and _bare(post.text) == _bare(reply.text):
                return post
        return None


def _refusal(reply: OutgoingReply) -> str | None:
    if not FULLNAME.fullmatch(reply.in_reply_to):
        return f"The post's id isn't one of {NAME}'s, such as t3_abc or t1_def; answer it by hand."
    if not reply.text.strip():
        return "The reply has no text."
    if not FACTS.fits(reply.text):
        return (
            f"The reply has {FACTS.count(reply.text)} {FACTS.counted_in}, and {NAME} takes {FACTS.max_length}; "
            "shorten it."
        )
    return None


def _not_begun(trouble: Trouble) -> SendResult:
    """Return what a failure before the write means: it can go out later, unless a person must mend something."""
    if trouble.kind is TroubleKind.UNAVAILABLE:
        trouble.reached = False
    return as_result(trouble)


def _bare(text: str) -> str:
    """Return a text as it compares: Reddit may change spaces, line ends and how accents are put together."""
    return " ".join(unicodedata.normalize("NFC", text).split())
