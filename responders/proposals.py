"""Drafts as rows: putting one into the queue with what the guards found, and taking stale ones out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from config.brand.profile import Profile
from domain.answers import Finding, ProposedDraft, Severity
from domain.labels import Priority
from domain.states import DraftState, MentionState
from domain.time import Clock
from responders.gate import SAID, account_for
from storage import audit
from storage.database import Database
from storage.tables import Draft, FindingRow, Mention, Reply

NEWER = Finding(
    rule="newer_post", severity=Severity.WARN,
    message="They wrote again after this draft was made; read the thread before you approve it.",
)  # fmt: skip
CHANGED = Finding(
    rule="post_changed", severity=Severity.WARN,
    message="The post was changed or sorted after this draft was begun; read it again before you approve.",
)  # fmt: skip
EMPTY = Finding(
    rule="empty", severity=Severity.BLOCK,
    message="No canned response suits, or none could be filled honestly; write an answer or reject the draft.",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is to stand in the queue for a mention: a draft, or an empty one for a person to write."""

    text: str
    language: str | None
    short_code: str | None
    facts: tuple[str, ...]
    promises: tuple[str, ...]
    findings: tuple[Finding, ...]


def propose(proposed: ProposedDraft | None, *, language: str | None, extra: Sequence[Finding] = ()) -> Proposal:
    """Return a drafter's proposal with more findings, or an empty one that says that a person must write it."""
    if proposed is None:
        return empty_proposal(EMPTY, *extra, language=language)
    return Proposal(
        text=proposed.text, language=proposed.language, short_code=proposed.short_code, facts=proposed.facts,
        promises=proposed.promises, findings=(*proposed.findings, *extra),
    )  # fmt: skip


def empty_proposal(*findings: Finding, language: str | None) -> Proposal:
    """Return what stands in the queue for a person to write or reject, with the reasons."""
    return Proposal(text="", language=language, short_code=None, facts=(), promises=(), findings=findings)


def save_proposal(
    session: Session, proposal: Proposal, *, mention: Mention, case_id: int | None, assignee_id: int | None,
    revision_id: int, profile: Profile, priority: Priority, at: datetime,
) -> Draft:  # fmt: skip
    """Put a draft for `mention` into the queue. The caller has just routed the mention, so there is no other.

    The draft has no id until the session is flushed; then its findings are saved with `save_findings`.
    """
    draft = Draft(
        brand_id=mention.brand_id, mention_id=mention.id, conversation_id=mention.conversation_id, case_id=case_id,
        revision_id=revision_id, state=DraftState.PROPOSED, priority=priority, rank=3 - priority.rank,
        text=proposal.text, original_text=proposal.text, language=proposal.language,
        account=account_for(profile, mention.platform) or "", thread=mention.external_id,
        short_code=proposal.short_code, facts=list(proposal.facts), promises=list(proposal.promises),
        assignee_id=assignee_id, created_at=at, updated_at=at, expires_at=mention.posted_at + profile.answer_window,
        version=1,
    )  # fmt: skip
    session.add(draft)
    return draft


def save_findings(session: Session, found: Sequence[tuple[Draft, Sequence[Finding]]]) -> None:
    """Keep what was found about drafts as they stand now, in one statement."""
    rows = [
        {
            "draft_id": draft.id, "draft_version": draft.version, "rule": finding.rule, "severity": finding.severity,
            "message": finding.message, "start": finding.start, "end": finding.end,
        }
        for draft, findings in found
        for finding in findings
    ]  # fmt: skip
    if rows:
        session.execute(insert(FindingRow), rows)


def expire_older(session: Session, *, mention: Mention, at: datetime) -> int:
    """Expire the proposals that a newer post of the same author in the conversation makes stale; return how many."""
    return sum(expire(session, draft, at=at, reason="newer_post") for draft in _older(session, mention))


def warn_older(session: Session, *, mention: Mention, at: datetime) -> None:
    """Say on older proposals that the person wrote again; their version rises, so that nobody approves unseen."""
    for draft in _older(session, mention):
        warn(session, draft, NEWER, at=at)


def warn(session: Session, draft: Draft, finding: Finding, *, at: datetime) -> None:
    """Say something, once, on a draft that waits; its version rises, so that nobody approves it unseen."""
    draft.version += 1
    draft.updated_at = at
    carry_findings(session, draft_id=draft.id, version=draft.version)
    said = delete(FindingRow).where(FindingRow.draft_id == draft.id, FindingRow.rule == finding.rule)
    session.execute(said.where(FindingRow.draft_version == draft.version))
    save_findings(session, [(draft, (finding,))])


def carry_findings(session: Session, *, draft_id: int, version: int) -> None:
    """Let what was found before hold of the draft's new version, because its text is the same."""
    session.execute(
        update(FindingRow)
        .where(FindingRow.draft_id == draft_id, FindingRow.draft_version == version - 1)
        .values(draft_version=version)
    )


def expire(session: Session, draft: Draft, *, at: datetime, reason: str) -> bool:
    """Take one proposal out of the queue; False when it is no longer proposed."""
    changed = session.execute(
        update(Draft)
        .where(Draft.id == draft.id, Draft.state == DraftState.PROPOSED)
        .values(state=DraftState.EXPIRED, version=Draft.version + 1, updated_at=at)
        .returning(Draft.version)
    ).scalar()
    if changed is None:
        return False
    carry_findings(session, draft_id=draft.id, version=changed)
    audit.record(
        session, at=at, action="draft.expired", object_kind="draft", object_id=draft.id, brand_id=draft.brand_id,
        details={"reason": reason, "mention": draft.mention_id},
    )  # fmt: skip
    return True


def expire_stale(database: Database, clock: Clock, brand_id: int) -> int:
    """Expire the brand's proposals that are past their time, answered elsewhere, or whose post is gone."""
    now = clock.now()
    with database.write() as session:
        answered = select(Reply.id).where(
            or_(
                Reply.mention_id == Draft.mention_id,
                (Reply.conversation_id == Draft.conversation_id) & (Reply.in_reply_to == Mention.external_id),
            ),
            Reply.state.in_(SAID),
            # Who begins a draft although there is an answer wants to say more.
            Reply.created_at >= Draft.created_at,
        )
        query = (
            select(Draft)
            .join(Mention, Mention.id == Draft.mention_id)
            .where(Draft.brand_id == brand_id, Draft.state == DraftState.PROPOSED)
            .where(or_(Draft.expires_at < now, Mention.state == MentionState.DELETED, answered.exists()))
            .order_by(Draft.id)
        )
        return sum(expire(session, draft, at=now, reason="stale") for draft in session.scalars(query).all())


def _older(session: Session, mention: Mention) -> Sequence[Draft]:
    query = (
        select(Draft)
        .join(Mention, Mention.id == Draft.mention_id)
        .where(
            Draft.conversation_id == mention.conversation_id,
            Draft.state == DraftState.PROPOSED,
            Mention.author_id == mention.author_id,
            Mention.id != mention.id,
            Mention.posted_at <= mention.posted_at,
        )
        .order_by(Draft.id)
        .with_for_update(of=Draft)
    )
    return session.scalars(query).all()
