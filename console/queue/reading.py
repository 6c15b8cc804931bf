"""Reading the queue and one draft with everything that a decision needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.brand.answers import Canned
from config.brand.profile import Profile
from console.shared.people import Known, read_person
from console.shared.threads import Entry, read_thread
from domain.answers import Permission
from domain.labels import Intent
from domain.states import DraftState
from platforms.capabilities import Capabilities
from platforms.registry import capabilities_of
from responders.approval import APPROVALS, bind
from storage.queries.around import (
    Colleague,
    Decision,
    SignedNote,
    colleagues,
    confidence_of,
    confidences,
    decisions_on,
    due_times,
    findings_of,
    get_draft,
    notes_of,
    replies_to_draft,
)
from storage.queries.mentions import MentionView, classification_of, get_mention
from storage.queries.paging import Cursor, Page
from storage.queries.queue import QueueFilter, QueueItem, list_queue
from storage.tables import ClassificationRow, Draft, FindingRow, Mention, Reply

PAGE = 40
FAR = timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the queue is narrowed to, as the address says it."""

    state: DraftState = DraftState.PROPOSED
    intent: Intent | None = None
    platform: str | None = None
    language: str | None = None
    mine: bool = False
    snoozed: bool = False

    def narrow(self, *, at: datetime, user_id: int) -> QueueFilter:
        """Return the filter for the query; `snoozed` lets what sleeps be seen as well."""
        awake_until = at + FAR if self.snoozed or self.state is not DraftState.PROPOSED else at
        return QueueFilter(
            at=awake_until, intent=self.intent, platform=self.platform, language=self.language,
            assignee_id=user_id if self.mine else None,
        )  # fmt: skip

    @property
    def query(self) -> str:
        """The same as the end of an address, with a question mark unless nothing is narrowed."""
        pairs = [
            ("state", self.state if self.state is not DraftState.PROPOSED else None), ("intent", self.intent),
            ("platform", self.platform), ("language", self.language), ("mine", self.mine or None),
            ("snoozed", self.snoozed or None),
        ]  # fmt: skip
        text = "&".join(f"{name}={'1' if value is True else value}" for name, value in pairs if value)
        return f"?{text}" if text else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of the list: the draft, how sure the model is, when its case is due."""

    item: QueueItem
    confidence: float | None
    due_at: datetime | None
    missed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of the list."""

    lines: list[Listed]
    next: Cursor | None

    def after(self, draft_id: int | None) -> int | None:
        """Return the draft that comes after one in the list, the first when it stands last or nowhere."""
        ids = [line.item.draft_id for line in self.lines]
        others = [other for other in ids if other != draft_id]
        if draft_id in ids and ids.index(draft_id) + 1 < len(ids):
            return ids[ids.index(draft_id) + 1]
        return others[0] if others else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One draft with all around it."""

    draft: Draft
    mention: MentionView
    classification: ClassificationRow | None
    confidence: float | None
    leaning: str | None
    findings: list[FindingRow]
    decisions: list[Decision]
    replies: list[Reply]
    thread: list[Entry]
    known: Known
    notes: list[SignedNote]
    colleagues: list[Colleague]
    capabilities: Capabilities
    canned: tuple[Canned, ...]
    approvals: list[str]
    approvals_wanted: int
    permission: Permission
    due_at: datetime | None
    missed: bool

    @property
    def open(self) -> bool:
        """Whether a decision is still wanted."""
        return self.draft.state is DraftState.PROPOSED


def read_list(
    session: Session, *, brand_id: int, user_id: int, wanted: Wanted, at: datetime, after: Cursor | None = None
) -> Listing:
    """Return a page of the queue."""
    page: Page[QueueItem] = list_queue(
        session, brand_id=brand_id, filters=wanted.narrow(at=at, user_id=user_id), state=wanted.state, after=after,
        limit=PAGE,
    )  # fmt: skip
    sure = confidences(session, [item.mention_id for item in page.items])
    due = due_times(session, [item.case_id for item in page.items if item.case_id is not None])
    lines = []
    for item in page.items:
        due_at, missed = due.get(item.case_id or 0, (None, False))
        lines.append(Listed(item=item, confidence=sure.get(item.mention_id), due_at=due_at, missed=missed))
    return Listing(lines=lines, next=page.next)


def read_detail(
    session: Session, *, draft_id: int, brand_id: int, profile: Profile, ask_gate: Callable[[Mention], Permission]
) -> Detail:  # fmt: skip
    """Return one draft of the brand with all around it; raises NotFound."""
    draft = get_draft(session, draft_id=draft_id, brand_id=brand_id)
    mention = get_mention(session, mention_id=draft.mention_id, brand_ids=frozenset({brand_id}))
    classification = classification_of(session, mention.id)
    due_at, missed = due_times(session, [draft.case_id] if draft.case_id else []).get(draft.case_id or 0, (None, False))
    decisions = decisions_on(session, draft.id)
    return Detail(
        draft=draft, mention=mention, classification=classification,
        confidence=confidence_of(classification) if classification else None, leaning=_leaning(classification),
        findings=findings_of(session, draft), decisions=decisions, approvals=_approvals(draft, decisions),
        replies=replies_to_draft(session, draft.id), thread=read_thread(session, draft.conversation_id),
        known=read_person(session, mention.person_id, besides=(mention.id,)),
        notes=notes_of(session, draft.conversation_id), colleagues=colleagues(session, brand_id),
        capabilities=capabilities_of(mention.platform), canned=profile.canned_responses,
        approvals_wanted=profile.approvals,
        due_at=due_at, missed=missed,
        permission=ask_gate(session.get_one(Mention, mention.id)),
    )  # fmt: skip


def _approvals(draft: Draft, decisions: list[Decision]) -> list[str]:
    """Who approved the text as it stands; an earlier text's approvals don't count."""
    digest = draft.binding or bind(draft, (draft.text,)).digest
    names = [each.user_name or "auto" for each in decisions if each.binding == digest and each.decision in APPROVALS]
    return list(dict.fromkeys(names))


def _leaning(row: ClassificationRow | None) -> str | None:
    if row is None or not row.intent_scores:
        return None
    return max(row.intent_scores, key=lambda name: float(row.intent_scores[name]))
