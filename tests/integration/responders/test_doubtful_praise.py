"""Praise in a negative tone is taken as not sure, on both databases."""

from datetime import timedelta

from sqlalchemy import update

from domain.labels import Intent, Priority, Sentiment
from storage.tables import ClassificationRow, FindingRow, Mention, Note
from tests.integration.responders.scene import Scene


def test_praise_in_a_negative_tone_goes_to_a_person_as_not_sure(scene: Scene) -> None:
    scores = {Intent.PRAISE: 0.9, Intent.COMPLAINT: 0.04}
    scene.say("great, the kettle leaks", sentiment=Sentiment.NEGATIVE, intent_scores=scores)
    (draft,) = scene.drafts()
    assert draft.priority is Priority.MEDIUM
    assert {"unsure", "thanks"} <= scene.rules(draft.id)
    messages = [row.message for row in scene.all(FindingRow, draft_id=draft.id, rule="unsure")]
    assert messages == ["The model wasn't sure: praise 0.90, complaint 0.04, in a negative tone."]


def test_such_praise_is_no_sign_that_a_case_is_solved(scene: Scene) -> None:
    scene.say("it leaks", Intent.COMPLAINT, conversation="a", ago=timedelta(minutes=9))
    scene.say("great, it leaks still", conversation="a", sentiment=Sentiment.NEGATIVE)
    assert {mention.case_id for mention in scene.all(Mention)} == {scene.case().id}
    assert [note.text for note in scene.all(Note)] == []
    scene.say("now it is great", conversation="a", ago=timedelta(minutes=1))
    assert ["praised us" in note.text for note in scene.all(Note)] == [True]


def test_what_a_person_calls_praise_is_praise(scene: Scene) -> None:
    mention = scene.hear("great, the kettle leaks", sentiment=Sentiment.NEGATIVE)
    user = scene.add_user()
    with scene.database.write() as session:
        session.execute(update(ClassificationRow).values(corrected_by=user))
    scene.route(mention)
    (draft,) = scene.drafts()
    assert draft.priority is Priority.LOW
    assert "unsure" not in scene.rules(draft.id)
