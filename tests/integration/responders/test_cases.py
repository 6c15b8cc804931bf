"""Cases from the first complaint to the follow-up, on both databases."""

from datetime import timedelta

import pytest

from domain.errors import InvalidInput, InvalidTransition, NotFound, StaleWrite
from domain.labels import Intent, Priority
from domain.states import ClockState, ConversationState, DraftState, FollowUpState
from responders import cases, follow_ups, sla
from responders.upkeep import keep_up
from storage.jobs import JobKind
from storage.tables import (
    AuditEvent,
    Case,
    Conversation,
    Draft,
    FollowUp,
    Mention,
    Note,
    SlaClock,
)  # fmt: skip
from tests.integration.responders.scene import Scene, complain, resolve

HOUR = timedelta(hours=1)


def clocks(scene: Scene) -> dict[str, SlaClock]:
    return {clock.kind: clock for clock in scene.all(SlaClock)}


def answer(scene: Scene, case: Case, at: timedelta = timedelta()) -> None:
    with scene.database.write() as session:
        sla.note_response(session, case_id=case.id, at=scene.clock.now() + at)


def test_a_complaint_opens_a_case_with_two_clocks(scene: Scene) -> None:
    case = complain(scene)
    assert (case.state, case.theme, case.priority) == (ConversationState.OPEN, "quality", Priority.MEDIUM)
    assert set(clocks(scene)) == {"first_response", "resolution"}
    # Wednesday 10:00 UTC is 11:00 in Berlin, which closes at 17:00: four hours are left today.
    assert clocks(scene)["first_response"].due_at == scene.clock.now() + 4 * HOUR
    assert clocks(scene)["resolution"].due_at == scene.clock.now() + timedelta(days=5)
    assert scene.drafts()[0].case_id == case.id


def test_a_second_complaint_joins_and_an_answer_is_due_again(scene: Scene) -> None:
    case = complain(scene)
    answer(scene, case, HOUR)
    scene.clock.advance(2 * HOUR)
    report = scene.say("it still leaks", Intent.COMPLAINT, conversation="a", themes=("quality",))
    assert report.cases_joined == [case.id]
    assert scene.case().version > case.version
    assert clocks(scene)["first_response"].state is ClockState.HIT
    assert clocks(scene)["next_response"].state is ClockState.ACTIVE
    assert scene.drafts(state=DraftState.PROPOSED)[0].case_id == case.id


def test_while_nobody_answered_no_second_clock_is_started(scene: Scene) -> None:
    complain(scene)
    scene.say("hello?", Intent.QUESTION, conversation="a")
    assert set(clocks(scene)) == {"first_response", "resolution"}
    assert {mention.case_id for mention in scene.all(Mention)} == {scene.case().id}


def test_the_same_matter_elsewhere_joins_and_another_matter_does_not(scene: Scene) -> None:
    case = complain(scene)
    scene.say("leaks everywhere", Intent.COMPLAINT, conversation="b", themes=("quality",))
    assert [each.id for each in scene.all(Case)] == [case.id]
    scene.say("and where is my parcel", Intent.COMPLAINT, conversation="c", themes=("delivery",))
    assert len(scene.all(Case)) == 2
    # A later word in the second conversation finds the case it was put into.
    scene.say("still leaking", Intent.COMPLAINT, conversation="b", themes=("app",))
    assert len(scene.all(Case)) == 2


def test_a_matter_of_long_ago_is_a_new_one(scene: Scene) -> None:
    complain(scene)
    scene.clock.advance(timedelta(days=20))
    scene.say("leaks again", Intent.COMPLAINT, conversation="b", themes=("quality",))
    assert len(scene.all(Case)) == 2


def test_a_parked_case_stands_still_and_opens_when_the_customer_writes(scene: Scene) -> None:
    case = complain(scene)
    with scene.database.write() as session:
        cases.set_state(
            session, case_id=case.id, version=case.version, wanted=ConversationState.PENDING, profile=scene.profile,
            user_id=None, at=scene.clock.now(),
        )  # fmt: skip
    assert clocks(scene)["first_response"].left_seconds == 4 * 3600
    scene.clock.advance(timedelta(days=3))
    assert sla.check_clocks(scene.database, scene.clock, scene.brand_id) == ()
    scene.say("here is the photo", Intent.OTHER, conversation="a", ago=timedelta())
    assert scene.case().state is ConversationState.OPEN
    # Saturday: the four hours that were left are Monday's first.
    assert clocks(scene)["first_response"].due_at.isoformat() == "2026-11-23T12:00:00+00:00"
    assert clocks(scene)["first_response"].paused_at is None


def test_a_snoozed_case_wakes_and_its_answer_was_due_all_along(scene: Scene) -> None:
    case = complain(scene)
    with scene.database.write() as session:
        cases.set_state(
            session, case_id=case.id, version=case.version, wanted=ConversationState.SNOOZED, profile=scene.profile,
            user_id=None, at=scene.clock.now(), snoozed_until=scene.clock.now() + 24 * HOUR,
        )  # fmt: skip
    assert (clocks(scene)["first_response"].paused_at, clocks(scene)["resolution"].paused_at) == (
        None,
        scene.clock.now(),
    )
    assert keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id).woken == ()
    scene.clock.advance(25 * HOUR)
    done = keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id)
    assert (done.woken, done.missed) == ((case.id,), (case.id,))
    assert scene.case().state is ConversationState.OPEN
    assert keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id).missed == ()


def test_a_late_answer_stops_a_missed_clock_late(scene: Scene) -> None:
    case = complain(scene)
    scene.clock.advance(5 * HOUR)
    assert sla.check_clocks(scene.database, scene.clock, scene.brand_id) == (case.id,)
    answer(scene, case)
    first = clocks(scene)["first_response"]
    assert (first.state, first.stopped_at) == (ClockState.MISSED, scene.clock.now())


def test_a_late_answer_that_nobody_checked_for_is_late_too(scene: Scene) -> None:
    case = complain(scene)
    answer(scene, case, 5 * HOUR)
    assert clocks(scene)["first_response"].state is ClockState.MISSED


def test_people_change_what_they_read_or_nothing(scene: Scene) -> None:
    case = complain(scene)
    user = scene.add_user()

    def assign(version: int) -> None:
        with scene.database.write() as session:
            cases.assign(
                session, case_id=case.id, version=version, assignee_id=user, user_id=user, at=scene.clock.now()
            )

    assign(case.version)
    assert scene.drafts()[0].assignee_id == user
    with pytest.raises(StaleWrite):
        assign(case.version)
    assert scene.case().version == case.version + 1
    with scene.database.write() as session, pytest.raises(NotFound):
        cases.claim(session, 999, 1)


def test_resolving_stops_the_clocks_and_plans_to_look_again(scene: Scene) -> None:
    case = complain(scene)
    resolve(scene, case, jobs=scene.jobs)
    assert {clock.state for clock in scene.all(SlaClock)} == {ClockState.HIT}
    (planned,) = scene.all(FollowUp)
    # Three days on is a Saturday; somebody is there on Monday.
    assert planned.due_at.isoformat() == "2026-11-23T08:00:00+00:00"
    (job,) = scene.jobs.waiting
    assert (job.kind, job.ids) == (JobKind.FOLLOW_UP, (planned.id,))
    assert not follow_ups.surface(scene.database, scene.clock, planned.id)
    scene.clock.advance(timedelta(days=5))
    assert follow_ups.surface(scene.database, scene.clock, planned.id)
    assert follow_ups.surface_due(scene.database, scene.clock, scene.brand_id) == ()
    user = scene.add_user()
    with scene.database.write() as session:
        follow_ups.finish(session, follow_up_id=planned.id, user_id=user, at=scene.clock.now())
    with scene.database.write() as session, pytest.raises(InvalidTransition):
        follow_ups.cancel(session, follow_up_id=planned.id, user_id=user, at=scene.clock.now())


def test_a_case_is_not_resolved_without_a_word_nor_twice(scene: Scene) -> None:
    case = complain(scene)
    with scene.database.write() as session, pytest.raises(InvalidInput):
        cases.resolve(
            session, case_id=case.id, version=1, resolution=" ", profile=scene.profile, user_id=None,
            at=scene.clock.now(),
        )  # fmt: skip
    resolve(scene, scene.case())
    with pytest.raises(InvalidTransition):
        resolve(scene, scene.case())
    assert len(scene.all(FollowUp)) == 1


def test_a_complaint_after_resolving_opens_the_case_again(scene: Scene) -> None:
    case = complain(scene)
    resolve(scene, case)
    scene.clock.advance(HOUR)
    scene.say("the new lid leaks too", Intent.COMPLAINT, conversation="a", themes=("quality",))
    again = scene.case()
    assert (again.id, again.state, again.resolved_at) == (case.id, ConversationState.OPEN, None)
    assert scene.all(FollowUp)[0].state is FollowUpState.CANCELLED
    active = [clock.kind for clock in scene.all(SlaClock) if clock.state is ClockState.ACTIVE]
    assert active == ["next_response", "resolution"]
    assert scene.all(Conversation)[0].state is ConversationState.OPEN


def test_praise_after_resolving_is_noted_on_the_case(scene: Scene) -> None:
    case = complain(scene)
    resolve(scene, case)
    scene.clock.advance(HOUR)
    scene.say("the new lid is lovely", Intent.PRAISE, conversation="z")
    (note,) = scene.all(Note)
    assert (note.conversation_id, "lovely" in note.text) == (case.conversation_id, False)
    assert scene.case().state is ConversationState.RESOLVED
    assert scene.all(Mention)[1].case_id == case.id


def test_priority_rises_with_a_danger_and_so_do_the_clocks(scene: Scene) -> None:
    complain(scene)
    before = clocks(scene)["first_response"].due_at
    scene.say("it burnt me", Intent.COMPLAINT, conversation="a", urgent=True)
    assert scene.case().priority is Priority.URGENT
    assert clocks(scene)["first_response"].due_at == before - 3.5 * HOUR


def test_every_action_leaves_a_line_without_text(scene: Scene) -> None:
    case = complain(scene)
    with scene.database.write() as session:
        cases.add_note(session, case_id=case.id, text="Called, no answer.", user_id=None, at=scene.clock.now())
    resolve(scene, scene.case())
    actions = [event.action for event in scene.all(AuditEvent, object_kind="case")]
    assert actions == ["case.opened", "case.resolved"]
    everything = str([event.details for event in scene.all(AuditEvent)])
    assert "Called" not in everything
    assert "leaks" not in everything


def test_upkeep_expires_what_is_too_old(scene: Scene) -> None:
    scene.say()
    assert keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id).expired == 0
    scene.clock.advance(timedelta(days=8))
    assert keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id).expired == 1
    assert scene.all(Draft)[0].state is DraftState.EXPIRED
