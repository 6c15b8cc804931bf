"""What a button in the queue does: each takes the version that the person saw."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.services import Services
from console.shared.choices import choose_instant
from console.shared.rights import Right
from console.shared.visitors import Desk
from domain.errors import InvalidInput, StaleWrite
from domain.labels import Priority
from domain.states import DraftState
from responders.approval import bind
from responders.escalation import open_or_join
from storage import audit
from storage.queries.around import colleagues, get_draft
from storage.queries.mentions import classification_of
from storage.tables import Author, Conversation, Draft, Mention, Person, Review

MOST_TEXT = 20_000
MORNING = time(9)


def require_review(services: Services, desk: Desk, draft_id: int) -> Draft:
    """Return the draft when the visitor may decide on it; raises NotFound or AccessDenied."""
    with services.database.read() as session:
        draft = get_draft(session, draft_id=draft_id, brand_id=desk.brand_id)
    desk.require(Right.REVIEW, *((Right.REVIEW_CASES,) if draft.case_id else ()))
    return draft


def clean_text(text: str) -> str:
    """Return a form's text with the line ends that the rest of Earnest uses; raises InvalidInput when it is empty."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    if not clean:
        raise InvalidInput("The reply is empty; write it, or reject the draft.")
    if len(clean) > MOST_TEXT:
        raise InvalidInput(f"The reply has {len(clean):,} characters; {MOST_TEXT:,} is the most that is kept.")
    return clean


def approve(services: Services, desk: Desk, *, draft_id: int, version: int, text: str, split: bool) -> str:
    """Approve the draft with this text; return the message's code."""
    result = services.reviewer.approve(
        draft_id=draft_id, version=version, user_id=desk.user_id, text=clean_text(text), split=split
    )
    return "approved" if result.approvals >= result.needed else "approved_once"


def save(services: Services, desk: Desk, *, draft: Draft, version: int, text: str) -> int:
    """Keep an edited text without deciding; return the version that it now has."""
    clean = clean_text(text)
    if clean == draft.text and version == draft.version:
        return version
    return services.reviewer.edit(draft_id=draft.id, version=version, user_id=desk.user_id, text=clean)


def reject(services: Services, desk: Desk, *, draft_id: int, version: int, reason: str) -> None:
    """Reject the draft; raises InvalidInput without a reason."""
    if not reason.strip():
        raise InvalidInput("Say in a few words why; those who write the canned responses learn from it.")
    services.reviewer.reject(draft_id=draft_id, version=version, user_id=desk.user_id, reason=reason.strip()[:500])


def snooze(services: Services, desk: Desk, *, draft_id: int, version: int, until: str) -> None:
    """Hide the draft until a time that was chosen by name or written."""
    at = wake_time(until, now=services.clock.now(), zone=desk.zone)
    services.reviewer.snooze(draft_id=draft_id, version=version, user_id=desk.user_id, until=at)


def wake_time(until: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when `1h`, `4h`, `tomorrow`, `monday` or a written time is; raises InvalidInput unless it is to come."""
    local = now.astimezone(zone)
    named = {
        "1h": now + timedelta(hours=1),
        "4h": now + timedelta(hours=4),
        "tomorrow": datetime.combine(local.date() + timedelta(days=1), MORNING, zone),
        "monday": datetime.combine(local.date() + timedelta(days=7 - local.weekday()), MORNING, zone),
    }
    at = named.get(until) or choose_instant(until, zone)
    if at is None or at <= now:
        raise InvalidInput("Choose a time in the future until which it sleeps.")
    return at


def assign(services: Services, desk: Desk, *, draft_id: int, version: int, assignee_id: int | None) -> None:
    """Hand the draft to somebody of the brand, or to nobody."""
    with services.database.read() as session:
        known = {each.id for each in colleagues(session, desk.brand_id)}
    if assignee_id is not None and assignee_id not in known:
        raise InvalidInput(f"Nobody of {desk.name} has that number; choose from the list.")
    services.reviewer.assign(draft_id=draft_id, version=version, user_id=desk.user_id, assignee_id=assignee_id)


def answer_by_hand(services: Services, desk: Desk, *, draft_id: int, version: int, text: str, url: str | None) -> None:
    """Record that a person answered on the platform itself."""
    services.reviewer.record_by_hand(
        draft_id=draft_id, version=version, user_id=desk.user_id, text=clean_text(text), url=url
    )


def make_case(services: Services, desk: Desk, *, draft_id: int, version: int, priority: Priority) -> int:
    """Put the draft's mention into a case, opening one where there is none; return the case's id."""
    now = services.clock.now()
    with services.database.write() as session:
        draft = session.get(Draft, draft_id, with_for_update=True)
        if draft is None or draft.version != version or draft.state is not DraftState.PROPOSED:
            raise StaleWrite("Somebody else decided on this draft, or it changed, while you read it; here it is now.")
        mention = session.get_one(Mention, draft.mention_id)
        author = session.get_one(Author, mention.author_id)
        conversation = session.get_one(Conversation, mention.conversation_id, with_for_update=True)
        session.get_one(Person, author.person_id, with_for_update=True)
        said = classification_of(session, mention.id)
        joined = open_or_join(
            session, mention=mention, conversation=conversation, person_id=author.person_id,
            theme=said.themes[0] if said and said.themes else None, priority=priority,
            profile=services.profiles.current_of(session, desk.brand_id).profile, at=now,
        )  # fmt: skip
        draft.case_id, draft.priority, draft.rank = joined.case.id, priority, 3 - priority.rank
        draft.updated_at, draft.version = now, draft.version + 1
        session.add(Review(
            brand_id=draft.brand_id, draft_id=draft.id, user_id=desk.user_id, decision="made_a_case",
            binding=bind(draft, (draft.text,)).digest, edited=draft.text != draft.original_text, at=now,
        ))  # fmt: skip
        audit.record(
            session, at=now, action="draft.made_a_case", object_kind="draft", object_id=draft.id,
            brand_id=draft.brand_id, user_id=desk.user_id, details={"case": joined.case.id},
        )  # fmt: skip
        return joined.case.id
