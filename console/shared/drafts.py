"""Drafts that a person begins, where routing made none."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain.errors import InvalidInput
from domain.labels import Priority
from responders.proposals import propose, save_findings, save_proposal
from storage.queries.brands import Revision
from storage.queries.casework import drafted
from storage.tables import Draft, Mention


def begin_draft(
    session: Session, *, mention: Mention, case_id: int | None, assignee_id: int | None, text: str, priority: Priority,
    revision: Revision, at: datetime,
) -> Draft:  # fmt: skip
    """Put a person's own draft into the queue, empty or not; raises InvalidInput where there is one or an answer."""
    if drafted(session, [mention.id]):
        raise InvalidInput("There is a draft for this post, or an answer; look for it in the queue.")
    proposal = propose(None, language=mention.language)
    draft = save_proposal(
        session, proposal, mention=mention, case_id=case_id, assignee_id=assignee_id, revision_id=revision.id,
        profile=revision.profile, priority=priority, at=at,
    )  # fmt: skip
    draft.text = draft.original_text = text.strip()
    # Whoever begins one knows how old the post is.
    draft.expires_at = None
    session.flush()
    save_findings(session, [(draft, () if draft.text else proposal.findings)])
    return draft
