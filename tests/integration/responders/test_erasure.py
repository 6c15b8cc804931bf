"""What erasing leaves of cases and of answers that went out, on both databases."""

from typing import Any

import pytest
from sqlalchemy import update

from domain.labels import Intent
from domain.states import ClockState, ConversationState, DraftState, FollowUpState, MentionState, ReplyState
from responders import follow_ups
from responders.erasure import ERASED, PERSON_GONE, POSTS_GONE, AnswersEraser, erase_leftovers
from storage.tables import AuditEvent, Case, Conversation, Draft, FollowUp, Mention, Person, Reply, SlaClock
from tests.integration.responders.scene import Scene, complain, resolve


def delete(scene: Scene, mention_id: int) -> int:
    """Let the platform say that a post is gone, and erase what grew from it."""
    with scene.database.write() as session:
        gone = update(Mention).where(Mention.id == mention_id).values(state=MentionState.DELETED, text="")
        session.execute(gone)
    return AnswersEraser(scene.database, scene.clock).erase_mention(mention_id)


def plan_look(scene: Scene, case: Case) -> None:
    with scene.database.write() as session:
        follow_ups.plan(
            session, brand_id=scene.brand_id, due_at=scene.clock.now(), at=scene.clock.now(), case_id=case.id,
            person_id=case.person_id,
        )  # fmt: skip


def test_a_case_ends_with_its_last_post(scene: Scene) -> None:
    case = complain(scene)
    scene.say("it still leaks", Intent.COMPLAINT, conversation="a", themes=("quality",))
    plan_look(scene, case)
    first, second = [mention.id for mention in scene.all(Mention)]
    delete(scene, first)
    assert scene.case().state is ConversationState.OPEN
    assert delete(scene, second) > 0
    case = scene.case()
    assert (case.state, case.resolution, case.theme) == (ConversationState.RESOLVED, POSTS_GONE, None)
    assert case.resolved_at == scene.clock.now()
    assert scene.all(Conversation)[0].state is ConversationState.RESOLVED
    assert {clock.state for clock in scene.all(SlaClock)} == {ClockState.HIT}
    assert all(clock.stopped_at for clock in scene.all(SlaClock))
    assert [look.state for look in scene.all(FollowUp)] == [FollowUpState.CANCELLED]
    (event,) = scene.all(AuditEvent, action="case.resolved")
    assert (event.object_id, event.details) == (str(case.id), {"reason": "posts_deleted"})
    assert delete(scene, second) == 0
    assert scene.case().version == case.version


def test_a_look_at_a_solved_case_is_dropped_with_its_posts(scene: Scene) -> None:
    resolve(scene, complain(scene))
    delete(scene, scene.all(Mention)[0].id)
    assert scene.case().resolution == ERASED
    assert [look.state for look in scene.all(FollowUp)] == [FollowUpState.CANCELLED]
    assert len(scene.all(AuditEvent, action="case.resolved")) == 1


def test_a_forgotten_persons_case_ends_and_somebody_elses_goes_on(scene: Scene) -> None:
    complain(scene)
    complain(scene, handle="bo", conversation="b")
    scene.say("mine leaks too", Intent.COMPLAINT, conversation="b", handle="cy", themes=("quality",))
    eraser = AnswersEraser(scene.database, scene.clock)
    for person in scene.all(Person)[:2]:
        assert eraser.erase_person(person.id) > 0
        assert eraser.erase_person(person.id) == 0
    ana, bo = scene.all(Case)
    assert (ana.state, ana.resolution) == (ConversationState.RESOLVED, PERSON_GONE)
    assert (bo.state, bo.resolution) == (ConversationState.OPEN, None)
    assert [event.details["reason"] for event in scene.all(AuditEvent, action="case.resolved")] == ["person_forgotten"]
    assert {clock.case_id for clock in scene.all(SlaClock) if clock.stopped_at is None} == {bo.id}


@pytest.mark.parametrize(
    ("state", "left"),
    [
        (ReplyState.SENT, DraftState.APPROVED),
        (ReplyState.SENDING, DraftState.APPROVED),
        (ReplyState.UNKNOWN, DraftState.APPROVED),
        (ReplyState.QUEUED, DraftState.EXPIRED),
        (ReplyState.FAILED, DraftState.EXPIRED),
    ],
)
def test_an_approval_whose_reply_went_out_stays_one(scene: Scene, state: ReplyState, left: DraftState) -> None:
    scene.say("please add a lid", Intent.SUGGESTION)
    (draft,) = scene.drafts()
    values: dict[str, Any] = {"state": DraftState.APPROVED, "binding": "b"}
    with scene.database.write() as session:
        session.execute(update(Draft).where(Draft.id == draft.id).values(**values))
        session.add(
            Reply(
                brand_id=scene.brand_id, draft_id=draft.id, mention_id=draft.mention_id, platform="mastodon",
                conversation_id=draft.conversation_id, account="@plover", origin="desk", state=state, key="k",
                text=draft.text, in_reply_to=draft.thread, created_at=scene.clock.now(),
            )
        )  # fmt: skip
    delete(scene, draft.mention_id)
    (draft,) = scene.drafts()
    assert (draft.state, draft.text) == (left, ERASED)
    assert draft.binding == ("b" if left is DraftState.APPROVED else None)


@pytest.mark.parametrize(("forgotten", "left"), [(True, ERASED), (False, "m1")])
def test_an_answer_in_doubt_loses_a_forgotten_persons_post_once_it_is_settled(
    scene: Scene, forgotten: object, left: str
) -> None:
    scene.say("please add a lid", Intent.SUGGESTION)
    (draft,), (person,) = scene.drafts(), scene.all(Person)
    with scene.database.write() as session:
        session.execute(update(Draft).values(state=DraftState.APPROVED))
        session.add(
            Reply(
                brand_id=scene.brand_id, draft_id=draft.id, mention_id=draft.mention_id, platform="mastodon",
                person_id=person.id, conversation_id=draft.conversation_id, account="@plover", origin="desk",
                state=ReplyState.UNKNOWN, key="k", text=draft.text, in_reply_to=draft.thread,
                created_at=scene.clock.now(),
            )
        )  # fmt: skip
    if forgotten:
        AnswersEraser(scene.database, scene.clock).erase_person(person.id)
    delete(scene, draft.mention_id)
    erase_leftovers(scene.database, scene.brand_id)
    assert scene.all(Reply)[0].in_reply_to == "m1"
    with scene.database.write() as session:
        session.execute(update(Reply).values(state=ReplyState.SENT))
    assert erase_leftovers(scene.database, scene.brand_id) > 0
    assert (scene.all(Reply)[0].text, scene.all(Reply)[0].in_reply_to) == (ERASED, left)
    assert erase_leftovers(scene.database, scene.brand_id) == 0
