"""Counts what went wrong in a digest's week."""

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

from digests.frame import Frame
from digests.material import Trouble
from domain.states import DraftState, FollowUpState, MailState, MentionState, ReplyState
from storage.tables import DeadLetter, DigestMail, Draft, FollowUp, Mention, Reply, Review

# Expired because its time ran out unseen, and not because a newer post, a correction or an edit took its place.
_RAN_OUT = and_(Draft.state == DraftState.EXPIRED, Draft.updated_at >= Draft.expires_at)
DECIDED = ("approved", "edited_and_approved", "answered_by_hand", "rejected")


def read_trouble(session: Session, frame: Frame) -> Trouble:
    """Return the week's failures that are counted from rows alone."""
    counter = _Counter(session, frame)
    return Trouble(
        failed_sends=counter.count(Reply, Reply.created_at, Reply.state == ReplyState.FAILED),
        unknown_sends=counter.count(Reply, Reply.created_at, Reply.state == ReplyState.UNKNOWN),
        rejected_drafts=counter.count(Review, Review.at, Review.decision == "rejected"),
        decided_drafts=counter.count(Review, Review.at, Review.decision.in_(DECIDED)),
        expired_drafts=counter.count(Draft, Draft.expires_at, _RAN_OUT),
        dead_letters=counter.count(DeadLetter, DeadLetter.received_at, DeadLetter.replayed_at.is_(None)),
        late_follow_ups=counter.count(
            FollowUp, FollowUp.due_at, FollowUp.state.in_((FollowUpState.PLANNED, FollowUpState.DUE)),
            FollowUp.due_at < frame.as_of,
        ),
        failed_mails=counter.count(
            DigestMail, DigestMail.created_at, DigestMail.state.in_((MailState.FAILED, MailState.UNKNOWN))
        ),
        unsorted=counter.count(Mention, Mention.posted_at, Mention.state == MentionState.COLLECTED),
    )  # fmt: skip


class _Counter:
    """Counts a brand's rows whose time lies in the week."""

    def __init__(self, session: Session, frame: Frame) -> None:
        self._session, self._frame = session, frame

    def count(
        self, row: type[DeclarativeBase], at: InstrumentedAttribute[object], *which: ColumnElement[bool]
    ) -> int:  # fmt: skip
        """Return how many rows of one table fall into the week under `which`."""
        frame = self._frame
        mine = row.__table__.c.brand_id == frame.brand_id
        query = select(func.count()).select_from(row).where(mine, at >= frame.since, at < frame.until, *which)
        return self._session.scalar(query) or 0
