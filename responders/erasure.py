"""Erasing what answering keeps of a post or a person (decision 9): texts go, states and times stay for the figures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Delete, Select, Update, case, delete, or_, select, update
from sqlalchemy.orm import Session

from domain.states import ConversationState, DraftState, FollowUpState, MentionState, ReplyState
from domain.time import Clock
from responders import cases
from storage.database import Database
from storage.queries.moving import in_state
from storage.tables import Author, Case, Conversation, Draft, FindingRow, FollowUp, Idea, Mention, Note, Reply, Review

ERASED = "[erased]"
# What stands as the resolution of a case of which nothing is left.
POSTS_GONE = "Every post of this case was deleted where it was posted."
PERSON_GONE = "The person asked to be forgotten."


class AnswersEraser:
    """Implements the `Eraser` port for drafts, findings, replies, reviews, notes, ideas and cases."""

    name = "responders"

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep where to erase, and the clock that dates it."""
        self._database, self._clock = database, clock

    def erase_mention(self, mention_id: int, /) -> int:
        """Erase what was written about one mention; what may still go out is taken back first."""
        with self._database.write() as session:
            conversations = list(session.scalars(select(Mention.conversation_id).where(Mention.id == mention_id)))
            touched = self._erase(session, [mention_id]) + _blank_notes_alone(session, conversations, [mention_id])
            alone = _cases_alone(session, [mention_id])
            touched += _blank_cases_alone(session, alone)
            return touched + _close(session, alone, why=POSTS_GONE, reason="posts_deleted", at=self._clock.now())

    def erase_person(self, person_id: int, /) -> int:
        """Erase what was written to and about one person, their cases' words and follow-ups too."""
        with self._database.write() as session:
            authors = select(Author.id).where(Author.person_id == person_id)
            mentions = list(session.scalars(select(Mention.id).where(Mention.author_id.in_(authors))))
            owned_cases = list(session.scalars(select(Case.id).where(Case.person_id == person_id)))
            owned = select(Case.conversation_id).where(Case.person_id == person_id)
            written = select(Mention.conversation_id).where(Mention.author_id.in_(authors))
            places = select(Conversation.id).where(or_(Conversation.id.in_(owned), Conversation.id.in_(written)))
            touched = self._erase(session, mentions)
            touched += _blank_replies(session, Reply.person_id == person_id)
            touched += _blank_notes(session, list(session.scalars(places)))
            touched += _blank_cases(session, owned_cases)
            touched += _blank_follow_ups(session, person_id, owned_cases)
            # Somebody else's post in the same case may still wait for its answer.
            alone = _cases_alone(session, mentions, owned_cases)
            touched += _close(session, alone, why=PERSON_GONE, reason="person_forgotten", at=self._clock.now())
            return touched + _blank_ties(session, person_id, mentions)

    def _erase(self, session: Session, mention_ids: Sequence[int]) -> int:
        drafts = select(Draft.id).where(Draft.mention_id.in_(mention_ids))
        touched = _count(session, delete(FindingRow).where(FindingRow.draft_id.in_(drafts)))
        touched += _count(
            session, update(Review).where(Review.draft_id.in_(drafts), Review.reason.is_not(None)).values(reason=ERASED)
        )
        now = self._clock.now()
        _expire(session, mention_ids, at=now)
        touched += _count(
            session,
            update(Draft)
            .where(Draft.mention_id.in_(mention_ids), Draft.text != ERASED)
            .values(text=ERASED, original_text=ERASED, version=Draft.version + 1, updated_at=now),
        )
        touched += _blank_replies(session, Reply.mention_id.in_(mention_ids))
        return touched + _count(session, delete(Idea).where(Idea.mention_id.in_(mention_ids)))


def _expire(session: Session, mention_ids: Sequence[int], *, at: datetime) -> None:
    """Take back what was not sent; an approval whose reply went out, or may have, stays one."""
    said = (ReplyState.SENDING, ReplyState.UNKNOWN, ReplyState.SENT)
    answered = select(Reply.id).where(Reply.draft_id == Draft.id, Reply.state.in_(said))
    _count(
        session,
        update(Draft)
        .where(Draft.mention_id.in_(mention_ids), Draft.state.in_((DraftState.PROPOSED, DraftState.APPROVED)))
        .where(~answered.exists())
        .values(state=DraftState.EXPIRED, binding=None, updated_at=at),
    )


def erase_leftovers(database: Database, brand_id: int) -> int:
    """Erase the replies to deleted posts that were on their way when the post was erased, and are settled now."""
    gone = select(Mention.id).where(Mention.brand_id == brand_id, in_state(MentionState.DELETED))
    with database.write() as session:
        which = (Reply.brand_id == brand_id) & Reply.mention_id.in_(gone)
        return _blank_replies(session, which) + _untie(session, which & Reply.draft_id.in_(_untied(gone)))


def _untied(mention_ids: Select[int]) -> Select[int]:
    """Select the drafts for posts whose ids were taken out, because whoever wrote them was forgotten."""
    return select(Draft.id).where(Draft.mention_id.in_(mention_ids), Draft.thread == ERASED)


def _blank_replies(session: Session, which: ColumnElement[bool]) -> int:
    """Take the texts out of replies; what waits to be sent is withdrawn, since there is nothing left to answer."""
    _count(session, update(Reply).where(which, Reply.state == ReplyState.QUEUED).values(state=ReplyState.WITHDRAWN))
    # One that is on its way keeps its text until its outcome is known: looking it up needs it.
    settled = (ReplyState.SENT, ReplyState.FAILED, ReplyState.WITHDRAWN)
    return _count(
        session,
        # An address may hold the post's own words; the platform's id stays.
        update(Reply)
        .where(which, Reply.state.in_(settled), Reply.text != ERASED)
        .values(text=ERASED, last_error=None, url=None),
    )


def _blank_ties(session: Session, person_id: int, mention_ids: Sequence[int]) -> int:
    """Take the ids of a person's posts out of what was written to them."""
    touched = _untie(session, or_(Reply.person_id == person_id, Reply.mention_id.in_(mention_ids)))
    chosen = Draft.mention_id.in_(mention_ids)
    return touched + _count(session, update(Draft).where(chosen, Draft.thread != ERASED).values(thread=ERASED))


def _untie(session: Session, which: ColumnElement[bool]) -> int:
    """Take out of replies whose post they answer; what is on its way still needs it."""
    settled = Reply.state.not_in((ReplyState.SENDING, ReplyState.UNKNOWN))
    return _count(
        session, update(Reply).where(which, settled, Reply.in_reply_to != ERASED).values(in_reply_to=ERASED)
    )  # fmt: skip


def _blank_notes(session: Session, conversation_ids: Sequence[int]) -> int:
    chosen = Note.conversation_id.in_(conversation_ids)
    return _count(session, update(Note).where(chosen, Note.text != ERASED).values(text=ERASED))


def _blank_notes_alone(session: Session, conversation_ids: Sequence[int], mention_ids: Sequence[int]) -> int:
    """Erase the notes of conversations in which nothing else is left: a note may quote any post of its thread."""
    others = select(Mention.conversation_id).where(
        Mention.conversation_id.in_(conversation_ids), Mention.id.not_in(mention_ids),
        Mention.state != MentionState.DELETED,
    )  # fmt: skip
    kept = set(session.scalars(others))
    return _blank_notes(session, [each for each in conversation_ids if each not in kept])


def _cases_alone(session: Session, mention_ids: Sequence[int], owned: Sequence[int] = ()) -> list[int]:
    """Return the cases in which these mentions stood, and those of `owned`, of which no post is left."""
    theirs = select(Mention.case_id).where(Mention.id.in_(mention_ids), Mention.case_id.is_not(None))
    own = {*session.scalars(theirs), *owned}
    others = select(Mention.case_id).where(
        Mention.case_id.in_(own), Mention.id.not_in(mention_ids), Mention.state != MentionState.DELETED
    )
    kept = set(session.scalars(others))
    return [case_id for case_id in own if case_id is not None and case_id not in kept]


def _blank_cases_alone(session: Session, case_ids: Sequence[int]) -> int:
    """Erase the words of cases of which no post is left: theme, resolution and notes may repeat what it said."""
    looks = update(FollowUp).where(FollowUp.case_id.in_(case_ids), FollowUp.note != ERASED).values(note=ERASED)
    return _blank_cases(session, case_ids) + _count(session, looks)


def _blank_cases(session: Session, case_ids: Sequence[int]) -> int:
    solved = case((Case.resolution.is_not(None), ERASED))
    ours = (ERASED, POSTS_GONE, PERSON_GONE)
    return _count(
        session,
        update(Case)
        .where(Case.id.in_(case_ids), or_(Case.resolution.not_in(ours), Case.theme.is_not(None)))
        .values(resolution=solved, theme=None, version=Case.version + 1),
    )


def _close(session: Session, case_ids: Sequence[int], *, why: str, reason: str, at: datetime) -> int:
    """Resolve those that are open still: nobody is left to answer, so no clock may run on; return how many."""
    chosen = select(Case).where(Case.id.in_(case_ids)).order_by(Case.id).with_for_update()
    found = session.scalars(chosen.execution_options(populate_existing=True)).all()
    living = sum(row.state is not ConversationState.RESOLVED for row in found)
    for row in found:
        cases.close_emptied(session, row, why=why, reason=reason, at=at)
    return living


def _blank_follow_ups(session: Session, person_id: int, case_ids: Sequence[int]) -> int:
    chosen = (FollowUp.person_id == person_id) | FollowUp.case_id.in_(case_ids)
    pending = FollowUp.state.in_((FollowUpState.PLANNED, FollowUpState.DUE))
    _count(session, update(FollowUp).where(chosen, pending).values(state=FollowUpState.CANCELLED))
    return _count(session, update(FollowUp).where(chosen, FollowUp.note != ERASED).values(note=ERASED))


def _count(session: Session, statement: Update | Delete) -> int:
    result = cast("CursorResult[Any]", session.execute(statement, execution_options={"synchronize_session": False}))
    return result.rowcount
