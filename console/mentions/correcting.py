"""What a person does to one mention: correct what the model said, or begin an answer."""

from sqlalchemy.orm import Session

from console.services import Services
from console.shared.drafts import begin_draft
from console.shared.visitors import Desk
from domain.errors import InvalidInput, NotFound
from domain.labels import Priority
from domain.states import MentionState
from responders.correction import Verdict, correct_mention
from storage import audit
from storage.tables import Mention


def correct(services: Services, desk: Desk, *, mention_id: int, verdict: Verdict) -> bool:
    """Keep what a person says of a mention, and let lists, filters, drafts and figures go by it from now on.

    Returns whether it is routed again, so that a fitting draft takes the place of the mistaken one.
    """
    return correct_mention(
        services.database, services.jobs, services.clock, services.profiles, brand_id=desk.brand_id,
        mention_id=mention_id, verdict=verdict, user_id=desk.user_id,
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
