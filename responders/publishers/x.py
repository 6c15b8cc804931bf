"""Sends replies on X, one request each, and looks for those that may have gone out among the account's own posts."""

import html
import re
import unicodedata
from datetime import timedelta
from typing import Final

from config.brand.listening import Account
from domain.answers import LookUp, LookUpResult, Outcome, OutgoingReply, SendResult
from domain.errors import EarnestError
from domain.posts import RawPost
from domain.time import Clock
from platforms.counting import has_link
from platforms.credentials import Credentials
from platforms.prices import Prices, prices_of
from platforms.reach import Reach
from platforms.trouble import Trouble, TroubleKind, as_result
from platforms.x import FACTS
from platforms.x.access import Owner
from platforms.x.client import XClient
from platforms.x.reading import read
from platforms.x.snowflake import time_of
from platforms.x.values import PLATFORM, as_id, link_to
from platforms.x.viewing import NOBODY
from responders.publishers.installed import PublisherContext

_LINK: Final = re.compile(r"https?://\S+", re.IGNORECASE)
# Whom a reply answers stands in front of it once it is out.
_IN_FRONT: Final = re.compile(r"^(?:\s*@\w{1,15})+\s*", re.ASCII)
_MOST_PAGES: Final = 3
_AGAIN: Final = timedelta(seconds=5)


def build(account: Account, /, *, context: PublisherContext) -> "XPublisher":
    """Build for one account, without connecting; raises InvalidInput for a price that can't be."""
    return XPublisher(
        account=account, credentials=context.credentials, reach=context.reach, clock=context.clock,
        prices=prices_of(FACTS, account.options),
    )  # fmt: skip


class XPublisher:
    """One account's publisher."""

    platform = PLATFORM
    lag = FACTS.lag

    def __init__(
        self, *, account: Account, credentials: Credentials, reach: Reach, clock: Clock, prices: Prices
    ) -> None:  # fmt: skip
        """Connect to nothing yet."""
        self._account, self._prices = account, prices
        self._owner = Owner(credentials, reach=reach, clock=clock)
        self._id = account.id

    def send(self, reply: OutgoingReply, /) -> SendResult:
        """Post the reply; nothing is repeated, whatever comes back."""
        length = FACTS.count(reply.text)
        if FACTS.max_length is not None and length > FACTS.max_length:
            message = (
                f"The reply has {length} weighted characters, and X takes {FACTS.max_length}; shorten or split it."
            )
            return SendResult(outcome=Outcome.REJECTED, message=message, requests=0)
        try:
            client, requests = self._owner.client()
        except Trouble as trouble:
            return _not_begun(trouble)
        except EarnestError as error:
            return SendResult(outcome=Outcome.REJECTED, message=str(error), requests=0)  # a key is nowhere
        try:
            made = client.reply(reply.text, to=reply.in_reply_to)
        except Trouble as trouble:
            return self._failed(reply, trouble, requests + 1)
        external_id = as_id(made.get("id"))
        if external_id is None:
            return SendResult(
                outcome=Outcome.UNKNOWN, message="X took the reply and told no id of it; it is looked for.",
                requests=requests + 1, cost_micros=self._price(reply), currency=self._prices.currency,
            )  # fmt: skip
        return SendResult(
            outcome=Outcome.SENT, external_id=external_id, url=link_to(external_id, self._handle),
            sent_at=time_of(external_id), requests=requests + 1, cost_micros=self._price(reply),
            currency=self._prices.currency,
        )  # fmt: skip

    def find_reply(self, reply: OutgoingReply, /) -> LookUpResult:
        """Look among the account's posts that are newer than the one it answers; never sure that it isn't there."""
        try:
            client, _ = self._owner.client()
            found = self._search(client, reply)
        except EarnestError as error:
            return LookUpResult(found=LookUp.NOT_SEEN, message=str(error))
        if found is None:
            return LookUpResult(found=LookUp.NOT_SEEN)
        return LookUpResult(
            found=LookUp.FOUND, external_id=found.external_id, url=link_to(found.external_id, self._handle)
        )

    @property
    def _handle(self) -> str:
        return self._account.handle.removeprefix("@")

    def _search(self, client: XClient, reply: OutgoingReply) -> RawPost | None:
        if self._id is None:
            self._id = as_id(client.me().get("id"))
        token, wanted = None, normalised(reply.text)
        for _ in range(_MOST_PAGES):
            page = client.timeline(self._id or "", size=100, since_id=reply.in_reply_to, token=token)
            for post in read(page.answer, viewer=NOBODY).posts:
                if post.in_reply_to == reply.in_reply_to and normalised(post.text) == wanted:
                    return post
            token = page.next_token
            if token is None:
                break
        return None

    def _failed(self, reply: OutgoingReply, trouble: Trouble, requests: int) -> SendResult:
        if trouble.status == 401 and self._renewed():
            message = "X took the token no more; a new one is here, and the reply is sent with it."
            return SendResult(
                outcome=Outcome.REFUSED_BEFORE_ACTING, message=message, retry_after=_AGAIN, requests=requests + 1
            )  # fmt: skip
        result = as_result(trouble)
        # What may have gone out may be charged; what was refused is not.
        cost = self._price(reply) if result.outcome is Outcome.UNKNOWN else 0
        return SendResult(
            outcome=result.outcome, message=result.message, retry_after=result.retry_after, requests=requests,
            cost_micros=cost, currency=self._prices.currency,
        )  # fmt: skip

    def _renewed(self) -> bool:
        try:
            return self._owner.renew()
        except Trouble:
            return False

    def _price(self, reply: OutgoingReply) -> int:
        """Return what X charges: for a link the most, for an answer to who called on us the least.

        A later part of a thread answers the part before it, which is ours, and nobody called for that.
        """
        if has_link(reply.text):
            return self._prices.micros("post_with_link")
        is_answer = reply.conversation_id is None or reply.in_reply_to == reply.conversation_id
        return self._prices.micros("summoned" if is_answer else "post")


def normalised(text: str) -> str:
    """Return a text as X's changes leave it: handles in front, links shortened, three characters escaped, spaces."""
    plain = unicodedata.normalize("NFC", html.unescape(text))
    return " ".join(_LINK.sub("⁂", _IN_FRONT.sub("", plain)).split())


def _not_begun(trouble: Trouble) -> SendResult:
    """Return what a token that couldn't be renewed means: the reply itself never left."""
    if trouble.kind in {TroubleKind.REFUSED, TroubleKind.WRONG, TroubleKind.GONE}:
        return SendResult(outcome=Outcome.REJECTED, message=str(trouble), requests=1)
    return SendResult(
        outcome=Outcome.REFUSED_BEFORE_ACTING, message=str(trouble), retry_after=trouble.retry_after, requests=1
    )
