"""What stops the clocks of a case, and what a change of priority does to them, on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from domain.errors import InvalidInput
from domain.labels import Intent, Priority
from domain.states import ClockState, ConversationState, ReplyState
from responders import cases
from responders.upkeep import keep_up
from runtime.stages import note_sent
from storage.tables import Author, Case, Mention, Reply, SlaClock
from tests.integration.responders.scene import Scene, resolve

HOUR, NOW = timedelta(hours=1), timedelta()


def complain(scene: Scene, handle: str = "ana", text: str = "it leaks", *, urgent: bool = False) -> int:
    """Let somebody complain in one thread, this moment; return the mention's id."""
    mention = scene.hear(
        text, Intent.COMPLAINT, conversation="a", handle=handle, name=None, themes=("quality",), ago=NOW, urgent=urgent
    )
    scene.route(mention)
    return mention


def answer(scene: Scene, mention_id: int, at: datetime | None = None) -> None:
    """Send an answer to a mention, as the outbox records it."""
    sent_at = at or scene.clock.now()
    with scene.database.write() as session:
        mention = session.get_one(Mention, mention_id)
        reply = Reply(
            brand_id=scene.brand_id, mention_id=mention_id, conversation_id=mention.conversation_id,
            person_id=session.get_one(Author, mention.author_id).person_id, platform="mastodon", account="@plover",
            origin="desk", state=ReplyState.SENT, key=f"k{mention_id}.{sent_at}", text="We are on it.",
            in_reply_to=mention.external_id, created_at=scene.clock.now(), sent_at=sent_at,
        )  # fmt: skip
        session.add(reply)
        session.flush()
        if at is None:
            note_sent(session, reply, sent_at)


def reopen(scene: Scene) -> None:
    case = scene.all(Case)[0]
    with scene.database.write() as session:
        claimed = cases.claim(session, case.id, case.version)
        cases.reopen(session, claimed, profile=scene.profile, at=scene.clock.now())


def change(scene: Scene, wanted: ConversationState | Priority) -> None:
    case, now = scene.case(), scene.clock.now()
    with scene.database.write() as session:
        if isinstance(wanted, Priority):
            cases.set_priority(
                session,
                case_id=case.id,
                version=case.version,
                priority=wanted,
                profile=scene.profile,
                user_id=1,
                at=now,
            )
        else:
            cases.set_state(
                session, case_id=case.id, version=case.version, wanted=wanted, profile=scene.profile, user_id=None,
                at=now,
            )  # fmt: skip


def last(scene: Scene, kind: str) -> SlaClock:
    """The newest clock of a kind."""
    clock = [each for each in scene.all(SlaClock) if each.kind == kind][-1]
    assert isinstance(clock, SlaClock)
    return clock


def upkeep(scene: Scene) -> tuple[int, ...]:
    return keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id).answered


def test_an_old_answer_does_not_stop_the_clock_of_a_case_that_is_opened_again_by_hand(scene: Scene) -> None:
    mention = complain(scene)
    scene.clock.advance(HOUR)
    answer(scene, mention)
    scene.clock.advance(HOUR)
    resolve(scene, scene.all(Case)[0], follow_up=False)
    scene.clock.advance(24 * HOUR)
    reopen(scene)
    scene.clock.advance(HOUR)
    assert upkeep(scene) == ()
    answer(scene, mention, at=scene.clock.now())
    assert upkeep(scene) == (scene.case().id,)
    assert last(scene, "next_response").stopped_at == scene.clock.now()


def test_an_answer_to_the_first_is_none_to_somebody_else_who_joined_later(scene: Scene) -> None:
    mention = complain(scene)
    scene.clock.advance(HOUR)
    answer(scene, mention)
    scene.clock.advance(HOUR)
    complain(scene, "bea", "mine leaks too")
    assert upkeep(scene) == ()
    assert last(scene, "next_response").state is ClockState.ACTIVE


def test_an_answer_that_was_typed_before_the_question_was_heard_counts(scene: Scene) -> None:
    mention = complain(scene)
    answer(scene, mention)
    scene.clock.advance(HOUR)
    asked = scene.hear("and when?", Intent.QUESTION, conversation="a", ago=timedelta(minutes=5))
    scene.route(asked)
    answer(scene, asked, at=scene.clock.now() - timedelta(minutes=2))
    assert upkeep(scene) == (scene.case().id,)


def test_thanking_somebody_else_in_the_thread_answers_no_complaint(scene: Scene) -> None:
    complaint = complain(scene)
    praise = scene.hear("lovely kettle", conversation="a", handle="bea", name="Bea Ortiz", ago=NOW)
    scene.route(praise)
    answer(scene, praise)
    assert last(scene, "first_response").stopped_at is None
    answer(scene, complaint)
    assert last(scene, "first_response").state is ClockState.HIT


def test_an_answer_in_another_thread_stops_the_clock_of_the_case_that_it_joined(scene: Scene) -> None:
    complain(scene)
    joined = scene.hear("leaks everywhere", Intent.COMPLAINT, conversation="b", themes=("quality",), ago=NOW)
    scene.route(joined)
    answer(scene, joined)
    assert last(scene, "first_response").state is ClockState.HIT


def test_the_time_that_a_case_stood_still_counts_under_no_priority(scene: Scene) -> None:
    answer(scene, complain(scene))
    scene.clock.advance(HOUR)
    change(scene, ConversationState.PENDING)
    scene.clock.advance(14 * 24 * HOUR)
    complain(scene, text="it burnt me", urgent=True)
    assert scene.case().priority is Priority.URGENT
    # Seven of eight hours are left: five until it closes in Berlin, and two of the next day.
    assert last(scene, "resolution").due_at.isoformat() == "2026-12-03T10:00:00+00:00"
    # The clock that the same post started takes the new target too.
    assert last(scene, "next_response").due_at == scene.clock.now() + scene.profile.sla.urgent.next_response


def test_a_clock_that_stands_still_takes_the_new_priority(scene: Scene) -> None:
    complain(scene)
    scene.clock.advance(HOUR / 2)
    change(scene, ConversationState.PENDING)
    change(scene, Priority.LOW)
    low = scene.profile.sla.low.first_response
    assert last(scene, "first_response").left_seconds == (low - HOUR / 2).total_seconds()
    change(scene, Priority.URGENT)
    assert last(scene, "first_response").left_seconds == 0


def test_what_is_late_stays_late_by_as_much_under_a_longer_target(scene: Scene) -> None:
    complain(scene, urgent=True)
    scene.clock.advance(HOUR)
    medium = scene.profile.sla.medium.first_response
    change(scene, Priority.MEDIUM)
    assert last(scene, "first_response").due_at == scene.clock.now() + medium - HOUR
    change(scene, Priority.URGENT)
    assert last(scene, "first_response").due_at == scene.clock.now()


def test_a_solved_case_stays_solved_while_a_newer_one_of_its_thread_lives(scene: Scene) -> None:
    complain(scene)
    resolve(scene, scene.all(Case)[0], follow_up=False)
    scene.clock.advance(20 * 24 * HOUR)
    complain(scene, text="it leaks again")
    newer = scene.all(Case)[1].id
    with pytest.raises(InvalidInput, match=f"Case {newer} of the same conversation is open"):
        reopen(scene)
    with scene.database.write() as session:
        session.execute(update(Case).where(Case.id == newer).values(state=ConversationState.RESOLVED))
    reopen(scene)
    assert scene.all(Case)[0].state is ConversationState.OPEN
