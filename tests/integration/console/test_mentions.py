"""Mentions at the desk: found, paged, corrected; and the people who wrote them."""

import re
from collections.abc import Sequence

from sqlalchemy import select

from domain.classification import Classification, ClassifierInput
from domain.labels import Intent, Sentiment, Tier
from domain.states import DraftState, MentionState
from sentiment.stage import classify_mentions
from storage.queries.mentions import classification_of
from storage.tables import Author, Draft, Mention, Person
from tests.integration.console.conftest import HOME, World


def listed(world: World, query: str = "", login: str = "ruth") -> list[int]:
    """Return the ids that the list shows over all its pages."""
    browser, seen, path = world.browser(login), list[int](), f"{HOME}/mentions{query}"
    while path:
        page = browser.get(path).text
        seen += map(int, re.findall(r'row-link" href="[^"]+/mentions/(\d+)"', page))
        more = re.search(r'rel="next" href="([^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    return seen


def test_pages_show_every_mention_once_newest_first(world: World) -> None:
    with world.database.read() as session:
        expected = session.scalars(
            select(Mention.id)
            .where(Mention.brand_id == world.seeded.home.brand_id)
            .order_by(Mention.posted_at.desc(), Mention.id.desc())
        ).all()
    assert listed(world) == list(expected)
    assert len(expected) > 50


def test_words_and_filters_narrow_on_both_databases(both: World) -> None:
    with both.database.write() as session:
        mention = session.scalars(select(Mention).order_by(Mention.id)).all()[3]
        mention.text = "The zebrafinch kettle sings, 100 % joy & <b>bold</b>."
    assert listed(both, "?q=zebrafinch") == [mention.id]
    assert listed(both, "?q=zebrafinch+nowhere") == []
    assert listed(both, f"?q=zebrafinch&intent={mention.intent}") == [mention.id]
    # Quotes, operators and markup are words to search for, and break nothing.
    for words in ('"', "a' OR 1=1 --", "AND", "NEAR(", "<script>", "%", "*"):
        assert isinstance(listed(both, f"?q={words}"), list)
    with both.database.read() as session:
        urgent = set(session.scalars(select(Mention.id).where(Mention.urgent)))
        german = set(session.scalars(select(Mention.id).where(Mention.language == "de")))
    assert set(listed(both, "?urgent=1")) == urgent
    assert set(listed(both, "?language=DE")) == german
    assert listed(both, "?since=2026-11-18&until=2026-11-18&intent=nonsense") == listed(both, "?since=2026-11-18")
    assert listed(both, "?until=2020-01-01") == []


def test_a_day_that_is_none_is_said(world: World) -> None:
    answer = world.browser("ruth").get(f"{HOME}/mentions?since=soon")
    assert answer.status_code == 422
    assert "2026-11-20" in answer.text


class Stubborn:
    """A classifier that calls everything a complaint."""

    revision = "stubborn 1"

    def classify(self, posts: Sequence[ClassifierInput], /) -> list[Classification]:
        return [
            Classification(
                intent=Intent.COMPLAINT, sentiment=Sentiment.NEGATIVE, intent_scores={Intent.COMPLAINT: 1.0},
                sentiment_scores={Sentiment.NEGATIVE: 1.0}, urgency=0.9, toxicity=0, urgent=True, toxic=False,
                language="en", model=self.revision,
            )
            for _ in posts
        ]  # fmt: skip


def test_a_correction_counts_at_once_and_outlives_another_run_of_the_model(world: World) -> None:
    with world.database.read() as session:
        mention = session.scalars(
            select(Mention).where(Mention.intent == Intent.COMPLAINT, Mention.state == MentionState.ROUTED)
        ).all()[0]
        person_id = session.get_one(Author, mention.author_id).person_id
        before = session.get_one(Person, person_id)
    browser = world.browser("maite")
    answer = browser.submit(
        f"{HOME}/mentions/{mention.id}/correct", intent="praise", sentiment="positive", language="nl",
        back=f"{HOME}/queue/5?intent=complaint",
    )  # fmt: skip
    # The mistaken draft is withdrawn, so the list goes on without it.
    assert answer.headers["location"] == f"{HOME}/queue?intent=complaint&said=corrected_again"
    with world.database.write() as session:
        row = session.get_one(Mention, mention.id)
        assert (row.intent, row.sentiment, row.urgent, row.language) == (Intent.PRAISE, Sentiment.POSITIVE, False, "nl")
        said = classification_of(session, mention.id)
        assert said
        assert said.corrected_by == world.seeded.users["maite"]
        person = session.get_one(Person, person_id)
        assert (person.praises, person.complaints) == (before.praises + 1, before.complaints - 1)
        row.state = MentionState.COLLECTED
    services = world.app.state.services
    assert classify_mentions(world.database, services.jobs, world.clock, Stubborn(), [mention.id]) == 1
    with world.database.read() as session:
        row = session.get_one(Mention, mention.id)
        assert (row.state, row.intent) == (MentionState.CLASSIFIED, Intent.PRAISE)
        said = classification_of(session, mention.id)
        assert said
        assert said.intent is Intent.PRAISE
    assert "Maite Ibarra" in browser.get(f"{HOME}/mentions/{mention.id}").text


def test_a_correction_names_a_real_intent(world: World) -> None:
    browser = world.browser("maite")
    for intent in ("abstained", "", "rage"):
        answer = browser.submit(f"{HOME}/mentions/1/correct", intent=intent, sentiment="neutral")
        assert answer.status_code == 422


def test_an_answer_is_begun_for_a_mention_that_got_none(world: World) -> None:
    with world.database.read() as session:
        drafts = select(Draft.mention_id)
        mention = session.scalars(select(Mention).where(Mention.id.not_in(drafts))).first()
    assert mention
    browser = world.browser("maite")
    answer = browser.submit(f"{HOME}/mentions/{mention.id}/draft")
    assert answer.status_code == 303
    with world.database.read() as session:
        draft = session.scalars(select(Draft).where(Draft.mention_id == mention.id)).one()
    assert (draft.state, draft.text) == (DraftState.PROPOSED, "")
    assert browser.submit(f"{HOME}/mentions/{mention.id}/draft").status_code == 422
    # An empty reply is never approved.
    empty = browser.submit(f"{HOME}/drafts/{draft.id}/approve", version=draft.version, text="  ")
    assert empty.status_code == 422


def test_a_wish_not_to_be_contacted_closes_the_gate(world: World) -> None:
    with world.database.read() as session:
        draft = session.scalars(select(Draft).where(Draft.state == DraftState.PROPOSED)).first()
        assert draft
        author = session.get_one(Author, session.get_one(Mention, draft.mention_id).author_id)
    browser = world.browser("maite")
    assert browser.submit(f"{HOME}/people/{author.person_id}/opt-out").status_code == 303
    assert "asked not to be contacted" in browser.get(f"{HOME}/queue/{draft.id}").text
    assert 'id="approve"' not in browser.get(f"{HOME}/queue/{draft.id}").text
    assert browser.submit(f"{HOME}/people/{author.person_id}/opt-in").status_code == 303
    assert browser.submit(f"{HOME}/people/{author.person_id}/tier", tier="platinum").status_code == 303
    with world.database.read() as session:
        person = session.get_one(Person, author.person_id)
    assert (person.opted_out_at, person.tier) == (None, Tier.PLATINUM)
