"""What the API takes and gives, as JSON."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from domain.answers import Severity
from domain.labels import Intent, Priority, Role, Sentiment
from domain.states import ClockState, ConversationState, DraftState, MailState, ReplyState
from storage.queries.mentions import MentionView
from storage.queries.queue import CaseItem, QueueItem


class Out(BaseModel):
    """Something the API gives."""

    model_config = ConfigDict(from_attributes=True)


class BrandOut(Out):
    """A brand that the caller works for."""

    slug: str
    name: str
    roles: list[Role]


class SessionOut(Out):
    """Who is calling; `csrf_token` goes into the header X-CSRF-Token of every change."""

    login: str
    name: str
    csrf_token: str
    brands: list[BrandOut]


class QueuePage(Out):
    """Some drafts; `next` goes into `after` for those that follow, null when there are none."""

    items: list[QueueItem]
    next: str | None


class CasePage(Out):
    """Some cases; `next` as for drafts."""

    items: list[CaseItem]
    next: str | None


class MentionPage(Out):
    """Some mentions; `next` as for drafts."""

    items: list[MentionView]
    next: str | None


class FindingOut(Out):
    """What a guard said of a draft."""

    rule: str
    severity: Severity
    message: str


class EntryOut(Out):
    """One post of a thread, theirs or ours; `answers` names whom it answers, where that isn't the post above it."""

    ours: bool
    who: str
    text: str
    at: datetime
    answers: str | None = None


class ReplyOut(Out):
    """What became of one part of an approved draft: whether it went out, and where it stands."""

    part: int = Field(description="Which part of a thread of `parts` it is, from 1.")
    parts: int
    state: ReplyState = Field(description="`sent` once it went out; `unknown` when it may have, and is looked up.")
    external_id: str | None = Field(description="What the platform calls it; null until it is sent, or by hand.")
    url: str | None = Field(description="Its address; null until it is sent, and where none is known.")
    sent_at: datetime | None


class DraftOut(Out):
    """One draft, with what a decision needs; `version` goes back with the decision.

    `state` tells of the decision, `replies` of the sending: empty until the draft is approved by as many as it needs.
    """

    id: int
    state: DraftState
    priority: Priority
    text: str
    language: str | None
    account: str
    version: int
    case_id: int | None
    assignee_id: int | None
    snoozed_until: datetime | None
    mention: MentionView
    confidence: float | None
    thread: list[EntryOut]
    findings: list[FindingOut]
    replies: list[ReplyOut] = Field(description="What it was sent as, by part.")
    length: int
    most: int | None
    allowed: bool
    refusal: str | None


class DecisionOut(Out):
    """The draft after a decision, and the next one that waits."""

    state: DraftState
    version: int
    approvals: int | None = None
    needed: int | None = None
    case_id: int | None = None
    next: int | None = None


class ClockOut(Out):
    """One clock of a case."""

    kind: str
    state: ClockState
    due_at: datetime
    stopped_at: datetime | None
    paused_at: datetime | None


class CaseOut(Out):
    """One case with what happened."""

    id: int
    state: ConversationState
    priority: Priority
    theme: str | None
    assignee_id: int | None
    opened_at: datetime
    resolved_at: datetime | None
    resolution: str | None
    version: int
    person_id: int
    clocks: list[ClockOut]
    thread: list[EntryOut]


class DigestOut(Out):
    """One week's digest."""

    week: str
    created_at: datetime
    mail: MailState | None


class Versioned(BaseModel):
    """A decision on what the caller saw: an older version is refused with 409."""

    version: int


class Approval(Versioned):
    """Approve, with another text if one is given; `split` sends a long one as a thread."""

    text: str | None = None
    split: bool = False


class Edit(Versioned):
    """Keep a text without deciding."""

    text: str = Field(min_length=1)


class Rejection(Versioned):
    """Reject, with a reason."""

    reason: str = Field(min_length=1, max_length=500)


class Snooze(Versioned):
    """Hide until a time."""

    until: datetime


class Assignment(Versioned):
    """Hand to somebody, or to nobody."""

    assignee_id: int | None


class CaseOpening(Versioned):
    """Put the mention into a case."""

    priority: Priority


class ByHand(Versioned):
    """Record an answer that was typed on the platform."""

    text: str = Field(min_length=1)
    url: str | None = None


class Correction(BaseModel):
    """What a person says a mention is."""

    intent: Intent
    sentiment: Sentiment
    urgent: bool = False
    language: str | None = None
