"""Answers typed on the platform, the check of edited drafts, and erasure, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from console.shared.drafts import begin_draft
from domain.answers import Severity
from domain.errors import NotFound
from domain.labels import Intent, Priority, Sentiment
from domain.states import ClockState, DraftState, MentionState, ReplyState
from responders.checking import DraftGuard
from responders.erasure import ERASED, AnswersEraser
from responders.upkeep import keep_up
from storage.tables import Case, Draft, FindingRow, FollowUp, Idea, Mention, Note, Person, Reply, SlaClock
from tests.integration.responders.scene import Scene, resolve


def reply(scene: Scene, mention_id: int, *, state: ReplyState = ReplyState.SENT, origin: str = "native") -> int:
    with scene.database.write() as session:
        mention = session.get_one(Mention, mention_id)
        row = Reply(
            brand_id=scene.brand_id, mention_id=mention_id, conversation_id=mention.conversation_id,
            platform=mention.platform, account="plover", origin=origin, state=state, key=f"k{mention_id}{state}",
            text="We are on it.", in_reply_to=mention.external_id, created_at=scene.clock.now(),
            sent_at=scene.clock.now() if state is ReplyState.SENT else None,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def test_what_was_answered_elsewhere_gets_no_draft(scene: Scene) -> None:
    praise, complaint = scene.hear(), scene.hear("it leaks", Intent.COMPLAINT, handle="bo", conversation="b")
    reply(scene, praise)
    reply(scene, complaint)
    report = scene.route(praise, complaint)
    assert (report.drafts, report.filed, len(report.cases_opened)) == ([], {"answered": 1}, 1)
    first = next(clock for clock in scene.all(SlaClock) if clock.kind == "first_response")
    assert first.state is ClockState.HIT


def test_an_answer_typed_later_ends_the_draft_and_the_clock(scene: Scene) -> None:
    mention = scene.hear("it leaks", Intent.COMPLAINT)
    scene.route(mention)
    scene.clock.advance(timedelta(hours=1))
    reply(scene, mention)
    done = keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id)
    assert (done.answered, done.missed, done.expired) == ((scene.case().id,), (), 1)
    assert scene.drafts()[0].state is DraftState.EXPIRED
    first = next(clock for clock in scene.all(SlaClock) if clock.kind == "first_response")
    assert (first.state, first.stopped_at) == (ClockState.HIT, scene.clock.now())


def test_an_answer_before_their_last_word_is_not_the_answer_to_it(scene: Scene) -> None:
    mention = scene.hear("it leaks", Intent.COMPLAINT, conversation="a")
    scene.route(mention)
    reply(scene, mention)
    keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id)
    scene.clock.advance(timedelta(hours=1))
    scene.say("it still leaks", Intent.COMPLAINT, conversation="a")
    assert keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id).answered == ()
    following = next(clock for clock in scene.all(SlaClock) if clock.kind == "next_response")
    assert following.state is ClockState.ACTIVE


def test_what_a_person_begins_after_an_answer_or_a_long_time_stays(scene: Scene) -> None:
    mention_id = scene.hear()
    scene.route(mention_id)
    reply(scene, mention_id)
    scene.clock.advance(scene.profile.answer_window + timedelta(hours=1))
    assert keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id).expired == 1
    with scene.database.write() as session:
        begin_draft(
            session, mention=session.get_one(Mention, mention_id), case_id=None, assignee_id=None, text="One thing",
            priority=Priority.LOW, revision=scene.profiles.current_of(session, scene.brand_id), at=scene.clock.now(),
        )  # fmt: skip
    scene.clock.advance(timedelta(minutes=1))
    assert keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id).expired == 0
    assert scene.drafts()[1].state is DraftState.PROPOSED
    reply(scene, mention_id, state=ReplyState.QUEUED)
    assert keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id).expired == 1


def test_an_edited_draft_is_judged_by_its_mention(scene: Scene) -> None:
    report = scene.say("can I have a refund for my 12 cups", Intent.QUESTION)
    guard = DraftGuard(database=scene.database, clock=scene.clock, profiles=scene.profiles)
    found = {finding.rule: finding.severity for finding in guard(report.drafts[0], "A refund for 13 of 12 cups.")}
    assert found == {"figures": Severity.BLOCK, "commitments": Severity.WARN}
    with pytest.raises(NotFound):
        guard(999, "Hello.")


def test_thanks_are_held_against_the_post_until_a_person_rewrites_them(scene: Scene) -> None:
    report = scene.say("great, the kettle leaks", sentiment=Sentiment.NEGATIVE)
    guard = DraftGuard(database=scene.database, clock=scene.clock, profiles=scene.profiles)
    (draft,) = scene.drafts()
    assert [finding.rule for finding in guard(report.drafts[0], draft.text)] == ["thanks"]
    assert guard(report.drafts[0], "We are sorry, Ana.") == ()


def test_erasing_a_mention_leaves_no_text_and_sends_nothing(scene: Scene) -> None:
    kept = scene.hear("please add a lid", Intent.SUGGESTION, handle="bo")
    mention = scene.hear("please add a handle", Intent.SUGGESTION)
    scene.route(kept, mention)
    queued, going = reply(scene, mention, state=ReplyState.QUEUED), reply(scene, mention, state=ReplyState.SENDING)
    eraser = AnswersEraser(scene.database, scene.clock)
    assert eraser.erase_mention(mention) > 0
    assert eraser.erase_mention(mention) == 0
    drafts = {draft.mention_id: draft for draft in scene.all(Draft)}
    assert (drafts[mention].text, drafts[mention].original_text, drafts[mention].state) == (
        ERASED,
        ERASED,
        DraftState.EXPIRED,
    )
    assert drafts[kept].state is DraftState.PROPOSED
    assert ERASED not in drafts[kept].text
    assert [idea.mention_id for idea in scene.all(Idea)] == [kept]
    assert scene.all(FindingRow, draft_id=drafts[mention].id) == []
    texts = {row.id: (row.state, row.text) for row in scene.all(Reply)}
    assert texts[queued] == (ReplyState.WITHDRAWN, ERASED)
    assert texts[going] == (ReplyState.SENDING, "We are on it.")
    with scene.database.write() as session:
        session.execute(update(Reply).where(Reply.id == going).values(state=ReplyState.SENT))
        session.execute(update(Mention).where(Mention.id == mention).values(state=MentionState.DELETED))
    assert keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id).erased == 1


def test_erasing_a_person_reaches_their_cases_and_notes(scene: Scene) -> None:
    from responders import cases

    scene.say("it leaks", Intent.COMPLAINT, conversation="a")
    scene.say("it leaks too", Intent.COMPLAINT, conversation="b", handle="bo")
    for case in scene.all(Case):
        with scene.database.write() as session:
            cases.add_note(session, case_id=case.id, text="She said it leaks.", user_id=None, at=scene.clock.now())
        resolve(scene, case, resolution="New lid for Ana.")
    person = scene.all(Person)[0]
    eraser = AnswersEraser(scene.database, scene.clock)
    assert eraser.erase_person(person.id) > 0
    assert eraser.erase_person(person.id) == 0
    assert [case.resolution for case in scene.all(Case)] == [ERASED, "New lid for Ana."]
    assert [note.text for note in scene.all(Note)] == [ERASED, "She said it leaks."]
    assert [str(row.state) for row in scene.all(FollowUp)] == ["cancelled", "planned"]
    assert [draft.text == ERASED for draft in scene.all(Draft)] == [True, False]
