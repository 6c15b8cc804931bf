"""Answers on Bluesky: reads the post for the references that a reply holds, then writes one record, once.

The record's key is our own choice, made of the reply's idempotency key: a second try meets the first one's record and
is refused, and a reply is looked up by its very address in the account's own repository.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from config.brand.listening import Account
from domain.answers import LookUp, LookUpResult, Outcome, OutgoingReply, SendResult
from domain.errors import EarnestError
from domain.time import Clock
from platforms.bluesky import FACTS
from platforms.bluesky.addresses import POSTS, Place, key_for, page_of, read_place
from platforms.bluesky.client import Client, NoRecord, StaleToken
from platforms.bluesky.facets import build_facets
from platforms.bluesky.options import bare, service_of
from platforms.bluesky.posts import PLATFORM
from platforms.bluesky.session import Session, SessionOwner
from platforms.bluesky.values import Json, items, mapping, text
from platforms.trouble import Trouble, TroubleKind, as_result
from responders.publishers.installed import PublisherContext

# The lexicon of app.bsky.feed.post caps the bytes too.
MOST_BYTES: Final = 3_000


class NotAnswerable(EarnestError):
    """The post can't be answered: it is gone, or its author doesn't take this account's replies."""


def build(account: Account, /, *, context: PublisherContext) -> "BlueskyPublisher":
    """Make the publisher of one account, for the entry point; nothing is asked."""
    owner = SessionOwner(
        handle=bare(account.handle), service=service_of(account.options), credentials=context.credentials,
        clock=context.clock, connect=lambda server: Client(server, reach=context.reach, clock=context.clock),
    )  # fmt: skip
    return BlueskyPublisher(owner=owner, clock=context.clock)


@dataclass(slots=True, kw_only=True)
class BlueskyPublisher:
    """Sends one account's replies."""

    owner: SessionOwner
    clock: Clock
    platform: str = PLATFORM
    lag: timedelta = FACTS.lag

    def send(self, reply: OutgoingReply, /) -> SendResult:
        """Read what the reply refers to, then write it by one request."""
        if refusal := _too_long(reply.text):
            return SendResult(outcome=Outcome.REJECTED, message=refusal, requests=0)
        try:
            session = self.owner.current()
            record = self._record(reply, session)
            # Reading may have renewed the token; the write gets the newest, and no second try.
            session = self.owner.current()
        except EarnestError as error:
            return self._counted(_before_writing(error))
        place = Place(session.did, POSTS, key_for(reply.key, answering=reply.in_reply_to))
        data = {"repo": place.did, "collection": POSTS, "rkey": place.key, "record": record}
        try:
            self.owner.tell_once("com.atproto.repo.createRecord", data, session=session)
        except StaleToken as trouble:
            return self._counted(_result(Outcome.REFUSED_BEFORE_ACTING, str(trouble)))
        except Trouble as trouble:
            return self._counted(as_result(trouble))
        url = page_of(place.uri, handle=session.handle)
        sent = SendResult(outcome=Outcome.SENT, external_id=place.uri, url=url, sent_at=self.clock.now())
        return self._counted(sent)

    def find_reply(self, reply: OutgoingReply, /) -> LookUpResult:
        """Look for the reply's record at its own address; where the account's server has none, it isn't there."""
        try:
            session = self.owner.current()
            key = key_for(reply.key, answering=reply.in_reply_to)
            self.owner.ask("com.atproto.repo.getRecord", {"repo": session.did, "collection": POSTS, "rkey": key})
        except NoRecord:
            return LookUpResult(found=LookUp.ABSENT_FOR_CERTAIN if session.server else LookUp.NOT_SEEN)
        except EarnestError as error:
            return LookUpResult(found=LookUp.NOT_SEEN, message=str(error))
        finally:
            self.owner.take_requests()
        uri = Place(session.did, POSTS, key).uri
        return LookUpResult(found=LookUp.FOUND, external_id=uri, url=page_of(uri, handle=session.handle))

    def _record(self, reply: OutgoingReply, session: Session) -> dict[str, Any]:
        parent, root, known = self._references(reply.in_reply_to, session)
        record: dict[str, Any] = {
            "$type": POSTS, "text": reply.text, "createdAt": _as_time(self.clock.now()),
            "reply": {"root": root, "parent": parent},
        }  # fmt: skip
        if facets := build_facets(reply.text, find_did=lambda handle: known.get(handle) or self._find_did(handle)):
            record["facets"] = facets
        return record

    def _references(self, uri: str, session: Session) -> tuple[Json, Json, Mapping[str, str]]:
        """Return the references to the post and to its thread's first one, and the author's DID by handle."""
        place = read_place(uri)
        if place is None:
            raise NotAnswerable("The post's address isn't one of Bluesky's; answer by hand.")
        if place.did == session.did:
            # A part of our own thread that has just been written: its repository knows it before the network does.
            found = self.owner.ask(
                "com.atproto.repo.getRecord", {"repo": place.did, "collection": place.collection, "rkey": place.key}
            )
            record, known = mapping(found.get("value")), dict[str, str]()
        else:
            found = self._view(uri)
            author = mapping(found.get("author"))
            record, handle = mapping(found.get("record")), text(author.get("handle"))
            known = {handle.lower(): place.did} if handle else {}
        cid = text(found.get("cid"))
        if cid is None:
            raise NotAnswerable("Bluesky doesn't say which version of the post is answered; answer by hand.")
        parent = {"uri": uri, "cid": cid}
        above = mapping(mapping(record.get("reply")).get("root"))
        root = (
            {"uri": above["uri"], "cid": above["cid"]} if text(above.get("uri")) and text(above.get("cid")) else parent
        )
        return parent, root, known

    def _view(self, uri: str) -> Json:
        found = items(self.owner.ask("app.bsky.feed.getPosts", {"uris": [uri]}).get("posts"))
        view = next((mapping(item) for item in found if mapping(item).get("uri") == uri), None)
        if view is None:
            raise NotAnswerable("The post isn't shown to the account: it is gone, or one has blocked the other.")
        if mapping(view.get("viewer")).get("replyDisabled") is True:
            raise NotAnswerable("The author has closed the post to replies of this account.")
        return view

    def _find_did(self, handle: str) -> str | None:
        try:
            return text(self.owner.ask("com.atproto.identity.resolveHandle", {"handle": handle}).get("did"))
        except Trouble as trouble:
            if trouble.kind in {TroubleKind.GONE, TroubleKind.WRONG}:
                return None  # nobody has that handle: it stays plain words
            raise

    def _counted(self, result: SendResult) -> SendResult:
        return SendResult(
            outcome=result.outcome, external_id=result.external_id, url=result.url, message=result.message,
            retry_after=result.retry_after, sent_at=result.sent_at, requests=self.owner.take_requests(),
        )  # fmt: skip


def _too_long(words: str) -> str | None:
    if not FACTS.fits(words):
        return f"The reply has {FACTS.count(words)} {FACTS.counted_in}, and Bluesky takes {FACTS.max_length}."
    size = len(words.encode())
    return f"The reply has {size} bytes, and Bluesky takes {MOST_BYTES}." if size > MOST_BYTES else None


def _before_writing(error: EarnestError) -> SendResult:
    """Return what an error before the write means: nothing was written, so an outage is no doubt."""
    if isinstance(error, Trouble) and error.kind is TroubleKind.UNAVAILABLE:
        return _result(Outcome.REFUSED_BEFORE_ACTING, str(error), error.retry_after)
    return as_result(error) if isinstance(error, Trouble) else _result(Outcome.REJECTED, str(error))


def _result(outcome: Outcome, message: str, wait: timedelta | None = None) -> SendResult:
    return SendResult(outcome=outcome, message=message, retry_after=wait)


def _as_time(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
