"""A person's correction undoes what followed from the model's mistake, and leaves people's work alone."""

import pytest
from sqlalchemy import select

from domain.errors import InvalidInput, NotFound
from domain.labels import Intent, Sentiment
from domain.states import ConversationState, DraftState, MentionState
from domain.time import ManualClock
from responders.correction import Verdict, correct_mention
from responders.drafting import CannedDrafter
from responders.routing import route_mentions
from storage.database import Database
from storage.jobs import JobKind, MemoryJobs
from storage.queries.brands import RevisionCache
from storage.tables import Case, ClassificationRow, Draft, Idea, Mention, Person, User
from tests.rows import add_author, add_brand, add_mention

PRAISE = Verdict(intent=Intent.PRAISE, sentiment=Sentiment.POSITIVE, urgent=False, language="en")
CANNED = [
    {"short_code": "thanks", "intents": ["praise"], "text": "Thank you, {name}. That is good to hear."},
    {"short_code": "sorry", "intents": ["complaint"], "text": "I'm sorry, {name}. I read what you wrote."},
    {"short_code": "idea", "intents": ["suggestion"], "text": "Thank you, {name}. I passed it on."},
]


class Scene:
    """One mention that the model sorted, routed through the real stage."""

    def __init__(self, database: Database, jobs: MemoryJobs, clock: ManualClock, intent: Intent) -> None:
        """Add the brand and the mention, and route it."""
        self.database, self.jobs, self.clock = database, jobs, clock
        self.profiles = RevisionCache(database)
        drafter = CannedDrafter(self.profiles)
        jobs.handlers[JobKind.ROUTE] = lambda ids: void(
            route_mentions(database, jobs, clock, drafter, self.profiles, ids)
        )
        with database.write() as session:
            revision = add_brand(
                session, clock, canned_responses=CANNED, accounts=[{"platform": "mastodon", "handle": "@tern"}],
                platforms={"mastodon": {"answer": "reviewed"}},
            )  # fmt: skip
            session.add(User(login="mia", name="Mia", password_hash="-", created_at=clock.now()))
            author = add_author(session, revision, clock.now(), platform="mastodon")
            mention = add_mention(
                session, author, "p1", "The lid was crooked. Noor fixed it, and now it purrs.", clock.now(),
                intent=intent, state=MentionState.CLASSIFIED,
            )  # fmt: skip
            session.add(
                ClassificationRow(
                    mention_id=mention.id,
                    model="m",
                    intent=intent,
                    sentiment=Sentiment.NEGATIVE,
                    intent_scores={str(intent): 0.9},
                    sentiment_scores={"negative": 0.9},
                    urgency=0.0,
                    toxicity=0.0,
                    urgent=False,
                    toxic=False,
                    language="en",
                    themes=[],
                    also=[],
                    created_at=clock.now(),
                )
            )
            self.brand_id, self.mention_id = revision.brand_id, mention.id
        jobs.handlers[JobKind.ROUTE]((self.mention_id,))

    def correct(self, verdict: Verdict, brand_id: int | None = None) -> bool:
        """Correct the mention, and let what follows happen."""
        again = correct_mention(
            self.database, self.jobs, self.clock, self.profiles, brand_id=brand_id or self.brand_id,
            mention_id=self.mention_id, verdict=verdict, user_id=1,
        )  # fmt: skip
        self.jobs.run_due()
        return again

    def drafts(self) -> list[tuple[DraftState, str | None]]:
        """Return each draft's state and canned response, oldest first."""
        with self.database.read() as session:
            query = select(Draft.state, Draft.short_code).order_by(Draft.id)
            return [(state, code) for state, code in session.execute(query)]


def void(_value: object) -> None:
    """Drop a handler's return value."""


def test_praise_that_passed_for_a_complaint_gets_its_thanks(
    database: Database, jobs: MemoryJobs, clock: ManualClock
) -> None:
    scene = Scene(database, jobs, clock, Intent.COMPLAINT)
    assert scene.drafts() == [(DraftState.PROPOSED, "sorry")]
    assert scene.correct(PRAISE)
    assert scene.drafts() == [(DraftState.EXPIRED, "sorry"), (DraftState.PROPOSED, "thanks")]
    with database.read() as session:
        assert session.scalars(select(Case.state)).all() == [ConversationState.RESOLVED]
        person = session.scalars(select(Person)).one()
        assert (person.praises, person.complaints) == (1, 0)
        assert session.scalars(select(Mention.state)).one() is MentionState.ROUTED


def test_a_draft_that_somebody_edited_stays(database: Database, jobs: MemoryJobs, clock: ManualClock) -> None:
    scene = Scene(database, jobs, clock, Intent.QUESTION)
    with database.write() as session:
        session.scalars(select(Draft)).one().text = "My own words."
    assert not scene.correct(PRAISE)
    assert [state for state, _ in scene.drafts()] == [DraftState.PROPOSED]
    with database.read() as session:
        assert session.scalars(select(Person.praises)).one() == 1


def test_an_idea_that_was_none_is_taken_back(database: Database, jobs: MemoryJobs, clock: ManualClock) -> None:
    scene = Scene(database, jobs, clock, Intent.SUGGESTION)
    with database.read() as session:
        assert len(session.scalars(select(Idea)).all()) == 1
    scene.correct(PRAISE)
    with database.read() as session:
        assert session.scalars(select(Idea)).all() == []


def test_the_same_verdict_changes_no_draft(database: Database, jobs: MemoryJobs, clock: ManualClock) -> None:
    scene = Scene(database, jobs, clock, Intent.PRAISE)
    before = scene.drafts()
    assert not scene.correct(PRAISE)
    assert scene.drafts() == before


def test_another_brands_mention_and_no_verdict_are_refused(
    sqlite_database: Database, jobs: MemoryJobs, clock: ManualClock
) -> None:
    scene = Scene(sqlite_database, jobs, clock, Intent.PRAISE)
    with pytest.raises(NotFound):
        scene.correct(PRAISE, brand_id=scene.brand_id + 1)
    with pytest.raises(InvalidInput, match="not sure"):
        scene.correct(Verdict(intent=Intent.ABSTAINED, sentiment=Sentiment.NEUTRAL, urgent=False, language=None))
