"""The API's changing half: decisions on drafts, and corrections."""

from fastapi import APIRouter

from console.api.models import (
    Approval,
    Assignment,
    ByHand,
    CaseOpening,
    Correction,
    DecisionOut,
    Edit,
    Rejection,
    Snooze,
)
from console.mentions.correcting import correct
from console.queue import deciding
from console.queue.turns import Turn, TurnIn
from console.shared.links import safe_url
from console.shared.rights import Right
from console.shared.visitors import DeskIn, ServicesIn
from domain.errors import InvalidInput
from domain.time import as_utc
from responders.correction import Verdict
from storage.queries.around import get_draft
from storage.queries.mentions import MentionView, get_mention

router = APIRouter()


@router.post("/drafts/{draft_id}/approve", tags=["drafts"])
def approve(turn: TurnIn, draft_id: int, body: Approval) -> DecisionOut:
    """Approve a draft, with another text if one is given."""
    draft = deciding.require_review(turn.services, turn.desk, draft_id)
    text = deciding.clean_text(draft.text if body.text is None else body.text)
    given = turn.services.reviewer.approve(
        draft_id=draft_id, version=body.version, user_id=turn.desk.user_id, text=text, split=body.split
    )
    return _after(turn, draft_id, approvals=given.approvals, needed=given.needed)


@router.post("/drafts/{draft_id}/edit", tags=["drafts"])
def edit(turn: TurnIn, draft_id: int, body: Edit) -> DecisionOut:
    """Keep a text without deciding."""
    draft = deciding.require_review(turn.services, turn.desk, draft_id)
    deciding.save(turn.services, turn.desk, draft=draft, version=body.version, text=body.text)
    return _after(turn, draft_id)


@router.post("/drafts/{draft_id}/reject", tags=["drafts"])
def reject(turn: TurnIn, draft_id: int, body: Rejection) -> DecisionOut:
    """Reject a draft."""
    deciding.require_review(turn.services, turn.desk, draft_id)
    deciding.reject(turn.services, turn.desk, draft_id=draft_id, version=body.version, reason=body.reason)
    return _after(turn, draft_id)


@router.post("/drafts/{draft_id}/snooze", tags=["drafts"])
def snooze(turn: TurnIn, draft_id: int, body: Snooze) -> DecisionOut:
    """Hide a draft until a time."""
    deciding.require_review(turn.services, turn.desk, draft_id)
    until = as_utc(body.until)
    if until <= turn.services.clock.now():
        raise InvalidInput("Choose a time in the future until which it sleeps.")
    turn.services.reviewer.snooze(
        draft_id=draft_id, version=body.version, user_id=turn.desk.user_id, until=until
    )  # fmt: skip
    return _after(turn, draft_id)


@router.post("/drafts/{draft_id}/assign", tags=["drafts"])
def assign(turn: TurnIn, draft_id: int, body: Assignment) -> DecisionOut:
    """Hand a draft to somebody."""
    deciding.require_review(turn.services, turn.desk, draft_id)
    deciding.assign(
        turn.services, turn.desk, draft_id=draft_id, version=body.version, assignee_id=body.assignee_id
    )  # fmt: skip
    return _after(turn, draft_id)


@router.post("/drafts/{draft_id}/case", tags=["drafts"])
def make_case(turn: TurnIn, draft_id: int, body: CaseOpening) -> DecisionOut:
    """Put a draft's mention into a case."""
    deciding.require_review(turn.services, turn.desk, draft_id)
    deciding.make_case(turn.services, turn.desk, draft_id=draft_id, version=body.version, priority=body.priority)
    return _after(turn, draft_id)


@router.post("/drafts/{draft_id}/by-hand", tags=["drafts"])
def answer_by_hand(turn: TurnIn, draft_id: int, body: ByHand) -> DecisionOut:
    """Record an answer that was typed on the platform."""
    deciding.require_review(turn.services, turn.desk, draft_id)
    if body.url and not safe_url(body.url):
        raise InvalidInput("The address of your answer must begin with https://; correct it or leave it out.")
    deciding.answer_by_hand(
        turn.services, turn.desk, draft_id=draft_id, version=body.version, text=body.text, url=safe_url(body.url)
    )
    return _after(turn, draft_id)


@router.post("/mentions/{mention_id}/correct", tags=["mentions"])
def send_correction(desk: DeskIn, services: ServicesIn, mention_id: int, body: Correction) -> MentionView:
    """Say what a mention is, instead of the model."""
    desk.require(Right.CORRECT)
    verdict = Verdict(
        intent=body.intent, sentiment=body.sentiment, urgent=body.urgent, language=body.language
    )  # fmt: skip
    correct(services, desk, mention_id=mention_id, verdict=verdict)
    with services.database.read() as session:
        return get_mention(session, mention_id=mention_id, brand_ids=frozenset({desk.brand_id}))


def _after(turn: Turn, draft_id: int, *, approvals: int | None = None, needed: int | None = None) -> DecisionOut:
    turn.request.app.state.counts.forget(turn.desk.brand_id)
    with turn.services.database.read() as session:
        draft = get_draft(session, draft_id=draft_id, brand_id=turn.desk.brand_id)
    return DecisionOut(
        state=draft.state, version=draft.version, approvals=approvals, needed=needed, case_id=draft.case_id,
        next=turn.read_listing().after(draft_id),
    )  # fmt: skip
