"""A person corrects what the model said of a mention: it is kept and counted, and the mistake's effects are undone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from config.brand.profile import Profile
from domain.classification import BY_HAND
from domain.errors import InvalidInput, NotFound
from domain.labels import Intent, Sentiment
from domain.states import ConversationState, DraftState, MentionState, change
from domain.time import Clock
from people.rules import rival_queries
from people.standing import note_mention
from responders import cases
from responders.proposals import expire
from storage import audit
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.queries.brands import RevisionCache
from storage.queries.mentions import classification_of
from storage.tables import Case, ClassificationRow, Draft, Idea, Mention, Reply

NO_COMPLAINT = "There was no complaint: a person corrected the model."


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person says a mention is."""

    intent: Intent
    sentiment: Sentiment
    urgent: bool
    language: str | None


def correct_mention(
    database: Database,
    jobs: Jobs,
    clock: Clock,
    profiles: RevisionCache,
    *,
    brand_id: int,
    mention_id: int,
    verdict: Verdict,
    user_id: int,
) -> bool:
    """Keep a person's verdict as a classification of its own, which later runs of the model leave alone.

    A changed intent has the mention routed again, unless somebody answered it or edited its draft already; returns
    whether it is. Raises InvalidInput for a verdict of abstained or a deleted post, NotFound for another brand's.
    """
    if verdict.intent is Intent.ABSTAINED:
        raise InvalidInput("Choose what the mention is; “not sure” is for the model alone.")
    now = clock.now()
    with database.write() as session:
        mention = _load(session, brand_id, mention_id)
        profile = profiles.current_of(session, brand_id).profile
        before = classification_of(session, mention.id)
        row = _row(mention, before, verdict, user_id=user_id, at=now)
        session.add(row)
        _leave_trace(session, mention, before, verdict, user_id=user_id, at=now)
        was, mention.intent = mention.intent, verdict.intent
        mention.sentiment, mention.urgent, mention.language = verdict.sentiment, verdict.urgent, verdict.language
        session.flush()
        if was is verdict.intent or mention.state is not MentionState.ROUTED:
            return False
        if was is Intent.SUGGESTION:
            session.execute(delete(Idea).where(Idea.mention_id == mention.id))
        if was is Intent.COMPLAINT:
            _close_mistaken_case(session, mention, profile=profile, user_id=user_id, at=now)
        note_mention(session, mention=mention, at=now, rivals=rival_queries(profile))
        if mention.counted_only or not _take_back(session, mention, at=now):
            return False
        mention.state = change(mention.state, MentionState.CLASSIFIED, noun="mention")
        key = f"route:{mention.id}-{mention.id}:{row.id}"
        jobs.enqueue(session, Job(kind=JobKind.ROUTE, key=key, ids=(mention.id,)))
        return True


def _load(session: Session, brand_id: int, mention_id: int) -> Mention:
    mention = session.get(Mention, mention_id, with_for_update=True)
    if mention is None or mention.brand_id != brand_id:
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


def _leave_trace(
    session: Session, mention: Mention, before: ClassificationRow | None, verdict: Verdict, *, user_id: int,
    at: datetime,
) -> None:  # fmt: skip
    audit.record(
        session, at=at, action="mention.corrected", object_kind="mention", object_id=mention.id,
        brand_id=mention.brand_id, user_id=user_id,
        details={"from": before.intent if before else None, "to": verdict.intent, "sentiment": verdict.sentiment},
    )  # fmt: skip


def _take_back(session: Session, mention: Mention, *, at: datetime) -> bool:
    """Expire the draft that nobody touched; False where somebody's work, or an answer, stands already."""
    if session.scalar(select(Reply.id).where(Reply.mention_id == mention.id).limit(1)) is not None:
        return False
    living = select(Draft).where(
        Draft.mention_id == mention.id, Draft.state.in_((DraftState.PROPOSED, DraftState.APPROVED))
    )
    draft = session.scalars(living).one_or_none()
    if draft is None:
        return True
    untouched = draft.state is DraftState.PROPOSED and draft.text == draft.original_text
    return untouched and expire(session, draft, at=at, reason="corrected")


def _close_mistaken_case(
    session: Session, mention: Mention, *, profile: Profile, user_id: int, at: datetime
) -> None:  # fmt: skip
    """Resolve the case that this mention alone was the reason for; one with other posts in it is somebody's matter."""
    if mention.case_id is None:
        return
    others = session.scalar(
        select(func.count()).where(Mention.case_id == mention.case_id, Mention.id != mention.id)
    )  # fmt: skip
    case = session.get_one(Case, mention.case_id)
    if others or case.state is ConversationState.RESOLVED:
        return
    cases.resolve(
        session, case_id=case.id, version=case.version, resolution=NO_COMPLAINT, profile=profile, user_id=user_id,
        at=at, follow_up=False,
    )  # fmt: skip
    mention.case_id = None
