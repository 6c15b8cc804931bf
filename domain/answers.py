"""Answering: what a drafter is told and returns, what a guard finds, what the gate says, what a publisher reports."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from domain.classification import Classification


class Severity(StrEnum):
    """What a finding means: `block` refuses approval, `warn` wants a look, `info` explains."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a guard says about a draft; `start` and `end` are character offsets where one place is meant."""

    rule: str
    severity: Severity
    message: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRequest:
    """What a drafter knows of a mention; `revision_id` is the brand's revision it must write under.

    `said_before` are our own earlier answers to this person, so that none begins like another; `variant` (the
    mention's id, say) turns wordings by a rule; `today` is the brand's day, and without it nothing that runs out
    is stated. `parent` is the post that theirs answers, where it is known; it may be anybody's.
    """

    text: str
    author_name: str | None
    platform: str
    classification: Classification
    revision_id: int
    thread: tuple[str, ...] = ()
    thanked_before: bool = False
    said_before: tuple[str, ...] = ()
    variant: int = 0
    today: date | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedDraft:
    """A drafter's proposal: its text, the canned response it grew from, and the ids of what it states."""

    text: str
    language: str
    short_code: str | None = None
    facts: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What the gate says: allowed, or the reason why not and a link to answer by hand."""

    allowed: bool
    reason: str = ""
    rule: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingReply:
    """One request to a platform; `key` is the idempotency key, the same for every try of this reply."""

    key: str
    platform: str
    account: str
    text: str
    in_reply_to: str
    conversation_id: str | None = None
    visibility: str | None = None


class Outcome(StrEnum):
    """What became of one request."""

    SENT = "sent"
    REFUSED_BEFORE_ACTING = "refused_before_acting"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """A publisher's report: SENT carries the platform's id; REFUSED_BEFORE_ACTING certainly did nothing.

    `requests` counts outside calls, `cost_micros` their price in `currency`, for the ledger.
    """

    outcome: Outcome
    external_id: str | None = None
    url: str | None = None
    message: str = ""
    retry_after: timedelta | None = None
    sent_at: datetime | None = None
    requests: int = 1
    cost_micros: int = 0
    currency: str = "USD"


class LookUp(StrEnum):
    """What looking a reply up found; ABSENT_FOR_CERTAIN only where the platform guarantees it."""

    FOUND = "found"
    NOT_SEEN = "not_seen"
    ABSENT_FOR_CERTAIN = "absent_for_certain"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpResult:
    """Whether a reply that may have gone out is there; FOUND carries the platform's id.

    `message` says why a look failed, which has not seen it either.
    """

    found: LookUp
    external_id: str | None = None
    url: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What an approval is bound to: change one of these and the draft is a proposal again."""

    text: str
    account: str
    thread: str
    parts: tuple[str, ...] = field(default=())

    @property
    def digest(self) -> str:
        """SHA-256 in hex over everything that is bound, for the record of an approval."""
        # A list, and not the texts run together: what moves from one part into the next is a change too.
        bound = json.dumps((self.text, self.account, self.thread, *self.parts))
        return sha256(bound.encode()).hexdigest()
