"""A mention that is routed a second time, because its post was edited, keeps its case, its idea and people's work."""

from typing import Any

from sqlalchemy import insert, update
from structlog.testing import capture_logs

from console.shared.drafts import begin_draft
from domain.answers import Severity
from domain.labels import Intent, PostKind, Priority
from domain.posts import RawAuthor, RawPost
from domain.states import ConversationState, DraftState, MentionState
from listener.edits import apply_edits, find_known
from listener.sieve import Heard
from storage.tables import Case, Draft, FindingRow, Idea, Mention, Note, SlaClock
from tests.integration.responders.scene import Scene, as_row, complain, resolve
from tests.unit.responders.makers import classified


def edit(scene: Scene, mention_id: int, intent: Intent, text: str = "it leaks since Monday", **seen: Any) -> None:
    """Let a post read otherwise where it stands, and sort it again."""
    with scene.database.write() as session:
        mention = session.get_one(Mention, mention_id)
        post = RawPost(
            platform=mention.platform, external_id=mention.external_id, text=text, posted_at=mention.posted_at,
            author=RawAuthor(external_id="ana", handle="ana"), kind=PostKind.POST,
        )  # fmt: skip
        heard = [Heard(post=post, queries=("brand",), counted_only=False)]
        known = find_known(session, brand_id=scene.brand_id, keys=[heard[0].key])
        apply_edits(session, brand_id=scene.brand_id, heard=heard, known=known, now=scene.clock.now())
    with scene.database.write() as session:
        mention, answer = session.get_one(Mention, mention_id), classified(intent, **seen)
        assert mention.state is MentionState.COLLECTED
        mention.state, mention.intent = MentionState.CLASSIFIED, answer.intent
        session.add(as_row(mention_id, answer, scene.clock.now()))


def write(scene: Scene, text: str = "Dear Ana, I had a look myself.") -> None:
    """Let a person write into the only draft."""
    with scene.database.write() as session:
        session.query(Draft).one().text = text


def test_an_edited_complaint_stays_in_its_case_and_holds_nobody_up(scene: Scene) -> None:
    case = complain(scene)
    edited, other = scene.all(Mention)[0].id, scene.hear("lovely kettle", handle="bea", name="Bea Ortiz")
    edit(scene, edited, Intent.COMPLAINT, themes=("quality",))
    report = scene.route(edited, other)
    assert sorted(report.routed) == [edited, other]
    assert (scene.case().id, report.cases_joined) == (case.id, [case.id])
    assert {clock.kind for clock in scene.all(SlaClock)} == {"first_response", "resolution"}
    old, new = scene.drafts(mention_id=edited)
    assert (old.state, new.state, new.case_id) == (DraftState.EXPIRED, DraftState.PROPOSED, case.id)


def test_an_edited_complaint_opens_its_resolved_case_again(scene: Scene) -> None:
    case = complain(scene)
    edited = scene.all(Mention)[0].id
    resolve(scene, case)
    edit(scene, edited, Intent.COMPLAINT, themes=("quality",))
    scene.route(edited)
    assert (scene.case().id, scene.case().state) == (case.id, ConversationState.OPEN)


def test_a_complaint_that_became_praise_is_noted_on_its_case(scene: Scene) -> None:
    case = complain(scene)
    edited = scene.all(Mention)[0].id
    edit(scene, edited, Intent.PRAISE, "it works now, thank you")
    scene.route(edited)
    (note,) = scene.all(Note)
    assert "praised us meanwhile" in note.text
    assert (scene.case().state, scene.all(Mention)[0].case_id) == (ConversationState.OPEN, case.id)


def test_an_edited_suggestion_is_one_idea_still(scene: Scene) -> None:
    mention = scene.hear("please add a lid", Intent.SUGGESTION, themes=("design",))
    scene.route(mention)
    edit(scene, mention, Intent.SUGGESTION, "please add a green lid", themes=("colours",))
    assert scene.route(mention).ideas == 1
    (idea,) = scene.all(Idea)
    assert idea.theme == "colours"


def test_a_suggestion_that_is_none_any_more_is_no_idea(scene: Scene) -> None:
    mention = scene.hear("please add a lid", Intent.SUGGESTION)
    scene.route(mention)
    edit(scene, mention, Intent.PRAISE, "the lid is lovely")
    assert (scene.route(mention).ideas, scene.all(Idea)) == (0, [])


def test_what_a_person_wrote_stays_and_says_that_the_post_changed(scene: Scene) -> None:
    mention, other = scene.hear(), scene.hear("lovely kettle", handle="bea", name="Bea Ortiz")
    scene.route(mention)
    write(scene)
    edit(scene, mention, Intent.PRAISE)
    assert sorted(scene.route(mention, other).routed) == [mention, other]
    (draft,) = scene.drafts(mention_id=mention)
    assert (draft.text, draft.state, draft.version) == ("Dear Ana, I had a look myself.", DraftState.PROPOSED, 2)
    (changed,) = scene.all(FindingRow, draft_id=draft.id, rule="post_changed")
    assert (changed.severity, changed.draft_version) == (Severity.WARN, 2)
    edit(scene, mention, Intent.OTHER, "hm")
    scene.route(mention)
    assert len(scene.all(FindingRow, draft_id=draft.id, rule="post_changed", draft_version=3)) == 1


def test_what_a_person_wrote_goes_into_the_case_that_an_edit_opens(scene: Scene) -> None:
    mention = scene.hear()
    scene.route(mention)
    write(scene)
    edit(scene, mention, Intent.COMPLAINT, urgent=True)
    scene.route(mention)
    (draft,) = scene.drafts()
    assert (draft.case_id, draft.priority, draft.rank) == (scene.case().id, Priority.URGENT, 0)


def test_a_draft_that_a_person_began_first_is_the_only_one(scene: Scene) -> None:
    mention_id = scene.hear()
    with scene.database.write() as session:
        begin_draft(
            session, mention=session.get_one(Mention, mention_id), case_id=None, assignee_id=None, text="Hello Ana",
            priority=Priority.LOW, revision=scene.profiles.current_of(session, scene.brand_id), at=scene.clock.now(),
        )  # fmt: skip
    assert scene.route(mention_id).routed == [mention_id]
    (draft,) = scene.drafts()
    assert (draft.text, "post_changed" in scene.rules(draft.id)) == ("Hello Ana", True)


def test_one_that_the_database_refuses_holds_nobody_up(scene: Scene) -> None:
    refused, other = scene.hear("it leaks", Intent.COMPLAINT), scene.hear("lovely", handle="bea", name="Bea Ortiz")
    with scene.database.write() as session:
        mention = session.get_one(Mention, refused)
        values = {
            "brand_id": scene.brand_id, "conversation_id": mention.conversation_id, "state": ConversationState.OPEN,
            "priority": Priority.LOW, "rank": 3, "opened_at": scene.clock.now(), "version": 1,
        }  # fmt: skip
        # A living case that nothing points to: the conversation can't have another.
        session.execute(insert(Case), [{**values, "person_id": 1}])
    with capture_logs() as logs:
        report = scene.route(refused, other)
    assert report.routed == [other]
    assert [(line["event"], line["mention"]) for line in logs] == [("mention can't be routed", refused)]
    assert "leaks" not in str(logs)
    with scene.database.write() as session:
        session.execute(update(Case).values(state=ConversationState.RESOLVED))
    assert scene.route(refused).routed == [refused]
