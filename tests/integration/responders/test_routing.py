"""What becomes of mentions, on both databases."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, update

from domain.answers import DraftRequest, ProposedDraft, Severity
from domain.labels import Intent, Priority
from domain.states import ConversationState, DraftState, MentionState
from domain.time import ManualClock
from people.consent import opt_out
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.tables import (
    AuditEvent,
    Author,
    Case,
    ClassificationRow,
    Conversation,
    Draft,
    FindingRow,
    Idea,
    Mention,
    Note,
    Person,
)
from tests.integration.responders.scene import Scene


def test_praise_gets_a_draft_with_what_it_states(scene: Scene) -> None:
    report = scene.say("Plover Kettle is great and quiet")
    (draft,) = scene.drafts()
    assert report.drafts == [draft.id]
    assert (draft.state, draft.priority, draft.rank, draft.version) == (DraftState.PROPOSED, Priority.LOW, 3, 1)
    assert "Ana" in draft.text
    assert draft.account == "@plover@example.social"
    assert scene.all(Mention)[0].state is MentionState.ROUTED
    assert scene.all(Person)[0].praises == 1


def test_routing_twice_makes_one_draft(scene: Scene) -> None:
    mention = scene.hear(intent=Intent.COMPLAINT)
    first, second = scene.route(mention), scene.route(mention)
    assert (len(first.drafts), len(second.routed)) == (1, 0)
    assert len(scene.drafts()) == len(scene.all(Case)) == 1
    assert scene.all(Person)[0].mentions == 1


def test_routing_at_once_makes_one_draft_and_one_case(scene: Scene) -> None:
    mentions = [scene.hear(f"it broke again, part {n}", Intent.COMPLAINT, conversation="same") for n in range(3)]
    start, failures = Barrier(4), []

    def run() -> None:
        start.wait()
        try:
            scene.route(*mentions)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
            failures.append(error)

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(scene.all(Case)) == 1
    assert len(scene.drafts(state=DraftState.PROPOSED)) == 1
    assert scene.all(Person)[0].mentions == 3


def test_different_complaints_of_one_conversation_at_once_open_one_case(scene: Scene) -> None:
    mentions = [
        scene.hear("mine broke too", Intent.COMPLAINT, conversation="same", handle=f"p{n}", name=None) for n in range(4)
    ]
    start, failures = Barrier(4), []

    def run(mention: int) -> None:
        start.wait()
        try:
            scene.route(mention)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
            failures.append(error)

    threads = [Thread(target=run, args=(mention,)) for mention in mentions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    case = scene.case()
    assert {mention.case_id for mention in scene.all(Mention)} == {case.id}


def test_a_suggestion_is_kept_as_an_idea(scene: Scene) -> None:
    report = scene.say("please add a lid that locks", Intent.SUGGESTION, themes=("design",))
    (idea,) = scene.all(Idea)
    assert (report.ideas, idea.theme, len(report.drafts)) == (1, "design", 1)


def test_an_abstention_goes_to_a_person_with_its_doubt(scene: Scene) -> None:
    scores = {Intent.COMPLAINT: 0.41, Intent.QUESTION: 0.38, Intent.PRAISE: 0.1, Intent.SUGGESTION: 0.06}
    scene.say("hm, the kettle", Intent.ABSTAINED, intent_scores=scores)
    (draft,) = scene.drafts()
    messages = [row.message for row in scene.all(FindingRow, draft_id=draft.id)]
    assert draft.priority is Priority.MEDIUM
    assert "The model wasn't sure: complaint 0.41, question 0.38." in messages
    assert scene.all(Case) == []


def test_a_person_writes_where_no_response_suits(database: Database, clock: ManualClock, jobs: MemoryJobs) -> None:
    scene = Scene(database, clock, jobs, canned_responses=[])
    scene.say("why is it so?", Intent.QUESTION)
    (draft,) = scene.drafts()
    (finding,) = scene.all(FindingRow)
    assert (draft.text, finding.rule, finding.severity) == ("", "empty", Severity.BLOCK)


@pytest.mark.parametrize(
    ("reason", "how"),
    [
        ("other", {"intent": Intent.OTHER}),
        ("toxic", {"intent": Intent.OTHER, "toxic": True}),
        ("toxic", {"text": "you are all scum", "intent": Intent.COMPLAINT, "toxic": True}),
        ("own_account", {"handle": "plover@example.social"}),
        ("platform_never", {"platform": "x"}),
        ("watch_only", {"queries": ("rival",)}),
    ],
)
def test_some_are_filed_with_the_reason(scene: Scene, reason: str, how: dict[str, object]) -> None:
    report = scene.say(**how)
    assert report.filed == {reason: 1}
    assert scene.drafts() == scene.all(Case) == []


def test_a_rude_customer_with_a_matter_is_a_customer(scene: Scene) -> None:
    report = scene.say("your kettle is junk, idiots", Intent.COMPLAINT, toxic=True, themes=("quality",))
    assert len(report.cases_opened) == 1
    assert "toxic" in scene.rules(report.drafts[0])


def test_who_opted_out_is_not_written_to(scene: Scene) -> None:
    scene.say("lovely", handle="leo")
    with scene.database.write() as session:
        person = session.scalars(select(Person)).one()
        opt_out(session, person_id=person.id, at=scene.clock.now())
    report = scene.say("lovely again", handle="leo")
    assert report.filed == {"opted_out": 1}
    (event,) = scene.all(AuditEvent, action="mention.filed")
    assert event.details["reason"] == "opted_out"


def test_a_danger_is_dealt_with_even_when_its_reporter_opted_out(scene: Scene) -> None:
    scene.say("lovely", handle="leo")
    with scene.database.write() as session:
        session.execute(update(Person).values(opted_out_at=scene.clock.now()))
    report = scene.say("it burnt my hand", Intent.COMPLAINT, handle="leo", urgent=True)
    assert len(report.cases_opened) == 1
    assert report.drafts == []
    assert "asked not to be contacted" in scene.all(Note)[0].text


def test_a_bot_is_answered_once(scene: Scene) -> None:
    first = scene.route(
        scene.hear("nice kettle", handle="teabot", conversation="a"),
        scene.hear("nice kettle", handle="teabot", conversation="b"),
    )
    second = scene.say("nice kettle", handle="teabot", conversation="c")
    assert len(first.drafts) == 1
    assert first.filed == second.filed == {"bot": 1}


def test_old_posts_are_counted_and_nothing_else(scene: Scene) -> None:
    report = scene.say("it broke", Intent.COMPLAINT, counted_only=True)
    assert report.counted == 1
    assert scene.all(Person)[0].complaints == 1
    assert scene.drafts() == scene.all(Case) == []


def test_a_newer_post_makes_the_older_draft_stale(scene: Scene) -> None:
    scene.say("does it fit?", Intent.QUESTION, conversation="same", ago=timedelta(hours=2))
    scene.say("and is it quiet?", Intent.QUESTION, conversation="same")
    old, new = scene.drafts()
    assert (old.state, new.state) == (DraftState.EXPIRED, DraftState.PROPOSED)
    assert old.version == 2


def test_an_older_post_that_comes_late_gets_no_draft(scene: Scene) -> None:
    scene.say("and is it quiet?", Intent.QUESTION, conversation="same")
    report = scene.say("does it fit?", Intent.QUESTION, conversation="same", ago=timedelta(hours=2))
    assert report.filed == {"superseded": 1}
    assert len(scene.drafts(state=DraftState.PROPOSED)) == 1


def test_small_talk_after_a_draft_is_pointed_out(scene: Scene) -> None:
    scene.say("does it fit?", Intent.QUESTION, conversation="same", ago=timedelta(hours=2))
    scene.say("ok then", Intent.OTHER, conversation="same")
    (draft,) = scene.drafts()
    assert (draft.state, draft.version) == (DraftState.PROPOSED, 2)
    assert "newer_post" in scene.rules(draft.id)


def test_another_person_in_the_thread_makes_nothing_stale(scene: Scene) -> None:
    scene.say("does it fit?", Intent.QUESTION, conversation="same", ago=timedelta(hours=2))
    scene.say("is it quiet?", Intent.QUESTION, conversation="same", handle="bo", name="Bo Berg")
    assert len(scene.drafts(state=DraftState.PROPOSED)) == 2


def test_two_answers_to_one_person_begin_unlike(scene: Scene) -> None:
    scene.route(scene.hear("very quiet thing", conversation="a"), scene.hear("really quiet thing", conversation="b"))
    one, other = scene.drafts()
    assert one.text.split()[0] != other.text.split()[0]


@pytest.mark.parametrize(
    ("how", "priority"),
    [
        ({"intent": Intent.COMPLAINT, "urgent": True}, Priority.URGENT),
        ({"intent": Intent.COMPLAINT}, Priority.MEDIUM),
        ({"intent": Intent.COMPLAINT, "urgency": 0.7}, Priority.HIGH),
        ({"intent": Intent.COMPLAINT, "followers": 50_000}, Priority.HIGH),
        ({"intent": Intent.QUESTION, "urgent": True}, Priority.HIGH),
        ({"intent": Intent.PRAISE, "followers": 50_000}, Priority.MEDIUM),
    ],
)
def test_priorities(scene: Scene, how: dict[str, object], priority: Priority) -> None:
    scene.say(**how)
    assert scene.drafts()[0].priority is priority


def test_a_correction_meanwhile_is_left_to_the_next_run(scene: Scene) -> None:
    mention = scene.hear("does it fit?", Intent.QUESTION)
    kept = scene.drafter

    class Correcting:
        def draft(self, request: DraftRequest, /) -> ProposedDraft | None:
            with scene.database.write() as session:
                row = session.scalars(select(ClassificationRow)).one()
                session.expunge(row)
                values = {c.key: getattr(row, c.key) for c in ClassificationRow.__table__.columns if c.key != "id"}
                session.add(ClassificationRow(**{**values, "intent": Intent.OTHER}))
            return kept.draft(request)

    scene.drafter = Correcting()
    assert scene.route(mention).routed == []
    scene.drafter = kept
    assert scene.route(mention).filed == {"other": 1}


def test_no_transaction_is_open_while_drafting(scene: Scene) -> None:
    class Writing:
        def draft(self, _request: DraftRequest, /) -> ProposedDraft | None:
            with scene.database.write() as session:  # blocks for ever if routing held the lock
                session.execute(update(Author).values(url="https://example.org"))
            return None

    scene.drafter = Writing()
    assert len(scene.say().drafts) == 1


def test_a_draft_that_is_parked_wakes_its_conversation(scene: Scene) -> None:
    scene.say("does it fit?", Intent.QUESTION, conversation="same", ago=timedelta(hours=2))
    with scene.database.write() as session:
        conversation = session.scalars(select(Draft.conversation_id)).one()
        session.execute(update(Conversation).values(state=ConversationState.PENDING))
    scene.say("and the lid?", Intent.QUESTION, conversation="same")
    with scene.database.read() as session:
        assert session.get_one(Conversation, conversation).state is ConversationState.OPEN


def test_who_asks_not_to_be_contacted_gets_no_draft_and_a_person_sees_it(scene: Scene) -> None:
    scene.say("the lid was wrong. Please don't contact me about it", Intent.COMPLAINT)
    (draft,) = scene.drafts()
    assert (draft.text, scene.rules(draft.id)) == ("", {"no_contact"})
    assert draft.case_id == scene.case().id
