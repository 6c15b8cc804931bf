"""A package of an outsider: one platform with everything to it, and nothing of ours changed for it.

Tests copy this file to where packages are installed; `SEA` is the platform itself.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from config.base import Part
from config.brand.listening import Account
from config.brand.sources import OutsideSource
from domain.answers import LookUp, LookUpResult, Outcome, OutgoingReply, SendResult
from domain.posts import Batch, RawAuthor, RawPost, Reject
from domain.time import Clock
from listener.context import CollectorContext
from platforms.capabilities import Capabilities, Demand
from platforms.connecting import Ask, Connected, Identity, Talk
from platforms.credentials import Credentials
from platforms.reach import Reach
from platforms.recordings import Answer, Reading
from platforms.trouble import Trouble, TroubleKind, as_result, as_signal
from responders.publishers.installed import PublisherContext

FACTS = Capabilities(
    platform="harbour",
    name="Harbour",
    can_search=True,
    can_reply=True,
    max_length=400,
    demands_to_answer=(Demand(key="licence", sentence="Harbour wants to know that you answer there."),),
)


class Options(Part):
    """What a source here wants to know."""

    quay: str = "east"


@dataclass
class Sea:
    """The platform: who may do what, and what was written."""

    passwords: dict[str, str] = field(default_factory=lambda: {"tern": "pw-3f9c-secret", "dove": "pw-dove"})
    tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
    posts: list[dict[str, str]] = field(default_factory=list)
    replies: list[OutgoingReply] = field(default_factory=list)
    closed: bool = False
    shut_quays: set[str] = field(default_factory=set)
    one_token: bool = False

    def issue(self, handle: str, right: str) -> str:
        token = f"tk-{handle}-{'both' if self.one_token else right}-7f3a9c"
        self.tokens[token] = handle, "both" if self.one_token else right
        return token

    def admit(self, token: str, right: str) -> str:
        handle, held = self.tokens.get(token, ("", ""))
        if held not in {right, "both"} or self.closed:
            raise Trouble("Harbour answers 401. Run: earnest doctor", kind=TroubleKind.REFUSED, status=401)
        return handle

    def open_quay(self, quay: str) -> None:
        if quay in self.shut_quays:
            raise Trouble("Harbour answers 403 at this quay.", kind=TroubleKind.REFUSED, status=403)


SEA = Sea()


def read_answer(answer: Answer) -> Reading:
    """Read a list of posts."""
    posts, rejects = [], []
    for place, item in enumerate(json.loads(answer.body)):
        try:
            posts.append(_post(item))
        except KeyError as error:
            rejects.append(Reject(place=f"post {place}", reason=f"It has no {error}.", payload=json.dumps(item)))
    return Reading(posts=tuple(posts), rejects=tuple(rejects))


def _post(item: Mapping[str, str]) -> RawPost:
    author = RawAuthor(external_id=item["by"], handle=item["by"])
    at = datetime.fromisoformat(item["at"])
    return RawPost(platform="harbour", external_id=item["id"], text=item["text"], author=author, posted_at=at)


@dataclass
class HarbourCollector:
    options: Options
    credentials: Credentials
    platform: str = "harbour"

    def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:  # noqa: ARG002 - the port's
        try:
            SEA.admit(self.credentials.get("access_token"), "read")
            SEA.open_quay(self.options.quay)
        except Trouble as trouble:
            yield Batch(signal=as_signal(trouble), requests=1)
            return
        self.credentials.keep("session", f"session-{len(SEA.posts)}-5d1e")
        start = int(cursor or 0)
        reading = read_answer(Answer(body=json.dumps(SEA.posts[start:]).encode()))
        yield Batch(posts=reading.posts, rejects=reading.rejects, cursor=str(len(SEA.posts)), requests=1)


def build_collector(source: OutsideSource, /, *, context: CollectorContext) -> HarbourCollector:
    return HarbourCollector(options=Options.model_validate(source.options), credentials=context.credentials)


@dataclass
class HarbourPublisher:
    account: Account
    credentials: Credentials
    clock: Clock
    platform: str = "harbour"
    lag: timedelta = timedelta(seconds=1)

    def send(self, reply: OutgoingReply, /) -> SendResult:
        try:
            SEA.admit(self.credentials.get("access_token"), "write")
        except Trouble as trouble:
            return as_result(trouble)
        SEA.replies.append(reply)
        return SendResult(outcome=Outcome.SENT, external_id=f"h-{len(SEA.replies)}")

    def find_reply(self, reply: OutgoingReply, /) -> LookUpResult:
        found = any(each.key == reply.key for each in SEA.replies)
        return LookUpResult(found=LookUp.FOUND if found else LookUp.NOT_SEEN)


def build_publisher(account: Account, /, *, context: PublisherContext) -> HarbourPublisher:
    return HarbourPublisher(account=account, credentials=context.credentials, clock=context.clock)


class HarbourConnector:
    platform = "harbour"

    def asks(self) -> Sequence[Ask]:
        return (
            Ask(name="handle", question="Your handle", default="tern"),
            Ask(name="password", question="Your password", secret=True),
        )

    def sign_in(self, answers: Mapping[str, str], /, *, reach: Reach, talk: Talk) -> Connected:  # noqa: ARG002 - the port's
        handle = answers["handle"]
        if SEA.passwords.get(handle) != answers["password"]:
            raise Trouble("Harbour doesn't know this handle and password.", kind=TroubleKind.REFUSED)
        talk.show("A code was sent to your \x1b[31mmast\x1b[0m.")
        if talk.ask(Ask(name="code", question="The code", default="0000")) == "9999":
            raise Trouble("Harbour refuses the code.", kind=TroubleKind.REFUSED)
        sources: tuple[dict[str, Any], ...] = ({"options": {"quay": "east"}}, {"options": {"quay": "west"}})
        return Connected(
            identity=Identity(handle=f"@{handle}", id=f"id-{handle}", can=("read",)),
            read={"access_token": SEA.issue(handle, "read")},
            write={"access_token": SEA.issue(handle, "write")},
            account_options={"berth": 7},
            sources=sources,
            expires_at=datetime(2100, 1, 1, tzinfo=UTC),
        )

    def check(  # the port's
        self, credentials: Credentials, /, *, options: Mapping[str, object], reach: Reach  # noqa: ARG002
    ) -> Identity:  # fmt: skip
        token = credentials.get("access_token")
        right = SEA.tokens.get(token, ("", ""))[1]
        handle = SEA.admit(token, right)
        can = {"read": ("read posts",), "write": ("write replies",), "both": ("read posts", "write replies")}[right]
        return Identity(handle=f"@{handle}", id=f"id-{handle}", can=can)


CONNECTOR = HarbourConnector()
