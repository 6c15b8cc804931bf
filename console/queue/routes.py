"""The review queue's addresses: reading, and one for each decision."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import JSONResponse, Response

from console.queue import deciding
from console.queue.canned import fill_canned
from console.queue.turns import Turn, TurnIn
from console.shared.choices import choose_number, must_choose
from console.shared.links import safe_url
from domain.errors import InvalidInput, NotFound
from domain.labels import Priority
from platforms.registry import capabilities_of
from storage.queries.around import get_draft
from storage.queries.mentions import MentionView, get_mention
from storage.queries.paging import Cursor
from storage.queries.queue import QUEUE_SHAPE

router = APIRouter()
Text = Annotated[str, Form()]
Version = Annotated[int, Form()]


@router.get("/queue")
def show_queue(turn: TurnIn, after: str = "") -> Response:
    """Show the list, and its first draft beside it."""
    listing = turn.read_listing(Cursor.decode(after, shape=QUEUE_SHAPE) if after else None)
    first = listing.lines[0].item.draft_id if listing.lines else None
    return turn.show(draft_id=first, listing=listing, picked=False)


@router.get("/queue/{draft_id}")
def show_draft(turn: TurnIn, draft_id: int) -> Response:
    """Show one draft beside the list."""
    return turn.show(draft_id=draft_id)


@router.post("/drafts/{draft_id}/approve")
def approve(turn: TurnIn, draft_id: int, version: Version, text: Text = "", split: Text = "") -> Response:
    """Approve with the text in the editor, and go on."""

    def act() -> str:
        return deciding.approve(
            turn.services, turn.desk, draft_id=draft_id, version=version, text=text, split=split == "1"
        )

    return turn.decide(draft_id, act, text=text)


@router.post("/drafts/{draft_id}/save")
def save(turn: TurnIn, draft_id: int, version: Version, text: Text = "") -> Response:
    """Keep the text in the editor without deciding."""

    def act() -> str:
        draft = deciding.require_review(turn.services, turn.desk, draft_id)
        deciding.save(turn.services, turn.desk, draft=draft, version=version, text=text)
        return "saved"

    return turn.decide(draft_id, act, text=text, stay=True)


@router.post("/drafts/{draft_id}/insert")
def insert(turn: TurnIn, draft_id: int, text: Text = "", canned: Text = "") -> Response:
    """Put a canned response into the editor; nothing is saved yet."""
    deciding.require_review(turn.services, turn.desk, draft_id)
    today = turn.services.clock.now().astimezone(turn.desk.zone).date()
    try:
        filled = fill_canned(turn.profile, canned, mention=_mention_of(turn, draft_id), today=today)
    except (InvalidInput, NotFound) as error:
        return turn.show(draft_id=draft_id, text=text, error=error)
    return turn.show(draft_id=draft_id, text=filled, focus="text")


@router.post("/drafts/{draft_id}/reject")
def reject(turn: TurnIn, draft_id: int, version: Version, reason: Text = "", other: Text = "") -> Response:
    """Reject with a reason, and go on."""

    def act() -> str:
        words = ": ".join(filter(None, (reason.strip(), other.strip())))
        deciding.reject(turn.services, turn.desk, draft_id=draft_id, version=version, reason=words)
        return "rejected"

    return turn.decide(draft_id, act)


@router.post("/drafts/{draft_id}/snooze")
def snooze(
    *, turn: TurnIn, draft_id: int, version: Version, until: Text = "", until_at: Text = "", text: Text = ""
) -> Response:
    """Hide the draft until a time, and go on."""

    def act() -> str:
        kept = turn.keep_text(draft_id, version, text)
        deciding.snooze(turn.services, turn.desk, draft_id=draft_id, version=kept, until=until_at or until)
        return "snoozed"

    return turn.decide(draft_id, act, text=text)


@router.post("/drafts/{draft_id}/assign")
def assign(turn: TurnIn, draft_id: int, version: Version, assignee: Text = "", text: Text = "") -> Response:
    """Hand the draft to somebody."""

    def act() -> str:
        chosen = choose_number(assignee)
        kept = turn.keep_text(draft_id, version, text)
        deciding.assign(turn.services, turn.desk, draft_id=draft_id, version=kept, assignee_id=chosen)
        return "assigned"

    return turn.decide(draft_id, act, text=text, stay=True)


@router.post("/drafts/{draft_id}/case")
def make_case(turn: TurnIn, draft_id: int, version: Version, priority: Text = "", text: Text = "") -> Response:
    """Put the mention into a case."""

    def act() -> str:
        chosen = must_choose(Priority, priority, what="priority")
        kept = turn.keep_text(draft_id, version, text)
        deciding.make_case(turn.services, turn.desk, draft_id=draft_id, version=kept, priority=chosen)
        return "case_opened"

    return turn.decide(draft_id, act, text=text, stay=True)


@router.post("/drafts/{draft_id}/by-hand")
def answer_by_hand(turn: TurnIn, draft_id: int, version: Version, text: Text = "", url: Text = "") -> Response:
    """Record an answer that was typed on the platform, and go on."""

    def act() -> str:
        if url.strip() and not safe_url(url):
            raise InvalidInput("The address of your answer must begin with https://; correct it or leave it empty.")
        deciding.answer_by_hand(
            turn.services, turn.desk, draft_id=draft_id, version=version, text=text, url=safe_url(url)
        )
        return "recorded"

    return turn.decide(draft_id, act, text=text)


@router.post("/drafts/{draft_id}/count")
def count(turn: TurnIn, draft_id: int, text: Text = "") -> Response:
    """Return a text's length on the draft's platform and what the guards say of it, for the editor while typing."""
    facts = capabilities_of(_mention_of(turn, draft_id).platform)
    clean = text.replace("\r\n", "\n").strip()
    found = {
        "length": facts.count(clean), "most": facts.max_length, "unit": facts.counted_in, "fits": facts.fits(clean),
        "findings": [{"severity": each.severity, "message": each.message} for each in turn.judge(draft_id, clean)],
    }  # fmt: skip
    return JSONResponse(found)


def _mention_of(turn: Turn, draft_id: int) -> MentionView:
    with turn.services.database.read() as session:
        draft = get_draft(session, draft_id=draft_id, brand_id=turn.desk.brand_id)
        return get_mention(session, mention_id=draft.mention_id, brand_ids=frozenset({turn.desk.brand_id}))
