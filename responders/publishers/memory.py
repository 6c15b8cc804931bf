"""A platform in memory that can be told to fail, for tests and for trying the outbox."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from config.brand.listening import Account
from domain.answers import LookUp, LookUpResult, Outcome, OutgoingReply, SendResult
from responders.publishers.installed import PublisherContext


class Fault(StrEnum):
    """What may go wrong with one request."""

    REFUSED = "refused"  # 429: certainly not acted on
    REJECTED = "rejected"  # 403: will never be accepted
    LOST_BEFORE = "lost_before"  # the connection broke, and nothing was written
    LOST_AFTER = "lost_after"  # the connection broke after the reply was written


@dataclass
class MemoryPublisher:
    """Keeps what it was sent; `faults` are met one a request, then all goes well."""

    platform: str = "memory"
    lag: timedelta = timedelta(minutes=1)
    absence_is_certain: bool = False
    faults: list[Fault] = field(default_factory=list)
    posts: list[OutgoingReply] = field(default_factory=list)
    requests: int = 0
    before_request: Callable[[], None] | None = None
    before_answer: Callable[[], None] | None = None

    def send(self, reply: OutgoingReply, /) -> SendResult:
        """Keep the reply, or meet the next fault."""
        if self.before_request:
            self.before_request()
        self.requests += 1
        fault = self.faults.pop(0) if self.faults else None
        if fault is Fault.REFUSED:
            return SendResult(outcome=Outcome.REFUSED_BEFORE_ACTING, message="rate limited")
        if fault is Fault.REJECTED:
            return SendResult(outcome=Outcome.REJECTED, message="the platform refuses this reply")
        if fault is not Fault.LOST_BEFORE:
            self.posts.append(reply)
        if self.before_answer:
            self.before_answer()
        if fault:
            return SendResult(outcome=Outcome.UNKNOWN, message="the connection was lost")
        return SendResult(
            outcome=Outcome.SENT, external_id=_id_of(reply), url=f"https://memory.example/{_id_of(reply)}"
        )

    def find_reply(self, reply: OutgoingReply, /) -> LookUpResult:
        """Look among what was kept."""
        if any(post.key == reply.key for post in self.posts):
            return LookUpResult(found=LookUp.FOUND, external_id=_id_of(reply))
        return LookUpResult(found=LookUp.ABSENT_FOR_CERTAIN if self.absence_is_certain else LookUp.NOT_SEEN)


def _id_of(reply: OutgoingReply) -> str:
    return f"m-{reply.key[:16]}"


def build(account: Account, /, *, context: PublisherContext) -> MemoryPublisher:  # noqa: ARG001 - it needs nothing
    """Make an empty one, for the entry point."""
    return MemoryPublisher()
