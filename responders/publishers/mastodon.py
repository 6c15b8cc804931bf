"""Replies on Mastodon: one request a reply, with its key, never more public than what it answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from config.brand.listening import Account
from domain.answers import LookUp, LookUpResult, Outcome, OutgoingReply, SendResult
from domain.errors import EarnestError, InvalidInput
from domain.time import Clock
from platforms.credentials import Credentials
from platforms.mastodon import FACTS
from platforms.mastodon.client import Client
from platforms.mastodon.instances import bare_name, instance_of
from platforms.mastodon.limits import Limits, read_limits
from platforms.mastodon.replying import Answered, narrower, same_words, with_mention
from platforms.mastodon.statuses import PLATFORM, Me, identifier
from platforms.trouble import Trouble, TroubleKind, as_result
from responders.publishers.installed import PublisherContext

TOKEN: Final = "access_token"  # noqa: S105 - the name of one
# An instance's limits change with its software, if ever.
LIMITS_AGE: Final = timedelta(days=1)
_ID: Final = re.compile(r"[\w-]{1,200}")


def build(account: Account, /, *, context: PublisherContext) -> "MastodonPublisher":
    """Build for one account; raises InvalidInput where it names no server. Nothing is asked."""
    address = instance_of(account.handle, account.options)
    if address is None:
        raise InvalidInput(
            f"The account {account.handle} names no server; write under its options instance: mastodon.social, say."
        )
    is_open = address.startswith("http://") and context.reach.endpoint is None and not context.reach.allow_private
    if is_open:
        raise InvalidInput(f"The key of {account.handle} would be sent unencrypted; write its server with https://.")
    return MastodonPublisher(
        account=account, address=address, credentials=context.credentials, clock=context.clock, context=context
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """What goes out: the text with whom it answers in front, where it is seen, and under which content warning."""

    text: str
    visibility: str
    warning: str
    length: int
    most: int


class MastodonPublisher:
    """Sends for one account on one server."""

    platform = PLATFORM
    lag = FACTS.lag

    def __init__(
        self, *, account: Account, address: str, credentials: Credentials, clock: Clock, context: PublisherContext
    ) -> None:
        """Keep the settings; the key is looked up when something is first sent."""
        self._account, self._address, self._credentials, self._clock = account, address, credentials, clock
        self._reach = context.reach
        self._me = Me(id=account.id or "", name=bare_name(account.handle))
        self._limits: tuple[Limits, datetime] | None = None

    def send(self, reply: OutgoingReply, /) -> SendResult:
        """Read what is answered, then post once; whatever fails before the post has certainly done nothing."""
        try:
            client = self._client()
        except EarnestError as error:
            return SendResult(outcome=Outcome.REJECTED, message=str(error), requests=0)
        try:
            prepared = self._prepare(client, reply)
        except Trouble as trouble:
            return replace(_not_begun(trouble), requests=client.requests)
        if prepared.length > prepared.most:
            return SendResult(
                outcome=Outcome.REJECTED, message=_too_long(client.host, prepared), requests=client.requests
            )
        try:
            posted = client.read(
                lambda library: library.status_post(
                    prepared.text, in_reply_to_id=reply.in_reply_to, visibility=prepared.visibility,
                    spoiler_text=prepared.warning or None, idempotency_key=reply.key,
                )
            )  # fmt: skip
        except Trouble as trouble:
            return replace(as_result(trouble), requests=client.requests)
        return self._sent(posted, client)

    def find_reply(self, reply: OutgoingReply, /) -> LookUpResult:
        """Look below what is answered, then among the account's newest posts; a failing look has not seen it."""
        try:
            return self._find(self._client(), reply)
        except EarnestError as error:
            return LookUpResult(found=LookUp.NOT_SEEN, message=str(error))

    def _client(self) -> Client:
        token = self._credentials.get(TOKEN)
        return Client(self._address, token=token, reach=self._reach, clock=self._clock)

    def _prepare(self, client: Client, reply: OutgoingReply) -> _Prepared:
        if not _ID.fullmatch(reply.in_reply_to):
            raise Trouble("The post's id isn't one of Mastodon's.", kind=TroubleKind.WRONG)
        parent = Answered(client.whole(client.json_of(client.status(reply.in_reply_to))))
        limits = self._limits_of(client)
        text = with_mention(reply.text, parent.callees(self._me))
        return _Prepared(
            text=text, visibility=narrower(parent.visibility, reply.visibility), warning=parent.warning,
            length=limits.count(text, parent.warning), most=limits.most,
        )  # fmt: skip

    def _limits_of(self, client: Client) -> Limits:
        now = self._clock.now()
        if self._limits is None or now - self._limits[1] > LIMITS_AGE:
            self._limits = _limits_said(client), now
        return self._limits[0]

    def _sent(self, posted: object, client: Client) -> SendResult:
        status = posted if isinstance(posted, dict) else {}
        external_id = identifier(status.get("id"))
        if external_id is None:
            message = f"{client.host} took the reply, but named no post; it is looked for."
            return SendResult(outcome=Outcome.UNKNOWN, message=message, requests=client.requests)
        return SendResult(
            outcome=Outcome.SENT, external_id=external_id, url=_address(status), sent_at=self._clock.now(),
            requests=client.requests,
        )  # fmt: skip

    def _find(self, client: Client, reply: OutgoingReply) -> LookUpResult:
        me = self._known(client)
        for status in (*_below(client, reply.in_reply_to), *_own(client, me)):
            answers = identifier(status.get("in_reply_to_id")) == reply.in_reply_to
            external_id = identifier(status.get("id"))
            if answers and external_id and me.is_in(status.get("account")) and same_words(status, reply.text):
                return LookUpResult(found=LookUp.FOUND, external_id=external_id, url=_address(status))
        return LookUpResult(found=LookUp.NOT_SEEN)

    def _known(self, client: Client) -> Me:
        if not self._me.id:
            self._me = Me(id=identifier(client.me().get("id")) or "", name=self._me.name)
        return self._me


def _limits_said(client: Client) -> Limits:
    try:
        return read_limits(client.instance())
    except Trouble as trouble:
        if trouble.kind not in {TroubleKind.GONE, TroubleKind.WRONG, TroubleKind.REFUSED}:
            raise
        return Limits()  # a server that doesn't describe itself has Mastodon's own


def _below(client: Client, external_id: str) -> list[Mapping[str, Any]]:
    try:
        thread = client.whole(client.json_of(client.context(external_id)))
    except Trouble as trouble:
        if trouble.kind is not TroubleKind.GONE:
            raise
        return []  # what was answered is deleted; the answer may stand all the same
    return _statuses(thread.get("descendants"))


def _own(client: Client, me: Me) -> list[Mapping[str, Any]]:
    return _statuses(client.read(lambda library: library.account_statuses(me.id, exclude_reblogs=True, limit=40)))


def _statuses(items: object) -> list[Mapping[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _address(status: Mapping[str, Any]) -> str | None:
    url = status.get("url") or status.get("uri")
    return url if isinstance(url, str) and url.startswith(("https://", "http://")) else None


def _not_begun(trouble: Trouble) -> SendResult:
    """Say what a failure before the post means: nothing went out, and what may pass is tried again."""
    if trouble.kind is TroubleKind.GONE:
        return SendResult(outcome=Outcome.REJECTED, message="The post isn't there any more; nothing was sent.")
    if trouble.kind is TroubleKind.UNAVAILABLE:
        return SendResult(outcome=Outcome.REFUSED_BEFORE_ACTING, message=str(trouble), retry_after=trouble.retry_after)
    return as_result(trouble)


def _too_long(host: str, prepared: _Prepared) -> str:
    return (
        f"The reply has {prepared.length} characters as {host} counts them, with whom it answers and the content "
        f"warning, and {prepared.most} are allowed; shorten it or split it."
    )
