"""Routing's second half: one mention's draft, case and idea, written in the transaction that routes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.answers import Finding
from domain.labels import Intent, Priority
from domain.states import ConversationState, DraftState, MentionState, change
from people.rules import rival_queries
from people.standing import note_mention
from responders import escalation, notes, sla
from responders.incidents import join_wave
from responders.locking import Locked, lock
from responders.preparation import Prepared
from responders.proposals import CHANGED, expire_older, save_findings, save_proposal, warn, warn_older
from responders.rules import Route
from storage import audit
from storage.tables import Case, Draft, Idea, Mention

# Why something was filed is kept where the mention itself doesn't say it.
_PLAIN = frozenset({"", "other", "too_old", "watch_only", "superseded"})

# Of several themes these say best what a case is about, so that one cause gathers its cases.
_GRAVE_THEMES = ("safety", "privacy and security", "outage")


@dataclass(slots=True, kw_only=True)
class Placed:
    """What became of one mention."""

    mention_id: int
    route: Route
    reason: str = ""
    draft: Draft | None = None
    findings: tuple[Finding, ...] = ()
    case_id: int | None = None
    opened: bool = False
    incident_id: int | None = None
    idea: bool = False


def place_all(session: Session, prepared: Sequence[Prepared], *, at: datetime) -> list[Placed]:
    """Route those that still are as they were read.

    What is written is flushed in one go, and before only where a question depends on it.
    """
    with session.no_autoflush:
        placed = [place(session, each, locked=locked, at=at) for each, locked in lock(session, prepared)]
        session.flush()
        save_findings(session, [(each.draft, each.findings) for each in placed if each.draft is not None])
    return placed


def place(session: Session, prepared: Prepared, *, locked: Locked, at: datetime) -> Placed:
    """Route one mention: its state, its person's counters, and all that follows from the decision."""
    mention, decision = locked.mention, prepared.decision
    mention.state = change(mention.state, MentionState.ROUTED, noun="mention")
    rivals = rival_queries(prepared.profile)
    note_mention(session, mention=mention, at=at, rivals=rivals, before=locked.spoken)
    placed = Placed(mention_id=mention.id, route=decision.route, reason=decision.reason)
    if decision.route is Route.COUNTED:
        return placed
    placed.idea = decision.idea
    _settle_idea(session, prepared, locked, at)
    case = _settle_case(session, prepared, locked, placed, at)
    placed.draft = _settle_draft(session, prepared, locked, case, at)
    placed.findings = prepared.proposal.findings if prepared.proposal else ()
    if decision.reason not in _PLAIN:
        audit.record(
            session, at=at, action="mention.filed", object_kind="mention", object_id=mention.id,
            brand_id=mention.brand_id, details={"reason": decision.reason, "route": decision.route},
        )  # fmt: skip
    return placed


def _settle_idea(session: Session, prepared: Prepared, locked: Locked, at: datetime) -> None:
    """Keep the idea, bring a kept one to what the post says now, or drop it where the post holds none any more."""
    waiting, kept = prepared.waiting, locked.idea
    if not prepared.decision.idea:
        if kept is not None:
            session.delete(kept)
    elif kept is not None:
        kept.theme = _theme(prepared)
    else:
        session.add(
            Idea(
                brand_id=waiting.brand_id, mention_id=waiting.id, person_id=waiting.person_id, theme=_theme(prepared),
                created_at=at,
            )
        )  # fmt: skip


def _settle_case(session: Session, prepared: Prepared, locked: Locked, placed: Placed, at: datetime) -> Case | None:
    if prepared.decision.route is not Route.CASE:
        return _join_own_case(session, prepared, locked, placed, at)
    # The counter was raised just now: a first complaint, in a conversation of one post, belongs to no case yet. One
    # that was edited or corrected may.
    is_first = locked.alone and locked.person.complaints <= 1 and locked.mention.case_id is None
    if not is_first:
        session.flush()
    joined = escalation.open_or_join(
        session, mention=locked.mention, conversation=locked.conversation, person_id=locked.person.id,
        theme=_theme(prepared), priority=prepared.decision.priority, profile=prepared.profile, at=at,
        is_first=is_first,
    )  # fmt: skip
    case = joined.case
    placed.case_id, placed.opened = case.id, joined.opened
    placed.incident_id = join_wave(session, case=case, mention=locked.mention, at=at)
    if prepared.waiting.answered_at is not None:
        session.flush()
        sla.note_response(session, case_id=case.id, at=prepared.waiting.answered_at)
    if prepared.decision.reason == "opted_out":
        text = "This person asked not to be contacted: deal with the matter, and don't write to them."
        notes.add_note(session, brand_id=case.brand_id, conversation_id=case.conversation_id, text=text, at=at)
    return case


def _join_own_case(session: Session, prepared: Prepared, locked: Locked, placed: Placed, at: datetime) -> Case | None:
    """Put what a person with a case writes next into it; praise says that it may be solved."""
    mention, person = locked.mention, locked.person
    is_apart = locked.alone and mention.case_id is None
    if (is_apart and person.complaints == 0) or prepared.decision.reason in {"own_account", "watch_only", "toxic"}:
        return None
    session.flush()
    living = None if is_apart else escalation.find_living(session, locked.conversation.id)
    praising = prepared.waiting.classification.intent is Intent.PRAISE
    if living is not None and living.person_id == person.id:
        placed.case_id = living.id
        if praising:
            escalation.note_praise(session, case=living, mention=mention, at=at)
        else:
            escalation.note_customer_wrote(session, case=living, mention=mention, profile=prepared.profile, at=at)
        return living
    if praising:
        resolved = escalation.find_resolved(session, conversation_id=locked.conversation.id, person_id=person.id, at=at)
        if resolved is not None and resolved.person_id == person.id:
            escalation.note_praise(session, case=resolved, mention=mention, at=at)
            placed.case_id = resolved.id
    return None


def _settle_draft(
    session: Session, prepared: Prepared, locked: Locked, case: Case | None, at: datetime
) -> Draft | None:  # fmt: skip
    mention, proposal, decision = locked.mention, prepared.proposal, prepared.decision
    if not locked.alone:
        session.flush()
    if locked.draft is not None:
        _keep_draft(session, locked.draft, case, decision.priority, at)
        return None
    if proposal is None or locked.person.opted_out_at is not None or _is_outrun(session, locked):
        if not locked.alone and (decision.route is not Route.FILED or decision.reason in {"other", "answered"}):
            warn_older(session, mention=mention, at=at)
        return None
    if not locked.alone:
        expire_older(session, mention=mention, at=at)
    priority = case.priority if case is not None else decision.priority
    _wake(locked, priority)
    assignee = case.assignee_id if case is not None else locked.conversation.assignee_id
    return save_proposal(
        session, proposal, mention=mention, case_id=case.id if case else None, assignee_id=assignee,
        revision_id=prepared.revision.id, profile=prepared.profile, priority=priority, at=at,
    )  # fmt: skip


def _keep_draft(session: Session, draft: Draft, case: Case | None, priority: Priority, at: datetime) -> None:
    """Leave a person's draft to them, in the case that its mention went to, and say that the post is another."""
    if draft.state is not DraftState.PROPOSED:
        return
    if case is not None:
        draft.case_id, priority = case.id, case.priority
    if priority.rank > draft.priority.rank:
        draft.priority, draft.rank = priority, 3 - priority.rank
    warn(session, draft, CHANGED, at=at)


def _is_outrun(session: Session, locked: Locked) -> bool:
    """A newer post of the same author in the conversation was drafted for meanwhile, by another worker."""
    if locked.alone:
        return False
    mention = locked.mention
    query = (
        select(Draft.id)
        .join(Mention, Mention.id == Draft.mention_id)
        .where(
            Draft.conversation_id == mention.conversation_id,
            Draft.state.in_((DraftState.PROPOSED, DraftState.APPROVED)),
            Mention.author_id == mention.author_id,
            Mention.posted_at > mention.posted_at,
        )
        .limit(1)
    )
    return session.scalar(query) is not None


def _wake(locked: Locked, priority: Priority) -> None:
    """Open the conversation again if it was parked, and let it be as pressing as its newest matter."""
    conversation = locked.conversation
    fresh = conversation.created_at >= locked.mention.collected_at
    raised = priority if fresh or priority.rank > conversation.priority.rank else conversation.priority
    if conversation.state is ConversationState.OPEN and raised is conversation.priority:
        return
    if conversation.state is not ConversationState.OPEN:
        conversation.state = change(conversation.state, ConversationState.OPEN, noun="conversation")
    conversation.priority, conversation.snoozed_until = raised, None
    conversation.version += 1


def _theme(prepared: Prepared) -> str | None:
    """What it is about: a grave theme before the one that was named first."""
    themes = prepared.waiting.classification.themes
    return next((theme for theme in _GRAVE_THEMES if theme in themes), themes[0] if themes else None)
