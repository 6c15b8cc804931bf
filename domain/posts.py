"""What a collector hands over: raw posts, and how the reading went, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from domain.labels import PostKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAuthor:
    """Who wrote a post, as the platform tells it; `external_id` is stable where the platform has such an id."""

    external_id: str
    handle: str
    name: str | None = None
    url: str | None = None
    followers: int | None = None
    is_bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPost:
    """One post before intake: ids are the platform's own, as strings; `posted_at` is aware UTC.

    `addressed` says whether the author called on the account that is read for (mentioned, quoted or answered it), by
    the platform's own marks; None where it doesn't say.
    """

    platform: str
    external_id: str
    text: str
    author: RawAuthor
    posted_at: datetime
    kind: PostKind = PostKind.POST
    title: str | None = None
    url: str | None = None
    language: str | None = None
    conversation_id: str | None = None
    in_reply_to: str | None = None
    visibility: str | None = None
    addressed: bool | None = None
    metrics: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A row or body that couldn't be read: where it stood, why, and itself, for the dead-letter table."""

    place: str
    reason: str
    payload: str


class SignalKind(StrEnum):
    """What a reading met besides posts."""

    RATE_LIMITED = "rate_limited"
    BUDGET_SPENT = "budget_spent"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    MISCONFIGURED = "misconfigured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A limit or failure as a value: RATE_LIMITED, UNAVAILABLE back off; BUDGET_SPENT pauses; the rest stop.

    `retry_after` is how long the platform asked to wait; None when it didn't say.
    """

    kind: SignalKind
    message: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One page of a reading: what to save, and the cursor to save with it in the same transaction.

    `cursor` is opaque text of the collector's own, None when nothing was learnt; `requests` counts outside calls
    and `cost_micros` their price in `currency`; `deleted` are ids that the platform says are gone, and `standing` those
    that it says are there without showing them, or can't have given.
    """

    posts: tuple[RawPost, ...] = ()
    rejects: tuple[Reject, ...] = ()
    deleted: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    cursor: str | None = None
    signal: Signal | None = None
    requests: int = 0
    cost_micros: int = 0
    currency: str = "USD"
