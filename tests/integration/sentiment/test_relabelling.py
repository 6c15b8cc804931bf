"""Stored mentions get the current model's answers: once each, going on where the last run stopped; verdicts stay."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from domain.classification import BY_HAND, Classification, ClassifierInput
from domain.labels import Intent, Sentiment
from domain.states import MentionState
from domain.time import ManualClock
from sentiment.keywords import KeywordClassifier
from sentiment.relabelling import Relabelled, Selection, count_judged, count_left, relabel_batch
from storage.database import Database
from storage.tables import Author, ClassificationRow, Mention, User
from tests.rows import add_author, add_brand, add_mention

OLD = "m1"
EVERYTHING = Selection()


class Meanwhile(KeywordClassifier):
    """A model during whose work somebody else writes."""

    def __init__(self, database: Database, *statements: object) -> None:
        super().__init__()
        self._database, self._statements = database, statements

    def classify(self, batch: Sequence[ClassifierInput], /) -> list[Classification]:
        with self._database.write() as session:
            for statement in self._statements:
                session.execute(statement)  # type: ignore[call-overload]  # any statement
        return super().classify(batch)


@pytest.fixture
def author(database: Database, clock: ManualClock) -> Author:
    with database.write() as session:
        session.add(User(login="mia", name="Mia", password_hash="-", created_at=clock.now()))
        return add_author(session, add_brand(session, clock), clock.now())


def add(database: Database, author: Author, key: str, at: datetime, **changes: object) -> int:
    """Add a mention that the old model took for praise; it is a complaint."""
    with database.write() as session:
        row = add_mention(session, author, key, "It broke on the first day. Terrible.", at, **changes)
        judged = _row(row.id, OLD, Intent.PRAISE, at)
        session.add(judged)
        return row.id


def _row(mention_id: int, model: str, intent: Intent, at: datetime, user: int | None = None) -> ClassificationRow:
    return ClassificationRow(
        mention_id=mention_id, model=model, intent=intent, sentiment=Sentiment.POSITIVE, intent_scores={},
        sentiment_scores={}, urgency=0.0, toxicity=0.0, urgent=False, toxic=False, corrected_by=user, created_at=at,
    )  # fmt: skip


def intents(database: Database) -> list[Intent | None]:
    with database.read() as session:
        return list(session.scalars(select(Mention.intent).order_by(Mention.id)))


def left(database: Database, selection: Selection = EVERYTHING) -> int:
    with database.read() as session:
        return count_left(session, model=KeywordClassifier().revision, selection=selection)


def test_labels_change_and_nothing_else(database: Database, clock: ManualClock, author: Author) -> None:
    key = add(database, author, "p1", clock.now())
    told: list[Sequence[int]] = []
    done = relabel_batch(
        database, clock, KeywordClassifier(), selection=EVERYTHING, note_changed=lambda _session, ids: told.append(ids)
    )
    assert done == Relabelled(last=key, written=1, changed=1)
    assert told == [[key]]
    with database.read() as session:
        row = session.get_one(Mention, key)
        assert (row.intent, row.sentiment, row.state) == (
            Intent.COMPLAINT, Sentiment.NEGATIVE, MentionState.ROUTED,
        )  # fmt: skip
        models = session.scalars(select(ClassificationRow.model).order_by(ClassificationRow.id)).all()
    assert models == [OLD, KeywordClassifier().revision]


def test_a_run_goes_on_where_the_last_one_stopped(database: Database, clock: ManualClock, author: Author) -> None:
    keys = [add(database, author, f"p{number}", clock.now()) for number in range(5)]
    first = relabel_batch(database, clock, KeywordClassifier(), selection=EVERYTHING, size=2)
    assert (first.last, left(database)) == (keys[1], 3)
    # A new run knows nothing of the first one, and begins behind it all the same.
    again = relabel_batch(database, clock, KeywordClassifier(), selection=EVERYTHING, size=2)
    assert (again.last, again.written) == (keys[3], 2)
    relabel_batch(database, clock, KeywordClassifier(), selection=EVERYTHING, after=keys[3], size=2)
    assert relabel_batch(database, clock, KeywordClassifier(), selection=EVERYTHING) == Relabelled()
    assert intents(database) == [Intent.COMPLAINT] * 5
    with database.read() as session:
        assert len(session.scalars(select(ClassificationRow.id)).all()) == 10


@pytest.mark.parametrize("user", [1, None], ids=["a person", "a person whose account is gone"])
def test_what_people_corrected_stays(database: Database, clock: ManualClock, author: Author, user: int | None) -> None:
    key = add(database, author, "p1", clock.now())
    with database.write() as session:
        session.add(_row(key, BY_HAND, Intent.QUESTION, clock.now(), user))
        session.execute(update(Mention).values(intent=Intent.QUESTION))
    assert left(database) == 0
    assert relabel_batch(database, clock, KeywordClassifier(), selection=EVERYTHING) == Relabelled()
    assert intents(database) == [Intent.QUESTION]
    with database.read() as session:
        assert count_judged(session, selection=EVERYTHING) == 1


def test_what_a_person_corrects_meanwhile_stays_too(database: Database, clock: ManualClock, author: Author) -> None:
    key = add(database, author, "p1", clock.now())
    verdict = _row(key, BY_HAND, Intent.QUESTION, clock.now(), 1)
    values = {column.name: getattr(verdict, column.name) for column in ClassificationRow.__table__.columns}
    values |= {"also": [], "themes": []}
    del values["id"]
    model = Meanwhile(database, insert(ClassificationRow).values(values),
                      update(Mention).values(intent=Intent.QUESTION))  # fmt: skip
    assert relabel_batch(database, clock, model, selection=EVERYTHING).written == 0
    assert intents(database) == [Intent.QUESTION]


@pytest.mark.parametrize(
    "changes",
    [{"text": "I love it now"}, {"state": MentionState.COLLECTED}, {"state": MentionState.DELETED, "text": ""}],
    ids=["edited", "to be sorted again", "deleted"],
)
def test_what_changes_meanwhile_is_left_alone(
    database: Database, clock: ManualClock, author: Author, changes: dict[str, object]
) -> None:
    add(database, author, "p1", clock.now())
    model = Meanwhile(database, update(Mention).values(**changes))
    assert relabel_batch(database, clock, model, selection=EVERYTHING).written == 0
    assert intents(database) == [Intent.PRAISE]


def test_two_runs_at_once_write_each_answer_once(database: Database, clock: ManualClock, author: Author) -> None:
    add(database, author, "p1", clock.now())
    other = KeywordClassifier()

    class Second(KeywordClassifier):
        def classify(self, batch: Sequence[ClassifierInput], /) -> list[Classification]:
            assert relabel_batch(database, clock, other, selection=EVERYTHING).written == 1
            return super().classify(batch)

    assert relabel_batch(database, clock, Second(), selection=EVERYTHING).written == 0
    with database.read() as session:
        assert len(session.scalars(select(ClassificationRow.id)).all()) == 2


def test_only_what_was_asked_for(database: Database, clock: ManualClock, author: Author) -> None:
    now = clock.now()
    with database.write() as session:
        gull = add_brand(session, clock, slug="gull", name="Gull Kettles")
        other = add_author(session, gull, now)
    add(database, author, "old", now - timedelta(days=9))
    add(database, author, "waits", now, state=MentionState.COLLECTED)
    mine = add(database, author, "new", now)
    theirs = add(database, other, "p1", now)
    since = Selection(since=now - timedelta(days=1))
    assert (left(database), left(database, since), left(database, Selection(brand_id=other.brand_id))) == (3, 2, 1)
    selection = Selection(brand_id=author.brand_id, since=since.since)
    assert relabel_batch(database, clock, KeywordClassifier(), selection=selection).last == mine
    assert relabel_batch(database, clock, KeywordClassifier(), selection=since).last == theirs
    assert left(database) == 1
