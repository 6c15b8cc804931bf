"""A person's correction of what the model said: kept as a classification of its own, which later runs leave alone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from console.services import Services
from console.shared.drafts import begin_draft
from console.shared.visitors import Desk
from domain.errors import InvalidInput, NotFound
from domain.labels import Intent, Priority, Sentiment
from domain.states import MentionState
from storage import audit
from storage.queries.mentions import classification_of
from storage.tables import Author, ClassificationRow, Mention, Person

BY_HAND = "a person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person says a mention is."""

    intent: Intent
    sentiment: Sentiment
    urgent: bool
    language: str | None


def correct(services: Services, desk: Desk, *, mention_id: int, verdict: Verdict) -> None:
    """Keep what a person says of a mention, and let lists, filters and figures go by it from now on."""
    if verdict.intent is Intent.ABSTAINED:
        raise InvalidInput("Choose what the mention is; “not sure” is for the model alone.")
    with services.database.write() as session:
        mention = _load(session, desk, mention_id)
        before = classification_of(session, mention.id)
        session.add(_row(mention, before, verdict, user_id=desk.user_id, at=services.clock.now()))
        _recount(session, mention, verdict.intent)
        mention.intent, mention.sentiment = verdict.intent, verdict.sentiment
        mention.urgent, mention.language = verdict.urgent, verdict.language
        audit.record(
            session, at=services.clock.now(), action="mention.corrected", object_kind="mention", object_id=mention.id,
            brand_id=desk.brand_id, user_id=desk.user_id,
            details={"from": before.intent if before else None, "to": verdict.intent, "sentiment": verdict.sentiment},
        )  # fmt: skip


def begin_answer(services: Services, desk: Desk, *, mention_id: int) -> int:
    """Put an empty draft for a mention into the queue, for a person to write; return the draft's id."""
    now = services.clock.now()
    with services.database.write() as session:
        mention = _load(session, desk, mention_id)
        draft = begin_draft(
            session, mention=mention, case_id=mention.case_id, assignee_id=desk.user_id, text="", at=now,
            priority=Priority.HIGH if mention.urgent else Priority.MEDIUM,
            revision=services.profiles.current_of(session, desk.brand_id),
        )  # fmt: skip
        audit.record(
            session, at=now, action="draft.begun", object_kind="draft", object_id=draft.id, brand_id=desk.brand_id,
            user_id=desk.user_id, details={"mention": mention.id},
        )  # fmt: skip
        return draft.id


def _load(session: Session, desk: Desk, mention_id: int) -> Mention:
    mention = session.get(Mention, mention_id, with_for_update=True)
    if mention is None or mention.brand_id != desk.brand_id:
        raise NotFound(f"There is no mention {mention_id}; it may have been deleted where it was posted.")
    if mention.state is MentionState.DELETED:
        raise InvalidInput("This post was deleted where it was posted; there is nothing left to do about it.")
    return mention


def _row(
    mention: Mention, before: ClassificationRow | None, verdict: Verdict, *, user_id: int, at: datetime
) -> ClassificationRow:  # fmt: skip
    return ClassificationRow(
        mention_id=mention.id, model=BY_HAND, intent=verdict.intent, sentiment=verdict.sentiment,
        intent_scores={str(verdict.intent): 1.0}, sentiment_scores={str(verdict.sentiment): 1.0}, also=[],
        urgency=1.0 if verdict.urgent else 0.0, toxicity=before.toxicity if before else 0.0, urgent=verdict.urgent,
        toxic=mention.toxic, language=verdict.language, themes=list(before.themes) if before else [],
        corrected_by=user_id, created_at=at,
    )  # fmt: skip


def _recount(session: Session, mention: Mention, intent: Intent) -> None:
    """Move the author's praise and complaint counts with the correction, once routing has counted the mention."""
    if mention.state is not MentionState.ROUTED or mention.intent is intent:
        return
    person = session.get_one(Person, session.get_one(Author, mention.author_id).person_id, with_for_update=True)
    person.praises = max(0, person.praises + (intent is Intent.PRAISE) - (mention.intent is Intent.PRAISE))
    person.complaints = max(
        0, person.complaints + (intent is Intent.COMPLAINT) - (mention.intent is Intent.COMPLAINT)
    )  # fmt: skip
