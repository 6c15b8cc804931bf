"""What an approval is bound to, and whether enough people gave one for exactly that."""

from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.answers import Binding
from storage.tables import Draft, Reply, Review

APPROVALS = ("approved", "edited_and_approved")


def bind(draft: Draft, parts: tuple[str, ...]) -> Binding:
    """Return what approving `draft` means: its text, account, thread and, when split, its parts."""
    return Binding(text=draft.text, account=draft.account, thread=draft.thread, parts=parts)


def approvers(session: Session, draft_id: int, binding: str) -> int:
    """Return how many different people approved the draft under exactly this binding."""
    query = select(func.count(Review.user_id.distinct())).where(
        Review.draft_id == draft_id, Review.binding == binding, Review.decision.in_(APPROVALS)
    )
    return session.scalar(query) or 0


def is_on_record(session: Session, reply: Reply, *, needed: int) -> bool:
    """Say whether `reply` is what was approved, by as many people as `needed`; checked again just before sending."""
    if reply.draft_id is None:
        return False
    draft = session.get_one(Draft, reply.draft_id)
    parts = tuple(
        session.scalars(select(Reply.text).where(Reply.draft_id == draft.id).order_by(Reply.part))
    )  # fmt: skip
    digest = bind(draft, parts).digest
    return draft.binding == digest and approvers(session, draft.id, digest) >= needed


def key_of(draft_id: int, part: int, binding: str) -> str:
    """Return a reply's idempotency key: the same for every try of this part of this approval."""
    return sha256(f"{draft_id}:{part}:{binding}".encode()).hexdigest()
