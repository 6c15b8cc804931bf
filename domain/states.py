"""The state machines. A transition that isn't listed here raises InvalidTransition."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from domain.errors import InvalidTransition

State = TypeVar("State", bound=StrEnum)
Table = Mapping[State, frozenset[State]]


class MentionState(StrEnum):
    """How far a mention has come on its way from the collector to a person."""

    COLLECTED = "collected"
    CLASSIFIED = "classified"
    ROUTED = "routed"
    DELETED = "deleted"


class ConversationState(StrEnum):
    """Of conversations and cases; `pending` waits for the customer."""

    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class DraftState(StrEnum):
    """Of a proposed reply; an approval is bound to its exact text, account and thread."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


class ReplyState(StrEnum):
    """Of what was or will be sent; `unknown` may have gone out and is looked up, never blindly retried."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"


class ClockState(StrEnum):
    """Of an SLA clock."""

    ACTIVE = "active"
    HIT = "hit"
    MISSED = "missed"


class FollowUpState(StrEnum):
    """Of a dated promise to look again."""

    PLANNED = "planned"
    DUE = "due"
    DONE = "done"
    CANCELLED = "cancelled"


class SourceState(StrEnum):
    """Of a source: `backing_off` tries again by itself, `paused` when the period turns, `stopped` needs a person."""

    ACTIVE = "active"
    BACKING_OFF = "backing_off"
    PAUSED = "paused"
    STOPPED = "stopped"


class MailState(StrEnum):
    """Of a digest's mail; `unknown` when the connection was lost after DATA, and a person decides to resend."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


def _table(**rows: tuple[str, ...]) -> dict[str, frozenset[str]]:
    return {state: frozenset(following) for state, following in rows.items()}


MENTION = _table(
    collected=("classified", "deleted"),
    # An edited post is sorted again, so it goes back to collected; a corrected one is routed again.
    classified=("routed", "classified", "collected", "deleted"),
    routed=("routed", "classified", "collected", "deleted"),
    deleted=(),
)
CONVERSATION = _table(
    open=("pending", "snoozed", "resolved"),
    pending=("open", "snoozed", "resolved"),
    snoozed=("open", "pending", "resolved"),
    resolved=("open",),
)
DRAFT = _table(
    proposed=("approved", "rejected", "expired"),
    # Changing text, account or thread takes the approval back.
    approved=("proposed", "rejected", "expired"),
    rejected=("proposed",),
    expired=("proposed",),
)
REPLY = _table(
    queued=("sending", "withdrawn", "failed", "unknown"),
    # Back to queued only when the platform certainly refused before acting.
    sending=("sent", "queued", "failed", "unknown"),
    # Sendable again only where the platform guarantees it, or a person decided.
    unknown=("sent", "queued", "failed", "withdrawn"),
    failed=("queued", "withdrawn"),
    sent=(),
    withdrawn=(),
)
CLOCK = _table(active=("hit", "missed"), hit=(), missed=())
FOLLOW_UP = _table(planned=("due", "done", "cancelled"), due=("done", "cancelled"), done=(), cancelled=())
SOURCE = _table(
    active=("backing_off", "paused", "stopped"),
    backing_off=("active", "backing_off", "paused", "stopped"),
    paused=("active", "stopped"),
    stopped=("active",),
)
MAIL = _table(
    queued=("sending", "failed"),
    sending=("sent", "queued", "failed", "unknown"),
    unknown=("queued", "sent"),
    failed=("queued",),
    sent=("queued",),
)

_TABLES: dict[type[StrEnum], dict[str, frozenset[str]]] = {
    MentionState: MENTION,
    ConversationState: CONVERSATION,
    DraftState: DRAFT,
    ReplyState: REPLY,
    ClockState: CLOCK,
    FollowUpState: FOLLOW_UP,
    SourceState: SOURCE,
    MailState: MAIL,
}


def may_become(current: State, wanted: State) -> bool:
    """Say whether the domain lists the change from `current` to `wanted`."""
    return str(wanted) in _TABLES[type(current)][str(current)]


def change(current: State, wanted: State, *, noun: str) -> State:
    """Return `wanted` when the change is listed; raises InvalidTransition naming `noun` when it isn't."""
    if not may_become(current, wanted):
        raise InvalidTransition(noun, str(current), str(wanted))
    return wanted


def sources_of(wanted: State) -> tuple[State, ...]:
    """Return the states from which `wanted` may be reached, for a compare-and-set in a query."""
    kind = type(wanted)
    return tuple(state for state in kind if str(wanted) in _TABLES[kind][str(state)])
